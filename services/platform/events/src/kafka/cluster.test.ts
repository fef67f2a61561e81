// Who is asked when nodes come and go, held to nodes of the test's own.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LogUnavailable } from "../log.ts";
import { parseKafkaUrl } from "./address.ts";
import { Cluster, NOBODY } from "./cluster.ts";
import { KafkaEventLog } from "./engine.ts";
import { Register } from "./register.ts";
import { rangeOf } from "./requests.ts";
import { Knowledge, startNode, type TestNode } from "./test-node.ts";

vi.setConfig({ testTimeout: 60_000 });

let known: Knowledge;
const ends: (() => void)[] = [];

beforeEach(() => {
  known = new Knowledge();
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function node(id: number, options?: { readonly rude: boolean }): Promise<TestNode> {
  const started = await startNode(known, id, options);
  ends.push(started.stop);
  return started;
}

const addressOf = (nodes: readonly TestNode[], user = "") =>
  `kafka://${user}${nodes.map(({ port }) => `127.0.0.1:${port}`)}`;

function clusterAt(address: string): Cluster {
  const cluster = new Cluster(parseKafkaUrl(address), "test");
  ends.push(() => cluster.close());
  return cluster;
}

function logAt(...nodes: readonly TestNode[]): KafkaEventLog {
  const log = new KafkaEventLog(addressOf(nodes), { clientName: "test", defaultPartitions: 1 });
  ends.push(() => void log.close());
  return log;
}

const NOTHING = { earliest: 0n, next: 0n };
const rangeIn = (cluster: Cluster, partition = 0) => cluster.settled(() => rangeOf(cluster, { topic: "t", partition }));
const batchFor = (partition: number) => {
  const records = [{ sequence: 1n, value: new Uint8Array([1]) }];
  return { topic: "t", partition, producer: "p", records };
};

test("a partition is found again when who led it has gone for good", async () => {
  const [first, second] = [await node(1), await node(2)];
  known.leaders = [2];
  const cluster = clusterAt(addressOf([first]));
  expect(await rangeIn(cluster)).toEqual(NOTHING);
  expect(second.dialled()).toBe(1);
  second.stop();
  known.ports.pop();
  known.leaders = [1];
  await expect(rangeIn(cluster)).rejects.toBeInstanceOf(LogUnavailable);
  expect(await rangeIn(cluster)).toEqual(NOTHING);
  // Nobody asks for it any more.
  first.stop();
  await expect(cluster.ping()).rejects.toBeInstanceOf(LogUnavailable);
  await expect(cluster.ping()).rejects.toMatchObject({ cause: { message: expect.stringContaining(`:${first.port}`) } });
});

test("what any node knows is asked of another when one has gone or hangs up", async () => {
  const [rude, gone, there] = [await node(1, { rude: true }), await node(2), await node(3)];
  gone.stop();
  known.ports = known.ports.slice(2);
  const cluster = clusterAt(addressOf([rude, gone, there]));
  await cluster.ping();
  const before = rude.dialled();
  // Who answers is asked first.
  await cluster.ping();
  expect([rude.dialled(), there.dialled()]).toEqual([before, 1]);
});

test("a partition without a leader holds up no other", async () => {
  const there = await node(1);
  known.leaders = [NOBODY, 1];
  const cluster = clusterAt(addressOf([there]));
  expect(await cluster.leaders("t")).toEqual([NOBODY, 1]);
  expect(await rangeIn(cluster, 1)).toEqual(NOTHING);
  await expect(rangeOf(cluster, { topic: "t", partition: 0 })).rejects.toThrow("t/0: no leader now");
  const log = logAt(there);
  const both = new Map([0, 1].map((partition) => [partition, 0n]));
  expect(await log.read("t", both, { waitMs: 1 })).toEqual([]);
  // What is for the other partition is sent, as its refusal shows: a message that is too large.
  known.refusal = 10;
  await expect(log.append([batchFor(0), batchFor(1)])).rejects.toThrow("code 10");
  // Once it has a leader, that is found, and who waits for it goes on.
  const waiting = rangeIn(cluster, 0);
  known.leaders = [1, 1];
  expect(await cluster.leaders("t")).toEqual([1, 1]);
  expect(await waiting).toEqual(NOTHING);
});

test("who is always slower than others is told so in the end", async () => {
  const there = await node(1);
  // The sequence does not follow that of the last batch.
  known.refusal = 45;
  const told = { cause: { message: "others append to t/0 all the time" } };
  const register = new Register(clusterAt(addressOf([there])), "t", 0, (value: number) => [value, value]);
  await Promise.all([
    expect(logAt(there).append([batchFor(0)])).rejects.toMatchObject(told),
    expect(register.run({})).rejects.toMatchObject(told),
  ]);
});

test("a connection whose login is renewed is used again, and none is dialled beside it", async () => {
  const renewing = Promise.withResolvers<void>();
  const renewed = Promise.withResolvers<void>();
  let logins = 0;
  known.login = async () => {
    logins += 1;
    if (logins === 1) return 100;
    renewing.resolve();
    await renewed.promise;
    return 0;
  };
  const there = await node(1);
  const cluster = clusterAt(addressOf([there], "user:secret@"));
  await cluster.ping();
  await renewing.promise;
  const asked = [cluster.ping(), cluster.ping()];
  renewed.resolve();
  await Promise.all(asked);
  expect([logins, there.dialled()]).toEqual([2, 1]);
});
