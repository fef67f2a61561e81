// The queue between what is written down and what is sent. It lives in Valkey and may be lost: the table of messages is
// the truth, and what waits there for too long is put into the queue again.
import { parseRedisUrl } from "@larder/events/redis-address";
import { log } from "@larder/platform";
import { type ConnectionOptions, Queue as Jobs, type JobsOptions, Worker } from "bullmq";

const name = "messages";

export interface Queue {
  /** Puts a message into the queue, unless it is there. Never throws. */
  add(id: string): void;
  /** Sends what is in the queue until the signal aborts. `failed` is told of a message that is given up. */
  work(send: (id: string) => Promise<void>, failed: (id: string) => Promise<void>, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const triesOfAMessage = 8;
// More than there are connections to the mail server: others are looked up and settled meanwhile, together.
const concurrency = 16;

/** `url` as `redis+unix://:password@/path/of/the.sock` or `redis://:password@host:port`. */
export function openQueue(url: string): Queue {
  const connection: ConnectionOptions = { ...parseRedisUrl(url), maxRetriesPerRequest: null };
  const jobs = new Jobs<{ id: string }, void, string>(name, {
    connection: { ...connection, enableOfflineQueue: false },
  });
  jobs.on("error", (error) => log.warn("queue unreachable", { error: error.message }));

  const options: JobsOptions = {
    attempts: triesOfAMessage,
    backoff: { type: "exponential", delay: 500 },
    removeOnComplete: true,
    removeOnFail: true,
  };
  let waiting: string[] = [];
  const flush = () => {
    const ids = waiting;
    waiting = [];
    jobs
      .addBulk(ids.map((id) => ({ name: "send", data: { id }, opts: { ...options, jobId: id } })))
      .catch((error: Error) => log.warn("messages not queued", { messages: ids.length, error: error.message }));
  };

  return {
    add(id) {
      // What is added in one turn of the event loop goes along.
      if (waiting.push(id) === 1) setImmediate(flush);
    },

    async work(send, failed, signal) {
      const worker = new Worker<{ id: string }, void, string>(name, ({ data }) => send(data.id), {
        connection,
        concurrency,
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
