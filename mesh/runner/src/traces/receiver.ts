// The OTLP side of the trace store: gRPC, because the kits have that loaded anyhow and can dial a Unix socket with it.
import { rm } from "node:fs/promises";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { Malformed } from "./span.ts";
import type { Taken, TraceStore } from "./store.ts";

const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** Of one request: about 15,000 spans. */
const MOST_BYTES = 4 << 20;

/** Takes traces at a Unix socket. Returns, when it listens, what stops it. */
export async function startReceiver(store: TraceStore, socket: string): Promise<() => void> {
  const server = new Server({
    "grpc.max_receive_message_length": MOST_BYTES,
    // A flood waits in the senders, which drop what becomes too much for them.
    "grpc.max_concurrent_streams": 8,
    "grpc.enable_channelz": 0,
  });
  const same = (bytes: Buffer) => bytes;
  server.register(EXPORT, take(store), same, same, "unary");
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return () => server.forceShutdown();
}

const take =
  (store: TraceStore) =>
  ({ request }: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
    try {
      respond(null, answer(store.add(request)));
    } catch (error) {
      const malformed = error instanceof Malformed;
      if (!malformed) process.stderr.write(`${(error as Error).stack}\n`);
      respond({
        code: malformed ? status.INVALID_ARGUMENT : status.INTERNAL,
        details: malformed ? `not an ExportTraceServiceRequest: ${error.message}` : "internal error",
      });
    }
  };

/** An ExportTraceServiceResponse; it is empty where all was taken. */
function answer({ rejected, reason }: Taken): Buffer {
  if (rejected === 0) return Buffer.alloc(0);
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int64(rejected);
  writer.tag(2, WireType.LengthDelimited).string(reason);
  return Buffer.from(writer.join().finish());
}
