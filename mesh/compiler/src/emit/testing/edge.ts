// An edge for tests: its sidecar, the process and the issuer behind it, and calls in the protocols that clients speak.

import { once } from "node:events";
import { request as httpRequest, type Server } from "node:http";
import { createServer } from "node:net";
import { SignJWT } from "jose";
import type { Edge, Environment } from "../../environment-model.ts";
import { emitLocal } from "../local/index.ts";
import { Caller, type CallOptions, type Outcome } from "./calls.ts";
import { tokenKey } from "./certificates.ts";
import { EdgeApp, issuer } from "./edge-app.ts";
import { library, libraryEnvironment } from "./library.ts";
import { RunFolder } from "./sidecar.ts";

/** The path of a method of the desk. */
export const desk = (name: string): string => `/acme.desk.v1.DeskService/${name}`;

export interface Answer {
  readonly status: number;
  readonly type: string;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** What makes a token a bad one. */
export interface TokenChange {
  readonly audience?: string;
  readonly issuer?: string;
  readonly expires?: string;
  readonly key?: ReturnType<typeof tokenKey>;
}

const keys = tokenKey("tokens");

export const token = (scope: string, change: TokenChange = {}): Promise<string> =>
  new SignJWT({ scope })
    .setProtectedHeader({ alg: "ES256", kid: "tokens" })
    .setIssuer(change.issuer ?? "https://issuer.library.test")
    .setAudience(change.audience ?? "library")
    .setSubject("ada")
    .setExpirationTime(change.expires ?? "60s")
    .sign((change.key ?? keys).privateKey);

export const bearer = (token?: string): Record<string, string> => (token ? { authorization: `Bearer ${token}` } : {});

export class RealEdge {
  readonly run: RunFolder;
  readonly app: EdgeApp;
  readonly ports: Edge;
  #issuer: Server | undefined;

  private constructor(run: RunFolder, app: EdgeApp, ports: Edge) {
    this.run = run;
    this.app = app;
    this.ports = ports;
  }

  /** Starts the sidecar on ports of its own. The parts behind it run unless `alone` is given. */
  static async start(change: Partial<Edge> = {}, alone = false): Promise<RealEdge> {
    const environment = await environmentWith(change);
    const run = await RunFolder.create(environment, emitLocal(library(), environment));
    const edge = new RealEdge(run, new EdgeApp(await run.instance("desk")), environment.edge);
    if (!alone) await edge.startIssuer();
    await run.sidecar("desk");
    if (!alone) await edge.app.listen();
    return edge;
  }

  async startIssuer(): Promise<void> {
    this.#issuer = await issuer(this.run.path, keys.jwks);
  }

  async close(): Promise<void> {
    this.app.close();
    this.#issuer?.close();
    await this.run.close();
  }

  async grpc(name: string, token?: string, { headers = {}, ...options }: CallOptions = {}): Promise<Outcome> {
    const caller = Caller.plaintext(this.ports.port);
    try {
      const path = name.startsWith("/") ? name : desk(name);
      return await caller.call(path, { ...options, headers: { ...bearer(token), ...headers } });
    } finally {
      caller.close();
    }
  }

  async http(verb: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
    const url = `http://127.0.0.1:${this.ports.port}${path}`;
    const response = await fetch(url, { method: verb, headers, ...(body ? { body } : {}) });
    const type = response.headers.get("content-type") ?? "";
    const text = await response.text();
    const value: unknown = type.includes("json") ? JSON.parse(text) : text;
    return { status: response.status, type, body: value, headers: response.headers };
  }

  /** Sends the path as it is, where fetch would clean it up. */
  rawStatus(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const call = httpRequest({ host: "127.0.0.1", port: this.ports.port, path }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on("error", reject).end();
    });
  }

  connect(name: string, token?: string, body = "{}"): Promise<Answer> {
    return this.http("POST", desk(name), { "content-type": "application/json", ...bearer(token) }, body);
  }

  /** Calls by gRPC-Web and reads the frame of trailers. An answer in another form has the code -1 and its text. */
  async web(name: string, token?: string): Promise<{ code: number; message: string }> {
    const type = "application/grpc-web+proto";
    const url = `http://127.0.0.1:${this.ports.port}${desk(name)}`;
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": type, ...bearer(token) },
      body: "\0\0\0\0\0",
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const frame = bytes[0] === 0x80 && bytes.readUInt32BE(1) === bytes.length - 5;
    if (response.headers.get("content-type") !== type || !frame) return { code: -1, message: bytes.toString() };
    const trailers = new Map<string, string>();
    for (const line of bytes.subarray(5).toString().split("\r\n")) {
      const at = line.indexOf(":");
      trailers.set(line.slice(0, at), decodeURIComponent(line.slice(at + 1)));
    }
    return { code: Number(trailers.get("grpc-status")), message: trailers.get("grpc-message") ?? "" };
  }
}

async function environmentWith(change: Partial<Edge>): Promise<Environment & { readonly edge: Edge }> {
  const environment = libraryEnvironment();
  if (!environment.edge) throw new Error("the library has no edge");
  const [port = 0, tlsPort = 0] = await freePorts(2);
  return { ...environment, edge: { ...environment.edge, port, tlsPort, ...change } };
}

/**
 * Where the search for ports begins: below those that the system gives out, above those that an environment of these tests names, and apart
 * from where another process of tests begins. Two sidecars may listen on the same port, and then share the calls.
 */
let nextPort = 20_000 + ((process.pid * 37) % 12_000);

/** Different ports of this machine that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort++;
    const server = createServer().listen(port, "127.0.0.1");
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (free) ports.push(port);
  }
  return ports;
}
