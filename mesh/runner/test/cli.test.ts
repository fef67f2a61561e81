// The command line as a person uses it: real processes, also after kill -9, with one clear line for what cannot be.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { firstUnreadable } from "../src/platform.ts";
import { isAlive, readState, type SupervisorState } from "../src/state.ts";
import { alive, folders, larder, type Place, type Said, start, until } from "./world.ts";

const NOBODY = 65534;
const root = process.getuid?.() === 0;
/** Under root, whether another user can run what is in this clone. */
const others = root && firstUnreadable(NOBODY, [import.meta.filename, process.execPath]) === undefined;
const places: (Place & { remove: () => void })[] = [];

function place(): Place {
  const one = folders();
  places.push(one);
  return one;
}

afterEach(async () => {
  for (const one of places.splice(0)) {
    await larder(one, ["down"]);
    one.remove();
  }
});

function stateOf({ runFolder }: Place): SupervisorState {
  const state = readState(runFolder);
  if (!state) throw new Error("no supervisor.json");
  return state;
}

/** One line, exit code 1. */
function expectRefusal(said: Said, line: RegExp): void {
  expect(said.err.trimEnd()).toMatch(line);
  expect(said.err.trimEnd().split("\n")).toHaveLength(1);
  expect(said.code).toBe(1);
}

test("up --detach returns when all is ready, status shows it, down leaves no process", async () => {
  const here = place();
  const up = await larder(here, ["up", "--detach"]);
  expect(up).toMatchObject({ code: 0, err: "" });
  expect(up.out).toMatch(/sidecars +caller, echo[\s\S]*services +caller, echo[\s\S]*Larder is ready/);
  const state = stateOf(here);
  expect(alive(state)).toHaveLength(4);

  const status = await larder(here, ["status", "--json"]);
  expect(status.code).toBe(0);
  const shown = JSON.parse(status.out);
  expect(shown).toMatchObject({ running: true, ready: true, pid: state.pid, mesh: "on" });
  expect(shown.children.map((child: { state: string }) => child.state)).toEqual(Array(4).fill("ready"));
  expect((await larder(here, ["logs", "echo"])).out).toMatch(/^\{"message":"starting"/);

  const down = await larder(here, ["down"]);
  expect(down).toMatchObject({ code: 0, err: "" });
  expect(alive(state)).toEqual([]);
  expect(isAlive(state)).toBe(false);
  expect((await larder(here, ["status"])).code).toBe(3);
}, 30_000);

test("a second up refuses in one line and does nothing", async () => {
  const here = place();
  await larder(here, ["up", "--detach"]);
  const before = stateOf(here);
  expectRefusal(await larder(here, ["up"]), /^larder: Larder is already running \(supervisor \d+\)/);
  expectRefusal(await larder(here, ["up", "--detach"]), /already running/);
  // The data folder is taken too, whatever the run folder.
  expectRefusal(await larder({ ...here, runFolder: `${here.runFolder}2` }, ["up"]), /already running/);
  expect(existsSync(`${here.runFolder}2`)).toBe(false);
  expect(stateOf(here)).toEqual(before);
}, 30_000);

test("after kill -9 of the supervisor, down ends every child", async () => {
  const here = place();
  await larder(here, ["up", "--detach"]);
  const state = stateOf(here);
  process.kill(state.pid, "SIGKILL");
  await until("the supervisor is gone", () => !isAlive(state));
  expect(alive(state)).toHaveLength(4);
  const status = await larder(here, ["status"]);
  expect(status).toMatchObject({ code: 3 });
  expect(status.out).toMatch(/was killed and left .*echo-0/);
  const down = await larder(here, ["down"]);
  expect(down.out).toMatch(/Ended what a killed supervisor left: .*echo-0/);
  expect(alive(state)).toEqual([]);
  expect(readdirSync(here.runFolder)).toEqual(["logs"]);
}, 30_000);

test("after kill -9 of the supervisor, up ends every child and starts anew", async () => {
  const here = place();
  await larder(here, ["up", "--detach"]);
  const old = stateOf(here);
  process.kill(old.pid, "SIGKILL");
  await until("the supervisor is gone", () => !isAlive(old));
  const up = await larder(here, ["up", "--detach"]);
  expect(up.code).toBe(0);
  expect(up.out).toMatch(/ended what a killed supervisor left/);
  expect(alive(old)).toEqual([]);
  expect(alive(stateOf(here))).toHaveLength(4);
}, 30_000);

test("a process that merely has the number of an old child is left alone", async () => {
  const here = place();
  await larder(here, ["up", "--detach"]);
  const state = stateOf(here);
  process.kill(state.pid, "SIGKILL");
  await until("the supervisor is gone", () => !isAlive(state));
  const { writeState } = await import("../src/state.ts");
  // The test itself has another start time than the one that is recorded for this number.
  const impostor = { ...state.children[0], name: "impostor", pid: process.pid, startTime: "long ago" };
  writeState({ ...state, children: [...state.children, impostor as SupervisorState["children"][number]] });
  const down = await larder(here, ["down"]);
  expect(down.out).not.toContain("impostor");
  expect(alive(state)).toEqual([]);
}, 30_000);

test("SIGTERM and Ctrl-C end the foreground supervisor and all its children", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const here = place();
    const up = start(here, ["up"]);
    await until("ready", () => readState(here.runFolder)?.phase === "ready");
    const state = stateOf(here);
    up.kill(signal);
    await until("the supervisor is gone", () => up.exitCode !== null);
    expect(up.exitCode).toBe(0);
    expect(alive(state)).toEqual([]);
    expect(readdirSync(here.runFolder)).toEqual(["logs"]);
  }
}, 30_000);

