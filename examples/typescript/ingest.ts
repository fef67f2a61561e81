// Readings of a sensor, handed in with the certificate of a device: in one call, or in a stream of batches.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Client, credentials } from "@grpc/grpc-js";
import {
  BatchIngestReadingsRequestSchema,
  IngestionService,
  StreamReadingsRequestSchema,
  type StreamReadingsResponse,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import {
  type Reading,
  ReadingSchema,
  type Refusal,
  RefusalReason,
} from "@larder/contract/larder/telemetry/v1/reading_pb.js";
import { bidi, openChannel, unary } from "./channel.ts";
import { file, setting, temperatures, UsageError } from "./settings.ts";

const BATCH = 2;
// The contract gives a stream no deadline, so the program has one of its own.
const STREAM_MS = 30_000;

/** The server ended a stream before it had acknowledged everything. */
export class UnfinishedError extends Error {}

/** One call, which the contract lets a client repeat. Returns whether all was taken. */
export async function report(words: string[]): Promise<boolean> {
  const readings = readingsOf(words);
  const channel = open();
  try {
    const request = create(BatchIngestReadingsRequestSchema, { readings });
    const { accepted, refusals } = await unary(channel, IngestionService.method.batchIngestReadings, request);
    print(refusals);
    console.log(`accepted ${accepted} of ${readings.length} readings`);
    return refusals.length === 0;
  } finally {
    channel.close();
  }
}

/** A stream that sends as many batches as the window allows, and ends when all are acknowledged. */
export async function stream(words: string[]): Promise<boolean> {
  const readings = readingsOf(words);
  const batches = Math.ceil(readings.length / BATCH);
  const channel = open();
  let refused = 0;
  let acknowledged = 0;
  try {
    const call = bidi(channel, IngestionService.method.streamReadings, { deadline: Date.now() + STREAM_MS });
    let sent = 0;
    // The first answer acknowledges nothing and tells the window.
    for await (const answer of call) {
      const { acknowledgedBatch, window, refusals } = answer as StreamReadingsResponse;
      acknowledged = Number(acknowledgedBatch);
      print(refusals);
      refused += refusals.length;
      for (; sent < batches && sent < acknowledged + window; sent++) {
        const part = readings.slice(sent * BATCH, (sent + 1) * BATCH);
        call.write(create(StreamReadingsRequestSchema, { batch: BigInt(sent + 1), readings: part }));
      }
      if (acknowledged === batches) call.end();
    }
  } finally {
    channel.close();
  }
  if (acknowledged < batches)
    throw new UnfinishedError(`the stream ended with ${acknowledged} of ${batches} batches acknowledged`);
  console.log(`accepted ${readings.length - refused} of ${readings.length} readings in ${batches} batches`);
  return refused === 0;
}

function open(): Client {
  const identity = credentials.createSsl(
    file("LARDER_DEVICE_CA"),
    file("LARDER_DEVICE_KEY"),
    file("LARDER_DEVICE_CERTIFICATE"),
  );
  return openChannel(setting("LARDER_INGESTION"), identity, IngestionService.typeName);
}

/** A device counts what it measures: `FIRST` is the number of the first temperature. They are a second apart; the last is new. */
function readingsOf([device = "", first = "", ...words]: string[]): Reading[] {
  if (!/^\d{1,15}$/.test(first)) throw new UsageError("FIRST is the number of the first reading");
  const celsius = temperatures(words);
  const now = Date.now();
  return celsius.map((value, i) =>
    create(ReadingSchema, {
      device: `devices/${device}`,
      sequence: BigInt(first) + BigInt(i),
      measureTime: timestampFromMs(now - (celsius.length - 1 - i) * 1000),
      celsius: value,
    }),
  );
}

function print(refusals: readonly Refusal[]): void {
  for (const { device, sequence, reason } of refusals)
    console.log(`refused ${device} ${sequence}: ${RefusalReason[reason]}`);
}
