// The containers of compose.yaml as plain processes: with the commands, variables, files and health checks of the file, each at a loopback
// address of its own. A process finds only what its container would have: the volumes that are mounted and the names on its networks.
// What a container would have besides is not tried here: its image, user, read-only root, and that nothing else can be reached.

import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { dirname, join, resolve } from "node:path";
import { writeSecrets } from "../../deploy/compose/secrets.ts";
import { servicesOf } from "../../deploy/images/services.ts";
import { rustProgram } from "../../mesh/runner/src/build.ts";
import { readInventory } from "../../mesh/runner/src/compose/inventory.ts";
import { giveAll, userOfStores } from "../../mesh/runner/src/platform.ts";
import { makeCluster } from "../../mesh/runner/src/stores.ts";
import { findTools } from "../../mesh/runner/src/tools.ts";
import { repository } from "../contract.ts";
import { until } from "../until.ts";
import { type ComposeFile, composeFolder, placesOf, readComposeFile, type Service, visibleTo } from "./file.ts";

const tools = findTools(repository, true);
const storeUser = userOfStores();

/** How long anything may take to get healthy. */
const PATIENCE_MS = 240_000;

/** Why services in Rust are left out. Undefined: they are not. */
export const whyNotRust = spawnSync("cargo", ["--version"]).error ? "cargo is not installed" : undefined;

export class Composition {
  readonly folder: string;
  readonly #file: ComposeFile = readComposeFile();
  readonly #net = `127.${64 + (process.pid % 128)}.${Math.floor(Math.random() * 250) + 1}`;
  readonly #running = new Map<string, ChildProcess>();
  readonly #said = new Map<string, string>();
  readonly #starts = new Map<string, number>();
  #stopping = false;

