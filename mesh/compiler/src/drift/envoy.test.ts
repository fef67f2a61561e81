// What real sidecars counted, held against the contract.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emitLocal } from "../emit/local/index.ts";
import { App, Caller } from "../emit/testing/calls.ts";
import { contractOf } from "../emit/testing/contract.ts";
import { library, libraryEnvironment, libraryFiles } from "../emit/testing/library.ts";
import { RunFolder, type Sidecar } from "../emit/testing/sidecar.ts";
import { hostOf } from "../environment-model.ts";
import { drift } from "./drift.ts";
import { seenIn } from "./sources.ts";

const contract = library();
const environment = libraryEnvironment();
const workloads = new Set(contract.workloads.map(({ name }) => name));

let run: RunFolder;
let stock: Sidecar;
let desk: Sidecar;
let app: App;
let caller: Caller;
/** Answers to every path alike, as no Envoy does. */
let stranger: Server;
let answer = { status: 200, text: "" };

beforeAll(async () => {
  run = await RunFolder.create(environment, emitLocal(contract, environment));
  stock = await run.sidecar("stock");
  desk = await run.sidecar("desk");
  const services = contract.workloads.find(({ name }) => name === "stock")?.services ?? [];
  app = await new App(stock.folder, services).listen();
  caller = Caller.egress(desk.folder, `${hostOf(environment, "stock")}:50051`);
  stranger = createServer((_, response) => response.writeHead(answer.status).end(answer.text)).listen(0, "127.0.0.1");
  for (const method of ["Find", "Take"]) {
    expect(await caller.call(`/acme.stock.v1.StockService/${method}`, { text: "moby" })).toMatchObject({ code: "OK" });
  }
});
afterAll(async () => {
  stranger.close();
  caller.close();
  app.close();
  await run.close();
});

const url = ({ folder }: Sidecar) => `unix:${join(folder, "admin.sock")}`;
const look = (...urls: string[]) => seenIn("/", { kind: "envoy", urls }, workloads);
const strange = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;

test("a sidecar tells what its workload called", async () => {
  const { grants, callers } = await look(url(desk));
  expect([...(callers ?? [])]).toEqual(["desk"]);
  expect(grants.map(({ caller, method }) => `${caller} ${method}`).sort()).toEqual([
    "desk acme.stock.v1.StockService/Find",
    "desk acme.stock.v1.StockService/Take",
  ]);
});

test("what others called it for is no call of its own", async () => {
  expect(await look(url(stock))).toEqual({ grants: [], callers: new Set(["stock"]) });
});

test("only workloads whose sidecars were looked at can have been silent", async () => {
  const findings = drift(contract, await look(url(desk)));
  const said = findings.map(({ code, subject }) => `${code} ${subject.replace("acme.stock.v1.", "")}`);
  expect(said).toContain("drift-uncovered StockService/Scrap");
  // Its other caller, archive, has no sidecar here.
  expect(findings.map(({ message }) => message).filter((message) => message.includes("archive"))).toEqual([]);
  expect(drift(contract, await look(url(stock))).filter(({ subject }) => subject.includes("StockService/S"))).toEqual(
    [],
  );
});

test("a call that the contract does not grant is found", async () => {
  const path = "acme/stock/v1/stock.proto";
  const take = 'IDEMPOTENCY_UNKNOWN;\n    option (mesh.v1.method) = {callers: ["desk"]';
  expect(libraryFiles[path]).toContain(take);
  const fewer = contractOf({
    ...libraryFiles,
    [path]: libraryFiles[path].replace(take, take.replace("desk", "archive")),
  });
  expect(drift(fewer, await look(url(desk)))).toContainEqual(
    expect.objectContaining({ code: "drift-undeclared", subject: "acme.stock.v1.StockService/Take" }),
  );
});

test("a sidecar of nobody in the contract is refused by name", async () => {
  await expect(seenIn("/", { kind: "envoy", urls: [url(desk)] }, new Set(["stock"]))).rejects.toThrow(
    /the contract has no workload of this sidecar, whose node is reading, desk$/,
  );
});

test.each([
  [200, "hello", /\/server_info is no answer of Envoy's administration$/],
  [403, "", /cannot be asked: HTTP 403$/],
])("what answers HTTP %i and %j is refused", async (status, text, message) => {
  answer = { status, text };
  await expect(look(strange())).rejects.toThrow(message);
});

test.each([
  ["unix:/nowhere/admin.sock", /cannot be asked: connect ENOENT/],
  ["https://127.0.0.1:9901", /is neither http:\/\/HOST:PORT nor unix:PATH$/],
  ["admin.sock", /is neither http:\/\/HOST:PORT nor unix:PATH$/],
])("%s cannot be looked at", async (at, message) => {
  await expect(look(at)).rejects.toThrow(message);
});
