// Runs the checks and the tests of every language, and closes with one line over all: `make test`.
//
// With the argument `live` it runs the suites that need more than the system itself: `make test-live`.
// SERVICE=catalog runs the unit tests of one service only, PARTS="go system" some of the parts.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, goModules } from "./check.ts";
import { add, emptyReport, print, type Report } from "./report.ts";
import { cargoEnvironment, cargoMembers, crateOf } from "./tools.ts";

const root = join(import.meta.dirname, "..");
const service = process.env.SERVICE;

// A busy machine is slow without being wrong: what hangs is found all the same.
const patience = ["--testTimeout=60000", "--hookTimeout=120000"];

function heading(title: string): void {
  console.log(`\n== ${title}`);
}

/** Runs vitest on what the filters name. Suites of the whole system share the machine, so they run one by one. */
function vitest(title: string, filters: string[], exclude: string[], options: string[] = []): Report {
  heading(title);
  const path = join(root, ".build/test/vitest.json");
  rmSync(path, { force: true });
  const excluded = [".build/**", ".venv/**", "gen/**", ...exclude].flatMap((pattern) => ["--exclude", pattern]);
  const reporters = ["--reporter=default", "--reporter=./scripts/vitest-reporter.ts"];
  spawnSync("vitest", ["run", "--passWithNoTests", ...patience, ...reporters, ...excluded, ...options, ...filters], {
    cwd: root,
    env: { ...process.env, LARDER_REPORT: path },
    stdio: "inherit",
  });
  // No report means that vitest itself did not get to its end.
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as Report)
    : failure(`${title}: vitest did not run`);
}

function goTests(): Report {
  const modules = service ? goModules().filter((module) => module === `./services/${service}`) : goModules();
  if (modules.length === 0) return emptyReport();
  heading("Go");
  const patterns = modules.map((module) => `${module}/...`);
  const result = spawnSync("go", ["test", "-json", ...patterns], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.error) return failure(`go test: ${result.error.message}`);
  const report = emptyReport();
  const output = new Map<string, string>();
  type Event = { Action: string; Package?: string; ImportPath?: string; Test?: string; Output?: string };
  const packagesWithFailedTests = new Set<string>();
  for (const line of result.stdout.split("\n")) {
    if (!line.startsWith("{")) continue;
    const event = JSON.parse(line) as Event;
    const name = [event.Package ?? event.ImportPath, event.Test].filter(Boolean).join(" ");
    if (event.Output) output.set(name, (output.get(name) ?? "") + event.Output);
    const said = output.get(name) ?? "";
    if (event.Action === "build-output") continue;
    if (event.Action === "build-fail") {
      report.failed.push(`${name}: does not build`);
      console.log(said);
    } else if (event.Test && event.Action === "pass") report.passed++;
    else if (event.Test && event.Action === "fail") {
      report.failed.push(name);
      packagesWithFailedTests.add(event.Package ?? "");
      console.log(said);
    } else if (event.Test && event.Action === "skip") {
      const reason = /^\s+\S+\.go:\d+: (.+)$/m.exec(said)?.[1];
      if (reason) report.skipped.push({ name, reason });
      else report.failed.push(`${name}: skipped without a reason`);
    } else if (!event.Test && event.Action === "fail" && !packagesWithFailedTests.has(event.Package ?? "")) {
      report.failed.push(name);
      console.log(said);
    }
  }
  if (result.status !== 0 && report.failed.length === 0) return failure(`go test: ${result.stderr}`);
  console.log(`${report.passed} passed, ${report.failed.length} failed`);
  return report;
}

