// Tools that no package registry ships as a binary: built once per machine, kept outside the clone, shared by all clones.
//
// As a command, `node scripts/tools.ts NAME...` makes sure that the tools are there and prints the path of each. With
// `--within MINUTES` first, it begins no tool later than that and ends what is not ready: that goes on the next time.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

type Tool = {
  /** The toolchain that builds it. */
  from: "go" | "cargo" | "mvn";
  /**
   * What `go install` or `cargo install` takes; `./` and a folder of this repository for a program of our own; for `mvn` the folder of a
   * pom.xml, with the checksums of what it fetches in jars.sha256.
   */
  source: string;
  /** Absent for a program of our own, whose version is what it is made from. */
  version?: string;
  /** Tags of `go install`. */
  tags?: string;
  /** What the linker writes into a program of our own, by the name of the variable. */
  variables?: Record<string, string>;
  /** The name of the binary, where it is not the name of the tool. */
  binary?: string;
  /** What to expect on two cores. */
  takes?: string;
};

const repository = join(import.meta.dirname, "..");

/** The commit of Istio 1.31: the module has no other tags that Go could take. */
const istio = "0.0.0-20260827124520-eed52ebb66ad";

const tools: Record<string, Tool> = {
  "protoc-gen-go": { from: "go", source: "google.golang.org/protobuf/cmd/protoc-gen-go", version: "1.36.12" },
  "protoc-gen-go-grpc": { from: "go", source: "google.golang.org/grpc/cmd/protoc-gen-go-grpc", version: "1.6.2" },
  actionlint: {
    from: "go",
    source: "github.com/rhysd/actionlint/cmd/actionlint",
    version: "1.7.12",
    takes: "1 minute",
  },
  grpcurl: {
    from: "go",
    source: "github.com/fullstorydev/grpcurl/cmd/grpcurl",
    version: "1.9.4",
    takes: "3 minutes",
  },
  istioctl: {
    from: "go",
    source: "istio.io/istio/istioctl/cmd/istioctl",
    version: istio,
    takes: "8 minutes",
  },
  "pilot-discovery": {
    from: "go",
    source: "istio.io/istio/pilot/cmd/pilot-discovery",
    version: istio,
    takes: "3 minutes, after istioctl",
  },
  "pilot-agent": {
    from: "go",
    source: "istio.io/istio/pilot/cmd/pilot-agent",
    version: istio,
    // As Istio builds its own: without what only the control plane has.
    tags: "agent,disable_pgv",
    takes: "2 minutes, after istioctl",
  },
  // What Istio makes of manifests: our own program around Istio's control plane.
  "istio-translate": { from: "go", source: "./test/manifests/translate", takes: "3 minutes, after istioctl" },
  etcd: { from: "go", source: "./test/cluster/etcd", takes: "2 minutes" },
  "kube-apiserver": {
    from: "go",
    source: "./test/cluster/kube-apiserver",
    // Clients ask for it, and do not take the word of a build that has none.
    variables: {
      "k8s.io/component-base/version.gitVersion": "v1.37.2",
      "k8s.io/component-base/version.gitMajor": "1",
      "k8s.io/component-base/version.gitMinor": "37",
    },
    takes: "10 minutes",
  },
  kubeconform: {
    from: "go",
    source: "github.com/yannh/kubeconform/cmd/kubeconform",
    version: "0.8.0",
    takes: "1 minute",
  },
  promtool: {
    from: "go",
    source: "github.com/prometheus/prometheus/cmd/promtool",
    version: "0.316.0",
    // Without what finds targets in every cloud: the tool needs none of it.
    tags: "remove_all_sd",
    takes: "4 minutes",
  },
  "protoc-gen-buffa": { from: "cargo", source: "protoc-gen-buffa", version: "0.9.2", takes: "6 minutes" },
  "protoc-gen-buffa-packaging": {
    from: "cargo",
    source: "protoc-gen-buffa-packaging",
    version: "0.9.2",
    takes: "2 minutes",
  },
  "protoc-gen-connect-rust": {
    from: "cargo",
    source: "connectrpc-codegen",
    version: "0.9.0",
    takes: "4 minutes",
  },
  "protoc-gen-protovalidate-buffa": {
    from: "cargo",
    source: "protoc-gen-protovalidate-buffa",
    version: "0.10.7",
    takes: "7 minutes",
  },
  // The wider used kind of Rust, for who wants it: examples/README.md.
  "protoc-gen-prost": { from: "cargo", source: "protoc-gen-prost", version: "0.5.0", takes: "2 minutes" },
  "protoc-gen-prost-crate": { from: "cargo", source: "protoc-gen-prost-crate", version: "0.5.0", takes: "1 minute" },
  "protoc-gen-tonic": { from: "cargo", source: "protoc-gen-tonic", version: "0.5.0", takes: "2 minutes" },
  kafka: { from: "mvn", source: join(import.meta.dirname, "kafka"), version: "4.4.0", takes: "1 minute" },
};

