// A service's own database: prepared statements, transactions, notifications, and counts of what was asked.

import { escapeIdentifier } from "pg";
import { Connection } from "./connection.ts";
import { Listener } from "./listener.ts";
import { Pool, type PoolSettings } from "./pool.ts";
import { Statements } from "./statements.ts";
import { transact } from "./transaction.ts";

/** What a statement gave. */
export interface Result<Row> {
  readonly rows: Row[];
  /** Rows returned or changed. */
  readonly count: number;
}

/** Whatever statements can be sent to. */
export interface Queryable {
  /**
   * Runs one statement, prepared on each connection under `name`: unique in the process, at most 63 characters.
   *
   * int8 comes back as bigint, timestamptz as Date, numeric and date as text, bytea as Buffer, json parsed. An array in
   * `params` becomes a PostgreSQL array: a JSON array must be passed as `JSON.stringify(value)`.
   *
   * Throws `StoreUnavailable` if the connection is lost, `StatementTimeout`, or node-postgres' DatabaseError: see `violates`.
   */
  query<Row extends object = Record<string, unknown>>(
    name: string,
    sql: string,
    params?: readonly unknown[],
  ): Promise<Result<Row>>;
}

/** A transaction in progress. Statements that do not wait for each other's answer travel together. */
export interface Tx extends Queryable {
  readonly database: Database;
  /** Calls `done` once the transaction has been committed, and never if it has not. `done` must not throw. */
  afterCommit(done: () => void): void;
}

/** How a transaction is run. */
export interface TransactionOptions {
  /** Absent: read committed. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  /** How many more times `fn` runs after a serialization failure or a deadlock. Absent: 0. */
  readonly retrySerialization?: number;
}

/** A connection held for as long as `Database.session` runs, for what belongs to a session: advisory locks, settings. */
export interface Session extends Queryable {
  /** Aborts when the connection is lost, and with it every lock that the session held. */
  readonly lost: AbortSignal;
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs SQL without parameters, several statements if need be. */
  execute(sql: string): Promise<void>;
  /** Calls `heard` for every NOTIFY on the channel for as long as the session lasts. */
  listen(channel: string, heard: (payload: string) => void): Promise<void>;
}

/** What was asked of the database by this process since it was opened. */
export interface Stats {
  /** Statements, without BEGIN, COMMIT and ROLLBACK. */
  readonly queries: number;
  /** Durable commits: transactions with a writing or locking statement, and such statements outside a transaction. */
  readonly commits: number;
  readonly rollbacks: number;
  /** Open connections, those of sessions and of `listen` not included. */
  readonly connections: number;
  /** Statements by name. */
  readonly byStatement: Readonly<Record<string, number>>;
}

export interface Database extends Queryable {
  /** Runs `fn` in a transaction: commits when it returns, rolls back when it throws. BEGIN travels with the first statement. */
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs `fn` on a connection of its own, beside the pool. */
  session<T>(fn: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  /**
   * Calls `heard` for every NOTIFY on the channel, and with undefined whenever listening begins anew (at the start too): some may have
   * been missed. Returns at once; the connection is made, and made again, in the background.
   */
  listen(channel: string, heard: (payload: string | undefined) => void): Subscription;
  /** Throws `StoreUnavailable` unless the database answers. */
  ping(): Promise<void>;
  stats(): Stats;
  /** Lets what runs end, then closes every connection. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Absent: as the database was opened. 0: none. */
  readonly statementTimeoutMs?: number;
}

export interface Subscription {
  /** Ends the calls. */
  close(): void;
}

/** Settings of `openDatabase`; the defaults suit a small service. */
export interface DatabaseOptions {
  /** The most connections. Absent: 8. */
  readonly max?: number;
  /** Shown in pg_stat_activity. Absent: `larder`. */
  readonly applicationName?: string;
  /** The longest that one statement may run. Absent: 5 s. 0: no limit. */
  readonly statementTimeoutMs?: number;
  /** How long a caller waits for a free connection. Absent: 5 s. */
  readonly acquireTimeoutMs?: number;
  /**
   * The server ends a session that leaves a transaction open and silent for longer, which frees the locks of a process that
   * was stopped in the middle. Absent: 10 s.
   */
  readonly idleInTransactionMs?: number;
}

/**
 * Opens a database without connecting: connections are made when they are needed.
 *
 * `url` as in `postgres://role:password@/database?host=/folder/of/the/socket`, or with a host name.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const settings: PoolSettings = {
    url,
    max: options.max ?? 8,
    applicationName: options.applicationName ?? "larder",
    connectTimeoutMs: 5000,
    acquireTimeoutMs: options.acquireTimeoutMs ?? 5000,
    statementTimeoutMs: options.statementTimeoutMs ?? 5000,
    idleInTransactionMs: options.idleInTransactionMs ?? 10_000,
    idleMs: 30_000,
  };
  const statements = new Statements();
  const pool = new Pool(settings, (connection) => statements.learn(connection));
  const listener = new Listener(settings);

  const database: Database = {
    async query<Row extends object>(name: string, sql: string, params: readonly unknown[] = []) {
      const statement = statements.use(name, sql);
      const connection = await pool.acquire();
      try {
        return await statements.runAlone<Row>(connection, statement, params);
      } finally {
        pool.release(connection);
      }
    },
    async transaction(fn, transactionOptions) {
      const connection = await pool.acquire();
      try {
        return await transact(database, connection, statements, fn, transactionOptions);
      } finally {
        pool.release(connection);
      }
    },
    async session(fn, { statementTimeoutMs = settings.statementTimeoutMs } = {}) {
      const connection = await Connection.open({ ...settings, statementTimeoutMs });
      try {
        return await fn({
          lost: connection.lost,
          query: (name, sql, params = []) => statements.runAlone(connection, statements.use(name, sql), params),
          transaction: (inner, transactionOptions) =>
            transact(database, connection, statements, inner, transactionOptions),
          execute: async (sql) => {
            await connection.command(sql);
          },
          listen: async (channel, heard) => {
            connection.onNotification((from, payload) => from === channel && heard(payload));
            await connection.command(`listen ${escapeIdentifier(channel)}`);
          },
        });
      } finally {
        await connection.close();
      }
    },
    listen: (channel, heard) => listener.listen(channel, heard),
    async ping() {
      await database.query("larder_ping", "select 1");
    },
    stats: () => statements.stats(pool.size),
    async close() {
      await Promise.all([pool.close(), listener.close()]);
    },
  };
  return database;
}