function cargoTests(): Report {
  const members = cargoMembers(root).filter((member) => !service || member === `services/${service}`);
  if (members.length === 0) return emptyReport();
  heading("Rust");
  if (spawnSync("cargo", ["--version"]).error) {
    console.log("skipped: cargo is not installed");
    return { ...emptyReport(), skipped: [{ name: "Rust", reason: "cargo is not installed" }] };
  }
  const environment = {
    ...process.env,
    ...cargoEnvironment(root),
    CARGO_TERM_COLOR: "never",
  };
  const result = spawnSync(
    "cargo",
    [
      "test",
      ...members.flatMap((member) => ["--package", crateOf(root, member)]),
      "--locked",
      "--quiet",
      "--no-fail-fast",
    ],
    {
      cwd: root,
      env: environment,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  const report = emptyReport();
  for (const [, passed] of result.stdout.matchAll(/^test result: \w+\. (\d+) passed/gm))
    report.passed += Number(passed);
  for (const [, name] of result.stdout.matchAll(/^---- (\S+) stdout ----$/gm)) report.failed.push(`Rust: ${name}`);
  for (const [, name, reason] of result.stdout.matchAll(/^test (\S+) \.\.\. ignored(?:, (.+))?$/gm)) {
    if (reason) report.skipped.push({ name: `Rust: ${name}`, reason });
    else report.failed.push(`Rust: ${name}: ignored without a reason`);
  }
  if (result.status !== 0) {
    console.log(result.stdout + result.stderr);
    if (report.failed.length === 0) report.failed.push("Rust: does not build");
  }
  console.log(`${report.passed} passed, ${report.failed.length} failed`);
  return report;
}

/** Python tests stand beside the code as test_x.py, in services/<name>/. */
function pythonTests(): Report {
  const folders = readdirSync(join(root, "services"), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /^test_\w+\.py$/.test(entry.name) && !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => entry.parentPath)
    .filter((folder) => !service || folder.includes(`services/${service}`));
  if (folders.length === 0) return emptyReport();
  heading("Python");
  const report = emptyReport();
  for (const folder of new Set(folders)) {
    const args = ["-W", "error", "-m", "unittest", "discover", "--verbose", "-s", folder];
    const result = spawnSync(join(root, ".venv/bin/python"), args, { cwd: root, encoding: "utf8" });
    // Libraries write between a test and its outcome: what failed is told again at the end.
    const ran = Number(/^Ran (\d+) tests? in /m.exec(result.stderr)?.[1] ?? 0);
    const failed = new Set(
      [...result.stderr.matchAll(/^(?:FAIL|ERROR): (\w+)/gm)].map(([, name]) => `Python: ${name}`),
    );
    const skipped = [...result.stderr.matchAll(/^(\w+) .*\.\.\. skipped '(.+)'$/gm)];
    for (const [, name, reason = ""] of skipped) report.skipped.push({ name: `Python: ${name}`, reason });
    report.failed.push(...failed);
    report.passed += Math.max(0, ran - failed.size - skipped.length);
    if (result.status !== 0) console.log(result.stderr);
    if (result.status !== 0 && report.failed.length === 0) report.failed.push(`Python: ${folder}`);
  }
  console.log(`${report.passed} passed, ${report.failed.length} failed`);
  return report;
}

function failure(name: string): Report {
  console.log(name);
  return { ...emptyReport(), failed: [name] };
}

function liveTests(): Report {
  const folder = join(root, "test/live");
  if (!existsSync(folder)) {
    const reason = "no suite needs more than the system itself yet";
    return { ...emptyReport(), skipped: [{ name: "live suites", reason }] };
  }
  // Built one after the other. What is not ready in time is left out, with that reason, and goes on the next time.
  const ofIstio = ["istioctl", "istio-translate", "pilot-discovery", "pilot-agent"];
  const tools = [
    "kubeconform",
    ...ofIstio,
    "promtool",
    "etcd",
    "kube-apiserver",
    "protoc-gen-prost",
    "protoc-gen-prost-crate",
    "protoc-gen-tonic",
  ];
  spawnSync("nice", ["-n", "10", "node", "scripts/tools.ts", "--within", "30", ...tools], {
    cwd: root,
    stdio: "inherit",
  });
  return vitest("Live suites", ["test/live"], [], ["--no-file-parallelism"]);
}

/** The parts of `make test`; what a language's part ends with is its package in an outside program. */
const parts: Record<string, () => Report[] | Promise<Report[]>> = {
  check: async () => {
    heading("Checks");
    return [await check()];
  },
  typescript: () => [
    // On all cores: vitest would leave one of them to others, which of two is half.
    vitest("TypeScript", service ? [`services/${service}/`] : [], ["**/test/**"], ["--maxWorkers=100%"]),
    ...outsideProgram("typescript"),
  ],
  go: () => [goTests(), ...outsideProgram("go")],
  rust: () => [cargoTests(), ...outsideProgram("rust")],
  python: () => [pythonTests(), ...outsideProgram("python")],
  // Suites with many processes stand in folders named test, at the top and in the runner.
  system: () => [vitest("Whole system", ["test/"], ["test/live/**", "test/packages/**"], ["--no-file-parallelism"])],
};

const outsideProgram = (language: string): Report[] =>
  service ? [] : [vitest(`An outside program, ${language}`, [`test/packages/${language}.test.ts`], [])];

mkdirSync(join(root, ".build/test"), { recursive: true });
const live = process.argv[2] === "live";
const reports: Report[] = [];
// Suites that need what did not get built fail by themselves; the closing line must come all the same.
const built = spawnSync("make", ["--no-print-directory", "build"], { cwd: root, stdio: "inherit" });
if (built.status !== 0) reports.push(failure("make build"));

const ofService = ["typescript", "go", "rust", "python"];
const wanted = process.env.PARTS?.split(/[\s,]+/).filter(Boolean) ?? (service ? ofService : Object.keys(parts));
if (live) reports.push(liveTests());
else {
  for (const name of wanted) {
    const part = parts[name];
    reports.push(
      ...((await part?.()) ?? [failure(`there is no part ${name}: there are ${Object.keys(parts).join(", ")}`)]),
    );
  }
}
const total = add(reports);
writeFileSync(join(root, `.build/test/${live ? "live" : "test"}.json`), JSON.stringify(total));
console.log();
print(total);
if (total.failed.length > 0) process.exitCode = 1;
