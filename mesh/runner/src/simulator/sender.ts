// One device on the line: it sends what it measured in batches, keeps them until they are acknowledged, and sends them again on the
// next stream where one breaks off.
import { setTimeout as sleep } from "node:timers/promises";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import {
  IngestionService,
  type StreamReadingsRequest,
  StreamReadingsRequestSchema,
  type StreamReadingsResponse,
  StreamReadingsResponseSchema,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { type ReadingSchema, RefusalReason } from "@larder/contract/larder/telemetry/v1/reading_pb.js";
import type { SimulatedReading } from "./sensor.ts";

/** Where a device calls, and how. */
export interface DeviceLine {
  readonly address: string;
  readonly credentials: ConstructorParameters<typeof Client>[1];
  /** For a listener without TLS: who calls. */
  readonly headers?: Readonly<Record<string, string>>;
  /** When the device is to come with a new certificate, in milliseconds since 1970. Absent: never. */
  readonly renewMs?: number;
}

/** The line of a device, `devices/van-7`, to a mesh without sidecars: it says itself who it is. */
export const plainLine = (address: string, trustDomain: string | undefined, device: string): DeviceLine => ({
  address,
  credentials: credentials.createInsecure(),
  headers: { "x-forwarded-client-cert": `URI=spiffe://${trustDomain}/${device.replace("devices/", "")}` },
});

/** What became of readings, of all devices that count here. */
export class Tally {
  measured = 0;
  acknowledged = 0;
  resent = 0;
  /** What did not fit into a device any more. */
  lost = 0;
  breaks = 0;
  readonly refused = new Map<string, number>();

  acknowledge(readings: readonly SimulatedReading[]): void {
    this.acknowledged += readings.length;
  }

  refuse(reason: RefusalReason): void {
    const name = RefusalReason[reason] ?? String(reason);
    this.refused.set(name, (this.refused.get(name) ?? 0) + 1);
  }

  /** In a line for people, at the end: what is not taken by then is gone with its device. */
  get summary(): string {
    const { measured, acknowledged, refused, lost, breaks, resent } = this;
    const reasons = [...refused].map(([reason, count]) => `, ${count} refused as ${reason}`).join("");
    const left = measured - acknowledged - lost;
    const untaken = left > 0 ? `, ${left} not taken by the end` : "";
    return `${measured} readings, ${acknowledged} taken${reasons}${untaken}; ${breaks} breaks, ${resent} sent again, ${lost} lost`;
  }
}

interface Batch {
  readonly number: bigint;
  readonly readings: readonly SimulatedReading[];
}

type Stream = ClientDuplexStream<StreamReadingsRequest, StreamReadingsResponse>;

const MOST_READINGS = 1000;
// What a small device has room for; the oldest goes first.
const ROOM = 20_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const FAREWELL_MS = 5_000;
// The contract ends a stream after an hour. A device that begins the next one before is not interrupted.
const TURN_MS = 3_000_000;
// By then what was sent is acknowledged, or the line is as good as gone.
const TURN_FAREWELL_MS = 30_000;
const RENEW_AGAIN_MS = 60_000;

const { input, parent, name } = IngestionService.method.streamReadings;
const PATH = `/${parent.typeName}/${name}`;

export class DeviceSender {
  #line: DeviceLine;
  readonly #tally: Tally;
  readonly #renew: () => Promise<DeviceLine>;
  /** Not sent on the present stream. */
  #waiting: SimulatedReading[] = [];
  /** Sent and not acknowledged, oldest first. */
  #sent: Batch[] = [];
  #stream: Stream | undefined;
  #number = 0n;
  #acknowledged = 0n;
  #window = 0n;
  #full = false;

  /** `renew` makes a line that is good for longer. */
  constructor(line: DeviceLine, tally: Tally, renew: () => Promise<DeviceLine>) {
    this.#line = line;
    this.#tally = tally;
    this.#renew = renew;
  }

  /** Takes a reading, and sends it as soon as the other side has room for it. */
  offer(reading: SimulatedReading): void {
    this.#tally.measured += 1;
    this.#waiting.push(reading);
    if (this.#waiting.length > ROOM) {
      this.#waiting.shift();
      this.#tally.lost += 1;
    }
    this.#send();
  }

  /** Whether all that was offered is acknowledged. */
  get settled(): boolean {
    return this.#waiting.length === 0 && this.#sent.length === 0;
  }

  /**
   * Stays on the line, over breaks and certificates, until the signal aborts. `failed` is told why a stream broke off, or no certificate
   * could be had.
   */
  async run(signal: AbortSignal, failed: (reason: string) => void = () => {}): Promise<void> {
    let client = dial(this.#line);
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      if (this.#restMs() <= 0 && (await this.#renewed(failed))) {
        client.close();
        client = dial(this.#line);
      }
      const { began, reason } = await this.#once(client, signal);
      if (signal.aborted) break;
      if (reason === undefined) continue;
      this.#tally.breaks += 1;
      failed(reason);
      pause = began ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
    client.close();
  }

  /** In how many milliseconds a new certificate is due. */
  #restMs(): number {
    return (this.#line.renewMs ?? Number.POSITIVE_INFINITY) - Date.now();
  }

  /** Comes with a new certificate. The old one is good for longer: where that fails it is tried again later. */
  async #renewed(failed: (reason: string) => void): Promise<boolean> {
    try {
      this.#line = await this.#renew();
      return true;
    } catch (error) {
      failed(`no new certificate: ${(error as Error).message}`);
      this.#line = { ...this.#line, renewMs: Date.now() + RENEW_AGAIN_MS };
      return false;
    }
  }

  /** One stream, to its end; without a reason where the device itself ended it, to begin the next one. */
  async #once(client: Client, signal: AbortSignal): Promise<{ began: boolean; reason: string | undefined }> {
    const metadata = new Metadata();
    for (const [header, value] of Object.entries(this.#line.headers ?? {})) metadata.set(header, value);
    const stream: Stream = client.makeBidiStreamRequest(
      PATH,
      (request: StreamReadingsRequest) => Buffer.from(toBinary(StreamReadingsRequestSchema, request)),
      (bytes: Buffer) => fromBinary(StreamReadingsResponseSchema, bytes),
      metadata,
    );
    this.#number = 0n;
    this.#acknowledged = 0n;
    this.#window = 0n;
    this.#full = false;
    const again = this.#sent.flatMap(({ readings }) => readings);
    this.#tally.resent += again.length;
    this.#waiting = [...again, ...this.#waiting];
    this.#sent = [];
    this.#stream = stream;
    let [began, left] = [false, false];
    let farewell: NodeJS.Timeout | undefined;
    const leave = (patienceMs: number) => {
      // What is measured from here on waits for the next stream.
      this.#stream = undefined;
      left = true;
      stream.end();
      clearTimeout(farewell);
      farewell = setTimeout(() => stream.cancel(), patienceMs);
    };
    const turn = setTimeout(leave, Math.max(0, Math.min(this.#restMs(), TURN_MS)), TURN_FAREWELL_MS);
    const stop = () => leave(FAREWELL_MS);
    signal.addEventListener("abort", stop, { once: true });
    const reason = await new Promise<string | undefined>((resolve) => {
      stream.on("data", (response: StreamReadingsResponse) => {
        began = true;
        this.#hear(response);
      });
      stream.on("drain", () => {
        this.#full = false;
        this.#send();
      });
      stream.on("error", ({ message }) => resolve(message));
      stream.on("end", () => resolve(left ? undefined : "the other side ended the stream"));
    });
    for (const timer of [turn, farewell]) clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    this.#stream = undefined;
    return { began, reason };
  }

  #hear({ acknowledgedBatch, window, refusals }: StreamReadingsResponse): void {
    this.#window = BigInt(window);
    for (const { reason } of refusals) this.#tally.refuse(reason);
    while (this.#sent[0] && this.#sent[0].number <= acknowledgedBatch)
      this.#tally.acknowledge(this.#sent.shift()?.readings ?? []);
    if (acknowledgedBatch > this.#acknowledged) this.#acknowledged = acknowledgedBatch;
    this.#send();
  }

  #send(): void {
    while (this.#stream && !this.#full && this.#waiting.length > 0) {
      if (this.#number - this.#acknowledged >= this.#window) return;
      const readings = this.#waiting.splice(0, MOST_READINGS);
      this.#number += 1n;
      this.#sent.push({ number: this.#number, readings });
      this.#full = !this.#stream.write(create(input, { batch: this.#number, readings: readings.map(toReading) }));
    }
  }
}

const dial = ({ address, credentials }: DeviceLine): Client =>
  new Client(address, credentials, {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.enable_retries": 0,
    // Devices do not share a connection, which has room for so many streams only.
    "grpc.use_local_subchannel_pool": 1,
  });

const toReading = ({
  device,
  sequence,
  measureMs,
  celsius,
}: SimulatedReading): MessageInitShape<typeof ReadingSchema> => ({
  device,
  sequence,
  measureTime: timestampFromMs(measureMs),
  celsius,
});
