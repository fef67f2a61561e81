// The queue between what is written down and what is sent. It lives in Valkey and may be lost: the table of messages is
// the truth, and what waits there for too long is put into the queue again.
import { parseRedisUrl } from "@larder/events/redis-address";
import { log } from "@larder/platform";
import { type ConnectionOptions, Queue as Jobs, Worker } from "bullmq";

const name = "messages";

export interface Queue {
  /** Puts a message into the queue, unless it is there. Never throws. */
  add(id: string): void;
  /** Sends what is in the queue until the signal aborts. `failed` is told of a message that is given up. */
  work(send: (id: string) => Promise<void>, failed: (id: string) => Promise<void>, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const triesOfAMessage = 8;

/** `url` as `redis+unix://:password@/path/of/the.sock` or `redis://:password@host:port`. */
export function openQueue(url: string): Queue {
  const connection: ConnectionOptions = { ...parseRedisUrl(url), maxRetriesPerRequest: null };
  const jobs = new Jobs<{ id: string }, void, string>(name, {
    connection: { ...connection, enableOfflineQueue: false },
  });
  jobs.on("error", (error) => log.warn("queue unreachable", { error: error.message }));

  return {
    add(id) {
      jobs
        .add(
          "send",
          { id },
          {
            jobId: id,
            attempts: triesOfAMessage,
            backoff: { type: "exponential", delay: 500 },
            removeOnComplete: true,
            removeOnFail: true,
          },
        )
        .catch((error: Error) => log.warn("message not queued", { error: error.message }));
    },

    async work(send, failed, signal) {
      const worker = new Worker<{ id: string }, void, string>(name, ({ data }) => send(data.id), {
        connection,
        concurrency: 4,
      });
      worker.on("error", (error) => log.warn("queue unreachable", { error: error.message }));
      worker.on("failed", (job, error) => {
        log.warn("message not sent", { attempt: job?.attemptsMade, error: error.message });
        if (job && job.attemptsMade >= triesOfAMessage)
          failed(job.data.id).catch((cause) => log.warn("message not settled", { error: String(cause) }));
      });
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      await worker.close();
    },

    close: () => jobs.close(),
  };
}
