// The aggregator alone, with a log and a database of its own: instances that come and go, and events that others would tell it.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ReadingsIngestedSchema } from "@larder/contract/larder/telemetry/v1/reading_events_pb.js";
import { type EventLog, encodeEvent, newEvent, openEventLog, partitionOf, topicOf } from "@larder/events";
import { startValkey, type TestValkey } from "@larder/events/testing";
import { type Database, openDatabase } from "@larder/store";
import { startPostgres, type TestPostgres, until } from "@larder/store/testing";
import { type Programs, Server } from "./programs.ts";

export const READINGS = topicOf(ReadingsIngestedSchema).name;
export const PARTITIONS = 4;
/** What devices are attached to. */
export const ROOM = "rooms/bench";

export class Aggregation {
  readonly valkey: TestValkey;
  readonly log: EventLog;
  readonly #programs: Programs;
  readonly #postgres: TestPostgres;
  readonly #folder = mkdtempSync(join(tmpdir(), "larder-bench-"));
  #url = "";
  #database: Database | undefined;
  #instances = 0;

  private constructor(programs: Programs, valkey: TestValkey, postgres: TestPostgres) {
    this.#programs = programs;
    this.valkey = valkey;
    this.#postgres = postgres;
    this.log = openEventLog(valkey.url);
  }

  static async start(programs: Programs): Promise<Aggregation> {
    const [valkey, postgres] = await Promise.all([startValkey(), startPostgres()]);
    const aggregation = new Aggregation(programs, valkey, postgres);
    await aggregation.log.createTopic(READINGS, PARTITIONS);
    await aggregation.forget();
    return aggregation;
  }

  /** Goes on with an empty database, as if nothing had been consumed. No instance may run. */
  async forget(): Promise<void> {
    await this.#database?.close();
    this.#url = await this.#postgres.createDatabase();
    this.#database = openDatabase(this.#url);
  }

  instance(): Promise<Server> {
    this.#instances += 1;
    const socket = join(this.#folder, `${this.#instances}.sock`);
    const env = {
      AGGREGATOR_LISTEN: `unix:${socket}`,
      AGGREGATOR_OPS_LISTEN: `unix:${socket}.ops`,
      AGGREGATOR_DATABASE_URL: this.#url,
      AGGREGATOR_EVENT_LOG_URL: this.valkey.url,
    };
    return Server.start(this.#programs.aggregator, [], env, () => existsSync(socket));
  }

  /** Attaches devices to the room, long ago. */
  async attach(devices: readonly string[]): Promise<void> {
    const events = devices.map((device) =>
      newEvent(
        SensorAttachedSchema,
        { device, subject: ROOM, storageClass: StorageClass.CHILLED, attachTime: timestampFromMs(1000) },
        { source: "inventory" },
      ),
    );
    const topic = "larder.coldchain.sensor-attached.v1";
    const partitions = await this.log.createTopic(topic, PARTITIONS);
    for (let partition = 0; partition < partitions; partition += 1) {
      const own = events.filter(({ subject }) => partitionOf(subject, partitions) === partition);
      const records = own.map((event, index) => ({ sequence: BigInt(index + 1), value: encodeEvent(event) }));
      if (records.length > 0) await this.log.append([{ topic, partition, producer: `bench-${Date.now()}`, records }]);
    }
  }

  /** How many events of readings have had their effects; 0 before there is a table. */
  async handled(): Promise<number> {
    try {
      const { rows } = await (this.#database as Database).query<{ count: bigint }>(
        "handled",
        "select coalesce(sum(next_offset), 0)::bigint as count from consumer_offsets where topic = $1",
        [READINGS],
      );
      return Number(rows[0]?.count ?? 0n);
    } catch {
      return 0;
    }
  }

  /** Whether the aggregator knows of so many attachments. */
  async knows(attachments: number): Promise<boolean> {
    const { rows } = await (this.#database as Database).query<{ count: bigint }>(
      "attachments",
      "select count(*) as count from attachments",
    );
    return Number(rows[0]?.count ?? 0n) >= attachments;
  }

  /** Waits until that many instances have a share of the partitions each. */
  async shared(instances: number): Promise<void> {
    await until(async () => {
      const owners = await Promise.all(
        Array.from({ length: PARTITIONS }, (_, partition) =>
          this.valkey.ask("HGET", `${READINGS}:{${partition}}:lease:aggregator`, "member"),
        ),
      );
      return !owners.includes(null) && new Set(owners).size === instances;
    });
  }

  async stop(): Promise<void> {
    await this.#database?.close();
    await this.log.close();
    await Promise.all([this.valkey.stop(), this.#postgres.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
