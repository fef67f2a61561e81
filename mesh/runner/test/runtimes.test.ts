// Workloads in Rust and Python, real: what has to be built is built beside the rest, which does not wait for it.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { lock } from "../../../scripts/tools.ts";
import { type BuiltProgram, build, isStale } from "../src/build.ts";
import { readyReport } from "../src/cli/ready-report.ts";
import { asText } from "../src/cli/status.ts";
import { type Mesh, startMesh } from "../src/index.ts";
import { repository } from "../src/paths.ts";
import { folders, smallEnvironment, until, workload } from "./world.ts";

const testdata = join(import.meta.dirname, "..", "testdata");
const never = new AbortController().signal;

// A cache of its own: its lock is nobody else's, and what is built here needs nothing of the shared one.
const cache = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? "/tmp"}/larder-cache-${process.pid}`;
  process.env.LARDER_CACHE = folder;
  delete process.env.CARGO_TARGET_DIR;
  return folder;
});
const target = join(cache, "cargo-target");
beforeAll(() => {
  mkdirSync(target, { recursive: true });
  // The last who built here: so our own crates are not touched, which would be built again elsewhere.
  writeFileSync(join(target, "clone"), repository);
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** A crate of this test alone, and where its program goes. */
function crate(): { readonly folder: string; readonly program: Extract<BuiltProgram, { kind: "rust" }> } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "larder-crate-")));
  cpSync(join(testdata, "hello-rust"), join(folder, "hello-rust"), { recursive: true });
  const source = relative(repository, join(folder, "hello-rust"));
  return { folder, program: { kind: "rust", binary: join(folder, "bin", "hello"), source, profile: "debug" } };
}

const why = spawnSync("cargo", ["--version"]).error ? "cargo is not installed" : undefined;
beforeEach((context) => context.skip(why !== undefined, why));

describe("a program in Rust", () => {
  let made: ReturnType<typeof crate>;
  const main = () => join(repository, made.program.source, "src", "main.rs");
  beforeEach(() => {
    made = crate();
  });
  afterEach(() => rmSync(made.folder, { recursive: true, force: true }));

  test("is built once, and again when a source has another content, whatever its age", async () => {
    const { program } = made;
    expect(isStale(repository, program)).toBe(true);
    await build(repository, program, never);
    expect(isStale(repository, program)).toBe(false);
    utimesSync(main(), new Date(), new Date(Date.now() + 60_000));
    expect(isStale(repository, program)).toBe(false);
    writeFileSync(main(), `${readFileSync(main(), "utf8")}\n// Another line.\n`);
    expect(isStale(repository, program)).toBe(true);
  }, 120_000);

  test("that does not compile is refused with the compiler's first complaint", async () => {
    writeFileSync(main(), "fn main() { let x: u8 = true; }");
    await expect(build(repository, made.program, never)).rejects.toThrow(
      /does not build: error\[E0308\]: mismatched types/,
    );
    expect(isStale(repository, made.program)).toBe(true);
  }, 120_000);

  test("that has no program of the name of its folder is refused", async () => {
    const manifest = join(repository, made.program.source, "Cargo.toml");
    writeFileSync(manifest, `${readFileSync(manifest, "utf8")}\n[[bin]]\nname = "other"\npath = "src/main.rs"\n`);
    await expect(build(repository, made.program, never)).rejects.toThrow("builds no program of the name hello-rust");
  }, 120_000);

  test("ends its build when it is told so", async () => {
    await expect(build(repository, made.program, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});

/** The search path, with links in `folder` to what stands beside the program. */
function pathWithout(program: string, folder: string): string {
  const links = join(folder, "links");
  mkdirSync(links);
  const folders = (process.env.PATH ?? "").split(delimiter).filter((each) => existsSync(each));
  for (const each of folders.filter((each) => existsSync(join(each, program)))) {
    for (const name of readdirSync(each)) {
      if (name !== program && !existsSync(join(links, name))) symlinkSync(join(each, name), join(links, name));
    }
  }
  return [...folders.filter((each) => !existsSync(join(each, program))), links].join(delimiter);
}

/** A workload in each language, of which only the one in Rust is built. */
const environment = (program: BuiltProgram) =>
  smallEnvironment([
    workload("caller"),
    workload("hello", { program, settings: {} }),
    workload("score", { program: { kind: "python", entry: join(testdata, "hello.py") }, settings: {} }),
  ]);

describe("a mesh", () => {
  let made: ReturnType<typeof crate>;
  let place: ReturnType<typeof folders>;
  let mesh: Mesh;
  const stateOf = (name: string) => mesh.state().children.find((child) => child.name === name);
  beforeEach(() => {
    made = crate();
    place = folders();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await mesh?.stop();
    place.remove();
    rmSync(made.folder, { recursive: true, force: true });
  });
  const start = async () => {
    const said: string[] = [];
    mesh = await startMesh({
      environment: environment(made.program),
      mesh: "off",
      ports: "free",
      ...place,
      progress: (line) => said.push(line),
    });
    return said;
  };

  test("is ready while a program is still built, says so, and starts it then", async () => {
    // Whoever holds this keeps every build waiting.
    const letBuild = await lock(`${target}.lock`);
    const said = await start();
    expect(stateOf("hello-0")).toMatchObject({ state: "building" });
    expect(stateOf("caller-0")).toMatchObject({ state: "ready" });
    expect(said).toContain("build       hello (Rust), which starts when it is built");
    expect(asText(mesh.state(), Date.now())).toMatch(/hello-0 +building/);
    expect(await readyReport(mesh.state(), 1)).toContain("Still being built, and started then: hello-0.");
    letBuild();
    await mesh.waitReady();
    expect(stateOf("hello-0")).toMatchObject({ state: "ready", restarts: 0 });
    expect(readFileSync(stateOf("hello-0")?.log ?? "", "utf8")).toContain("hello from Rust");
  }, 120_000);

  test("stops in the middle of a build, and leaves nothing of it", async () => {
    const letBuild = await lock(`${target}.lock`);
    await start();
    await mesh.stop();
    expect(isStale(repository, made.program)).toBe(true);
    letBuild();
  }, 120_000);

  test("runs without a program that cannot be built, and says why", async () => {
    vi.stubEnv("PATH", pathWithout("cargo", made.folder));
    const said = await start();
    const mend =
      "is a Rust program and cargo is not installed: install Rust 1.95 or later (rustup, brew install rust).";
    await until("the build to be given up", () => stateOf("hello-0")?.state === "unbuilt");
    expect(said.filter((line) => line.includes(mend))).toHaveLength(1);
    expect(asText(mesh.state(), Date.now())).toContain(mend);
    expect(await readyReport(mesh.state(), 1)).toContain("Not running: hello-0. make status says why.");
    await mesh.waitReady();
    await expect(mesh.waitReady("hello-0")).rejects.toThrow("hello-0 is not built");
  }, 120_000);

  test("runs Python by the interpreter of the clone, with the packages that set-up installed", async () => {
    await build(repository, made.program, never);
    await start();
    for (const name of ["hello-0", "score-0"]) expect(stateOf(name)).toMatchObject({ state: "ready" });
    expect(readFileSync(stateOf("score-0")?.log ?? "", "utf8")).toContain('"contract":"larder_contract"');
    expect(readdirSync(join(place.dataFolder, "compiled", "score"))).not.toEqual([]);
  }, 120_000);
});
