// A device on a real line: mutual TLS by the authority of devices, and a server of the test's own that breaks off when it is told to.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { credentials, Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import {
  IngestionService,
  type StreamReadingsRequest,
  StreamReadingsRequestSchema,
  type StreamReadingsResponse,
  StreamReadingsResponseSchema,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { RefusalReason } from "@larder/contract/larder/telemetry/v1/reading_pb.js";
import { until } from "@larder/store/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Authority } from "../certs/authority.ts";
import { deviceAuthority, deviceCertificate } from "../certs/device.ts";
import { readings } from "./fleet.ts";
import { type DeviceLine, DeviceSender, Tally } from "./sender.ts";
import type { SimulatedReading } from "./sensor.ts";
import { simulate } from "./simulate.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Wire = ServerDuplexStream<StreamReadingsRequest, StreamReadingsResponse>;

const WINDOW = 3;
const ENVIRONMENT = { deviceTrustDomain: "devices.larder.local" };
const { streamReadings } = IngestionService.method;
let folder: string;
let server: Server;
let port = 0;
let line: DeviceLine;
let authority: Authority;
/** What every stream got, batch by batch. */
let streams: { wire: Wire; batches: StreamReadingsRequest[]; certificate: string | undefined }[] = [];
/** Whether batches are acknowledged as they come. */
let prompt = true;
let refused: StreamReadingsResponse["refusals"] = [];
let ending: AbortController;
const running: Promise<void>[] = [];

const answer = (wire: Wire, acknowledgedBatch: bigint) =>
  wire.write(create(StreamReadingsResponseSchema, { acknowledgedBatch, window: WINDOW, refusals: refused }));

function serve(wire: Wire): void {
  const certificate = wire.getAuthContext().sslPeerCertificate?.serialNumber;
  const stream = { wire, batches: [] as StreamReadingsRequest[], certificate };
  streams.push(stream);
  answer(wire, 0n);
  wire.on("data", (request: StreamReadingsRequest) => {
    stream.batches.push(request);
    if (prompt) answer(wire, request.batch);
  });
  wire.on("end", () => wire.end());
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "larder-devices-"));
  authority = await deviceAuthority({ data: folder });
  const own = await authority.issue({
    commonName: "localhost",
    names: [{ type: "dns", value: "localhost" }],
    lifetimeMs: 3_600_000,
    usage: "server",
  });
  const device = await deviceCertificate(ENVIRONMENT, { data: folder }, "van-7");
  server = new Server();
  server.addService(
    {
      streamReadings: {
        path: `/${IngestionService.typeName}/${streamReadings.name}`,
        requestStream: true,
        responseStream: true,
        requestDeserialize: (bytes: Buffer) => fromBinary(StreamReadingsRequestSchema, bytes),
        requestSerialize: () => Buffer.alloc(0),
        responseSerialize: (response: StreamReadingsResponse) =>
          Buffer.from(toBinary(StreamReadingsResponseSchema, response)),
        responseDeserialize: () => undefined,
      },
    },
    { streamReadings: serve },
  );
  const pair = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.certificate) };
  const identity = ServerCredentials.createSsl(Buffer.from(authority.bundle), [pair], true);
  port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("localhost:0", identity, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  line = lineBy(device);
});

/** To the server, with a certificate. */
function lineBy(own: { readonly key: string; readonly certificate: string }): DeviceLine {
  const [bundle, key, certificate] = [authority.bundle, own.key, own.certificate].map((pem) => Buffer.from(pem));
  return { address: `localhost:${port}`, credentials: credentials.createSsl(bundle, key, certificate) };
}

beforeEach(() => {
  streams = [];
  prompt = true;
  refused = [];
  ending = new AbortController();
});

afterEach(async () => {
  ending.abort();
  await Promise.all(running.splice(0));
});

