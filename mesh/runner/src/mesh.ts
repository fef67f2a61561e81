// A running mesh: starts the children in their order, keeps them and their certificates alive, stops them in order.
import { join } from "node:path";
import { type BuiltProgram, build, isBuilt, isStale } from "./build.ts";
import { type DeviceCertificate, deviceCertificate } from "./certs/device.ts";
import { type CallerCertificate, certificateFor } from "./certs/operator.ts";
import type { Rotation } from "./certs/rotation.ts";
import { compile } from "./compiled.ts";
import { CERTIFICATE_SECONDS, certificatesOf, writeStoreConfigurations, writeTrust } from "./credentials.ts";
import { databasesOf, forPsql } from "./databases.ts";
import { identitiesOf, type Ports } from "./environment.ts";
import { hasBroker, makeBroker, prepareEventLog } from "./event-log.ts";
import type { Paths } from "./paths.ts";
import { addressesOf, instancesOf, type PlanInput } from "./plan-input.ts";
import { eventLogAddress, eventLogUrl, storesOf } from "./plan-stores.ts";
import { startTime } from "./platform.ts";
import { type MeshOptions, type Prepared, prepare } from "./prepare.ts";
import { Refusal, refusalFor } from "./refusal.ts";
import { Endpoints, listenerPort } from "./sidecars.ts";
import { untilReady } from "./start-failure.ts";
import { recordOf, type SupervisorState, writeState } from "./state.ts";
import { asSuperuser, hasCluster, makeCluster } from "./stores.ts";
import { Child } from "./supervisor/child.ts";
import { collectGarbage } from "./supervisor/heap.ts";
import { boundFile, LogFile } from "./supervisor/log-file.ts";
import { type ChildSpec, inPhases, type Role, STOP_ORDER } from "./supervisor/spec.ts";

const LOG_LOOK_MS = 2000;

