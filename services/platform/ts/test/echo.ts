// What the kit's tests share: the descriptors of testdata/, a server on a Unix socket, and a client that has no kit.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { credentials, Client as GrpcClient, Metadata, type MetadataValue, type ServiceError } from "@grpc/grpc-js";
import {
  type CallContext,
  type CallOptions,
  type Platform,
  platformSettings,
  type Route,
  type Running,
  readEnv,
  type ServiceOptions,
  serve,
} from "../src/index.ts";

export interface EchoRequest {
  text: string;
  count?: number;
  parts?: { name: string }[];
}
export interface EchoResponse {
  text?: string;
  caller?: string;
  user?: string;
  requestId?: string;
  remainingMs?: number;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const modules = ["proto", "services/platform/ts/testdata", "third_party/protovalidate"].map((path) => ({ path }));

let base: string | undefined;

/** An empty folder with a short name, as sockets need. All of them go when the tests of the file are over. */
export function newFolder(): string {
  base ??= mkdtempSync(join(tmpdir(), "kit-"));
  return mkdtempSync(join(base, "f-"));
}

// test/main.ts, which no test runner runs, makes no folders.
if (process.env.VITEST) {
  const { afterAll } = await import("vitest");
  afterAll(() => base && rmSync(base, { recursive: true, force: true }));
}

/** Names the compiled testdata/ for processes that a test starts. */
export const IMAGE = "KIT_ECHO_IMAGE";

/** Compiles testdata/ as it is now. */
function compile(): Uint8Array {
  const config = JSON.stringify({ version: "v2", modules });
  const args = ["build", "--config", config, "--path", "services/platform/ts/testdata/kit", "-o", "-"];
  const image = execFileSync(join(root, "node_modules/.bin/buf"), args, { cwd: root, maxBuffer: 1 << 26 });
  process.env[IMAGE] = join(newFolder(), "image.binpb");
  writeFileSync(process.env[IMAGE], image);
  return image;
}

function load(): DescService {
  const ready = process.env[IMAGE];
  const image = ready ? readFileSync(ready) : compile();
  const service = createFileRegistry(fromBinary(FileDescriptorSetSchema, image)).getService("kit.echo.v1.EchoService");
  if (!service) throw new Error("testdata/ has no EchoService");
  return service;
}

export const EchoService = load();

/** What a unary method of EchoService answered. Throws its error. */
export function decodeEcho({ response, error }: RawAnswer): EchoResponse {
  const method = EchoService.method.echo;
  if (!response || !method) throw error;
  return fromBinary(method.output, response) as EchoResponse;
}

type One = (request: EchoRequest, context: CallContext) => EchoResponse | Promise<EchoResponse>;
type Many = (request: EchoRequest, context: CallContext) => AsyncIterable<EchoResponse>;
export interface EchoHandler {
  echo: One;
  mine: One;
  maybe: One;
  count: Many;
  collect(requests: AsyncIterable<EchoRequest>, context: CallContext): Promise<EchoResponse>;
  chat(requests: AsyncIterable<EchoRequest>, context: CallContext): AsyncIterable<EchoResponse>;
}
export interface EchoClient {
  echo(request: EchoRequest, options?: CallOptions): Promise<EchoResponse>;
  mine(request: EchoRequest, options?: CallOptions): Promise<EchoResponse>;
  maybe(request: EchoRequest, options?: CallOptions): Promise<EchoResponse>;
  count(request: EchoRequest, options?: CallOptions): AsyncIterable<EchoResponse>;
  collect(requests: AsyncIterable<EchoRequest>, options?: CallOptions): Promise<EchoResponse>;
  chat(requests: AsyncIterable<EchoRequest>, options?: CallOptions): AsyncIterable<EchoResponse>;
}

const reflect: One = ({ text }, context) => ({
  text,
  caller: context.caller ?? "",
  user: context.user?.subject ?? "",
  requestId: context.requestId,
  remainingMs: context.remainingMs() === Number.POSITIVE_INFINITY ? -1 : context.remainingMs(),
});

/** Says back what it was told. */
export const plain: EchoHandler = {
  echo: reflect,
  mine: reflect,
  maybe: reflect,
  async *count({ text, count = 0 }) {
    for (let n = 1; n <= count; n++) yield { text: `${text} ${n}` };
  },
  async collect(requests) {
    const texts: string[] = [];
    for await (const { text } of requests) texts.push(text);
    return { text: texts.join(",") };
  },
  async *chat(requests) {
    for await (const { text } of requests) yield { text: `${text}!` };
  },
};

export const echoRoute = (handler: Partial<EchoHandler> = {}): Route => ({
  service: EchoService,
  handler: { ...plain, ...handler } as unknown as Route["handler"],
});

/** A platform whose workload `echo` listens on a socket of its own. */
export function newPlatform(env: Record<string, string> = {}): Platform {
  const folder = newFolder();
  const listen = `unix:${folder}/app.sock`;
  return readEnv(platformSettings("ECHO"), {
    ECHO_LISTEN: listen,
    ECHO_OPS_LISTEN: `unix:${folder}/ops.sock`,
    ECHO_DRAIN_SECONDS: "5",
    ECHO_LOG_LEVEL: "error",
    LARDER_ADDR_ECHO: listen,
    ...env,
  }).platform;
}

export async function startEcho(
  handler: Partial<EchoHandler> = {},
  env: Record<string, string> = {},
  options: Partial<ServiceOptions> = {},
): Promise<Running & { platform: Platform }> {
  const platform = newPlatform(env);
  const running = await serve(platform, { workload: "echo", routes: [echoRoute(handler)], ...options });
  return { ...running, platform };
}

export interface RawAnswer {
  readonly response?: Buffer;
  readonly error?: ServiceError;
}

/** A call by grpc-js alone: bytes in, bytes out, any metadata. */
export function rawCall(
  address: string,
  path: string,
  request: Uint8Array,
  headers: Record<string, MetadataValue> = {},
  deadline?: number,
): Promise<RawAnswer> {
  const client = new GrpcClient(address, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise((resolve) => {
    const same = (bytes: Buffer) => bytes;
    const options = deadline === undefined ? {} : { deadline };
    client.makeUnaryRequest(path, same, same, Buffer.from(request), metadata, options, (error, response) => {
      client.close();
      resolve(error ? { error } : response ? { response } : {});
    });
  });
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