export const cacheFolder = process.env.LARDER_CACHE || join(homedir(), ".cache", "larder");

/** The folders of the crates of Cargo.toml. */
export function cargoMembers(root: string): string[] {
  const members = /^members = \[([^\]]*)\]/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))?.[1] ?? "";
  return [...members.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}

/** The name of the crate in one of them. */
export const crateOf = (root: string, member: string): string =>
  /^name = "([^"]+)"/m.exec(readFileSync(join(root, member, "Cargo.toml"), "utf8"))?.[1] ?? member;

/**
 * The target folder that Cargo shares over clones, so that dependencies are built once per machine. Cargo tells crates
 * apart by their place in the workspace and by the age of their files, so it would take a crate of another clone for
 * ours: whoever comes from another clone touches our crates first. `CARGO_TARGET_DIR` names another folder.
 */
export function cargoTarget(root: string): string {
  const target = process.env.CARGO_TARGET_DIR || join(cacheFolder, "cargo-target");
  const owner = join(target, "clone");
  mkdirSync(target, { recursive: true });
  if (!existsSync(owner) || readFileSync(owner, "utf8") !== root) {
    const now = new Date();
    const crates = [...cargoMembers(root), "examples/rust", "test/live/clients/rust"];
    for (const file of crates.flatMap((crate) => globSync(`${crate}/**/*.rs`, { cwd: root })))
      utimesSync(join(root, file), now, now);
    writeFileSync(owner, root);
  }
  return target;
}

/**
 * What Cargo is told so that it builds there. What it would keep of one build for the next is of no use to another clone, and grows without
 * end: `CARGO_INCREMENTAL=1` asks for it all the same.
 */
export const cargoEnvironment = (root: string): Record<string, string> => ({
  CARGO_TARGET_DIR: cargoTarget(root),
  CARGO_INCREMENTAL: process.env.CARGO_INCREMENTAL ?? "0",
});

/** The name and version of a tool, for hashes of what a generated file depends on. */
export const toolVersion = (name: string): string => `${name} ${versionOf(name)}`;

/** The path that the tool has once it is built: a program, or a folder of jars. */
export function toolPath(name: string): string {
  const { from, binary = name } = tool(name);
  return from === "mvn" ? join(toolFolder(name), "jars") : join(toolFolder(name), "bin", binary);
}

export const isBuilt = (name: string): boolean => existsSync(toolPath(name));

/** True if the toolchain that builds the tool is on this machine. */
export const canBuild = (name: string): boolean => isBuilt(name) || isInstalled(tool(name).from);

/** Why a tool of jars cannot run here: `java is not installed`. Undefined: it can. */
export function whyNotJava(name: string): string | undefined {
  if (!isInstalled("java")) return "java is not installed";
  return canBuild(name) ? undefined : "mvn is not installed";
}

const isInstalled = (program: string): boolean =>
  spawnSync(program, [program === "java" ? "-version" : "version"], { stdio: "ignore" }).error === undefined;

/** Makes sure that the tool is built and returns its path. Waits while another process builds it. Throws after the limit. */
export async function ensureTool(name: string, limitMs?: number): Promise<string> {
  if (isBuilt(name)) return toolPath(name);
  const folder = toolFolder(name);
  mkdirSync(cacheFolder, { recursive: true });
  const release = await lock(`${folder}.lock`);
  try {
    if (!isBuilt(name)) build(name, folder, limitMs);
  } finally {
    release();
  }
  return toolPath(name);
}

