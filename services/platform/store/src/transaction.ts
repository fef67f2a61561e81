// One transaction on one connection.

import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import type { Database, Result, TransactionOptions, Tx } from "./database.ts";
import { isRetryable, StoreUnavailable } from "./errors.ts";
import type { Statements } from "./statements.ts";

const BEGIN = {
  "read committed": "begin",
  "repeatable read": "begin isolation level repeatable read",
  serializable: "begin isolation level serializable",
};

/** Runs `fn` in a transaction, again while it may and should. The connection is idle afterwards, or lost, or spoilt. */
export async function transact<T>(
  database: Database,
  connection: Connection,
  statements: Statements,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const transaction = new Transaction(database, connection, statements, BEGIN[options.isolation ?? "read committed"]);
    try {
      const value = await fn(transaction);
      await transaction.commit();
      return value;
    } catch (error) {
      await transaction.rollback();
      if (!isRetryable(error) || tries > (options.retrySerialization ?? 0)) throw error;
    }
    // Those that collided must not meet again at once.
    await sleep(Math.random() * 5 * 2 ** tries);
  }
}

class Transaction implements Tx {
  readonly database: Database;
  readonly #connection: Connection;
  readonly #statements: Statements;
  readonly #beginSql: string;
  readonly #afterCommit: (() => void)[] = [];
  #begun: Promise<unknown> | undefined;
  #writes = false;
  #over = false;

  constructor(database: Database, connection: Connection, statements: Statements, beginSql: string) {
    this.database = database;
    this.#connection = connection;
    this.#statements = statements;
    this.#beginSql = beginSql;
  }

  async query<Row extends object>(name: string, sql: string, params: readonly unknown[] = []): Promise<Result<Row>> {
    if (this.#over) throw new Error(`statement "${name}" was sent after the end of its transaction`);
    const statement = this.#statements.use(name, sql);
    if (this.#statements.writes(statement)) this.#writes = true;
    if (!this.#begun) {
      this.#begun = this.#connection.command(this.#beginSql);
      // If BEGIN fails, so does the statement behind it, and that is the failure to report.
      this.#begun.catch(() => {});
    }
    return this.#statements.run<Row>(this.#connection, statement, params);
  }

  afterCommit(done: () => void): void {
    this.#afterCommit.push(done);
  }

  async commit(): Promise<void> {
    this.#over = true;
    if (this.#begun) await this.#commit();
    for (const done of this.#afterCommit) done();
  }

  async rollback(): Promise<void> {
    this.#over = true;
    if (!this.#begun || !this.#connection.alive) return;
    this.#statements.rolledBack();
    try {
      await this.#connection.command("rollback");
    } catch {
      // A connection that cannot roll back is closed, which has the same effect.
      this.#connection.spoilt = true;
    }
  }

  async #commit(): Promise<void> {
    const { command } = await this.#connection.command("commit").catch((error: unknown) => {
      throw error instanceof StoreUnavailable ? new StoreUnavailable(error.cause, this.#writes) : error;
    });
    // The server answers COMMIT with ROLLBACK when a statement had failed and nobody minded.
    if (command !== "COMMIT") throw new Error("the transaction was rolled back: one of its statements had failed");
    if (this.#writes) this.#statements.committed();
  }
}