  private constructor() {
    // Sockets stand below it, and their paths must be short.
    this.folder = mkdtempSync("/tmp/lc-");
    // A run that is cut off takes them with it.
    process.once("exit", () => {
      for (const child of this.#running.values()) child.kill("SIGKILL");
    });
  }

  /** Starts everything, each when what it depends on is healthy. */
  static async start(): Promise<Composition> {
    const composition = new Composition();
    try {
      await composition.#start();
      return composition;
    } catch (error) {
      await composition.stop();
      throw error;
    }
  }

  /** The address of a container. */
  address(name: string): string {
    return `${this.#net}.${Object.keys(this.#file.services).indexOf(name) + 1}`;
  }

  /** What a volume holds. */
  volume(name: string, ...path: string[]): string {
    return join(this.folder, "volumes", name, ...path);
  }

  /** Ends a process as a crash would, and waits until it has started again by itself, and is healthy. */
  async crash(name: string): Promise<void> {
    const before = this.#starts.get(name);
    this.#running.get(name)?.kill("SIGKILL");
    await until(`${name} to start again`, async () => this.#starts.get(name) !== before || undefined, PATIENCE_MS);
    await this.#healthy(name);
  }

  /** True when the health check of a container says so; where it has none, while it runs. */
  async #isHealthy(name: string): Promise<boolean> {
    const service = this.#service(name);
    if (!this.#running.has(name)) return false;
    if (!service.healthcheck) return true;
    const [, command = "", ...args] = service.healthcheck.test;
    // In a container 127.0.0.1 is the container's own.
    const words = args.map((word) => this.#inside(name, word).replaceAll("127.0.0.1", this.address(name)));
    const options = { cwd: this.folder, timeout: 10_000 };
    return new Promise((resolve) => execFile(programOf(command), words, options, (error) => resolve(error === null)));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // Stores last: services that drain still use them.
    const names = [...this.#running.keys()].reverse();
    for (const name of names) {
      const child = this.#running.get(name);
      if (!child) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill(name === "postgres" ? "SIGINT" : "SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #service(name: string): Service {
    const service = this.#file.services[name];
    if (!service) throw new Error(`compose.yaml has no ${name}`);
    return service;
  }

  async #start(): Promise<void> {
    await writeSecrets(join(this.folder, "secrets"), readInventory(join(composeFolder, "agent.yaml")));
    for (const volume of Object.keys(this.#file.volumes)) mkdirSync(this.volume(volume), { recursive: true });
    const started = new Map<string, Promise<void>>();
    const start = (name: string): Promise<void> => {
      const known = started.get(name);
      if (known) return known;
      const after = Object.entries(this.#service(name).depends_on ?? {});
      const own = Promise.all(
        after.map(async ([other, { condition }]) => {
          await start(other);
          if (condition === "service_healthy") await this.#healthy(other);
        }),
      ).then(() => this.#run(name));
      started.set(name, own);
      return own;
    };
    const rust = servicesOf().filter(({ runtime }) => runtime === "rust");
    if (!whyNotRust) for (const { entry } of rust) await rustProgram(entry, "debug");
    const leftOut = whyNotRust ? rust.flatMap(({ name }) => [name, `${name}-sidecar`]) : [];
    const names = Object.keys(this.#file.services).filter((name) => !leftOut.includes(name));
    await Promise.all(names.map(start));
    for (const name of names) await this.#healthy(name);
  }

  #healthy(name: string): Promise<unknown> {
    return until(
      `${name} to be healthy`,
      async () => {
        if (await this.#isHealthy(name)) return true;
        if (this.#stopping) throw new Error("stopped");
        return undefined;
      },
      PATIENCE_MS,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#said.get(name)?.slice(-2000)}`);
    });
  }

  async #run(name: string): Promise<void> {
    const service = this.#service(name);
    if (name === "postgres") await this.#cluster(service);
    const [command, ...args] = this.#command(name, service);
    const env = {
      PATH: process.env.PATH ?? "",
      ...this.#secretSettings(service),
      ...service.environment,
    };
    const child = spawn(command ?? "", args, {
      cwd: this.#workingFolder(name, service),
      env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, this.#inside(name, value)])),
      stdio: ["ignore", "pipe", "pipe"],
      ...(isStore(service) && storeUser.uid !== undefined ? { uid: storeUser.uid, gid: storeUser.uid } : {}),
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part) => this.#said.set(name, `${this.#said.get(name) ?? ""}${part}`.slice(-20_000)));
    this.#running.set(name, child);
    this.#starts.set(name, (this.#starts.get(name) ?? 0) + 1);
    child.once("exit", () => {
      this.#running.delete(name);
      // As `restart: unless-stopped`.
      if (!this.#stopping) setTimeout(() => !this.#stopping && void this.#run(name), 300);
    });
  }

  /** What the image would start, with the words of the file behind it. */
  #command(name: string, service: Service): string[] {
    const words = [...(service.entrypoint ?? []), ...(service.command ?? [])].map((word) => this.#inside(name, word));
    const image = service.image.replace(/^.*\//, "").replace(/:.*$/, "");
    const store = (program: string, ...args: string[]) => [...storeUser.prefix, program, ...args];
    if (image === "envoy") return [tools.envoy, ...words.slice(1)];
    if (image === "valkey") return store(tools.valkey, ...words.slice(1));
    if (image === "postgres") {
      const data = this.volume("databases", "pg");
      const here = ["-D", data, "-c", `listen_addresses=${this.address(name)}`, "-c", "unix_socket_directories="];
      return store(join(tools.postgres, "postgres"), ...here, ...words.slice(1));
    }
    if (image === "runner") return [process.execPath, ...words];
    const [built] = servicesOf([image]);
    if (built?.runtime === "node") return [process.execPath, join(repository, built.entry)];
    if (built?.runtime === "python") return [tools.python, join(repository, built.entry)];
    return [join(repository, built?.runtime === "rust" ? ".build/debug" : ".build", image)];
  }

  #workingFolder(name: string, service: Service): string {
    if (service.working_dir) return this.#inside(name, service.working_dir);
    return service.image.includes("/runner:") ? join(repository, "mesh/runner") : this.folder;
  }

  #secretSettings({ env_file: files = [] }: Service): Record<string, string> {
    const lines = files.flatMap((file) => readFileSync(this.#secretFile(file), "utf8").split("\n").filter(Boolean));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  /** A file in deploy/compose/secrets is one in the folder of this composition. */
  #secretFile(file: string): string {
    const at = resolve(composeFolder, file);
    return at.replace(join(repository, "deploy/compose/secrets"), join(this.folder, "secrets"));
  }

  /** A text of the file as it would be read in the container: paths lead to what is mounted, names to what is on the same networks. */
  #inside(name: string, text: string): string {
    const service = this.#service(name);
    const places = placesOf(service);
    const longestFirst = [...places.keys()].sort((a, b) => b.length - a.length).map(literally);
    let inside = text;
    if (places.size > 0) {
      inside = text.replaceAll(new RegExp(`(?<![\\w/.-])(${longestFirst.join("|")})(?![\\w-])`, "g"), (path) =>
        this.#hostPath(name, path, places.get(path) ?? ""),
      );
    }
    // The folder of all volumes itself, which the agent is given.
    inside = inside.replaceAll(/^\/run\/mesh$/g, join(this.folder, "volumes"));
    inside = inside.replaceAll("0.0.0.0", this.address(name)).replace("/usr/local/bin/node", process.execPath);
    for (const [host, other] of visibleTo(this.#file, service)) {
      inside = inside.replaceAll(
        new RegExp(`(?<=[@/]|^)${literally(host)}(?=:\\d+(?![\\w@]))`, "g"),
        this.address(other),
      );
    }
    return inside;
  }

  #hostPath(name: string, path: string, source: string): string {
    const [kind = "", of = ""] = source.split(" ");
    if (kind === "volume") return this.volume(of);
    const copy = join(this.folder, "containers", name, path);
    mkdirSync(kind === "tmpfs" ? copy : dirname(copy), { recursive: true });
    if (kind === "tmpfs" || existsSync(copy)) return copy;
    const { file } = this.#file[kind === "config" ? "configs" : "secrets"][of] ?? { file: "" };
    const text = readFileSync(kind === "config" ? join(composeFolder, file) : this.#secretFile(file), "utf8");
    writeFileSync(copy, this.#content(name, of, text));
    if (isStore(this.#service(name)) && storeUser.uid !== undefined) giveAll(copy, storeUser.uid);
    return copy;
  }

  /** What stands in a file that a container is given: its own addresses, those of others, and folders of data. */
  #content(name: string, file: string, text: string): string {
    const service = this.#service(name);
    if (service.image.includes("/valkey:")) {
      const data = this.volume((service.volumes?.[0] ?? "").split(":")[0] ?? "");
      if (storeUser.uid !== undefined) giveAll(data, storeUser.uid);
      return text.replace("bind * -::*", `bind ${this.address(name)}`).replace('dir "/data"', `dir "${data}"`);
    }
    if (!service.image.includes("/envoy:")) return text;
    const visible = visibleTo(this.#file, service);
    return text.replaceAll(/(?<=\baddress: )[^\s,{}]+/g, (host) => {
      if (host === "0.0.0.0") return this.address(name);
      const other = visible.get(host);
      if (other === undefined && !isIPv4(host)) throw new Error(`${file}: ${name} cannot see ${host}`);
      return other === undefined ? host : this.address(other);
    });
  }

  /** What the image of PostgreSQL does before it starts. */
  async #cluster({ secrets = [] }: Service): Promise<void> {
    const data = this.volume("databases");
    if (existsSync(join(data, "pg"))) return;
    const password = readFileSync(this.#secretFile(this.#file.secrets[secrets[0] ?? ""]?.file ?? ""), "utf8");
    const place = {
      paths: { repository, run: this.folder, data },
      tools,
      storeUser,
      secrets: { ...NONE, postgres: password },
    };
    await makeCluster(place, new AbortController().signal);
    // The image lets in whoever has a password, from every address.
    writeFileSync(join(data, "pg", "pg_hba.conf"), "host all all all scram-sha-256\n");
  }
}

const NONE = { databases: {}, eventLog: "", eventLogUsers: {}, cache: "", sms: "" };

const literally = (text: string): string => text.replaceAll(/[.\\/]/g, "\\$&");

const isStore = ({ image }: Service): boolean => /\/(postgres|valkey):/.test(image);

const programOf = (command: string): string => {
  if (command === "pg_isready") return join(tools.postgres, command);
  if (command === "/usr/bin/python3.13") return tools.python;
  return command === "/usr/local/bin/node" ? process.execPath : command;
};
