// The prepared statements of a process, and how often each was used.

import type { Connection } from "./connection.ts";
import type { Result, Stats } from "./database.ts";
import { StoreUnavailable } from "./errors.ts";
import { exposeCounter } from "./metrics.ts";

/** A statement that is prepared on first use on each connection. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
  /** Whether it makes a commit durable: it writes, or locks rows. Undefined until it is looked at. */
  writes: boolean | undefined;
  uses: number;
}

const MAX_NAME = 63; // The server cuts longer names, so that two could become one.

// A statement that gives up waiting for the disk says so by name, and does not count.
const NOT_DURABLE = "synchronous_commit";

// `for update` and `for share` count too: a transaction that locks rows gets an id, and its commit is flushed.
const WRITING = /\b(insert|update|delete|merge|call|for\s+(no\s+key\s+)?(update|share))\b/i;

// Functions of the service's own that may write, and that a statement calls by name.
const OWN_FUNCTIONS = `select proname as name from pg_proc
  where provolatile = 'v' and pronamespace <> all(array['pg_catalog', 'information_schema']::regnamespace[])`;

// Those of closed databases count on: counters do not go back.
const all: Statements[] = [];
const sumOf = (count: (stats: Stats) => number) => [
  { labels: {}, value: all.reduce((sum, statements) => sum + count(statements.stats(0)), 0) },
];
exposeCounter("larder_store_commits_total", "Commits that the disk had to take.", () =>
  sumOf(({ commits }) => commits),
);
exposeCounter("larder_store_rollbacks_total", "Transactions rolled back.", () => sumOf(({ rollbacks }) => rollbacks));
exposeCounter("larder_store_statements_total", "Statements sent to the database.", () => {
  const byStatement = new Map<string, number>();
  for (const statements of all) {
    for (const [statement, uses] of Object.entries(statements.stats(0).byStatement)) {
      byStatement.set(statement, (byStatement.get(statement) ?? 0) + uses);
    }
  }
  return [...byStatement].map(([statement, value]) => ({ labels: { statement }, value }));
});

export class Statements {
  readonly #byName = new Map<string, Statement>();
  #ownFunctions = "";
  #commits = 0;
  #rollbacks = 0;

  constructor() {
    all.push(this);
  }

  /** Finds the statement or adds it. Throws if the name stands for another one. */
  use(name: string, sql: string): Statement {
    const known = this.#byName.get(name);
    if (known) {
      if (known.sql !== sql) throw new Error(`two statements are named "${name}"`);
      return known;
    }
    if (name === "" || name.length > MAX_NAME)
      throw new Error(`a statement's name has 1 to ${MAX_NAME} characters: "${name}"`);
    const statement = { name, sql, writes: undefined, uses: 0 };
    this.#byName.set(name, statement);
    return statement;
  }

  /** Looks up which functions may write, for the counts: `select book($1)` does not say it itself. */
  async learn(connection: Connection): Promise<void> {
    const { rows } = await connection.run("larder_own_functions", OWN_FUNCTIONS, []);
    const names = rows.map(({ name }) => String(name).replaceAll(/\W/g, ".")).join("|");
    if (names === this.#ownFunctions) return;
    this.#ownFunctions = names;
    for (const statement of this.#byName.values()) statement.writes = undefined;
  }

  /** Whether a commit with this statement is one that the disk has to take. */
  writes(statement: Statement): boolean {
    statement.writes ??=
      !statement.sql.includes(NOT_DURABLE) &&
      (WRITING.test(statement.sql) ||
        (this.#ownFunctions !== "" && new RegExp(`\\b(${this.#ownFunctions})\\s*\\(`, "i").test(statement.sql)));
    return statement.writes;
  }

  /** Runs a statement and counts it. */
  async run<Row>(connection: Connection, statement: Statement, params: readonly unknown[]): Promise<Result<Row>> {
    statement.uses += 1;
    const { rows, rowCount } = await connection.run(statement.name, statement.sql, params);
    return { rows: rows as Row[], count: rowCount ?? 0 };
  }

  /** Runs a statement that is a transaction by itself. */
  async runAlone<Row>(connection: Connection, statement: Statement, params: readonly unknown[]): Promise<Result<Row>> {
    try {
      const result = await this.run<Row>(connection, statement, params);
      if (result.count > 0 && this.writes(statement)) this.#commits += 1;
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable && this.writes(statement)) throw new StoreUnavailable(error.cause, true);
      throw error;
    }
  }

  committed(): void {
    this.#commits += 1;
  }

  rolledBack(): void {
    this.#rollbacks += 1;
  }

  stats(connections: number): Stats {
    const used = [...this.#byName.values()].filter(({ uses }) => uses > 0);
    return {
      queries: used.reduce((sum, { uses }) => sum + uses, 0),
      commits: this.#commits,
      rollbacks: this.#rollbacks,
      connections,
      byStatement: Object.fromEntries(used.map(({ name, uses }) => [name, uses])),
    };
  }
}
