// The calls of a probe, made by the real curl through real sidecars. Only the kubelet is stood in for: its pod is this
// machine, where the outbound listener of the caller's sidecar takes every call that curl makes. The script runs beside the
// stand-in and not in it: what answers it lives in this process, which waits for kubectl.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCluster } from "../emit/cluster.ts";
import { emitLocal } from "../emit/local/index.ts";
import { App } from "../emit/testing/calls.ts";
import { contractOf } from "../emit/testing/contract.ts";
import { libraryCluster, libraryEnvironment, libraryFiles } from "../emit/testing/library.ts";
import { RunFolder } from "../emit/testing/sidecar.ts";
import type { Method } from "../model.ts";
import { Kubectl } from "./kubectl.ts";
import { type Attempt, attempts, probe } from "./probe.ts";
import { probeFindings } from "./verify.ts";

const file = "acme/stock/v1/stock.proto";
const granted =
  'rpc Scrap(ScrapRequest) returns (ScrapResponse) {\n    option idempotency_level = IDEMPOTENT;\n    option (mesh.v1.method) = {callers: ["desk"]';
/** The library, where the desk may not scrap. */
const contract = contractOf({
  ...libraryFiles,
  [file]: libraryFiles[file].replace(granted, granted.replace("desk", "clerk")),
});
const environment = inCluster(libraryCluster(), "test");
const methodOf = (name: string) =>
  contract.services.flatMap(({ methods }) => methods).find((method) => method.name === name) as Method;

const path = process.env.PATH;
let folder: string;
let run: RunFolder;
let app: App;

beforeAll(async () => {
  run = await RunFolder.create(libraryEnvironment(), emitLocal(contract, libraryEnvironment()));
  const stock = await run.sidecar("stock");
  const desk = await run.sidecar("desk");
  app = await new App(
    stock.folder,
    contract.services.filter(({ workload }) => workload === "stock"),
  ).listen();
  folder = mkdtempSync(join(tmpdir(), "kubelet-"));
  writeFileSync(join(folder, ".curlrc"), `unix-socket = "${join(desk.folder, "out.sock")}"\n`);
  writeFileSync(
    join(folder, "kubectl"),
    `#!/bin/sh
cd '${folder}'
case " $* " in
  *" debug "*)
    for script; do :; done
    (CURL_HOME=. sh -c "$script" > said; mv said log) > /dev/null 2>&1 & ;;
  *jsonpath*) [ -f log ] && printf 0 ;;
  *" logs "*) cat log && rm log ;;
  *=desk*) printf '{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"desk-0"}}]}' ;;
esac
exit 0
`,
  );
  chmodSync(join(folder, "kubectl"), 0o755);
  process.env.PATH = `${folder}:${path}`;
});
afterAll(async () => {
  process.env.PATH = path;
  app.close();
  await run.close();
  rmSync(folder, { recursive: true });
});

const tried = (...all: Attempt[]) => probe(new Kubectl(), environment, "curl", all);

test("a workload is tried at a method of a neighbour that it may not call", () => {
  expect(libraryFiles[file]).toContain(granted);
  expect(attempts(contract, environment)).toEqual([{ caller: "desk", method: methodOf("Scrap") }]);
});

test("nothing is tried where calls are only watched, or a neighbour may call everything", () => {
  const watched = inCluster(
    libraryCluster((text) => text.replace("stock: {", "stock: { mode: audit,")),
    "test",
  );
  expect(attempts(contract, watched)).toEqual([]);
  expect(attempts(contractOf(libraryFiles), environment)).toEqual([]);
});

test("a call that is refused is no finding", async () => {
  const results = await tried(...attempts(contract, environment));
  expect(results).toMatchObject([{ what: "refused", detail: "curl=0 http=200 grpc=7" }]);
  expect(probeFindings(results)).toEqual([]);
  expect(app.seen).toEqual([]);
});

test("a call that passes is", async () => {
  const results = await tried({ caller: "desk", method: methodOf("Find") });
  expect(results).toMatchObject([{ what: "passed" }]);
  expect(probeFindings(results)).toMatchObject([
    { code: "probe-passed", severity: "error", subject: "acme.stock.v1.StockService/Find" },
  ]);
});

test("nothing is learned where not even the health check passes, or the caller has no pod", async () => {
  app.close();
  const results = await tried(
    { caller: "desk", method: methodOf("Scrap") },
    { caller: "clerk", method: methodOf("Take") },
  );
  expect(results.map(({ what }) => what)).toEqual(["unknown", "unknown"]);
  expect(probeFindings(results).map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^probe-unknown: .* not even the health check passed: curl=0 http=200 grpc=14$/),
    "probe-unknown: nothing is known of clerk at acme.stock.v1.StockService/Take: clerk has no pod that runs",
  ]);
});
