// The numbered sets under a whole Istio, applied one upon another as an operator does: what the page of each says is not so
// before it is applied, and is so afterwards. The processes behind the proxies are bare ones that count.

import { once as nodeOnce } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import { basename, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { type Method, readContract, repository } from "../../contract.ts";
import { type CallOptions, type Code, RawClient } from "../../equality/client.ts";
import { until } from "../../until.ts";
import { foldersOf, objectsIn } from "../manifests/manifests.ts";
import { whyNotIstio } from "./control-plane.ts";
import { type Mesh, startMesh } from "./mesh.ts";
import { startPod } from "./pod.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const trustDomain = "larder.staging";
/** Those that call, those that are called, and the second version of one: each has a proxy. */
const numbers = { gateway: 41, order: 42, inventory: 43, catalog: 44, "catalog-canary": 45 };
const CHECK = "/grpc.health.v1.Health/Check";
const inventory = (method: string) => `/larder.inventory.v1.InventoryService/${method}`;
const GET_PRODUCT = "/larder.catalog.v1.CatalogService/GetProduct";
const PLACE_ORDER = "/larder.order.v1.OrderService/PlaceOrder";

const contract = readContract();
const why = whyNotIstio();
let mesh: Mesh;

if (why) test("Istio with the numbered sets", (context) => context.skip(why));
else describe("Istio with the numbered sets", suite);

function suite(): void {
  beforeAll(async () => {
    mesh = await startMesh(trustDomain, { kubernetes: objectsIn("mesh/kubernetes/trial"), istio: [] }, numbers);
  });
  afterAll(() => mesh?.stop());
  beforeEach(() => mesh.reset());

  test("010: who has no certificate of the mesh gets no connection, and any workload of it does", async () => {
    const { address } = mesh.proxy("inventory");
    const reserve = (client: RawClient) => once(client, inventory("Reserve"));
    await applied("010", () => reserve(RawClient.plain(address, "inventory")), "OK", "UNAVAILABLE");
    const { bundle } = mesh.plane.authority;
    const other = await (await authority("another mesh")).issue({ uri: idOf("order") });
    expect(await reserve(RawClient.tls(address, bundle))).toBe("UNAVAILABLE");
    expect(await reserve(RawClient.tls(address, bundle, other))).toBe("UNAVAILABLE");
    expect(mesh.callee("inventory").arrived.length).toBeGreaterThan(0);
    expect(await reserve(await mesh.dialAs("inventory", idOf("pricing")))).toBe("OK");
    const through = async () => (await reserve(mesh.wayTo("inventory", "order"))) === "OK";
    await until("a call from proxy to proxy", through);
  });

  test("020: a method answers its callers, and nobody else", async () => {
    const reserve = (caller: string) => once(mesh.wayTo("inventory", caller), inventory("Reserve"));
    await applied("020", () => reserve("gateway"), "OK", "PERMISSION_DENIED");
    mesh.callee("inventory").reset();
    expect(await reserve("gateway")).toBe("PERMISSION_DENIED");
    expect(mesh.callee("inventory").arrived).toEqual([]);
    expect(await reserve("order")).toBe("OK");
    expect(await once(mesh.wayTo("inventory", "gateway"), inventory("BatchGetStock"))).toBe("OK");

    // A method of the edge with scopes, and one without; the caller has no token.
    const ofEdge = async (method: string) =>
      once(
        await mesh.dialAs("gateway", idOf("istio-ingress", "istio-ingress")),
        `/larder.storefront.v1.StorefrontService/${method}`,
      );
    await until("the gateway to ask for scopes", async () => (await ofEdge("CancelOrder")) === "PERMISSION_DENIED");
    expect(await ofEdge("ListProducts")).toBe("OK");
  });

  test("020: meshc finds calls refused that it makes from the pod of a caller", async () => {
    const { findings, refused } = await probe();
    // Those whose callees have a proxy here; of the others it says that nothing is known.
    expect(refused).toBe(2);
    expect(findings.filter((line) => !line.includes("probe-unknown"))).toEqual([]);
  });

  test("030: a call has the tries and the time of the contract, and none gets to the canary", async () => {
    const [reserve, place] = [methodOf(inventory("Reserve")), methodOf(PLACE_ORDER)];
    expect([reserve.tries, place.tries]).toEqual([2, 1]);
    const hanging = (patienceMs: number) => mesh.outcome("order", reserve, { does: "hang" }, { patienceMs });
    expect((await versionsOf(100)).canary).toBeGreaterThan(0);
    expect(await tried("gateway", place)).toBe(3);
    expect((await hanging(3 * reserve.limitMs)).code).toBe("OUT_OF_PATIENCE");
    const findsOut = async () => {
      await failInARow("order", reserve);
      return (await foundFailing("order", reserve)) > 0;
    };
    expect(await findsOut()).toBe(false);

    // What Istio does by itself is to try three times.
    await applied("030", () => tried("order", reserve), 3, 2);
    await until("the route to the order", async () => (await tried("gateway", place)) === 1);
    // Which of the two codes is left to chance: both proxies watch the time.
    expect((await hanging(60_000)).code).toMatch(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/);
    await until("an instance that fails to be found out", findsOut);
    await until("the canary to be left alone", async () => (await versionsOf(20)).canary === 0);
  });

  test("040: ten of a hundred calls go to the canary", async () => {
    await applied("040", async () => (await versionsOf(300)).canary > 0, false, true);
    const { stable, canary } = await versionsOf(300);
    expect(isLikely(canary, stable + canary, 0.1), `${canary} beside ${stable}`).toBe(true);
  });

  test("050: all calls with the header go to the canary, the others as before", async () => {
    const asking = { headers: { "x-larder-track": "canary" } };
    await applied("050", async () => (await versionsOf(20, asking)).stable === 0, false, true);
    expect((await versionsOf(100, asking)).stable).toBe(0);
    for (const other of [{}, { headers: { "x-larder-track": "stable" } }]) {
      const { stable, canary } = await versionsOf(300, other);
      expect(isLikely(canary, stable + canary, 0.1), `${canary} beside ${stable}`).toBe(true);
    }
  });

  test("060: calls of the named methods are kept back and ended, so many of a hundred", async () => {
    const injected = (caller: string, what: "aborts" | "delays") =>
      mesh.proxy(caller).stat(new RegExp(`^http\\..*\\.fault\\.${what}_injected$`));
    const reserve = (calls: number) => timed(calls, mesh.wayTo("inventory", "order"), inventory("Reserve"));
    const look = (calls: number) => timed(calls, mesh.wayTo("inventory", "gateway"), inventory("BatchGetStock"));
    const aborting = async () => {
      await reserve(100);
      return (await injected("order", "aborts")) > 0;
    };
    const delaying = async () => {
      await look(100);
      return (await injected("gateway", "delays")) > 0;
    };
    expect(await delaying(), "before 060").toBe(false);
    await applied("060", aborting, false, true);
    await until("calls to be kept back", delaying);

    const aborted = await injected("order", "aborts");
    const ends = await reserve(600);
    const aborts = (await injected("order", "aborts")) - aborted;
    expect(isLikely(aborts, 600, 0.05), `${aborts} ended`).toBe(true);
    expect(ends.filter(({ code }) => code === "UNAVAILABLE").length).toBeGreaterThanOrEqual(aborts);

    const delayed = await injected("gateway", "delays");
    const longest = (await look(300)).map(({ ms }) => ms).sort((a, b) => b - a);
    const delays = (await injected("gateway", "delays")) - delayed;
    expect(isLikely(delays, 300, 0.2), `${delays} kept back`).toBe(true);
    // A proxy counts from when it woke up, which may be a little before it read the call: so not each of them.
    expect(longest[Math.floor(delays / 2)]).toBeGreaterThanOrEqual(200);
    // No other method.
    expect([await injected("order", "delays"), await injected("gateway", "aborts")]).toEqual([0, 0]);
  });

  test("070: a workload reaches its callees and no other, and an instance takes so many calls at once", async () => {
    const check = (caller: string, workload: string) => once(mesh.wayTo(workload, caller), CHECK);
    expect(await atOnce("inventory", 600)).toEqual({ arrived: 600, refused: [] });
    await applied("070", () => check("order", "catalog"), "OK", "UNAVAILABLE");
    for (const [caller, workload] of [
      ["order", "inventory"],
      ["gateway", "catalog"],
    ] as const)
      await until(`${workload} to be there for ${caller}`, async () => (await check(caller, workload)) === "OK");
    await until("the limit of the instance", async () => (await atOnce("inventory", 600)).arrived === 512);
    expect(await atOnce("inventory", 600)).toEqual({ arrived: 512, refused: ["UNAVAILABLE"] });
  });

  test("080: an instance of the edge takes so many calls a second, whoever makes them", async () => {
    const burst = async (name: string): Promise<Code[]> =>
      (await timed(100, await mesh.dialAs(name, idOf("order")), CHECK)).map(({ code }) => code);
    const refuses = async () => (await burst("gateway")).includes("RESOURCE_EXHAUSTED");
    // The limit of the set as it is would be more than a busy machine gets to.
    const limit = { requestsPerSecond: 2, burst: 4 };
    await applied("080", refuses, false, true, await setWith(limit));

    const start = performance.now();
    const codes = await burst("gateway");
    const seconds = (performance.now() - start) / 1000;
    const most = limit.burst + limit.requestsPerSecond * (seconds + 1);
    expect(codes.filter((code) => code === "OK").length).toBeLessThanOrEqual(most);
    const overHttp = async () => (await Promise.all([httpStatus("gateway", "/"), burst("gateway")]))[0];
    await until("429 over HTTP", async () => (await overHttp()) === 429, 60_000);
    const passes = async () => (await once(await mesh.dialAs("gateway", idOf("order")), CHECK)) === "OK";
    await until("a call to pass again", passes, 60_000);
    expect(await burst("inventory")).not.toContain("RESOURCE_EXHAUSTED");
  });
}

/** The folder of the set with this number. */
function folderOf(number: string): string {
  const folder = foldersOf("istio-sets").find((path) => path.includes(`/${number}-`));
  if (!folder) throw new Error(`there is no set ${number}`);
  return folder;
}

/** Applies a set. What a look shows has to be one thing before, and becomes another. */
async function applied<T>(
  number: string,
  look: () => Promise<T>,
  before: T,
  after: T,
  folder = folderOf(number),
): Promise<void> {
  await until(`${before} before ${number}`, async () => (await look()) === before, 60_000);
  await mesh.namespace.applyIstio(objectsIn(folder));
  await until(`${after} under ${number}, not ${before}`, async () => (await look()) === after, 60_000);
}

/** The folder of the set 080, made with another limit at the edge. */
async function setWith(rateLimit: { requestsPerSecond: number; burst: number }): Promise<string> {
  const text = readFileSync(join(repository, "mesh/environments/trial.yaml"), "utf8");
  const changed = text.replace(/rateLimit: .*/, `rateLimit: ${JSON.stringify(rateLimit)}`);
  expect(changed).not.toBe(text);
  const [file, sets] = [join(mesh.plane.folder, "trial.yaml"), join(mesh.plane.folder, "sets")];
  writeFileSync(file, changed);
  const { status, stderr } = await mesh.plane.api.run(`npx meshc generate istio-sets --env ${file} --out ${sets}`, {
    cwd: repository,
  });
  if (status !== 0) throw new Error(stderr);
  return join(sets, basename(folderOf("080")));
}

/** How a call ends, by a client that is closed after it. */
async function once(client: RawClient, path: string, options?: CallOptions): Promise<Code> {
  const code = await client.call(path, options);
  client.close();
  return code;
}

/** How often a call arrives at a callee that fails. */
const tried = async (caller: string, method: Method): Promise<number> =>
  (await mesh.outcome(caller, method, { does: "fail", code: "UNAVAILABLE" })).arrived;

/** How often the proxy of a caller has found that an instance fails. It stays all the same where it is the only one. */
const foundFailing = (caller: string, { workload }: Method): Promise<number> =>
  mesh
    .proxy(caller)
    .stat(new RegExp(`\\|${workload}\\..*\\.outlier_detection\\.ejections_detected_.*gateway_failure$`));

/** What `meshc verify --probe` finds by calls from the pod of the gateway, and how many of them were refused. */
async function probe(): Promise<{ findings: string[]; refused: number }> {
  const pod = await startPod(mesh.plane, mesh.proxy("gateway"));
  try {
    const { stdout, stderr } = await mesh.plane.api.run(
      "npx meshc verify --env mesh/environments/trial.yaml --probe curl",
      { cwd: repository },
    );
    const refused = /, (\d+) of \d+ calls refused/.exec(stderr)?.[1];
    if (refused === undefined) throw new Error(stderr);
    return { findings: stdout.split("\n").filter((line) => line.includes(" probe-")), refused: Number(refused) };
  } finally {
    await pod.stop();
  }
}

/** Makes some calls that fail. */
async function failInARow(caller: string, { workload, path }: Method): Promise<void> {
  const client = mesh.wayTo(workload, caller);
  mesh.callee(workload).behaviour = { does: "fail", code: "UNAVAILABLE" };
  for (let i = 0; i < 10; i++) await client.call(path);
  mesh.callee(workload).reset();
  client.close();
}

/** Calls until so many have arrived at the two versions of catalog, and says at which. */
async function versionsOf(calls: number, options: CallOptions = {}): Promise<{ stable: number; canary: number }> {
  const [stable, canary] = [mesh.callee("catalog"), mesh.callee("catalog-canary")];
  stable.reset();
  canary.reset();
  const client = mesh.wayTo("catalog", "gateway");
  const arrived = async () => {
    while (stable.arrived.length + canary.arrived.length < calls) {
      if ((await client.call(GET_PRODUCT, options)) !== "OK") return false;
    }
    return true;
  };
  await until(`${calls} calls to arrive`, arrived, 60_000);
  client.close();
  return { stable: stable.arrived.length, canary: canary.arrived.length };
}

/** Makes calls, some at a time: how each ended, and after how many milliseconds. */
async function timed(calls: number, client: RawClient, path: string): Promise<{ code: Code; ms: number }[]> {
  const ends: { code: Code; ms: number }[] = [];
  let begun = 0;
  const caller = async () => {
    while (begun++ < calls) {
      const start = performance.now();
      const code = await client.call(path, { patienceMs: 60_000 });
      ends.push({ code, ms: performance.now() - start });
    }
  };
  await Promise.all(Array.from({ length: 10 }, caller));
  client.close();
  return ends;
}

/** Makes so many calls at once, which the process keeps open: how many arrive, and how the others end. */
async function atOnce(name: string, calls: number): Promise<{ arrived: number; refused: Code[] }> {
  const callee = mesh.callee(name);
  callee.reset();
  callee.behaviour = { does: "hang" };
  const client = await mesh.dialAs(name, idOf("order"));
  const ends: Code[] = [];
  const all = Array.from({ length: calls }, async () => ends.push(await client.call(CHECK, { patienceMs: 60_000 })));
  const met = () => callee.arrived.length + ends.length >= calls;
  await until("each call to arrive or to be refused", met, 60_000);
  const found = { arrived: callee.arrived.length, refused: [...new Set(ends)] };
  callee.reset();
  await Promise.all(all);
  client.close();
  return found;
}

/** What the proxy of an instance answers to who speaks plain HTTP, with a certificate of the mesh. */
async function httpStatus(name: string, path: string): Promise<number> {
  const { bundle, issue } = mesh.plane.authority;
  const { key, certificate } = await issue({ uri: idOf("order") });
  const session = connect(`https://${mesh.proxy(name).address}`, {
    ca: bundle,
    key,
    cert: certificate,
    // The names in the mesh are SPIFFE ids.
    checkServerIdentity: () => undefined,
  });
  session.on("error", () => {});
  try {
    const [headers] = await nodeOnce(session.request({ ":path": path }), "response");
    return headers[":status"];
  } finally {
    session.close();
  }
}

/** Whether so many of all are not too few or too many for a share: what is less likely than one in a billion is. */
function isLikely(found: number, of: number, share: number): boolean {
  let exactly = (1 - share) ** of;
  let [atMost, below] = [0, 0];
  for (let k = 0; k <= found; k++) {
    below = atMost;
    atMost += exactly;
    exactly *= ((of - k) / (k + 1)) * (share / (1 - share));
  }
  return atMost > 1e-9 && 1 - below > 1e-9;
}

function methodOf(path: string): Method {
  const method = contract.methods.find((each) => each.path === path);
  if (!method) throw new Error(`there is no ${path}`);
  return method;
}

const idOf = (workload: string, namespace = "larder") => `spiffe://${trustDomain}/ns/${namespace}/sa/${workload}`;
