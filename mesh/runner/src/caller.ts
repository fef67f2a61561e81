// Calls of internal methods of a running mesh, as one of those who may hold a certificate of it. What a call needs comes from the state of the
// mesh and from the descriptor of its method: neither the environment nor the rest of the contract is loaded for it.
import { join } from "node:path";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type ChannelCredentials, Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { type CallerCertificate, certificateFor } from "./certs/operator.ts";
import { workloadOf } from "./method.ts";
import { Refusal } from "./refusal.ts";
import type { SupervisorState } from "./state.ts";

const DEADLINE_MS = 10_000;
/** An older connection is made anew, or it would come to show a certificate that is over: one has half an hour left at least at first. */
const CONNECTION_MS = 900_000;

/** How a caller reaches a workload. */
export interface Line {
  readonly address: string;
  readonly authority: string;
  readonly credentials: ChannelCredentials;
  /** Absent: there are no sidecars, and nobody asks for a certificate. */
  readonly files?: CallerCertificate["files"];
}

/** Throws a Refusal for a caller that the mesh does not know, and for a workload that does not listen. */
export async function lineTo(state: SupervisorState, workload: string, caller: string): Promise<Line> {
  const address = addressOf(state, workload);
  const authority = `${workload}.${state.namespace}.svc.cluster.local`;
  if (state.mesh === "off") return { address, authority, credentials: credentials.createInsecure() };
  const paths = { run: state.runFolder, data: state.dataFolder };
  const { bundle, key, certificate, files } = await certificateFor(state.identities, paths, caller);
  const [trusted, own, shown] = [Buffer.from(bundle), Buffer.from(key), Buffer.from(certificate)];
  return { address, authority, credentials: credentials.createSsl(trusted, own, shown), files };
}

function addressOf({ mesh, children, runFolder }: SupervisorState, workload: string): string {
  if (mesh === "off") return `unix:${join(runFolder, `${workload}-0`, "app.sock")}`;
  const { port } = children.find(({ name }) => name === `${workload}-0.sidecar`) ?? {};
  if (!port) throw new Refusal(`${workload} has no sidecar that listens.`);
  return `127.0.0.1:${port}`;
}

/** A client at the end of a line, for whoever asks to close. */
export const clientOn = ({ address, authority, credentials: channel }: Line): Client =>
  new Client(address, channel, {
    "grpc.ssl_target_name_override": authority,
    "grpc.default_authority": authority,
    "grpc.enable_retries": 0,
  });

/** Makes a call, and tells each message of its answer. Rejects with the ServiceError of one that is not OK. */
export function send(
  client: Client,
  method: DescMethod,
  request: Uint8Array,
  metadata: Metadata,
  tell: (answer: Message) => void,
): Promise<void> {
  const path = `/${method.parent.typeName}/${method.name}`;
  const encode = (bytes: Uint8Array) => Buffer.from(bytes);
  const decode = (bytes: Buffer): Message => fromBinary(method.output, bytes);
  const deadline = Date.now() + DEADLINE_MS;
  return new Promise((resolve, reject) => {
    const stream = client.makeServerStreamRequest(path, encode, decode, request, metadata, { deadline });
    stream.on("data", tell);
    stream.on("error", reject);
    stream.on("end", resolve);
  });
}

/** Why a call was not OK: `PERMISSION_DENIED: RBAC: access denied`. */
export const refusalIn = ({ code, details }: ServiceError): string => `${status[code]}: ${details}`;

interface Connection {
  readonly address: string;
  readonly since: number;
  readonly client: Promise<Client>;
}

/** Makes calls as one workload, over connections that stay until it is closed. */
export class Caller {
  readonly #stateOf: () => SupervisorState;
  readonly #name: string;
  readonly #connections = new Map<string, Connection>();

  /** `stateOf` is asked before each call: a sidecar that was started again listens elsewhere. */
  constructor(stateOf: () => SupervisorState, name: string) {
    this.#stateOf = stateOf;
    this.#name = name;
  }

  /** Rejects with the ServiceError of a call that is not OK, and with the Refusals of `lineTo`. */
  async call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>> {
    const client = await this.#clientOf(workloadOf(method));
    const bytes = toBinary(method.input, create(method.input, request));
    let answer: Message | undefined;
    await send(client, method, bytes, new Metadata(), (message) => {
      answer = message;
    });
    return answer as MessageShape<Output>;
  }

  close(): void {
    for (const connection of this.#connections.values()) hangUp(connection);
    this.#connections.clear();
  }

  #clientOf(workload: string): Promise<Client> {
    const state = this.#stateOf();
    const address = addressOf(state, workload);
    const known = this.#connections.get(workload);
    if (known?.address === address && Date.now() - known.since < CONNECTION_MS) return known.client;
    if (known) hangUp(known);
    const client = lineTo(state, workload, this.#name).then(clientOn);
    this.#connections.set(workload, { address, since: Date.now(), client });
    client.catch(() => this.#connections.delete(workload));
    return client;
  }
}

function hangUp({ client }: Connection): void {
  client.then(
    (one) => one.close(),
    // Whoever called has been told.
    () => undefined,
  );
}

/** Makes one call; answers its answer. Throws a Refusal if it is not OK. */
export async function callAs<Input extends DescMessage, Output extends DescMessage>(
  state: SupervisorState,
  name: string,
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
): Promise<MessageShape<Output>> {
  const caller = new Caller(() => state, name);
  try {
    return await caller.call(method, request);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${method.parent.name}/${method.name}: ${refusalIn(error as ServiceError)}`);
  } finally {
    caller.close();
  }
}
