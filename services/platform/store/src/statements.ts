// The prepared statements of a process, and how often each was used.

import type { Connection } from "./connection.ts";
import type { Result, Stats } from "./database.ts";
import { StoreUnavailable } from "./errors.ts";

/** A statement that is prepared on first use on each connection. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
  /** Whether it makes a commit durable: it writes, or locks rows. */
  readonly writes: boolean;
  uses: number;
}

const MAX_NAME = 63; // The server cuts longer names, so that two could become one.

// A statement that gives up waiting for the disk says so by name, and does not count.
const NOT_DURABLE = "synchronous_commit";

// `for update` and `for share` count too: a transaction that locks rows gets an id, and its commit is flushed.
const WRITING = /\b(insert|update|delete|merge|for\s+(no\s+key\s+)?(update|share))\b/i;

export class Statements {
  readonly #byName = new Map<string, Statement>();
  #commits = 0;
  #rollbacks = 0;

  /** Finds the statement or adds it. Throws if the name stands for another one. */
  use(name: string, sql: string): Statement {
    const known = this.#byName.get(name);
    if (known) {
      if (known.sql !== sql) throw new Error(`two statements are named "${name}"`);
      return known;
    }
    if (name === "" || name.length > MAX_NAME)
      throw new Error(`a statement's name has 1 to ${MAX_NAME} characters: "${name}"`);
    const statement = { name, sql, writes: WRITING.test(sql) && !sql.includes(NOT_DURABLE), uses: 0 };
    this.#byName.set(name, statement);
    return statement;
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
      if (statement.writes && result.count > 0) this.#commits += 1;
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable && statement.writes) throw new StoreUnavailable(error.cause, true);
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
