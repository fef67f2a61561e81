// Every way in which somebody outside calls the shop: gRPC, Connect, gRPC-Web and REST, in plain text and over TLS, with
// binary messages and with JSON. All give the same outcome for the same call.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import {
  type DescMessage,
  type DescMethod,
  fromBinary,
  fromJson,
  getOption,
  type JsonObject,
  type Message,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { http } from "@larder/contract/google/api/annotations_pb.js";
import { ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { afterAll, beforeAll } from "vitest";
import { errorInfo } from "../error-info.ts";
import type { SharedMesh } from "../mesh.ts";

/** How a call ended, in the words of gRPC whatever the protocol. */
export interface Outcome {
  /** `OK`, or the name of the status. */
  readonly code: string;
  /** Of the ErrorInfo; both are empty where there is none. */
  readonly reason: string;
  readonly domain: string;
  readonly message: string;
  /** The HTTP status, in the protocols that have one. */
  readonly http?: number;
  /** Absent unless the code is OK. */
  readonly response?: Message;
}

export type Headers = Readonly<Record<string, string>>;

type Tell = (response: Message) => void;

/** How a stream ended, and what it brought before. */
export interface Streamed extends Outcome {
  readonly responses: readonly Message[];
}

export interface Way {
  readonly name: string;
  /** Never rejects: an error is an outcome. */
  call(method: DescMethod, request: Message, headers: Headers): Promise<Outcome>;
  /** Reads a stream to its end, and tells of each response as it comes. Absent where the protocol has no streams. */
  stream?(method: DescMethod, request: Message, headers: Headers, tell?: Tell): Promise<Streamed>;
  close(): void;
}

/** All of them, open until the tests of this file are over: for the top of a file, beneath its `sharedMesh()`. */
export function sharedWays(mesh: SharedMesh): readonly Way[] {
  const ways: Way[] = [];
  beforeAll(() => {
    ways.push(...waysInto(mesh));
  });
  afterAll(() => {
    for (const way of ways) way.close();
  });
  return ways;
}

/** All of them, for the shop that runs. */
export function waysInto(mesh: Pick<SharedMesh, "ports" | "bundle">): Way[] {
  const plain = `http://127.0.0.1:${mesh.ports.edge}`;
  const secure = `https://localhost:${mesh.ports.edgeTls}`;
  const ca = mesh.bundle;
  const tls = { nodeOptions: { ca } };
  const options = { httpVersion: "1.1", baseUrl: plain } as const;
  return [
    new GrpcWay("gRPC", `127.0.0.1:${mesh.ports.edge}`, credentials.createInsecure()),
    new GrpcWay("gRPC over TLS", `localhost:${mesh.ports.edgeTls}`, credentials.createSsl(Buffer.from(ca))),
    overTransport("Connect with JSON", createConnectTransport({ ...options, useBinaryFormat: false })),
    overTransport(
      "Connect with binary messages, HTTP/2 over TLS",
      createConnectTransport({ httpVersion: "2", baseUrl: secure, useBinaryFormat: true, ...tls }),
    ),
    overTransport("gRPC-Web", createGrpcWebTransport({ ...options, useBinaryFormat: true })),
    overTransport(
      "gRPC-Web with JSON over TLS",
      createGrpcWebTransport({ ...options, baseUrl: secure, useBinaryFormat: false, ...tls }),
    ),
    rest("REST", plain, ca),
    rest("REST over TLS", secure, ca),
  ];
}

class GrpcWay implements Way {
  readonly name: string;
  readonly #client: Client;

  constructor(name: string, address: string, channel: ReturnType<typeof credentials.createInsecure>) {
    this.name = name;
    this.#client = new Client(address, channel, { "grpc.enable_retries": 0, "grpc.use_local_subchannel_pool": 1 });
  }

  call(method: DescMethod, request: Message, headers: Headers): Promise<Outcome> {
    return this.stream(method, request, headers).then(({ responses, ...outcome }) =>
      responses[0] ? { ...outcome, response: responses[0] } : outcome,
    );
  }

  // The wire does not tell a unary call from a stream of one.
  stream(method: DescMethod, request: Message, headers: Headers, tell?: Tell): Promise<Streamed> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const call = this.#client.makeServerStreamRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: Message) => Buffer.from(toBinary(method.input, message)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      request,
      metadata,
      { deadline: Date.now() + 30_000 },
    );
    const responses: Message[] = [];
    return new Promise((resolve) => {
      call.on("data", (message: Message) => {
        responses.push(message);
        tell?.(message);
      });
      call.on("end", () => resolve({ ...fine, responses }));
      call.on("error", (error: ServiceError) => resolve({ ...fromGrpc(error), responses }));
    });
  }

  close(): void {
    this.#client.close();
  }
}

