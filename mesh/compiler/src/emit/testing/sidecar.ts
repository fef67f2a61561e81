// Real sidecars for tests: a run folder as the local mesh has it, and Envoy on a bootstrap in the folder of an instance.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import type { Environment } from "../../environment-model.ts";
import { type Authority, authority, bundleSecret, certificateSecret, tokenKey } from "./certificates.ts";
import { repository } from "./contract.ts";

export const envoy = globSync(join(repository, ".venv/lib/python3*/site-packages/envoy/_bin/envoy"))[0] ?? "envoy";

/** Waits until the condition holds. Throws what it says last when it does not in time. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined> | T | undefined,
  ms = 10_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await delay(20);
  }
}

export class RunFolder {
  readonly path: string;
  readonly authority: Authority;
  /** Of devices: nothing inside the mesh trusts it. */
  readonly devices: Authority;
  readonly users = tokenKey("users");
  readonly #environment: Environment;
  readonly #bootstraps: ReadonlyMap<string, string>;
  readonly #ports = new Map<string, readonly number[]>();
  readonly #sidecars: Sidecar[] = [];

  private constructor(
    path: string,
    environment: Environment,
    bootstraps: ReadonlyMap<string, string>,
    [mesh, devices]: readonly [Authority, Authority],
  ) {
    this.path = path;
    this.authority = mesh;
    this.devices = devices;
    this.#environment = environment;
    this.#bootstraps = bootstraps;
  }

  /** A folder in which every file that the bootstraps read is there, and no instance runs. */
  static async create(environment: Environment, bootstraps: ReadonlyMap<string, string>): Promise<RunFolder> {
    const path = mkdtempSync(join(tmpdir(), "run-"));
    const authorities = [await authority("mesh of the test"), await authority("devices of the test")] as const;
    const folder = new RunFolder(path, environment, bootstraps, authorities);
    for (const name of ["endpoints", "trust", "issuer"]) mkdirSync(join(path, name));
    writeFileSync(join(path, "trust/user-jwks.json"), JSON.stringify(folder.users.jwks));
    for (const file of bootstraps.keys()) folder.publish(workloadOf(file), []);
    return folder;
  }

  /** The folder of an instance, with its certificates. */
  async instance(workload: string, index = 0): Promise<string> {
    const folder = join(this.path, `${workload}-${index}`);
    mkdirSync(join(folder, "sds"), { recursive: true });
    const svid = await this.authority.issue({ uri: this.spiffeId(workload) });
    const edge = await this.authority.issue({ dns: "localhost" });
    const devices = await this.devices.issue({ dns: "localhost" });
    writeFileSync(join(folder, "sds/svid.yaml"), certificateSecret("svid", svid));
    writeFileSync(join(folder, "sds/bundle.yaml"), bundleSecret("bundle", this.authority.bundle));
    writeFileSync(join(folder, "sds/edge.yaml"), certificateSecret("edge", edge));
    writeFileSync(join(folder, "sds/devices.yaml"), certificateSecret("devices", devices));
    writeFileSync(join(folder, "sds/devices-bundle.yaml"), bundleSecret("devices-bundle", this.devices.bundle));
    return folder;
  }

  spiffeId(workload: string): string {
    const { trustDomain, namespace } = this.#environment;
    return `spiffe://${trustDomain}/ns/${namespace}/sa/${workload}`;
  }

  /** What Envoy says of the bootstrap of a workload: an empty text when it is content. */
  async validate(workload: string): Promise<string> {
    const cwd = await this.instance(workload);
    try {
      execFileSync(
        envoy,
        ["--mode", "validate", "--reject-unknown-dynamic-fields", "-l", "warn", "-c", this.#write(workload)],
        {
          cwd,
          stdio: "pipe",
        },
      );
      return "";
    } catch (error) {
      return String((error as { stderr?: Buffer }).stderr ?? error);
    }
  }

  /** Starts the sidecar of an instance, waits until it listens, and makes it known to the others. */
  async sidecar(workload: string, index = 0): Promise<Sidecar> {
    const folder = await this.instance(workload, index);
    const sidecar = new Sidecar(folder, this.#write(workload));
    this.#sidecars.push(sidecar);
    const port = await sidecar.ready();
    this.publish(workload, [...(this.#ports.get(workload) ?? []), port]);
    return sidecar;
  }

  /** Makes the inbound ports of a workload known to its callers, as the only ones. */
  publish(workload: string, ports: readonly number[]): void {
    this.#ports.set(workload, ports);
    const addresses = ports.map((port) => ({ address: "127.0.0.1", port_value: port }));
    const endpoints = {
      "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
      cluster_name: workload,
      endpoints: [{ lb_endpoints: addresses.map((socket_address) => ({ endpoint: { address: { socket_address } } })) }],
    };
    const path = join(this.path, "endpoints", `${workload}.yaml`);
    writeFileSync(`${path}.new`, stringify({ resources: [endpoints] }));
    renameSync(`${path}.new`, path);
  }

  /** Ends all sidecars and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#sidecars.map((sidecar) => sidecar.stop()));
    rmSync(this.path, { recursive: true });
  }

  #write(workload: string): string {
    const path = join(this.path, `${workload}.yaml`);
    writeFileSync(path, this.#bootstraps.get(`${workload}.yaml`) ?? "");
    return path;
  }
}

const workloadOf = (file: string): string => file.replace(/\.yaml$/, "");

export class Sidecar {
  readonly folder: string;
  /** The port of the listener `inbound`; 0 until it is ready. */
  port = 0;
  readonly #process: ChildProcess;
  #errors = "";

  constructor(folder: string, bootstrap: string) {
    this.folder = folder;
    const flags = ["--concurrency", "1", "--use-dynamic-base-id", "--reject-unknown-dynamic-fields", "-l", "warn"];
    const timing = ["--drain-time-s", "1", "--drain-strategy", "immediate", "--file-flush-interval-msec", "50"];
    this.#process = spawn(envoy, [...flags, ...timing, "-c", bootstrap], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process.stderr?.on("data", (data) => {
      this.#errors += data;
    });
  }

  /** Answers the port of `inbound` once every listener is there. */
  async ready(): Promise<number> {
    this.port = await until(`the sidecar in ${dirname(this.folder)}`, async () => {
      if (this.#process.exitCode !== null) throw new Error(this.#errors);
      if (!existsSync(join(this.folder, "admin.sock"))) return undefined;
      if (!(await this.admin("/ready").catch(() => "")).startsWith("LIVE")) return undefined;
      return this.portOf("inbound");
    });
    return this.port;
  }

  async portOf(listener: string): Promise<number | undefined> {
    const { listener_statuses = [] } = JSON.parse(await this.admin("/listeners?format=json"));
    const found = listener_statuses.find(({ name }: { name: string }) => name === listener);
    return found?.local_address.socket_address?.port_value;
  }

  admin(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request({ socketPath: join(this.folder, "admin.sock"), path }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.on("end", () => resolve(text));
      });
      call.on("error", reject).end();
    });
  }

  /** One counter or gauge; 0 while it does not exist. */
  async stat(name: string): Promise<number> {
    const line = (await this.admin("/stats")).split("\n").find((line) => line.startsWith(`${name}: `));
    return Number(line?.slice(name.length + 2) ?? 0);
  }

  accessLog(): Record<string, unknown>[] {
    const lines = readFileSync(join(this.folder, "access.log"), "utf8").trim().split("\n");
    return lines.filter(Boolean).map((line) => JSON.parse(line));
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }
}
