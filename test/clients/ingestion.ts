// An ingestion of the tests: IngestionService over TLS for whoever has a certificate of a device.

import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import {
  type BatchIngestReadingsRequest,
  BatchIngestReadingsResponseSchema,
  IngestionService,
  type StreamReadingsRequest,
  type StreamReadingsResponse,
  StreamReadingsResponseSchema,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { type Reading, RefusalReason, RefusalSchema } from "@larder/contract/larder/telemetry/v1/reading_pb.js";
import type { Leaf } from "../../mesh/runner/src/certs/authority.ts";
import { TestServer } from "./server.ts";

export interface Ingestion {
  readonly server: TestServer;
  /** How many batches each acknowledgement of a stream waits for; with its window told before. A stream ends after the last. */
  windows: readonly number[];
}

/** Lets in certificates of `authority` (PEM) only. */
export async function startIngestion({ certificate, key }: Leaf, authority: string): Promise<Ingestion> {
  const server = new TestServer("ingestion");
  const ingestion: Ingestion = { server, windows: [] };
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) };
  await server
    .serve(IngestionService, {
      unary: {
        batchIngestReadings(request) {
          const { readings } = request as BatchIngestReadingsRequest;
          const refusals = refusalsOf(readings);
          return create(BatchIngestReadingsResponseSchema, { accepted: readings.length - refusals.length, refusals });
        },
      },
      bidi: { streamReadings: (call) => acknowledge(call as Stream, ingestion.windows) },
    })
    .listen(ServerCredentials.createSsl(Buffer.from(authority), [pair], true));
  return ingestion;
}

type Stream = ServerDuplexStream<StreamReadingsRequest, StreamReadingsResponse>;

/** How long an acknowledgement takes: what is sent beyond the window comes meanwhile, and is seen. */
const DURABLE_MS = 100;

// It waits until the window is full: whoever sends less than it allows gets no answer, and more ends the stream.
function acknowledge(call: Stream, windows: readonly number[]): void {
  let [window = 0, ...later] = windows;
  let pending: StreamReadingsRequest[] = [];
  call.write(create(StreamReadingsResponseSchema, { window }));
  call.on("data", (request: StreamReadingsRequest) => {
    pending.push(request);
    if (pending.length > window) call.destroy(new Error("more than the window"));
    if (pending.length === window) setTimeout(answer, DURABLE_MS, request.batch);
  });
  call.on("end", () => call.end());

  function answer(acknowledgedBatch: bigint): void {
    if (call.destroyed) return;
    const refusals = pending.flatMap(({ readings }) => refusalsOf(readings));
    pending = [];
    [window = 0, ...later] = later;
    call.write(create(StreamReadingsResponseSchema, { acknowledgedBatch, window, refusals }));
    if (window === 0) call.end();
  }
}

const refusalsOf = (readings: readonly Reading[]) =>
  readings.flatMap(({ device, sequence, celsius, measureTime }) => {
    const reason = reasonAgainst(celsius, measureTime ? timestampMs(measureTime) : 0);
    return reason === undefined ? [] : [create(RefusalSchema, { device, sequence, reason })];
  });

function reasonAgainst(celsius: number, measured: number): RefusalReason | undefined {
  if (celsius < -100 || celsius > 150) return RefusalReason.TEMPERATURE_INVALID;
  // The clients say that they measured just now.
  return Math.abs(measured - Date.now()) > 600_000 ? RefusalReason.TIME_TOO_OLD : undefined;
}