export class Mesh {
  readonly #options: MeshOptions;
  readonly #prepared: Prepared;
  readonly #input: PlanInput;
  readonly #children: readonly Child[];
  readonly #endpoints: Endpoints;
  readonly #log: LogFile;
  readonly #since = Date.now();
  /** A process that exits without stopping its mesh takes the children with it. */
  readonly #onExit = (): void => {
    for (const child of this.#children) child.abandon();
  };
  /** Aborted when the mesh is told to stop: ends what start is waiting for. */
  readonly #stopping = new AbortController();
  /** Aborted when it is told so again: no child is given time to drain. */
  readonly #hurry = new AbortController();
  #phase: SupervisorState["phase"] = "starting";
  #rotation: Rotation | undefined;
  #slowBuilds: Promise<void> = Promise.resolve();
  #logTimer: NodeJS.Timeout | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(options: MeshOptions, prepared: Prepared) {
    this.#options = options;
    this.#prepared = prepared;
    this.#input = prepared.input;
    const { run } = this.paths;
    const logs = join(run, "logs");
    this.#log = new LogFile(logs, "supervisor");
    const { workloads, callees = [] } = this.#input.environment;
    const known = new Set([...workloads.map(({ name }) => name), ...callees]);
    this.#endpoints = new Endpoints(join(run, "endpoints"), [...known]);
    this.#children = prepared.children.map(
      (spec) =>
        new Child(spec, new LogFile(logs, spec.name, spec.uid), {
          changed: () => this.#save(),
          becameReady: (child) => this.#learnPort(child),
          died: (child) => this.#onDeath(child),
        }),
    );
  }

  /** Checks everything and takes the folders; nothing runs yet. Throws a Refusal that leaves nothing behind. */
  static async prepare(options: MeshOptions): Promise<Mesh> {
    const prepared = await prepare(options);
    try {
      return new Mesh(options, prepared);
    } catch (error) {
      prepared.release();
      throw refusalFor(error, prepared.input.paths.run);
    }
  }

  get paths(): Paths {
    return this.#input.paths;
  }

  get ports(): Ports {
    return this.#input.ports;
  }

  /** What a person opens, by name: shop, shop over TLS, sign-in, mail. */
  get addresses(): Readonly<Record<string, string>> {
    return addressesOf(this.#input);
  }

  /** How the workloads are kept apart, in words. */
  get users(): string {
    return this.#prepared.users;
  }

  /** Starts everything; settles when every service is ready but those whose build takes long. On failure it stops all and throws a StartFailure or a Refusal. */
  start(): Promise<void> {
    this.#started ??= this.#start().catch(async (error: unknown) => {
      const shown = refusalFor(error, this.paths.data);
      this.#log.note(`start failed: ${(error as Error).message}`);
      await this.stop();
      throw shown;
    });
    return this.#started;
  }

  /**
   * Stops services, sidecars, then stores, each when the one before is gone, and clears the run folder but for its logs.
   * Called again while it stops, it hurries: nothing is given time to drain.
   */
  stop(): Promise<void> {
    if (this.#stopped) this.#hurry.abort();
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Settles when child `name` is ready, however often it dies before; without a name, when all are that can be built. */
  async waitReady(name?: string): Promise<void> {
    const buildable = this.#children.filter(({ state }) => state !== "unbuilt");
    const children = name === undefined ? buildable : [this.#child(name)];
    await Promise.all(children.map((child) => child.whenReady({ patient: true })));
  }

  /** Ends a child as a crash would and settles when it is gone; the supervisor starts it again at once. */
  async kill(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#child(name).kill(signal);
  }

  /** Ends a child and leaves it down until `startChild`. Its own stop signal when none is given. */
  async stopChild(name: string, signal?: NodeJS.Signals): Promise<void> {
    const child = this.#child(name);
    await child.stop(undefined, signal);
    this.#forgetPort(child);
  }

  /** Starts what `stopChild` ended, and settles when it is ready. */
  async startChild(name: string): Promise<void> {
    this.#child(name).start();
    await this.#child(name).whenReady({ patient: true });
  }

  /** The certificate with which `workload` (or the operator) calls. Throws a Refusal for an unknown name. */
  certificateFor(workload: string): Promise<CallerCertificate> {
    return certificateFor(identitiesOf(this.#input.environment), this.paths, workload);
  }

  /** The certificate of a device of that id. Throws a Refusal for an id that no device can have, and where there are no devices. */
  deviceCertificate(device: string): Promise<DeviceCertificate> {
    return deviceCertificate(this.#input.environment, this.paths, device);
  }

  /** The port of a sidecar's inbound listener. Absent: that instance has no sidecar that is up. */
  inboundPort(workload: string, instance = 0): number | undefined {
    return this.#endpoints.port(workload, instance);
  }

  /** Replaces every certificate now, as the clock does at half of their lives. */
  async renewCertificates(): Promise<void> {
    await this.#rotation?.renewAll();
  }

  /** The serial number of a certificate of an instance (`order-0`): its own, or what it shows outside. Absent: none was issued. */
  serial(instance: string, which: "svid" | "edge" | "devices" = "svid"): string | undefined {
    return this.#rotation?.serial(`${instance}/${which}`);
  }

  /** Runs SQL as the superuser in `database`; for checks over all databases. Returns unaligned rows, `|` between columns. */
  query(sql: string, database?: string): Promise<string> {
    return asSuperuser(this.#input, sql, database);
  }

  /** The address of the event log for a workload; absent: for who may do everything. With the password. */
  eventLogUrl(workload?: string): string {
    return eventLogUrl(this.#input, workload);
  }

  /** Writes a line into the log of the supervisor. */
  note(line: string): void {
    this.#log.note(line);
  }

  /** What `status` shows. */
  state(): SupervisorState {
    const { namespace, deviceTrustDomain } = this.#input.environment;
    return {
      pid: process.pid,
      startTime: startTime(process.pid) ?? "",
      phase: this.#phase,
      since: this.#since,
      mesh: this.#input.mesh,
      namespace,
      identities: identitiesOf(this.#input.environment),
      ...(deviceTrustDomain === undefined ? {} : { deviceTrustDomain }),
      runFolder: this.paths.run,
      dataFolder: this.paths.data,
      users: this.users,
      ports: this.ports,
      addresses: this.addresses,
      ...(storesOf(this.#input).includes("event-log") ? { eventLog: eventLogAddress(this.#input) } : {}),
      children: this.#children.map((child) => recordOf(child, this.#portOf(child))),
    };
  }

  async #start(): Promise<void> {
    process.once("exit", this.#onExit);
    this.#save();
    const building = this.#build();
    // Awaited below, after the sidecars; a failure before that must not go unheard.
    building.catch(() => undefined);
    this.#slowBuilds = this.#buildSlowly();
    await this.#startStores();
    const compiled = Promise.all([this.#compile("service"), this.#compile("simulator")]);
    if (this.#input.mesh === "on") await this.#startSidecars();
    else await writeTrust(this.#input);
    await Promise.all([building, compiled]);
    await this.#run(["service", "simulator"], "services");
    this.#stopping.signal.throwIfAborted();
    collectGarbage();
    this.#phase = "ready";
    this.#save();
    this.#logTimer = setInterval(() => this.#boundLogs(), LOG_LOOK_MS);
  }

  async #startStores(): Promise<void> {
    const { paths, environment, secrets } = this.#input;
    const databases = environment.workloads.filter(({ database }) => database).map(({ name }) => name);
    writeStoreConfigurations(this.#input);
    const compiled = this.#compile("support");
    if (databases.length > 0 && !hasCluster(paths.data)) {
      this.#progress("databases   making the cluster (once)");
      await makeCluster(this.#input, this.#stopping.signal);
    }
    await compiled;
    if (this.#input.broker && !hasBroker(paths.data)) {
      this.#progress("broker      preparing its folder (once)");
      await makeBroker(this.#input, this.#input.broker, this.#stopping.signal);
    }
    await this.#run(["store", "support"], "stores");
    await prepareEventLog(this.#input, this.#stopping.signal);
    if (databases.length > 0) await asSuperuser(this.#input, forPsql(databasesOf(databases, secrets.databases)));
  }

  async #startSidecars(): Promise<void> {
    const authorities = await writeTrust(this.#input);
    const lifetime = this.#options.certificateSeconds ?? CERTIFICATE_SECONDS;
    this.#rotation = certificatesOf(this.#input, authorities, lifetime, (message) => this.#log.note(message));
    await this.#rotation.start();
    await this.#run(["sidecar"], "sidecars");
  }

  async #build(): Promise<void> {
    for (const { name, program } of this.#stale("go")) {
      this.#progress(`build       ${name} (Go)`);
      await build(this.paths.repository, program, this.#stopping.signal);
    }
  }

  /** Programs whose build takes minutes: nobody waits for them, and the rest runs without those that cannot be built. Never throws. */
  async #buildSlowly(): Promise<void> {
    const stale = this.#stale("rust");
    for (const { name } of stale) for (const child of this.#servicesOf(name)) child.building();
    for (const { name, program } of stale) {
      if (this.#stopping.signal.aborted) return;
      this.#progress(`build       ${name} (Rust), which starts when it is built`);
      try {
        await build(this.paths.repository, program, this.#stopping.signal);
        for (const child of this.#servicesOf(name)) child.built();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const reason = (error as Error).message;
        this.#progress(`build       ${name} does not run: ${reason}`);
        for (const child of this.#servicesOf(name)) child.unbuilt(reason);
      }
    }
  }

  #stale(kind: BuiltProgram["kind"]): { readonly name: string; readonly program: BuiltProgram }[] {
    return this.#input.environment.workloads.flatMap(({ name, program }) =>
      isBuilt(program) && program.kind === kind && isStale(this.paths.repository, program) ? [{ name, program }] : [],
    );
  }

  #servicesOf(workload: string): Child[] {
    return this.#children.filter(({ spec }) => spec.role === "service" && spec.workload === workload);
  }

  /** Never throws: what does not compile says so when it is started. */
  #compile(role: Role): Promise<void> {
    const specs = this.#children.map(({ spec }) => spec).filter((spec) => spec.role === role);
    return compile(specs, this.#stopping.signal);
  }

  /** Starts the children of some roles and waits until all are ready. */
  async #run(roles: readonly Role[], title: string): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const all = this.#children.filter(({ spec }) => roles.includes(spec.role));
    const began = Date.now();
    for (const child of all) child.start();
    const children = all.filter(({ isUnmade }) => !isUnmade);
    if (children.length === 0) return;
    await Promise.all(children.map((child) => untilReady(child, this.#stopping.signal)));
    const names = [...new Set(children.map(({ spec }) => spec.workload ?? spec.name))];
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    this.#progress(`${title.padEnd(11)} ${names.join(", ")} (${seconds} s)`);
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#slowBuilds;
    this.#phase = "stopping";
    clearInterval(this.#logTimer);
    this.#save();
    for (const phase of inPhases(
      this.#children.map(({ spec }) => spec),
      STOP_ORDER,
    )) {
      await this.#end(phase);
      // Certificates are renewed as long as a service drains through its sidecar.
      if (phase.some(({ role }) => role === "sidecar")) await this.#rotation?.stop();
    }
    await this.#rotation?.stop();
    process.removeListener("exit", this.#onExit);
    this.#prepared.release();
    for (const { log } of this.#children) log.close();
    this.#log.close();
  }

  async #end(specs: readonly ChildSpec[]): Promise<void> {
    await Promise.all(specs.map(({ name }) => this.#child(name).stop(this.#hurry.signal)));
  }

  #child(name: string): Child {
    const child = this.#children.find(({ spec }) => spec.name === name);
    if (!child)
      throw new Refusal(`There is no ${name}: it is one of ${this.#children.map(({ spec }) => spec.name).join(", ")}.`);
    return child;
  }

  async #learnPort({ spec }: Child): Promise<void> {
    if (spec.role !== "sidecar" || spec.workload === undefined || spec.instance === undefined) return;
    this.#endpoints.set(spec.workload, spec.instance, await listenerPort(join(spec.cwd, "admin.sock"), "inbound"));
  }

  #forgetPort({ spec }: Child): void {
    if (spec.role !== "sidecar" || spec.workload === undefined || spec.instance === undefined) return;
    try {
      this.#endpoints.set(spec.workload, spec.instance, undefined);
    } catch (error) {
      // A full disk must not end the supervision: callers dial in vain until the sidecar is back and is written down.
      this.#log.note(`endpoints of ${spec.workload} not written: ${(error as Error).message}`);
    }
  }

  #portOf({ spec }: Child): number | undefined {
    if (spec.role !== "sidecar" || spec.workload === undefined) return undefined;
    return this.#endpoints.port(spec.workload, spec.instance ?? 0);
  }

  #onDeath(child: Child): void {
    this.#forgetPort(child);
    this.#log.note(`${child.spec.name}: ${child.lastEnd}, ${child.state}`);
  }

  #save(): void {
    try {
      writeState(this.state());
    } catch (error) {
      this.#log.note(`state not written: ${(error as Error).message}`);
    }
  }

  #boundLogs(): void {
    for (const { log } of this.#children) boundFile(log.path);
    boundFile(this.#log.path);
    for (const { folder } of instancesOf(this.#input)) boundFile(join(folder, "access.log"));
  }

  #progress(line: string): void {
    this.#log.note(line);
    this.#options.progress?.(line);
  }
}

/** Starts a mesh in this process. Throws a Refusal or a StartFailure, leaving nothing running. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const mesh = await Mesh.prepare(options);
  await mesh.start();
  return mesh;
}
