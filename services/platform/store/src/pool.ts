// The connections of one database: handed out last in first out, opened when needed and one at a time, dropped when lost.

import { Connection, type ConnectionSettings } from "./connection.ts";
import { StoreUnavailable } from "./errors.ts";

interface Waiter {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

export interface PoolSettings extends ConnectionSettings {
  readonly max: number;
  /** How long a caller waits for a free connection. */
  readonly acquireTimeoutMs: number;
  /** An unused connection is closed after once to twice this time; one is kept. */
  readonly idleMs: number;
}

export class Pool {
  readonly #settings: PoolSettings;
  readonly #prepare: (connection: Connection) => Promise<void>;
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #reaper: NodeJS.Timeout;
  #size = 0;
  // The smallest number of idle connections since the reaper looked last: those were not needed.
  #unused = 0;
  // A burst of short statements is over before a second connection would be open, and each takes 2 MiB of the server.
  #opening = false;
  #closed = false;
  #emptied: (() => void) | undefined;

  /** `prepare` is called with each new connection before its first use. */
  constructor(settings: PoolSettings, prepare: (connection: Connection) => Promise<void>) {
    this.#settings = settings;
    this.#prepare = prepare;
    this.#reaper = setInterval(() => this.#reap(), settings.idleMs).unref();
  }

  /** Connections open or being opened. */
  get size(): number {
    return this.#size;
  }

  /** A connection for the caller alone, to be given back by `release`. Throws `StoreUnavailable` if there is none in time. */
  async acquire(): Promise<Connection> {
    if (this.#closed) throw new Error("the database was closed");
    const connection = this.#idle.pop();
    if (connection) {
      this.#unused = Math.min(this.#unused, this.#idle.length);
      return connection;
    }
    return this.#mayOpen ? this.#open() : this.#wait();
  }

  release(connection: Connection): void {
    if (!connection.alive || connection.spoilt || this.#closed) {
      this.#drop(connection);
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter) this.#hand(waiter, connection);
    else this.#idle.push(connection);
  }

  /** Closes when the last connection in use has come back. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#reaper);
    for (const waiter of this.#waiting.splice(0)) this.#refuse(waiter, new Error("the database was closed"));
    for (const connection of this.#idle.splice(0)) this.#drop(connection);
    if (this.#size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  get #mayOpen(): boolean {
    return !this.#opening && this.#size < this.#settings.max;
  }

  async #open(): Promise<Connection> {
    this.#opening = true;
    this.#size += 1;
    let connection: Connection | undefined;
    try {
      const opened = await Connection.open(this.#settings);
      connection = opened;
      opened.lost.addEventListener("abort", () => this.#forgetIdle(opened), { once: true });
      await this.#prepare(opened);
      this.#opening = false;
      this.#openForWaiter();
      return opened;
    } catch (error) {
      this.#opening = false;
      await connection?.close();
      this.#shrink();
      throw error;
    }
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new StoreUnavailable(new Error(`no free connection within ${this.#settings.acquireTimeoutMs} ms`)));
      }, this.#settings.acquireTimeoutMs);
      const waiter = { resolve, reject, timer };
      this.#waiting.push(waiter);
    });
  }

  #hand(waiter: Waiter, connection: Connection): void {
    clearTimeout(waiter.timer);
    waiter.resolve(connection);
  }

  #refuse(waiter: Waiter, error: unknown): void {
    clearTimeout(waiter.timer);
    waiter.reject(error);
  }

  // A connection that breaks in use is dropped by whoever uses it; one that breaks here has nobody else.
  #forgetIdle(connection: Connection): void {
    const position = this.#idle.indexOf(connection);
    if (position < 0) return;
    this.#idle.splice(position, 1);
    this.#unused = Math.min(this.#unused, this.#idle.length);
    this.#shrink();
  }

  #drop(connection: Connection): void {
    connection
      .close()
      .catch(() => {}) // It is gone either way.
      .finally(() => this.#shrink());
  }

  #shrink(): void {
    this.#size -= 1;
    this.#openForWaiter();
    if (this.#size === 0) this.#emptied?.();
  }

  // Where there is a place, whoever waits gets a connection of its own, or hears at once that there is none to be had.
  #openForWaiter(): void {
    const waiter = this.#mayOpen ? this.#waiting.shift() : undefined;
    if (!waiter) return;
    clearTimeout(waiter.timer);
    this.#open().then(
      (connection) => this.#hand(waiter, connection),
      (error) => this.#refuse(waiter, error),
    );
  }

  #reap(): void {
    const surplus = Math.min(this.#unused, this.#size - 1);
    for (const connection of this.#idle.splice(0, Math.max(surplus, 0))) this.#drop(connection);
    this.#unused = this.#idle.length;
  }
}
