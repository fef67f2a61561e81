// LISTEN on a connection of its own, which comes back by itself.

import { setTimeout as sleep } from "node:timers/promises";
import { escapeIdentifier } from "pg";
import { Connection, type ConnectionSettings } from "./connection.ts";
import type { Subscription } from "./database.ts";

type Heard = (payload: string | undefined) => void;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

export class Listener {
  readonly #settings: ConnectionSettings;
  readonly #channels = new Map<string, Set<Heard>>();
  readonly #stop = new AbortController();
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;

  constructor(settings: ConnectionSettings) {
    this.#settings = { ...settings, applicationName: `${settings.applicationName} listen` };
  }

  listen(channel: string, heard: Heard): Subscription {
    const listeners = this.#channels.get(channel);
    if (listeners) {
      listeners.add(heard);
      if (this.#connection) heard(undefined);
    } else {
      this.#channels.set(channel, new Set([heard]));
      if (this.#connection) this.#subscribe(this.#connection, [channel]).catch(() => {}); // Lost: it will be made again.
    }
    this.#running ??= this.#run();
    return { close: () => void this.#channels.get(channel)?.delete(heard) };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const connection = await Connection.open(this.#settings);
        try {
          connection.onNotification((channel, payload) => this.#tell(channel, payload));
          this.#connection = connection;
          await this.#subscribe(connection, [...this.#channels.keys()]);
          pause = FIRST_PAUSE_MS;
          await either(connection.lost, signal);
        } finally {
          this.#connection = undefined;
          await connection.close();
        }
      } catch {
        // Whoever needs the database learns of its absence from a statement; here it is only waited for.
      }
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  async #subscribe(connection: Connection, channels: string[]): Promise<void> {
    await connection.command(channels.map((channel) => `listen ${escapeIdentifier(channel)}`).join(";"));
    for (const channel of channels) this.#tell(channel, undefined);
  }

  #tell(channel: string, payload: string | undefined): void {
    for (const heard of this.#channels.get(channel) ?? []) heard(payload);
  }
}

const either = (first: AbortSignal, second: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const any = AbortSignal.any([first, second]);
    if (any.aborted) resolve();
    else any.addEventListener("abort", () => resolve(), { once: true });
  });
