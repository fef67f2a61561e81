// The running shop as a suite uses it: `const mesh = sharedMesh()` at the top of a file.

import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, beforeAll, inject, vi } from "vitest";
import { Authority } from "../mesh/runner/src/certs/authority.ts";
import type { Mesh, Ports, SupervisorState } from "../mesh/runner/src/index.ts";
import type { Command } from "./mesh-host.ts";
import type {} from "./shared-mesh.ts";

type Args<C extends Command> = Parameters<Mesh[C]>;
type Result<C extends Command> = Awaited<ReturnType<Mesh[C]>>;

interface Taken {
  readonly runFolder: string;
  readonly dataFolder: string;
  readonly ports: Ports;
}

/** On a machine that has never built a program in Rust, and while other clones build theirs. */
const BUILD_LIMIT_MS = 1_800_000;
const START_LIMIT_MS = 300_000;
/** Tests wait for conditions; this ends one whose condition never comes, on a slow machine too. */
const TEST_LIMIT_MS = 60_000;

/** The shared mesh, for this file alone until its tests are over. Its members work within tests and hooks only. */
export function sharedMesh(): SharedMesh {
  const mesh = new SharedMesh(inject("sharedMesh"));
  vi.setConfig({ testTimeout: TEST_LIMIT_MS, hookTimeout: TEST_LIMIT_MS });
  beforeAll(() => mesh.build(), BUILD_LIMIT_MS);
  beforeAll(() => mesh.take(), START_LIMIT_MS);
  afterAll(() => mesh.giveBack());
  return mesh;
}

export class SharedMesh {
  readonly #asked: string;
  #host = "";
  #taken: Taken | undefined;
  #lease: IncomingMessage | undefined;
  #authority: Promise<Authority> | undefined;
  readonly #certificates = new Map<string, Promise<{ certificate: string; key: string }>>();

  /** `asked` is the socket where the mesh is asked for. */
  constructor(asked: string) {
    this.#asked = asked;
  }

  /** Settles when all that the mesh runs is built: only then does the time count that it takes to start. */
  async build(): Promise<void> {
    await said(this.#asked, "build");
  }

  async take(): Promise<void> {
    this.#host = await said(this.#asked, "start");
    this.#lease = await ask(this.#host, "take", "");
    const [line = ""] = await firstLine(this.#lease);
    this.#taken = answerIn(line) as Taken;
  }

  giveBack(): void {
    this.#lease?.destroy();
  }

  get ports(): Ports {
    return this.#place.ports;
  }

  /** A path in the run folder. */
  run(...parts: string[]): string {
    return join(this.#place.runFolder, ...parts);
  }

  /** A path in the data folder. */
  data(...parts: string[]): string {
    return join(this.#place.dataFolder, ...parts);
  }

  /** What trusts, and is trusted by, every sidecar of the mesh. */
  get bundle(): string {
    return readFileSync(this.run("trust", "bundle.pem"), "utf8");
  }

  /** A certificate of the mesh with the SPIFFE id as its name, whoever that is. */
  certificate(id: string): Promise<{ certificate: string; key: string }> {
    const issued = this.#certificates.get(id) ?? this.#issue(id);
    this.#certificates.set(id, issued);
    return issued;
  }

  async #issue(id: string): Promise<{ certificate: string; key: string }> {
    this.#authority ??= Authority.open(this.data("ca"));
    const names = [{ type: "url", value: id }] as const;
    return (await this.#authority).issue({ commonName: "test", names, lifetimeMs: 600_000, usage: "peer" });
  }

  state = (): Promise<SupervisorState> => this.#call("state");
  waitReady = (name?: string): Promise<void> => this.#call("waitReady", ...(name === undefined ? [] : [name]));
  kill = (name: string): Promise<void> => this.#call("kill", name);
  stopChild = (name: string, signal?: NodeJS.Signals): Promise<void> => this.#call("stopChild", name, signal);
  startChild = (name: string): Promise<void> => this.#call("startChild", name);
  inboundPort = (workload: string): Promise<number | undefined> => this.#call("inboundPort", workload);

  /** Runs SQL as the superuser in the database of a workload. Rows are lines, `|` stands between columns. */
  query = (sql: string, database?: string): Promise<string> => this.#call("query", sql, database);

  /** A connection to the database of a workload, as that workload. */
  async database(workload: string): Promise<pg.Client> {
    const { databases } = JSON.parse(readFileSync(this.data("secrets.json"), "utf8"));
    const who = { user: workload, database: workload, password: databases[workload] };
    const client = new pg.Client({ host: this.run("pg"), ...who });
    await client.connect();
    return client;
  }

  get #place(): Taken {
    if (!this.#taken) throw new Error("the mesh is there within tests only");
    return this.#taken;
  }

  async #call<C extends Command>(name: C, ...args: Partial<Args<C>>): Promise<Result<C>> {
    const answer = await ask(this.#host, name, JSON.stringify(args));
    return answerIn(await textOf(answer)) as Result<C>;
  }
}

function ask(host: string, name: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: host, path: `/${name}`, method: "POST", agent: false }, resolve);
    call.on("error", reject);
    call.end(body);
  });
}

/** What the set-up of the run answers. Throws what went wrong there. */
async function said(asked: string, name: "build" | "start"): Promise<string> {
  const answer = await ask(asked, name, "");
  const text = await textOf(answer);
  if (answer.statusCode !== 200) throw new Error(text);
  return text;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of answer) text += part;
  return text;
}

async function firstLine(answer: IncomingMessage): Promise<string[]> {
  for await (const line of createInterface({ input: answer })) return [line];
  return [];
}

function answerIn(text: string): unknown {
  const { value, error } = JSON.parse(text || "{}") as { value?: unknown; error?: string };
  if (error !== undefined) throw new Error(error);
  return value;
}
