// larder up: starts the mesh and stays with it, or (--detach) leaves a supervisor behind that does.
import type { Mesh } from "../mesh.ts";
import { parseUp, portsFrom, type UpOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { DETACHED, detach, toldByParent } from "./detach.ts";
import { readyReport } from "./ready-report.ts";

export const name = "up";
export const summary = "Starts the mesh: stores, sidecars, services; Ctrl-C stops it.";
export const usage = `[OPTIONS]

  --detach               return when all is ready and leave it running
  --scale NAME=N,...     instances side by side
  --mesh off             no sidecars: services call each other directly, callers are not enforced
  --log kafka            the event log on Apache Kafka instead of Valkey; needs Java and Maven
  --simulate off         no readings of the sensors in the rooms, which otherwise come at a low rate
  --port N               edge N, TLS N+1, sign-in N+2, mail N+3, traces N+4, devices N+5 instead of the environment's
  --environment FILE     instead of mesh/environments/local.yaml
  --run-folder DIR       sockets, credentials and logs; default a folder of this clone in XDG_RUNTIME_DIR or /tmp
  --data-folder DIR      databases and the local authority; default .data`;

/** Where progress and the report go: this terminal, or the process that waits for a detached start. */
interface Output {
  readonly line: (text: string) => void;
  /** The report of a mesh that is ready. */
  readonly ready: (text: string) => void;
}

export async function run(args: readonly string[]): Promise<number> {
  const options = parseUp(args, process.env);
  if (options.detach && !DETACHED) return detach(args);
  const parent = toldByParent();
  const output = parent ?? { line: (text) => console.log(`  ${text}`), ready: (text) => console.log(text) };
  try {
    return await supervise(options, output);
  } catch (error) {
    if (!parent) throw error;
    parent.failed(error);
    return 1;
  }
}

/** Runs the mesh in this process until a signal stops it. */
async function supervise(options: UpOptions, output: Output): Promise<number> {
  const began = Date.now();
  let mesh: Mesh | undefined;
  let told = false;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const onSignal = (): void => {
    if (!told) output.line("stopping   services drain, then sidecars, then stores");
    told = true;
    // A second signal makes it hurry.
    mesh?.stop().then(resolve, resolve);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  // A fault of the supervisor itself must not leave children behind.
  process.on("uncaughtException", (error) => {
    mesh?.note(`fault: ${error.stack}`);
    console.error(error);
    const leave = (): never => process.exit(1);
    if (mesh) mesh.stop().then(leave, leave);
    else leave();
  });

  // Loaded only now: wrong arguments and the process that waits for a detached start need none of it.
  const [{ loadMeshEnvironment }, { Mesh: Prepared }] = await Promise.all([
    import("../local.ts"),
    import("../mesh.ts"),
  ]);
  const environment = await loadMeshEnvironment(options.environment);
  mesh = await Prepared.prepare({
    environment,
    scale: options.scale,
    mesh: options.mesh,
    log: options.log,
    simulate: options.simulate === "on",
    ports: portsFrom(environment, options.port),
    runFolder: options.runFolder,
    dataFolder: options.dataFolder,
    progress: output.line,
  });
  if (told) {
    await mesh.stop();
    throw new Refusal("Stopped before all was ready.");
  }
  await mesh.start();
  output.ready(await readyReport(mesh.state(), (Date.now() - began) / 1000));
  await stopped;
  return 0;
}
