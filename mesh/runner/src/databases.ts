// What a database of its own takes for each workload: a role and a database of its name, and nobody else's right to enter.

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const named = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A statement for the superuser. It may be run again: `unless` is a query that finds something where it was. */
export interface Provisioning {
  readonly statement: string;
  readonly unless?: string;
}

/** The statements that give each of `workloads` its own database and role, and nobody another's. */
export function databasesOf(workloads: readonly string[], passwords: Readonly<Record<string, string>>): Provisioning[] {
  return [
    { statement: "REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC" },
    { statement: "REVOKE CONNECT ON DATABASE template1 FROM PUBLIC" },
    ...workloads.flatMap((workload) => {
      const role = named(workload);
      return [
        {
          statement: `CREATE ROLE ${role} LOGIN`,
          unless: `SELECT FROM pg_roles WHERE rolname = ${quoted(workload)}`,
        },
        {
          statement: `ALTER ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${quoted(passwords[workload] ?? "")}`,
        },
        {
          statement: `CREATE DATABASE ${role} OWNER ${role}`,
          unless: `SELECT FROM pg_database WHERE datname = ${quoted(workload)}`,
        },
        { statement: `REVOKE ALL ON DATABASE ${role} FROM PUBLIC` },
      ];
    }),
  ];
}

/** The same as psql takes it. */
export const forPsql = (steps: readonly Provisioning[]): string =>
  [
    "\\set ON_ERROR_STOP on",
    ...steps.map(({ statement, unless }) =>
      unless === undefined ? `${statement};` : `SELECT ${quoted(statement)} WHERE NOT EXISTS (${unless}) \\gexec`,
    ),
    "",
  ].join("\n");
