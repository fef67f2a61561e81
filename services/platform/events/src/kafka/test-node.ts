// Nodes of a test's own: each says who is there, who leads the partitions of the topic `t`, and what they hold.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { PRODUCER } from "./requests.ts";

/** What nodes know of each other. */
export class Knowledge {
  /** Where they are. */
  ports: [node: number, port: number][] = [];
  /** Who leads the partitions of `t`. */
  leaders = [1];
  /** What becomes of a batch: an error's code. */
  refusal = 0;
  /** In how many milliseconds a login ends; 0: never. */
  login: () => number | Promise<number> = () => 0;
  /** What each partition holds. */
  held: Held = { earliest: 0n, next: 0n, batches: new Map() };
}

export interface Held {
  readonly earliest: bigint;
  readonly next: bigint;
  /** The last sequence of our producer. Absent: it is not remembered. */
  readonly sequence?: number;
  /** What is read from an offset on; elsewhere nothing. */
  readonly batches: ReadonlyMap<bigint, Buffer>;
}

export interface TestNode {
  readonly port: number;
  readonly dialled: () => number;
  stop(): void;
}

/** Hangs up on what it does not know; on everything, if it is rude. */
export async function startNode(known: Knowledge, node: number, { rude = false } = {}): Promise<TestNode> {
  const open = new Set<Socket>();
  let dialled = 0;
  const server: Server = createServer((socket) => {
    open.add(socket);
    dialled += 1;
    socket.on("error", () => {});
    let unread = Buffer.alloc(0);
    let last: Promise<unknown> = Promise.resolve();
    socket.on("data", (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      while (unread.length >= 4 && unread.length >= 4 + unread.readInt32BE(0)) {
        const end = 4 + unread.readInt32BE(0);
        const request = unread.subarray(4, end);
        unread = unread.subarray(end);
        last = last.then(async () => {
          const said = rude ? undefined : await answers[request.readInt16BE(0)]?.(known, request);
          if (!said) return socket.destroy();
          return socket.write(Buffer.concat([int(said.length + 4), request.subarray(4, 8), said]));
        });
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  known.ports.push([node, port]);
  const stop = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { port, dialled: () => dialled, stop };
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

const short = (value: number): Buffer => int(value).subarray(2);
const zeros = Buffer.alloc;
const text = (bytes: string): Buffer => Buffer.from(bytes, "latin1");

// No tags, and no need to be slower.
const BEGINNING = zeros(5);
const TOPIC = text("\x02t");

/** By the number of the request. */
const answers: Record<number, (known: Knowledge, request: Buffer) => Buffer | Promise<Buffer>> = {
  // Produce.
  0: ({ leaders, refusal }) => {
    const partition = (index: number) => [int(index), short(refusal), zeros(24), text("\x01\0\0")];
    const led = leaders.flatMap((leader, index) => (leader < 0 ? [] : [index]));
    return Buffer.concat([
      text("\0\x02"),
      TOPIC,
      zeros(1, led.length + 1),
      ...led.flatMap(partition),
      zeros(1 + 4 + 1),
    ]);
  },
  // Fetch: behind the name of the topic and one partition's number stand an epoch and the offset.
  1: ({ held }, request) => {
    const partition = request.lastIndexOf(TOPIC) + TOPIC.length + 1;
    const bytes = held.batches.get(request.readBigInt64BE(partition + 8)) ?? zeros(0);
    const length = [zeros(1, ((bytes.length + 1) & 0x7f) | 0x80), zeros(1, (bytes.length + 1) >> 7)];
    const index = request.subarray(partition, partition + 4);
    return Buffer.concat([
      ...[BEGINNING, zeros(2 + 4), text("\x02"), TOPIC, text("\x02"), index, zeros(2 + 8 + 8 + 8 + 1 + 4)],
      ...[...length, bytes, zeros(3)],
    ]);
  },
  // ListOffsets: the request ends with the time that is asked for, and three times no tags.
  2: ({ held }, request) => {
    const offset = request.readBigInt64BE(request.length - 11) === -2n ? held.earliest : held.next;
    return Buffer.concat([BEGINNING, text("\x02"), TOPIC, text("\x02"), zeros(14), long(offset), zeros(7)]);
  },
  // Metadata.
  3: ({ ports, leaders }) => {
    const brokers = ports.flatMap(([node, port]) => [int(node), text("\x0a127.0.0.1"), int(port), zeros(2)]);
    const partitions = leaders.flatMap((leader, index) => [
      ...[short(leader < 0 ? 5 : 0), int(index), int(leader), text("\0\0\0\0\x01\x01\x01\0")],
    ]);
    return Buffer.concat([
      ...[BEGINNING, zeros(1, ports.length + 1), ...brokers, text("\0\0\0\0\x01")],
      ...[text("\x02\0\0"), TOPIC, zeros(17), zeros(1, leaders.length + 1), ...partitions, int(0), zeros(2)],
    ]);
  },
  // SaslHandshake, without other mechanisms.
  17: () => zeros(2 + 4),
  // ApiVersions, none of which is told.
  18: () => zeros(2 + 4 + 4),
  // DescribeConfigs, which nobody may see.
  32: () => Buffer.concat([BEGINNING, text("\x02\0\x1d\0\x02"), TOPIC, text("\x01\0\0")]),
  // SaslAuthenticate.
  36: async ({ login }) => Buffer.concat([text("\0\0\0\0\x01"), int(0), int(await login()), zeros(1)]),
  // DescribeProducers.
  61: ({ held: { sequence } }) => {
    const ours = sequence === undefined ? [] : [long(PRODUCER), int(0), int(sequence), zeros(8 + 4 + 8 + 1)];
    const all = [zeros(6 + 1), zeros(1, ours.length > 0 ? 2 : 1), ...ours, zeros(3)];
    return Buffer.concat([BEGINNING, text("\x02"), TOPIC, text("\x02"), ...all]);
  },
};