function tool(name: string): Tool {
  const found = tools[name];
  if (!found) throw new Error(`no tool named ${name}: there are ${Object.keys(tools).join(", ")}`);
  return found;
}

function versionOf(name: string): string {
  const { source, version, variables } = tool(name);
  if (version !== undefined) return version;
  const sum = createHash("sha256").update(variables ? JSON.stringify(variables) : "");
  for (const file of ["go.mod", "go.sum", "main.go"]) sum.update(readFileSync(join(repository, source, file)));
  return sum.digest("hex").slice(0, 12);
}

function toolFolder(name: string): string {
  return join(cacheFolder, `${name}-${versionOf(name)}-${process.platform}-${process.arch}`);
}

function build(name: string, folder: string, timeout?: number): void {
  const { from, source, takes, tags = "", variables = {} } = tool(name);
  const version = versionOf(name);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  console.error(`building ${name} ${version}${takes ? ` (once, about ${takes})` : ""}`);
  const run = (command: string, args: string[], env: Record<string, string>) =>
    execFileSync(command, args, {
      cwd: cacheFolder,
      env: { ...process.env, ...env },
      stdio: ["ignore", 2, 2],
      timeout,
    });
  if (from === "go" && source.startsWith("./")) {
    const env = { GOWORK: "off", GOFLAGS: "-buildvcs=false -p=1" };
    const from = join(repository, source);
    const set = Object.entries(variables).map(([variable, value]) => ` -X ${variable}=${value}`);
    const link = `-ldflags=-s -w${set.join("")}`;
    run("go", ["build", "-C", from, "-trimpath", link, "-o", join(partial, "bin", name), "."], env);
  } else if (from === "go") {
    const env = { GOBIN: join(partial, "bin"), GOWORK: "off", GOFLAGS: "-buildvcs=false -p=1" };
    run("go", ["install", "-trimpath", "-ldflags=-s -w", `-tags=${tags}`, `${source}@v${version}`], env);
  } else if (from === "mvn") {
    const jars = join(partial, "jars");
    const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${jars}`];
    run("mvn", ["--batch-mode", "--quiet", "-Dstyle.color=never", "--strict-checksums", "-f", source, ...goal], {});
    checkJars(jars, join(source, "jars.sha256"));
  } else {
    const env = { CARGO_TARGET_DIR: join(cacheFolder, "cargo-target"), CARGO_PROFILE_RELEASE_STRIP: "true" };
    const crate = ["--version", version, "--root", partial, source];
    run("nice", ["-n", "10", "cargo", "install", "--quiet", "-j1", "--locked", ...crate], env);
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

/** Throws unless the folder holds exactly the files of a list as `sha256sum` writes it. */
function checkJars(folder: string, list: string): void {
  const sums = readdirSync(folder)
    .sort()
    .map(
      (file) =>
        `${createHash("sha256")
          .update(readFileSync(join(folder, file)))
          .digest("hex")}  ${file}\n`,
    );
  const wanted = readFileSync(list, "utf8")
    .split(/(?<=\n)/)
    .filter(Boolean);
  const wrong = [...sums.filter((sum) => !wanted.includes(sum)), ...wanted.filter((sum) => !sums.includes(sum))];
  if (wrong.length > 0) throw new Error(`what was fetched is not what ${list} names:\n${wrong.join("")}`);
}

/** Takes a lock folder that names its owner, and removes it if its owner is gone. Throws once the signal is aborted. */
export async function lock(path: string, signal?: AbortSignal): Promise<() => void> {
  const owner = join(path, "pid");
  for (let announced = false; ; announced = true) {
    signal?.throwIfAborted();
    try {
      mkdirSync(path);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!announced) console.error(`waiting for ${path}`);
    await delay(500);
    if (existsSync(path) && readdirSync(path).length > 0 && !isAlive(Number(readFileSync(owner, "utf8")))) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const limited = args[0] === "--within";
  const end = limited ? performance.now() + Number(args[1]) * 60_000 : undefined;
  for (const name of limited ? args.slice(2) : args) {
    const left = end && Math.round(end - performance.now());
    if (left !== undefined && left <= 0) break;
    try {
      console.log(await ensureTool(name, left));
    } catch (error) {
      if (!limited) throw error;
      console.error(`${name} is not ready: ${error instanceof Error ? error.message : error}`);
    }
  }
}
