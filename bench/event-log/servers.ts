// The servers that the loops run against, and the process that runs them.
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { inboxMigrations, outboxMigrations } from "@larder/events";
import { startKafka, startValkey } from "@larder/events/testing";
import { migrate, openDatabase } from "@larder/store";
import { startPostgres } from "@larder/store/testing";
import { Admin } from "@platformatic/kafka";
import { cpuSeconds, familyOf } from "../cpu.ts";
import { percentiles, type Run } from "../load.ts";
import type { Answer, Task } from "./child.ts";
import { type Done, PARTITIONS } from "./loops.ts";

/** How much of what was acknowledged survives a loss of power: all, or all but the last seconds. */
export type Durability = "on disk" | "as it comes";

export interface Engine {
  readonly name: string;
  /** The library that the bare loops use. */
  readonly library: string;
  /** What the operator sets for it. */
  readonly settings: Record<Durability, string>;
  readonly url: string;
  /** How often a topic is read from its start in one run, so that there is something to measure. */
  readonly passes: number;
  /** Gets a topic ready; what it holds stays if it is there. */
  topic(name: string, durability: Durability): Promise<void>;
  /** Forgets what a topic holds, as far as it is in anybody's way. */
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function valkeyEngine(): Promise<Engine> {
  const valkey = await startValkey();
  return {
    name: "Valkey",
    library: "ioredis",
    settings: { "on disk": "appendfsync always", "as it comes": "appendfsync everysec" },
    url: valkey.url,
    passes: 4,
    async topic(_, durability) {
      await valkey.ask("CONFIG", "SET", "appendfsync", durability === "on disk" ? "always" : "everysec");
    },
    async drop(name) {
      await valkey.ask("UNLINK", ...Array.from({ length: PARTITIONS }, (_, partition) => `${name}:{${partition}}`));
    },
    stop: valkey.stop,
  };
}

export async function kafkaEngine(): Promise<Engine> {
  const kafka = await startKafka();
  const [, username = "", password = "", broker = ""] = /^kafka:\/\/([^:]+):([^@]+)@(.+)$/.exec(kafka.url) ?? [];
  const admin = new Admin({
    clientId: "bench",
    bootstrapBrokers: [broker],
    sasl: { mechanism: "PLAIN", username, password },
  });
  const known = new Set<string>();
  return {
    name: "Kafka",
    library: "@platformatic/kafka",
    settings: { "on disk": "acks=all, a flush for each", "as it comes": "acks=all" },
    url: kafka.url,
    passes: 1,
    async topic(name, durability) {
      if (known.has(name)) return;
      known.add(name);
      const settings = {
        "retention.ms": "-1",
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": String(2 << 20),
        "flush.messages": durability === "on disk" ? "1" : "9223372036854775807",
      };
      const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
      await admin.createTopics({ topics: [name], partitions: PARTITIONS, replicas: 1, configs });
    },
    drop: async () => {},
    async stop() {
      await admin.close();
      await kafka.stop();
    },
  };
}

/** A database for the loops, and one for the order service's store. */
export interface Databases {
  readonly loops: string;
  readonly orders: string;
  /** Empties the tables of the loops. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const TABLES = `
create table bench_effect (event text not null);
create table bench_offset (partition int primary key, next bigint not null);
insert into bench_offset select generate_series(0, ${PARTITIONS - 1}), 0`;

export async function openDatabases(): Promise<Databases> {
  const postgres = await startPostgres();
  const [loops, orders] = [await postgres.createDatabase(), await postgres.createDatabase()];
  const database = openDatabase(loops);
  await migrate(database, outboxMigrations, inboxMigrations);
  await database.session((session) => session.execute(TABLES));
  return {
    loops,
    orders,
    clear: () =>
      database.session((session) => session.execute("truncate outbox, inbox, consumer_offsets, bench_effect")),
    async stop() {
      await database.close();
      await postgres.stop();
    },
  };
}

/** What a run of a loop measured, with what the database was asked for one operation. */
export interface Measured extends Run {
  readonly statements?: number;
  readonly commits?: number;
}

/** Runs loops in a process of their own. */
export class Runner {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, "child.ts"));

  async run(task: Task): Promise<Measured> {
    await this.#say(task);
    // Servers, loops, and what descends from them; not this process, which waits and reads what the others have used.
    const pids = familyOf([process.pid]).filter((pid) => pid !== process.pid);
    const before = cpuSeconds(pids);
    const begun = performance.now();
    const { operations, times, statements, commits } = (await this.#say("run")).done as Done;
    const seconds = (performance.now() - begun) / 1000;
    const cpu = cpuSeconds(pids) - before;
    return {
      operations,
      errors: 0,
      perSecond: operations / seconds,
      ...percentiles(times),
      cpuMicros: (cpu * 1e6) / operations,
      ...(statements === undefined ? {} : { statements: statements / operations }),
      ...(commits === undefined ? {} : { commits: commits / operations }),
    };
  }

  close(): void {
    this.#child.disconnect();
  }

  async #say(what: Task | "run"): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const ended = () => resolve({ failed: "the process of the loops has ended" });
    this.#child.once("message", resolve).once("exit", ended);
    this.#child.send(what);
    const answer = await promise;
    this.#child.off("exit", ended);
    if (answer.failed !== undefined) throw new Error(answer.failed);
    return answer;
  }
}