test("Ctrl-C in a terminal, which reaches the whole process group, still stops in order", async () => {
  const here = place();
  const up = start(here, ["up"], { ownGroup: true });
  await until("ready", () => readState(here.runFolder)?.phase === "ready");
  const state = stateOf(here);
  process.kill(-(up.pid ?? 0), "SIGINT");
  await until("the supervisor is gone", () => up.exitCode !== null);
  expect(up.exitCode).toBe(0);
  expect(alive(state)).toEqual([]);
  // The signal itself would have ended the service without a word.
  expect((await larder(here, ["logs", "echo-0"])).out).toContain("draining");
}, 30_000);

test("a stop in the middle of the start leaves nothing", async () => {
  const here = place();
  const up = start(here, ["up"]);
  const state = await until("a first child", () => {
    const found = readState(here.runFolder);
    return found?.children.some(({ pid }) => pid !== undefined) ? found : undefined;
  });
  up.kill("SIGTERM");
  await until("the supervisor is gone", () => up.exitCode !== null);
  expect(up.exitCode).toBe(1);
  expect(alive(state)).toEqual([]);
}, 30_000);

test("a process that exits without stopping its mesh takes the children with it", async () => {
  const here = place();
  const program = `
    import { startMesh } from ${JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts"))};
    import { smallEnvironment } from ${JSON.stringify(join(import.meta.dirname, "world.ts"))};
    const mesh = await startMesh({ environment: smallEnvironment(), ports: "free", ...${JSON.stringify(here)} });
    process.stdout.write("ready", () => process.exit(7));`;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(run).toMatchObject({ status: 7, stdout: "ready" });
  await until("no child is left", () => alive(stateOf(here)).length === 0);
}, 30_000);

test("two run folders live side by side", async () => {
  const [one, two] = [place(), place()];
  const ups = await Promise.all([larder(one, ["up", "--detach"]), larder(two, ["up", "--detach"])]);
  expect(ups.map(({ code }) => code)).toEqual([0, 0]);
  await larder(one, ["down"]);
  expect(alive(stateOf(two))).toHaveLength(4);
  expect((await larder(two, ["status"])).code).toBe(0);
}, 30_000);

test("a start that fails says why, and exits with 1, detached too", async () => {
  const here = place();
  const environment = join(import.meta.dirname, "..", "testdata", "broken.ts");
  for (const more of [[], ["--detach"]]) {
    const up = await larder(here, ["up", "--environment", environment, ...more]);
    expect(up.code).toBe(1);
    expect(up.err).toMatch(/^larder: echo-0 does not start: exit code 64/);
    expect(existsSync(join(here.runFolder, "supervisor.json"))).toBe(false);
  }
}, 30_000);

const LIMIT = 'echo 1 > /proc/sys/user/max_inotify_instances && exec "$@"';
/** Runs what follows where one inotify instance is all that there is: a user namespace has a limit of its own. */
const ONE_INSTANCE = ["unshare", "-Ur", "sh", "-c", LIMIT, "sh"] as const;
const [unshare, ...limited] = [...ONE_INSTANCE, "true"];

test.runIf(spawnSync(unshare, limited).status === 0)(
  "where sidecars can watch no files any more, one line says what to do",
  async () => {
    const here = place();
    const up = await larder(here, ["up"], { by: ONE_INSTANCE });
    expectRefusal(
      up,
      /^larder: \w+-0\.sidecar does not start: .* inotify .*: sysctl -w fs\.inotify\.max_user_instances=1024\.$/,
    );
    expect(existsSync(join(here.runFolder, "supervisor.json"))).toBe(false);
  },
  60_000,
);

