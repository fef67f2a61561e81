// The queue between what is written down and what is sent: ids in a sorted set of Valkey, by the time at which each is due. Whatever
// is asked of it is asked for many ids at once. It may be lost: the table of messages is the truth, and what waits there for too
// long is put into the queue again.
import { setTimeout as sleep } from "node:timers/promises";
import { parseRedisUrl } from "@larder/events/redis-address";
import { log } from "@larder/platform";
import { Redis } from "ioredis";

/** What became of a message: it is done with, or is to be tried again after so many ms. */
export type Handled = "done" | number;

export interface Queue {
  /** Puts ids into the queue, unless they are there. Never throws. */
  add(ids: readonly string[]): void;
  /**
   * Gives what is due to `handle` until the signal aborts, each id to one worker at a time, over all processes. Where `handle` throws or its process dies, its
   * ids come again.
   */
  work(handle: (ids: readonly string[]) => Promise<readonly Handled[]>, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface QueueOptions {
  /** The most ids that are handled together. Absent: 50. */
  readonly batch?: number;
  /** The most batches at a time: a second one is begun only while batches are full. Absent: 4. */
  readonly workers?: number;
  /** Who does not answer for so long in ms is taken for dead: longer than `handle` may take. Absent: 60 s. */
  readonly takenMs?: number;
}

// Other processes add to the queue too.
const POLL_MS = 1000;
const RETRY_MS = 500;

// Times are those of the server, in ms: all instances go by one clock.
const now = "local time = redis.call('TIME'); local now = time[1] * 1000 + math.floor(time[2] / 1000)";
const scripts = {
  // ARGV: ids. Those that are there stay as they are.
  add: `${now}
    for _, id in ipairs(ARGV) do redis.call('ZADD', KEYS[1], 'NX', now, id) end`,
  // ARGV: the most ids, for how long they are taken. Answers how long it is until the next is due (-1: there is none), and those that are due.
  take: `${now}
    local due = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
    for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], now + ARGV[2], id) end
    local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    return { first[2] and math.max(0, first[2] - now) or -1, due }`,
  // ARGV: pairs of an id and the time after which it is due again; 'done': never.
  settle: `${now}
    for i = 1, #ARGV, 2 do
      if ARGV[i + 1] == 'done' then redis.call('ZREM', KEYS[1], ARGV[i])
      else redis.call('ZADD', KEYS[1], now + ARGV[i + 1], ARGV[i]) end
    end`,
};

type Script = (key: string, ...args: (string | number)[]) => Promise<unknown>;

/** `url` as `redis+unix://:password@/path/of/the.sock` or `redis://:password@host:port`; `name` tells queues of one server apart. */
export function openQueue(url: string, name: string, options: QueueOptions = {}): Queue {
  const { batch = 50, workers = 4, takenMs = 60_000 } = options;
  const key = `notification:queue:${name}`;
  const redis = new Redis({
    ...parseRedisUrl(url),
    connectionName: "notification",
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5000,
  });
  redis.on("error", () => {}); // Each command reports it to its caller.
  for (const [script, lua] of Object.entries(scripts)) redis.defineCommand(script, { lua, numberOfKeys: 1 });
  const run = redis as unknown as Record<keyof typeof scripts, Script>;

  let wake = () => {};
  let added: string[] = [];
  const flush = () => {
    const ids = added;
    added = [];
    run.add(key, ...ids).then(
      () => wake(),
      (error: Error) => log.warn("messages not queued", { messages: ids.length, error: error.message }),
    );
  };

  return {
    add(ids) {
      if (ids.length === 0) return;
      // What is added in one turn of the event loop goes along.
      if (added.length === 0) setImmediate(flush);
      added.push(...ids);
    },

    async work(handle, signal) {
      const running = new Set<Promise<void>>();
      const work = async (ids: readonly string[]) => {
        const handled = await handle(ids).catch((error: unknown) => {
          log.warn("messages not handled", { messages: ids.length, error: String(error) });
          return ids.map(() => RETRY_MS);
        });
        // If this fails they come again when their time is over.
        await run.settle(key, ...ids.flatMap((id, index) => [id, handled[index] ?? RETRY_MS])).catch(() => {});
      };
      let full = false;
      while (!signal.aborted) {
        let pause = POLL_MS;
        if (running.size === 0 || (full && running.size < workers)) {
          try {
            const [next, ids] = (await run.take(key, batch, takenMs)) as [number, string[]];
            full = ids.length === batch;
            if (ids.length > 0) {
              const batchAtWork = work(ids).finally(() => {
                running.delete(batchAtWork);
                wake();
              });
              running.add(batchAtWork);
            }
            if (full) continue;
            if (next >= 0) pause = Math.min(pause, next);
          } catch (error) {
            log.warn("queue unreachable", { error: String(error) });
            pause = RETRY_MS;
          }
        }
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        await Promise.race([woken.promise, sleep(pause, undefined, { signal }).catch(() => {})]);
      }
      await Promise.all(running);
    },

    close: () => redis.disconnect(),
  };
}
