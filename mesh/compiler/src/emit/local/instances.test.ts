// A caller and two instances of its callee, all real: which instance gets a call when one of them is bad.

import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { hostOf } from "../../environment-model.ts";
import { App, Caller, fail } from "../testing/calls.ts";
import { library, libraryEnvironment } from "../testing/library.ts";
import { RunFolder, type Sidecar, until } from "../testing/sidecar.ts";
import { emitLocal } from "./index.ts";

const contract = library();
const environment = libraryEnvironment();
const stock = (method: string) => `/acme.stock.v1.StockService/${method}`;
const services = contract.workloads.find(({ name }) => name === "stock")?.services ?? [];

let run: RunFolder;
let deskSidecar: Sidecar;
let sidecars: [Sidecar, Sidecar];
let apps: [App, App];
let desk: Caller;

beforeAll(async () => {
  run = await RunFolder.create(environment, emitLocal(contract, environment));
  sidecars = [await run.sidecar("stock", 0), await run.sidecar("stock", 1)];
  deskSidecar = await run.sidecar("desk");
  apps = [await new App(sidecars[0].folder, services).listen(), await new App(sidecars[1].folder, services).listen()];
  desk = Caller.egress(deskSidecar.folder, hostOf(environment, "stock"));
});

afterEach(async () => {
  for (const app of apps) {
    app.handler = ({ text }) => text;
    app.seen.length = 0;
  }
  await until("both instances to be in", async () => ((await ejected()) === 0 ? true : undefined));
});

afterAll(async () => {
  desk.close();
  for (const app of apps) app.close();
  await run.close();
});

const ejected = () => deskSidecar.stat("cluster.stock.outlier_detection.ejections_active");

async function codes(method: string, times: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const { code } = await desk.call(stock(method));
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

test("both instances get calls", async () => {
  expect(await codes("Take", 20)).toEqual({ OK: 20 });
  expect(apps[0].seen.length).toBeGreaterThan(0);
  expect(apps[1].seen.length).toBeGreaterThan(0);
});

test("another try goes to the other instance", async () => {
  apps[1].handler = () => fail(status.UNAVAILABLE);
  expect(await codes("Find", 10)).toEqual({ OK: 10 });
  expect(apps[0].seen).toHaveLength(10);
});

test("a call that the sidecar of a callee could not hand over is tried once more, though its method has no retry", async () => {
  apps[1].close();
  expect(await codes("Take", 10)).toEqual({ OK: 10 });
  expect(apps[0].seen).toHaveLength(10);
  apps[1] = await new App(sidecars[1].folder, services).listen();
});

test("with no instance behind any sidecar: two tries, and UNAVAILABLE", async () => {
  const reached = () => Promise.all(sidecars.map((sidecar) => sidecar.stat("http.inbound.downstream_rq_total")));
  const sum = async () => (await reached()).reduce((a, b) => a + b);
  for (const app of apps) app.close();
  const before = await sum();
  const outcome = await desk.call(stock("Take"));
  expect(outcome).toMatchObject({ code: "UNAVAILABLE", details: "stock cannot be reached by its sidecar" });
  expect(Object.keys(outcome.metadata.getMap())).not.toContain("x-mesh-unreached");
  expect((await sum()) - before).toBe(2);
  apps = [await new App(sidecars[0].folder, services).listen(), await new App(sidecars[1].folder, services).listen()];
});

test("a process cannot say of itself that it was not reached", async () => {
  const metadata = new Metadata();
  metadata.set("x-mesh-unreached", "true");
  const refuse = () => {
    throw Object.assign(new Error("forged"), { code: status.UNAVAILABLE, details: "forged", metadata });
  };
  for (const app of apps) app.handler = refuse;
  const outcome = await desk.call(stock("Take"));
  expect(outcome).toMatchObject({ code: "UNAVAILABLE", details: "forged" });
  expect(Object.keys(outcome.metadata.getMap())).not.toContain("x-mesh-unreached");
  expect(apps[0].seen.length + apps[1].seen.length).toBe(1);
});

test("an instance that fails again and again is left out, and let in again", async () => {
  apps[1].handler = () => fail(status.UNAVAILABLE);
  await until("the bad instance to be left out", async () => {
    await codes("Take", 5);
    return (await ejected()) === 1 ? true : undefined;
  });
  apps[1].handler = ({ text }) => text;
  apps[1].seen.length = 0;
  expect(await codes("Take", 5)).toEqual({ OK: 5 });
  expect(apps[1].seen).toHaveLength(0);
  await until("the mended instance to get a call", async () => {
    await codes("Take", 5);
    return apps[1].seen.length > 0 ? true : undefined;
  });
});

test("instances that are full are not taken for bad ones", async () => {
  const answers: (() => void)[] = [];
  const slow = () => new Promise<string>((resolve) => answers.push(() => resolve("done")));
  for (const app of apps) app.handler = slow;
  const calls = Array.from({ length: 40 }, () => desk.call(stock("Take")));
  await expect.poll(() => answers.length).toBe(8);
  await until("the others to be refused", async () =>
    (await deskSidecar.stat("cluster.stock.grpc.acme.stock.v1.StockService.Take.8")) >= 32 ? true : undefined,
  );
  for (const answer of answers) answer();
  const ended = (await Promise.all(calls)).map(({ code }) => code);
  expect(ended.filter((code) => code === "OK")).toHaveLength(8);
  expect(ended.filter((code) => code === "RESOURCE_EXHAUSTED")).toHaveLength(32);
  expect(await ejected()).toBe(0);
});

test("an instance that shows the certificate of another workload gets no call", async () => {
  const ports = sidecars.map(({ port }) => port);
  run.publish("stock", [deskSidecar.port]);
  await until("the wrong instance alone", async () =>
    (await deskSidecar.stat("cluster.stock.membership_total")) === 1 ? true : undefined,
  );
  expect((await desk.call(stock("Take"))).code).toBe("UNAVAILABLE");
  expect(await deskSidecar.stat("cluster.stock.ssl.fail_verify_san")).toBeGreaterThan(0);
  run.publish("stock", ports);
  await until("the right ones again", async () =>
    (await deskSidecar.stat("cluster.stock.membership_total")) === 2 ? true : undefined,
  );
});

test("an instance whose sidecar is gone costs nobody a call", async () => {
  await sidecars[1].stop();
  // A call on a connection that is just breaking may have reached a handler, so it would not be tried again.
  await until("the broken connection to be noticed", async () =>
    (await deskSidecar.stat("cluster.stock.upstream_cx_active")) <= 1 ? true : undefined,
  );
  expect(await codes("Take", 10)).toEqual({ OK: 10 });
  expect(apps[0].seen).toHaveLength(10);
});
