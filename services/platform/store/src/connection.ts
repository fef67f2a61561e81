// One connection. It knows whether it still lives, so that every failure of a dead one is the same failure to callers.

import { Client, type CustomTypesConfig, DatabaseError, type QueryResult } from "pg";
import { StatementTimeout, StoreUnavailable, saysUnavailable, sqlState } from "./errors.ts";
import { getTypeParser } from "./types.ts";

/** How connections are made. */
export interface ConnectionSettings {
  readonly url: string;
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  /** 0 means no limit. */
  readonly statementTimeoutMs: number;
  readonly idleInTransactionMs: number;
}

/** An answer as node-postgres gives it. */
export type Answer = QueryResult<Record<string, unknown>>;

// A server that does not even report its own timeout is taken for dead after this much more.
const SILENCE_MS = 1000;

export class Connection {
  readonly #client: Client;
  readonly #lost = new AbortController();
  #corked = false;
  /** Set when the connection must not be used again although it lives. */
  spoilt = false;

  private constructor(client: Client) {
    this.#client = client;
    // Without a listener node-postgres would end the process when an idle connection breaks.
    client.on("error", (error) => this.#lost.abort(error));
    client.on("end", () => this.#lost.abort(new Error("the connection has ended")));
  }

  /** Connects. Throws `StoreUnavailable`, or what the server says about a wrong password or database name. */
  static async open(settings: ConnectionSettings): Promise<Connection> {
    const client = new Client({
      connectionString: settings.url,
      application_name: settings.applicationName,
      connectionTimeoutMillis: settings.connectTimeoutMs,
      statement_timeout: settings.statementTimeoutMs,
      query_timeout: settings.statementTimeoutMs && settings.statementTimeoutMs + SILENCE_MS,
      idle_in_transaction_session_timeout: settings.idleInTransactionMs,
      types: { getTypeParser } as CustomTypesConfig,
      pipeline: true,
    });
    const connection = new Connection(client);
    try {
      await client.connect();
      return connection;
    } catch (error) {
      client.end().catch(() => {}); // It never connected: there is nothing to say goodbye to.
      if (error instanceof DatabaseError && !saysUnavailable(error)) throw error;
      throw new StoreUnavailable(error);
    }
  }

  /** False from the moment at which the connection is known to be lost. */
  get alive(): boolean {
    return !this.#lost.signal.aborted;
  }

  /** Aborts when the connection is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Sends a statement, prepared under its name. It may be sent before earlier ones have been answered. */
  async run(name: string, sql: string, params: readonly unknown[]): Promise<Answer> {
    this.#holdWrites();
    try {
      return await this.#client.query({ name, text: sql, values: params as unknown[] });
    } catch (error) {
      throw this.#failure(error, name);
    }
  }

  /** Sends SQL without parameters, several statements if need be. */
  async command(sql: string): Promise<Answer> {
    this.#holdWrites();
    try {
      return await this.#client.query(sql);
    } catch (error) {
      throw this.#failure(error, sql);
    }
  }

  onNotification(listener: (channel: string, payload: string) => void): void {
    this.#client.on("notification", ({ channel, payload }) => listener(channel, payload ?? ""));
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  // Statements sent in the same tick leave in one write to the socket: BEGIN together with the first statement.
  #holdWrites(): void {
    if (this.#corked || !this.alive) return;
    this.#corked = true;
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  #failure(error: unknown, statement: string): unknown {
    if (!this.alive || saysUnavailable(error) || isSilence(error)) {
      // The news of its end may be still on the way here.
      this.spoilt = true;
      return new StoreUnavailable(error);
    }
    switch (sqlState(error)) {
      case "57014":
        return new StatementTimeout(statement, error);
      case "0A000": // "cached plan must not change result type": the table was altered under a prepared statement.
      case "26000": // The prepared statement is gone.
        this.spoilt = true;
        return error;
      default:
        return error;
    }
  }
}

// How the driver says that its own limit has passed; it gives the connection up by itself.
const isSilence = (error: unknown): boolean => error instanceof Error && error.message === "Query read timeout";