const fine = { code: "OK", reason: "", domain: "", message: "" } as const;

function fromGrpc({ code, details, metadata }: ServiceError): Outcome {
  const info = errorInfo(metadata.get("grpc-status-details-bin")[0]);
  return { code: status[code], reason: info?.reason ?? "", domain: info?.domain ?? "", message: details };
}

function overTransport(name: string, transport: Transport): Way {
  return {
    name,
    async call(method, request, headers) {
      try {
        const { message } = await transport.unary(method as never, undefined, 30_000, headers, request as never);
        return { ...fine, response: message };
      } catch (error) {
        return fromConnect(error);
      }
    },
    async stream(method, request, headers, tell) {
      const responses: Message[] = [];
      const input = (async function* () {
        yield request;
      })();
      try {
        const { message } = await transport.stream(method as never, undefined, 30_000, headers, input as never);
        for await (const response of message as AsyncIterable<Message>) {
          responses.push(response);
          tell?.(response);
        }
        return { ...fine, responses };
      } catch (error) {
        return { ...fromConnect(error), responses };
      }
    },
    close() {},
  };
}

function fromConnect(thrown: unknown): Outcome {
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const code = Code[error.code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  const name = code === "CANCELED" ? "CANCELLED" : code;
  return { code: name, reason: info?.reason ?? "", domain: info?.domain ?? "", message: error.rawMessage };
}

function rest(name: string, base: string, ca: string): Way {
  return {
    name,
    async call(method, request, headers) {
      const { verb, path, body } = bound(method, request);
      const answer = await ask(verb, `${base}${path}`, ca, headers, body);
      if (answer.status === 200) return { ...fine, response: fromJson(method.output as DescMessage, answer.json) };
      return { ...fromStatus(answer.json), http: answer.status };
    },
    close() {},
  };
}

interface JsonAnswer {
  readonly status: number;
  readonly json: JsonObject;
}

/** Sends JSON, or whatever else the body is, and reads JSON. */
export function ask(verb: string, url: string, ca: string, headers: Headers, body?: string): Promise<JsonAnswer> {
  const content = body === undefined ? {} : { "content-type": "application/json" };
  const options = { method: verb, headers: { ...content, ...headers }, ca, agent: false };
  return new Promise((resolve, reject) => {
    const call = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, json: JSON.parse(text || "{}") as JsonObject });
        } catch {
          reject(new Error(`${verb} ${url}: HTTP ${response.statusCode} with no JSON: ${text.slice(0, 200)}`));
        }
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** Reads google.rpc.Status in JSON. */
export function fromStatus(json: JsonObject): Outcome {
  const details = (json.details ?? []) as { "@type"?: string; reason?: string; domain?: string }[];
  const info = details.find((detail) => detail["@type"]?.endsWith("/google.rpc.ErrorInfo"));
  return {
    code: status[Number(json.code)] ?? `code ${json.code}`,
    reason: info?.reason ?? "",
    domain: info?.domain ?? "",
    message: String(json.message ?? ""),
  };
}

/** The HTTP request that google.api.http makes of a message. */
function bound(method: DescMethod, request: Message): { verb: string; path: string; body?: string } {
  const { pattern, body } = getOption(method, http);
  if (typeof pattern.value !== "string") throw new Error(`${method.name} has no path`);
  const fields = toJson(method.input, request as never) as JsonObject;
  const path = pattern.value.replace(/\{(\w+)=[^}]*\}/g, (_, name: string) => {
    const value = String(fields[name]);
    delete fields[name];
    return value;
  });
  const verb = (pattern.case ?? "").toUpperCase();
  if (body === "*") return { verb, path, body: JSON.stringify(fields) };
  const sent = body ? { body: JSON.stringify(fields[body]) } : {};
  if (body) delete fields[body];
  const query = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString();
  return { verb, path: query ? `${path}?${query}` : path, ...sent };
}
