// Connections to a Redis-compatible server: one for commands, and one for each read that waits.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { LogForbidden, LogUnavailable } from "../log.ts";
import { parseRedisUrl } from "./address.ts";

const CONNECT_WAIT_MS = 300;
const COMMAND_TIMEOUT_MS = 5000;

// What the server says when it cannot serve now: loading its data, out of memory, disk full, replica, busy with a script.
const NOT_NOW = /^(LOADING|OOM|MISCONF|READONLY|MASTERDOWN|NOREPLICAS|BUSY|CLUSTERDOWN|TRYAGAIN)/;

// What it says to a user who may not do that; inside a function it is part of a longer message.
const FORBIDDEN = /NOPERM|ACL failure|No permissions|no permissions/i;

const code = readFileSync(new URL("./functions.lua", import.meta.url), "utf8");
// Functions outlive the process that loaded them, and other builds may use theirs at the same time: each version has its own name.
const suffix = createHash("sha256").update(code).digest("hex").slice(0, 8);
const library = `#!lua name=larder_${suffix}\n${code.replaceAll(/(register_function\(|function_name = )'(\w+)'/g, `$1'larder_$2_${suffix}'`)}`;

/** A call of a function in `functions.lua`. */
export interface FunctionCall {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly (string | number | Buffer)[];
  /** The function has the flag `no-writes`. */
  readonly readOnly?: boolean;
}

export class RedisConnection {
  readonly #redis: Redis;
  readonly #waiting: { readonly redis: Redis; readonly id: number }[] = [];
  #closed = false;

  constructor(url: string, clientName: string) {
    const options = {
      ...parseRedisUrl(url),
      protocol: 2 as const,
      connectionName: clientName,
      disableClientInfo: true,
      // A command that cannot be sent now fails now; one whose answer is lost fails when the connection is, and is not sent again.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 5), 1000),
    };
    this.#redis = quiet(new Redis(options));
    // Until it is connected every call waits for that, and a process may consume many topics.
    this.#redis.setMaxListeners(0);
  }

  /** Calls functions, all in one round trip. Throws the first failure after all have been answered. */
  async call(calls: readonly FunctionCall[]): Promise<unknown[]> {
    if (calls.length === 0) return [];
    await this.#ready();
    const answers = await this.#send(calls);
    if (!answers.some(([error]) => error?.message.includes("Function not found"))) return values(calls, answers);
    await this.#load();
    return values(calls, await this.#send(calls));
  }

  async run(command: string, ...args: (string | number)[]): Promise<unknown> {
    await this.#ready();
    return this.#redis.call(command, args).catch((error: unknown) => rethrow(error, String(args[0] ?? command)));
  }

  /**
   * Sends a command that waits in the server, on a connection of its own. Answers undefined as soon as the signal aborts.
   * Throws `LogUnavailable` if there is no answer within `limitMs`.
   */
  async block(command: string, args: (string | number)[], limitMs: number, signal?: AbortSignal): Promise<unknown> {
    await this.#ready();
    const connection = this.#idle() ?? (await this.#connect());
    let timer: NodeJS.Timeout | undefined;
    let answered = false;
    const answer = connection.redis
      .callBuffer(command, args)
      .then((value) => {
        if (!this.#closed) this.#waiting.push(connection);
        else connection.redis.disconnect();
        return value;
      })
      .catch((error: unknown) => {
        connection.redis.disconnect();
        return rethrow(error, args.slice(args.indexOf("STREAMS") + 1).join(" "));
      })
      .finally(() => {
        answered = true;
        clearTimeout(timer);
      });
    return new Promise((resolve, reject) => {
      const stop = () => {
        if (answered) return;
        // Where that command is not allowed, the server answers when the time is over, and nobody minds.
        this.#redis.client("UNBLOCK", connection.id).catch(() => {});
        resolve(undefined);
      };
      timer = setTimeout(() => connection.redis.disconnect(), limitMs);
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { once: true });
      answer.then(resolve, reject).finally(() => signal?.removeEventListener("abort", stop));
    });
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
    for (const { redis } of this.#waiting.splice(0)) redis.disconnect();
  }

  #idle() {
    for (let found = this.#waiting.pop(); found; found = this.#waiting.pop()) {
      if (found.redis.status === "ready") return found;
    }
    return undefined;
  }

  async #connect() {
    const redis = quiet(
      this.#redis.duplicate({
        enableOfflineQueue: true,
        commandTimeout: undefined,
        retryStrategy: () => null,
        lazyConnect: true,
      }),
    );
    try {
      await redis.connect();
      return { redis, id: Number(await redis.client("ID")) };
    } catch (error) {
      redis.disconnect();
      return rethrow(error);
    }
  }

  async #ready(): Promise<void> {
    if (this.#closed) throw new Error("the event log was closed");
    if (this.#redis.status === "ready") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CONNECT_WAIT_MS);
    this.#redis.once("ready", resolve);
    await promise;
    clearTimeout(timer);
    this.#redis.off("ready", resolve);
    if ((this.#redis.status as string) !== "ready") throw new LogUnavailable(new Error("not connected"));
  }

  async #send(calls: readonly FunctionCall[]): Promise<[Error | null, unknown][]> {
    const pipeline = this.#redis.pipeline();
    for (const { name, keys, args, readOnly } of calls) {
      pipeline.callBuffer(readOnly ? "FCALL_RO" : "FCALL", `larder_${name}_${suffix}`, keys.length, ...keys, ...args);
    }
    return (await pipeline.exec().catch((error: unknown) => rethrow(error))) ?? [];
  }

  async #load(): Promise<void> {
    try {
      await this.#redis.call("FUNCTION", "LOAD", library);
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof Error && error.message.includes("already exists"))) rethrow(error);
    }
  }
}

function values(calls: readonly FunctionCall[], answers: readonly [Error | null, unknown][]): unknown[] {
  return answers.map(([error, value], index) => (error ? rethrow(error, calls[index]?.keys.join(" ")) : value));
}

// What is refused for a reason of its own (no right, wrong type) is passed on; everything else means that the log is not there.
// `what` was asked for.
function rethrow(error: unknown, what = "this command"): never {
  if (error instanceof Error && FORBIDDEN.test(error.message)) throw new LogForbidden(what, error);
  const refused = error instanceof Error && error.name === "ReplyError" && !NOT_NOW.test(error.message);
  throw refused ? error : new LogUnavailable(error);
}

// Without a listener a lost connection would be reported on standard error; each command reports it to its caller.
function quiet(redis: Redis): Redis {
  redis.on("error", () => {});
  return redis;
}