afterAll(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

const reading = (index: number): SimulatedReading => ({
  device: "devices/van-7",
  sequence: BigInt(index),
  measureMs: Date.UTC(2026, 10, 28) + index * 1000,
  celsius: index / 100,
  dueMs: index * 1000,
});

function start(change: Partial<DeviceLine> = {}, renew = async () => line) {
  const tally = new Tally();
  const reasons: string[] = [];
  const sender = new DeviceSender({ ...line, ...change }, tally, renew);
  running.push(sender.run(ending.signal, (reason) => reasons.push(reason)));
  const offer = (from: number, to: number) => {
    for (let index = from; index <= to; index += 1) sender.offer(reading(index));
  };
  return { sender, tally, reasons, offer };
}

const sequences = (batches: readonly StreamReadingsRequest[]) =>
  batches.flatMap(({ readings }) => readings.map(({ sequence }) => Number(sequence)));

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("what was measured arrives as it was, once, in numbered batches", async () => {
  const { sender, tally, offer } = start();
  offer(1, 2500);
  await until(() => sender.settled);
  const [{ batches }] = streams as [(typeof streams)[0]];
  expect(sequences(batches)).toEqual(numbers(1, 2500));
  expect(batches.map(({ batch }) => batch)).toEqual(batches.map((_, index) => BigInt(index + 1)));
  expect(Math.max(...batches.map(({ readings }) => readings.length))).toBe(1000);
  expect(batches[0]?.readings[6]).toMatchObject({ device: "devices/van-7", sequence: 7n, celsius: 0.07 });
  expect(tally).toMatchObject({ measured: 2500, acknowledged: 2500, resent: 0, breaks: 0, lost: 0 });
});

test("no more batches are on their way than the window allows", async () => {
  prompt = false;
  const { sender, offer } = start();
  offer(1, 1);
  // Once the first is there the device knows its window, and each reading is a batch while that lasts.
  await until(() => streams[0]?.batches.length === 1);
  for (let index = 2; index <= 20; index += 1) offer(index, index);
  const [{ wire, batches }] = streams as [(typeof streams)[0]];
  await until(() => batches.length === WINDOW);
  // With the next acknowledgement comes the next batch, which tells that none was there before.
  for (let seen = WINDOW; !sender.settled; ) {
    answer(wire, BigInt(seen));
    await until(() => sender.settled || batches.length > seen);
    expect(batches.length).toBeLessThanOrEqual(seen + WINDOW);
    seen = batches.length;
  }
  expect(sequences(batches)).toEqual(numbers(1, 20));
});

test("what was not acknowledged is sent again on the next stream, and what was is not", async () => {
  prompt = false;
  const { sender, tally, reasons, offer } = start();
  offer(1, 1);
  await until(() => streams[0]?.batches.length === 1);
  offer(2, 2);
  offer(3, 3);
  const [first] = streams as [(typeof streams)[0]];
  await until(() => sequences(first.batches).length === 3);
  answer(first.wire, 1n);
  await until(() => tally.acknowledged >= 1);
  prompt = true;
  first.wire.emit("error", { code: status.UNAVAILABLE, details: "going down" });
  await until(() => streams.length > 1);
  offer(4, 4);
  await until(() => sender.settled);
  const second = streams.slice(1).flatMap(({ batches }) => batches);
  expect(sequences(second)).toEqual([2, 3, 4]);
  expect(second[0]?.batch).toBe(1n);
  expect(tally).toMatchObject({ acknowledged: 4, resent: 2, lost: 0 });
  expect(reasons[0]).toContain("going down");
});

test("a stream that the other side ends is begun again", async () => {
  const { sender, offer } = start();
  offer(1, 1);
  await until(() => sender.settled);
  streams[0]?.wire.end();
  await until(() => streams.length === 2);
  offer(2, 2);
  await until(() => sender.settled);
  expect(sequences(streams.flatMap(({ batches }) => batches))).toEqual([1, 2]);
});

/** The certificates by which streams came, in their order, each once. */
const certificates = () => [...new Set(streams.map(({ certificate }) => certificate))];

test("a device comes with new certificates in time, and no reading is lost, sent twice or held up by that", async () => {
  const enough = () => certificates().length > 3;
  const renew = async () => ({
    ...lineBy(await deviceCertificate(ENVIRONMENT, { data: folder }, "van-7")),
    // The last one lasts: on a slow machine a line may take longer than the others.
    renewMs: enough() ? Number.POSITIVE_INFINITY : Date.now() + 50,
  });
  const { sender, tally, offer } = start(await renew(), renew);
  let measured = 0;
  await until(() => {
    measured += 1;
    offer(measured, measured);
    return enough();
  });
  await until(() => sender.settled);
  expect(sequences(streams.flatMap(({ batches }) => batches))).toEqual(numbers(1, measured));
  expect(tally).toMatchObject({ measured, acknowledged: measured, resent: 0, breaks: 0, lost: 0 });
});

test("a certificate that has expired is refused, and a new one is taken", async () => {
  const before = await Authority.open(join(folder, "device-ca"), () => Date.now() - 7_200_000);
  const expired = await before.issue({
    commonName: "van-7",
    names: [{ type: "url", value: "spiffe://devices.larder.local/van-7" }],
    lifetimeMs: 3_600_000,
    usage: "client",
  });
  let made = 0;
  const { sender, reasons, offer } = start({ ...lineBy(expired), renewMs: Number.POSITIVE_INFINITY }, async () => {
    made += 1;
    return line;
  });
  offer(1, 1);
  await until(() => reasons.length > 1);
  expect([streams.length, made]).toEqual([0, 0]);
  const late = start({ ...lineBy(expired), renewMs: Date.now() - 1 });
  late.offer(1, 1);
  await until(() => late.sender.settled);
  expect([sender.settled, late.reasons]).toEqual([false, []]);
});

test("while no new certificate can be had the old one will do", async () => {
  const { sender, reasons, offer } = start({ renewMs: 0 }, () => Promise.reject(new Error("no space left")));
  offer(1, 3);
  await until(() => sender.settled);
  expect(reasons).toEqual(["no new certificate: no space left"]);
});

test("a simulation sends what is due, each device by a line of its own, and ends when it was taken", async () => {
  const sensors = ["devices/a.p1", "devices/a.p2", "devices/b"].map((device) => ({ device, setCelsius: 4 }));
  const fleet = { sensors, rate: 100, seed: 7, startMs: Date.now() - 60_000, durationMs: 60_000 };
  const dialled: string[] = [];
  const lineOf = async (device: string) => {
    dialled.push(device);
    return line;
  };
  const tally = await simulate({ ...fleet, lineOf, complain: () => {} }, ending.signal);
  const expected = [...readings(fleet)].map(({ device, sequence }) => `${device} ${sequence}`);
  expect(dialled).toEqual(["devices/a", "devices/b"]);
  expect(tally).toMatchObject({ measured: expected.length, acknowledged: expected.length, breaks: 0, lost: 0 });
  const taken = streams.map(({ batches }) =>
    batches.flatMap((batch) => batch.readings.map(({ device, sequence }) => `${device} ${sequence}`)),
  );
  expect(taken.flat().sort()).toEqual(expected.sort());
  for (const stream of taken) expect(new Set(stream.map((each) => each.slice(0, 9))).size).toBe(1);
});

test("readings that are refused are counted by reason", async () => {
  refused = [
    create(StreamReadingsResponseSchema, { refusals: [{ reason: RefusalReason.TIME_AHEAD }] }).refusals[0] as never,
  ];
  const { tally, offer, sender } = start();
  offer(1, 1);
  await until(() => sender.settled && tally.refused.size > 0);
  expect([...tally.refused.keys()]).toEqual(["TIME_AHEAD"]);
  expect(tally.summary).toMatch(/^1 readings, 1 taken, \d+ refused as TIME_AHEAD; 0 breaks, 0 sent again, 0 lost$/);
});

test("while nobody takes them a device keeps its newest readings, and no more than it has room for", async () => {
  const { sender, tally, reasons, offer } = start({ credentials: credentials.createSsl() });
  offer(1, 20_500);
  await until(() => reasons.length > 1);
  expect(tally).toMatchObject({ measured: 20_500, acknowledged: 0, lost: 500 });
  expect(tally.summary).toMatch(
    /^20500 readings, 0 taken, 20000 not taken by the end; \d+ breaks, 0 sent again, 500 lost$/,
  );
  expect(sender.settled).toBe(false);
  expect(streams).toEqual([]);
});
