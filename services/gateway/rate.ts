// How often one user may call: counted in Valkey, so that all instances of the gateway count together.
import { parseRedisUrl } from "@larder/events/redis-address";
import { log } from "@larder/platform";
import { Redis } from "ioredis";
import { rateExceeded } from "./errors.ts";

/** Counts a call. Throws RESOURCE_EXHAUSTED when there were too many in this minute. */
export interface RateLimit {
  count(who: string): Promise<void>;
  close(): void;
}

export const noLimit: RateLimit = { count: async () => {}, close: () => {} };

/** `url` as `redis+unix://:password@/path/of/the.sock` or `redis://…`. */
export function rateLimit(url: string, perMinute: number): RateLimit {
  const redis = new Redis({
    ...parseRedisUrl(url),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 100,
    lazyConnect: true,
  });
  let complained = false;
  const complain = (error: Error) => {
    // The shop is worth more than the limit, and the sidecar has one of its own.
    if (!complained) log.warn("rates are not counted", { error: error.message });
    complained = true;
  };
  redis.on("error", complain);
  redis.connect().catch(complain);

  return {
    async count(who) {
      const minute = Math.floor(Date.now() / 60_000);
      const key = `rate:${who}:${minute}`;
      let calls: number;
      try {
        const answers = await redis.pipeline().incr(key).expire(key, 120).exec();
        calls = Number(answers?.[0]?.[1] ?? 0);
        complained = false;
      } catch (error) {
        return complain(error as Error);
      }
      if (calls > perMinute) throw rateExceeded(perMinute);
    },
    close: () => redis.disconnect(),
  };
}
