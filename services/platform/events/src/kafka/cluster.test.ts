// Who is asked when nodes come and go, held to nodes of the test's own: each says who is there, who leads the one partition of `t`, and that it
// holds nothing.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { LogUnavailable } from "../log.ts";
import { parseKafkaUrl } from "./address.ts";
import { Cluster } from "./cluster.ts";
import { rangeOf } from "./requests.ts";

vi.setConfig({ testTimeout: 60_000 });

interface TestNode {
  readonly port: number;
  readonly dialled: () => number;
  stop(): void;
}

let ports: [node: number, port: number][] = [];
let leader = 1;
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
  ports = [];
});

/** Hangs up on what it does not know. */
async function startNode(node: number, { rude = false } = {}): Promise<TestNode> {
  const open = new Set<Socket>();
  let dialled = 0;
  const server: Server = createServer((socket) => {
    open.add(socket);
    dialled += 1;
    socket.on("error", () => {});
    socket.on("data", (request: Buffer) => {
      const said = rude ? undefined : answers[request.readInt16BE(4)]?.();
      if (!said) return socket.destroy();
      const answer = Buffer.concat([request.subarray(8, 12), Buffer.alloc(5), said]);
      socket.write(Buffer.concat([int(answer.length), answer]));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  ports.push([node, port]);
  const stop = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  ends.push(stop);
  return { port, dialled: () => dialled, stop };
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const [METADATA, LIST_OFFSETS] = [3, 2];
const TOPIC = Buffer.from("\x02t");

const answers: Record<number, () => Buffer> = {
  [METADATA]: () => {
    const brokers = ports.flatMap(([node, port]) => [
      ...[int(node), Buffer.from("\x0a127.0.0.1"), int(port), Buffer.alloc(2)],
    ]);
    const partition = [Buffer.from("\x02\0\0\0\0\0\0"), int(leader), Buffer.from("\0\0\0\0\x01\x01\x01\0")];
    const topic = [Buffer.from("\x02\0\0"), TOPIC, Buffer.alloc(17), ...partition, int(0), Buffer.alloc(1)];
    return Buffer.concat([
      Buffer.from([ports.length + 1]),
      ...brokers,
      Buffer.from("\0\0\0\0\x01"),
      ...topic,
      Buffer.alloc(1),
    ]);
  },
  [LIST_OFFSETS]: () => Buffer.concat([Buffer.from("\x02"), TOPIC, Buffer.from("\x02"), Buffer.alloc(29)]),
};

function clusterAt(...nodes: { readonly port: number }[]): Cluster {
  const cluster = new Cluster(parseKafkaUrl(`kafka://${nodes.map(({ port }) => `127.0.0.1:${port}`)}`), "test");
  ends.push(() => cluster.close());
  return cluster;
}

const rangeIn = (cluster: Cluster) => cluster.settled(() => rangeOf(cluster, { topic: "t", partition: 0 }));

test("a partition is found again when who led it has gone for good", async () => {
  const [first, second] = [await startNode(1), await startNode(2)];
  leader = 2;
  const cluster = clusterAt(first);
  expect(await rangeIn(cluster)).toEqual({ earliest: 0n, next: 0n });
  expect(second.dialled()).toBe(1);
  second.stop();
  ports.pop();
  leader = 1;
  await expect(rangeIn(cluster)).rejects.toBeInstanceOf(LogUnavailable);
  expect(await rangeIn(cluster)).toEqual({ earliest: 0n, next: 0n });
});

test("what any node knows is asked of another when one has gone or hangs up", async () => {
  const [rude, gone, there] = [await startNode(1, { rude: true }), await startNode(2), await startNode(3)];
  gone.stop();
  ports = ports.slice(2);
  const cluster = clusterAt(rude, gone, there);
  await cluster.ping();
  const before = rude.dialled();
  // Who answers is asked first.
  await cluster.ping();
  expect([rude.dialled(), there.dialled()]).toEqual([before, 1]);
});
