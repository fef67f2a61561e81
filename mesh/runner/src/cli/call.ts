// larder call: any internal method through mTLS, as any workload, so that the policy can be seen at work.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DescMethod, fromBinary, fromJsonString, type Message, toBinary, toJsonString } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { assertionSigner } from "../../../../services/gateway/assertion.ts";
import { certificateFor } from "../certs/operator.ts";
import { contractFiles, findMethod } from "../contract.ts";
import { loadMeshEnvironment } from "../local.ts";
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "call";
export const summary = "Calls an internal method through mTLS as a workload: 0 when it answers OK.";
export const usage = `SERVICE/METHOD [JSON] --as WORKLOAD [--user ada] ${PLACE_USAGE}

  --as WORKLOAD   whose certificate to show, such as order, notification, or backoffice
  --user NAME     the user on whose behalf, for methods that need one`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, words } = parseWords(args, ["as", "user"], [], 2);
  const [target, json = "{}"] = words;
  const caller = text("as");
  if (!target?.includes("/")) throw new UsageError("the first argument is SERVICE/METHOD");
  if (!caller) throw new UsageError("--as WORKLOAD is missing");
  const state = runningMesh(place);
  const { method, workload } = findMethod(await contractFiles(), target);
  const request = read(method, json);
  const way = await wayTo(state, workload, caller);
  const metadata = new Metadata();
  const user = text("user");
  if (user) metadata.set("x-larder-user", await assertionOf(state, user));
  if (state.mesh === "off") console.error("# MESH=off: nobody asks who calls");
  console.error(`# ${way.grpcurl(method, json, metadata)}`);
  try {
    const show = (message: Message) => console.log(toJsonString(method.output, message, { prettySpaces: 2 }));
    await send(way, method, request, metadata, show);
    return 0;
  } catch (error) {
    console.error(refusalIn(error));
    return 1;
  }
}

/** Makes a call as a workload; answers the last message. Throws `Refusal` if the call is not OK. */
export async function callAs<Answer extends Message>(
  state: SupervisorState,
  caller: string,
  target: string,
  json: string,
): Promise<Answer> {
  const { method, workload } = findMethod(await contractFiles(), target);
  const way = await wayTo(state, workload, caller);
  const answers: Message[] = [];
  await send(way, method, read(method, json), new Metadata(), (answer) => answers.push(answer)).catch((error) => {
    throw new Refusal(`${target}: ${refusalIn(error)}`);
  });
  return answers.at(-1) as Answer;
}

const refusalIn = (error: unknown): string => {
  const { code, details } = error as ServiceError;
  return `${status[code]}: ${details}`;
};

function read(method: DescMethod, json: string): Uint8Array {
  try {
    return toBinary(method.input, fromJsonString(method.input, json));
  } catch (error) {
    throw new UsageError(`the request is no ${method.input.name}: ${(error as Error).message}`);
  }
}

interface Way {
  readonly address: string;
  readonly channel: ReturnType<typeof credentials.createInsecure>;
  readonly authority: string;
  grpcurl(method: DescMethod, json: string, metadata: Metadata): string;
}

async function wayTo(state: SupervisorState, workload: string, caller: string): Promise<Way> {
  const environment = await loadMeshEnvironment();
  const authority = `${workload}.${environment.namespace}.svc.cluster.local`;
  const line = (options: string, address: string) => (method: DescMethod, json: string, metadata: Metadata) => {
    const headers = Object.entries(metadata.getMap()).map(([key, value]) => ` -H '${key}: ${value}'`);
    return `grpcurl ${options}${headers.join("")} -d '${json}' ${address} ${method.parent.typeName}/${method.name}`;
  };
  if (state.mesh === "off") {
    const address = `unix:${join(state.runFolder, `${workload}-0`, "app.sock")}`;
    return { address, authority, channel: credentials.createInsecure(), grpcurl: line("-plaintext -unix", address) };
  }
  const port = state.children.find(({ name: child }) => child === `${workload}-0.sidecar`)?.port;
  if (!port) throw new Refusal(`${workload} has no sidecar that listens.`);
  const paths = { run: state.runFolder, data: state.dataFolder } as Parameters<typeof certificateFor>[1];
  const { certificate, key, bundle, files } = await certificateFor(environment, paths, caller);
  const pem = [bundle, key, certificate].map((each) => Buffer.from(each)) as [Buffer, Buffer, Buffer];
  const options = `-cacert ${files.bundle} -cert ${files.certificate} -key ${files.key} -authority ${authority}`;
  const address = `127.0.0.1:${port}`;
  return { address, authority, channel: credentials.createSsl(...pem), grpcurl: line(options, address) };
}

function send(
  way: Way,
  method: DescMethod,
  request: Uint8Array,
  metadata: Metadata,
  show: (message: Message) => void,
): Promise<void> {
  const client = new Client(way.address, way.channel, {
    "grpc.ssl_target_name_override": way.authority,
    "grpc.default_authority": way.authority,
    "grpc.enable_retries": 0,
  });
  const path = `/${method.parent.typeName}/${method.name}`;
  const encode = (bytes: Uint8Array) => Buffer.from(bytes);
  const decode = (bytes: Buffer): Message => fromBinary(method.output, bytes);
  const deadline = Date.now() + 10_000;
  return new Promise<void>((resolve, reject) => {
    const stream = client.makeServerStreamRequest(path, encode, decode, request, metadata, { deadline });
    stream.on("data", show);
    stream.on("error", reject);
    stream.on("end", resolve);
  }).finally(() => client.close());
}

/** An assertion as the gateway makes it, signed with the gateway's key: only who owns the run folder can do that. */
async function assertionOf(state: SupervisorState, user: string): Promise<string> {
  const keyFile = join(state.runFolder, "gateway-0", "user-key.pem");
  try {
    readFileSync(keyFile);
  } catch {
    throw new Refusal(`${keyFile} cannot be read: the mesh belongs to another user.`);
  }
  return (await assertionSigner(keyFile))({ subject: user, scopes: [] }, []);
}
