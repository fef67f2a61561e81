// The rights to topics, as a matrix: every workload appends to every topic and consumes it, against an event log that the runner has set up.
// Expectations come from the protos by the suites' own reader; nobody else is connected.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type EventLog, LogForbidden, openEventLog } from "@larder/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogEngine, loadMeshEnvironment, type Mesh, startMesh } from "../../mesh/runner/src/index.ts";
import { smallEnvironment, workload } from "../../mesh/runner/test/world.ts";
import { readContract, type Topic } from "../contract.ts";

/** Declares the suite for one engine. */
export function rightsMatrix(engine: LogEngine): void {
  const { workloads, topics } = readContract();
  let mesh: Mesh;
  let folder: string;

  beforeAll(async () => {
    // Short, as socket paths must be, and passable: under root the workloads have user ids of their own.
    folder = mkdtempSync("/tmp/lt-");
    chmodSync(folder, 0o711);
    // Every workload of the contract with a login of its own, whether it needs one or not.
    const environment = {
      ...smallEnvironment(workloads.map((name) => workload(name, { eventLog: true }))),
      topics: (await loadMeshEnvironment()).topics ?? [],
    };
    const [runFolder, dataFolder] = [join(folder, "run"), join(folder, "data")];
    mesh = await startMesh({ environment, log: engine, mesh: "off", ports: "free", runFolder, dataFolder });
  }, 300_000);
  afterAll(async () => {
    await mesh?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }, 60_000);

  const as = async <T>(name: string | undefined, use: (log: EventLog) => Promise<T>): Promise<T> => {
    const log = openEventLog(mesh.eventLogUrl(name), { clientName: "rights" });
    try {
      return await use(log);
    } finally {
      await log.close();
    }
  };

  test("a topic is written by its producers and consumed by its consumers, and by nobody else", {
    timeout: 300_000,
  }, async () => {
    const wrong: string[] = [];
    let [cases, allowed] = [0, 0];
    const expectOf = async (title: string, may: boolean, act: () => Promise<unknown>) => {
      cases += 1;
      allowed += Number(may);
      const error = await act().then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (may ? error !== undefined : !(error instanceof LogForbidden))
        wrong.push(`${title}: ${error ?? "allowed"}, not ${may ? "allowed" : "LogForbidden"}`);
    };
    for (const name of workloads) {
      await as(name, async (log) => {
        for (const { name: topic, producers, consumers } of topics) {
          const [produces, consumes] = [producers.includes(name), consumers.includes(name)];
          await expectOf(`${name} appends to ${topic}`, produces, () => append(log, topic, name));
          await expectOf(`${name} consumes ${topic}`, consumes, () => consume(log, topic, name));
          await expectOf(`${name} appends to ${topic}.dead`, consumes, () => append(log, `${topic}.dead`, name));
          const trim = () => log.trim(`${topic}.dead`, 0, { retentionMs: 3_600_000, groups: [] });
          await expectOf(`${name} trims ${topic}.dead`, consumes, trim);
          if (!produces && !consumes)
            await expectOf(`${name} reads ${topic}`, false, () => log.read(topic, new Map([[0, 0n]])));
          for (const group of consumers.filter((other) => other !== name)) {
            const note = () => log.note(topic, group, new Map([[0, 1n]]));
            await expectOf(`${name} notes for ${group} on ${topic}`, false, note);
          }
        }
        await expectOf(`${name} creates a topic`, false, () => log.createTopic("rights.new.v1", 1));
      });
    }
    console.log(
      `rights to topics (${engine}): ${cases} cases (${workloads.length} workloads x ${topics.length} topics), ${allowed} of them allowed`,
    );
    expect(wrong).toEqual([]);
    const named = ({ producers, consumers }: Topic) => producers.length + 3 * consumers.length;
    expect(allowed).toBe(topics.reduce((sum, topic) => sum + named(topic), 0));
  });

  test("the topics of the contract are there before anybody asks, with their dead letters", async () => {
    const partitions = await as(undefined, (log) =>
      Promise.all(topics.flatMap(({ name }) => [log.partitions(name), log.partitions(`${name}.dead`)])),
    );
    expect(new Set(partitions)).toEqual(new Set([4]));
  });

  test("a producer trims what its consumers have noted, and cannot move their notes", async () => {
    const topic = topics.find(({ producers, consumers }) => producers.length > 0 && consumers.length > 0);
    const [{ name = "", producers: [producer = ""] = [], consumers: [consumer = ""] = [] } = {}] = [topic];
    await as(producer, async (log) => {
      await append(log, name, "trimmed");
      const { next } = await log.range(name, 0);
      const everything = { retentionMs: -3_600_000, groups: [consumer] };
      const before = await log.trim(name, 0, everything);
      expect(before).toBeLessThan(next);
      await as(consumer, (theirs) => theirs.note(name, consumer, new Map([[0, next]])));
      expect(await log.trim(name, 0, everything)).toBeGreaterThanOrEqual(next - 1n);
      await expect(log.note(name, consumer, new Map([[0, 0n]]))).rejects.toBeInstanceOf(LogForbidden);
      expect((await log.lag(name, consumer))[0]).toMatchObject({ noted: next, behind: 0n });
    });
  });

  test("a consumer trims its dead letters", async () => {
    const [{ name = "", consumers: [consumer = ""] = [] } = {}] = topics.filter(
      ({ consumers }) => consumers.length > 0,
    );
    const dead = `${name}.dead`;
    await as(consumer, async (log) => {
      for (const producer of ["first", "second", "third"]) await append(log, dead, producer);
      const { next } = await log.range(dead, 0);
      // The newest record may stay.
      expect(await log.trim(dead, 0, { retentionMs: -3_600_000, groups: [] })).toBeGreaterThanOrEqual(next - 1n);
    });
  });

  test("a login that the runner did not give is refused", async () => {
    const url = mesh.eventLogUrl("order").replace(/:[0-9a-f]+@/, ":guess@");
    const log = openEventLog(url);
    await expect(log.ping()).rejects.toThrow();
    await log.close();
  });
}

const append = (log: EventLog, topic: string, producer: string) =>
  log.append([{ topic, partition: 0, producer, records: [{ sequence: 1n, value: new Uint8Array([1]) }] }]);

/** Takes leases, reads, and notes how far it has come: all that a consumer does. */
async function consume(log: EventLog, topic: string, group: string): Promise<void> {
  const over = new AbortController();
  const work = async () => {
    await log.read(topic, new Map([[0, (await log.range(topic, 0)).earliest]]));
    await log.note(topic, group, new Map([[0, 0n]]));
    over.abort();
  };
  await log.join({ topic, group, member: "rights", leaseMs: 60_000, epochOf: async () => 0n, work }, over.signal);
}