test("a port in use is named in one line, with what to do, and nothing is left", async () => {
  const here = place();
  const environment = join(import.meta.dirname, "..", "testdata", "edge.ts");
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  const up = await larder(here, ["up", "--environment", environment, "--port", String(port)]);
  server.close();
  expectRefusal(up, new RegExp(`^larder: Port ${port} is in use: .*make up PORT=9080$`));
  expect(existsSync(here.runFolder)).toBe(false);
}, 30_000);

test("a run folder whose sockets would be too long is refused before it is made", async () => {
  const here = place();
  const long = { ...here, runFolder: `${here.runFolder}${"x".repeat(80)}` };
  expectRefusal(await larder(long, ["up"]), /has \d+ bytes, more than the 90 .*XDG_RUNTIME_DIR/);
  expect(existsSync(long.runFolder)).toBe(false);
  expect(existsSync(long.dataFolder)).toBe(false);
}, 30_000);

test.runIf(others || !root)(
  "a folder that cannot be written is refused in one line",
  async () => {
    const here = place();
    const closed = join(here.runFolder, "..", "closed");
    mkdirSync(closed, { mode: 0o555 });
    chmodSync(closed, 0o555);
    const up = await larder({ ...here, runFolder: join(closed, "run") }, ["up"], root ? { uid: NOBODY } : {});
    expectRefusal(up, /closed is not writable: set XDG_RUNTIME_DIR/);
  },
  30_000,
);

test.runIf(root)(
  "a folder of another user is refused in one line",
  async () => {
    const here = place();
    mkdirSync(here.runFolder);
    chownSync(here.runFolder, NOBODY, NOBODY);
    expectRefusal(await larder(here, ["up"]), /belongs to another user/);
  },
  30_000,
);

test.runIf(others)(
  "an ordinary user runs it whole, with the database",
  async () => {
    const here = place();
    const base = join(here.runFolder, "..");
    chownSync(base, NOBODY, NOBODY);
    const environment = join(import.meta.dirname, "..", "testdata", "stores.ts");
    const up = await larder(here, ["up", "--detach", "--environment", environment], { uid: NOBODY });
    expect(up).toMatchObject({ code: 0, err: "" });
    const status = await larder(here, ["status"], { uid: NOBODY });
    expect(status.out).toMatch(/one user id for all: the one that started it/);
    const state = stateOf(here);
    expect((await larder(here, ["down"], { uid: NOBODY })).code).toBe(0);
    expect(alive(state)).toEqual([]);
  },
  60_000,
);

test("without Java the event log does not run on Kafka, and one line says what to install", async () => {
  const here = place();
  const environment = join(import.meta.dirname, "..", "testdata", "stores.ts");
  const manner = { searchPath: join(here.runFolder, "nothing") };
  const said = await larder(here, ["up", "--log", "kafka", "--environment", environment], manner);
  expect(said).toMatchObject({ code: 1, out: "" });
  expect(said.err).toMatch(/^larder: LOG=kafka cannot run here, java is not installed: apt-get install .+\n$/);
  expect(existsSync(here.dataFolder)).toBe(false);
});

test.runIf(others)(
  "as root without user namespaces the stores run as nobody, on the same data as with them",
  async () => {
    const here = place();
    const environment = join(import.meta.dirname, "..", "testdata", "stores.ts");
    // A search path without unshare.
    const searchPath = join(here.runFolder, "..", "bin");
    mkdirSync(searchPath);
    for (const name of ["chown", "ps"])
      symlinkSync(
        execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(),
        join(searchPath, name),
      );
    for (const manner of [{ searchPath }, {}, { searchPath }]) {
      expect(await larder(here, ["up", "--detach", "--environment", environment], manner)).toMatchObject({
        code: 0,
        err: "",
      });
      const { pid } = stateOf(here).children.find(({ name }) => name === "postgres") ?? {};
      expect(statSync(`/proc/${pid}`).uid).toBe(manner.searchPath ? NOBODY : 0);
      expect((await larder(here, ["down"])).code).toBe(0);
    }
  },
  60_000,
);

test("wrong arguments exit with 2 and say which", async () => {
  const here = place();
  for (const [args, line] of [
    [["up", "--scale", "echo"], /--scale takes workload=count/],
    [["up", "--mesh", "maybe"], /--mesh is on or off/],
    [["up", "--port", "http"], /--port is a number/],
    [["up", "--what"], /--what/],
    [["logs", "a", "b"], /unexpected b/],
    [["unheard"], /there is no command unheard/],
  ] as const) {
    const said = await larder(here, [...args]);
    expect(said.code).toBe(2);
    expect(said.err).toMatch(line);
  }
  expectRefusal(await larder(here, ["up", "--scale", "nobody=2"]), /SCALE names nobody/);
  expectRefusal(await larder(here, ["logs"]), /no logs yet/);
}, 30_000);
