// Two sidecars and the process behind one of them, all real: what the contract allows passes, and nothing else does.

import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { status } from "@grpc/grpc-js";
import { SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hostOf } from "../../environment-model.ts";
import { App, Caller, fail, type Outcome } from "../testing/calls.ts";
import { authority, tokenKey } from "../testing/certificates.ts";
import { library, libraryEnvironment } from "../testing/library.ts";
import { RunFolder, type Sidecar } from "../testing/sidecar.ts";
import { emitLocal } from "./index.ts";

const contract = library();
const environment = libraryEnvironment();
const stock = (method: string) => `/acme.stock.v1.StockService/${method}`;
const health = "/grpc.health.v1.Health/Check";
const reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

let run: RunFolder;
let stockSidecar: Sidecar;
let deskSidecar: Sidecar;
let app: App;
let desk: Caller;
const callers: Caller[] = [];

beforeAll(async () => {
  run = await RunFolder.create(environment, emitLocal(contract, environment));
  stockSidecar = await run.sidecar("stock");
  deskSidecar = await run.sidecar("desk");
  const services = contract.workloads.find(({ name }) => name === "stock")?.services ?? [];
  app = await new App(stockSidecar.folder, services).listen();
  desk = egress(`${hostOf(environment, "stock")}:50051`);
});

afterEach(() => {
  app.handler = ({ text }) => text;
  app.seen.length = 0;
});

afterAll(async () => {
  for (const caller of callers) caller.close();
  app.close();
  await run.close();
});

function egress(authority: string): Caller {
  const caller = Caller.egress(deskSidecar.folder, authority);
  callers.push(caller);
  return caller;
}

/** A caller at the inbound port of a sidecar, with a certificate of the mesh for the id. */
async function direct(uri: string, port = stockSidecar.port): Promise<Caller> {
  const caller = Caller.direct(port, run.authority.bundle, await run.authority.issue({ uri }));
  callers.push(caller);
  return caller;
}

const workload = (name: string) => direct(run.spiffeId(name));
const forever = () => new Promise<string>(() => {});

describe("who may call", () => {
  test("a caller that the method names", async () => {
    const caller = await workload("desk");
    expect(await caller.call(stock("Find"), { text: "moby" })).toMatchObject({ code: "OK", text: "moby" });
  });

  test("not a workload that it does not name", async () => {
    const caller = await workload("clerk");
    expect((await caller.call(stock("Find"))).code).toBe("PERMISSION_DENIED");
    expect(app.seen).toHaveLength(0);
  });

  test("an external workload, what it is named for and no more", async () => {
    const caller = await direct("spiffe://old.example/ns/legacy/sa/archive");
    expect((await caller.call(stock("Find"))).code).toBe("OK");
    expect((await caller.call(stock("Take"))).code).toBe("PERMISSION_DENIED");
    expect((await caller.call(stock("Count"))).code).toBe("PERMISSION_DENIED");
  });

  test("any workload of the mesh where the method says so, and nobody of another mesh", async () => {
    expect((await (await workload("clerk")).call(stock("Count"))).code).toBe("OK");
    for (const id of ["spiffe://library.test/ns/other/sa/desk", "spiffe://other.test/ns/reading/sa/desk"]) {
      expect((await (await direct(id)).call(stock("Count"))).code, id).toBe("PERMISSION_DENIED");
    }
  });

  test("nobody with an id that only begins like that of a caller", async () => {
    for (const id of ["spiffe://library.test/ns/reading/sa/desk2", "spiffe://library.test/ns/reading/sa/desk/x"]) {
      expect((await (await direct(id)).call(stock("Find"))).code, id).toBe("PERMISSION_DENIED");
    }
  });

  test("health, every identity of the mesh; reflection, the operator alone; the rest, not even the operator", async () => {
    const [clerk, operator] = [await workload("clerk"), await workload("operator")];
    // The process of the test serves neither: its UNIMPLEMENTED shows that the call reached it.
    expect((await clerk.call(health)).code).toBe("UNIMPLEMENTED");
    expect((await operator.call(health)).code).toBe("UNIMPLEMENTED");
    expect((await operator.call(reflection)).code).toBe("UNIMPLEMENTED");
    expect((await operator.call(reflection.replace("v1", "v1alpha"))).code).toBe("UNIMPLEMENTED");
    expect((await clerk.call(reflection)).code).toBe("PERMISSION_DENIED");
    expect((await operator.call(stock("Find"))).code).toBe("PERMISSION_DENIED");
    const stranger = await direct("spiffe://old.example/ns/legacy/sa/archive");
    expect((await stranger.call(health)).code).toBe("PERMISSION_DENIED");
  });

  test("nobody inside, where only the outside is named", async () => {
    const caller = await direct(run.spiffeId("clerk"), deskSidecar.port);
    expect((await caller.call("/acme.desk.v1.DeskService/SearchBooks")).code).toBe("PERMISSION_DENIED");
    // Allowed, but no process is behind this sidecar.
    expect((await caller.call("/acme.desk.v1.DeskService/Lend")).code).toBe("UNAVAILABLE");
  });

  test.each([
    "//acme.stock.v1.StockService/Find",
    "/acme.stock.v1.StockService//Find",
    "/acme.stock.v1.StockService/Find/",
    "/acme.stock.v1.StockService%2FFind",
    "/acme.stock.v1.StockService/%46ind",
    "/acme.stock.v1.StockService/find",
    "/ACME.stock.v1.StockService/Find",
    "/x/../acme.stock.v1.StockService/Find",
    "/./acme.stock.v1.StockService/Find",
    "/acme.stock.v1.StockService/Find?x=1",
    "/acme.stock.v1.StockService/Find;x=1",
    "/acme.stock.v1.StockService/Finder",
    "/acme.stock.v1.StockService/",
    "/",
  ])("nobody at %s", async (path) => {
    const caller = await workload("desk");
    expect((await caller.call(path)).code).toBe("PERMISSION_DENIED");
    expect(app.seen).toHaveLength(0);
  });

  test("a forged identity in the metadata is overwritten", async () => {
    const forged = `URI=${run.spiffeId("desk")}`;
    const caller = await workload("clerk");
    await caller.call(stock("Count"), { headers: { "x-forwarded-client-cert": forged } });
    const seen = app.seen[0]?.metadata.get("x-forwarded-client-cert").join(",");
    expect(seen).toContain(`URI=${run.spiffeId("clerk")}`);
    expect(seen).not.toContain("desk");
    expect((await caller.call(stock("Find"), { headers: { "x-forwarded-client-cert": forged } })).code).toBe(
      "PERMISSION_DENIED",
    );
  });
});

describe("who may connect", () => {
  /** The message of the error that ends the connection, or `connected` once the other side accepted ours. */
  const handshake = (options: ConnectionOptions) =>
    new Promise<string>((resolve) => {
      const socket = tlsConnect({
        port: stockSidecar.port,
        host: "127.0.0.1",
        ALPNProtocols: ["h2"],
        rejectUnauthorized: false,
        ...options,
      });
      socket.on("error", (error) => resolve(error.message));
      socket.on("close", () => resolve("closed"));
      // In TLS 1.3 a client is done before the server has seen its certificate: the settings of HTTP/2 say it was accepted.
      socket.on("data", () => {
        resolve("connected");
        socket.destroy();
      });
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    });

  test("a certificate of the mesh, by TLS 1.3", async () => {
    const { certificate: cert, key } = await run.authority.issue({ uri: run.spiffeId("desk") });
    expect(await handshake({ cert, key })).toBe("connected");
    expect(await handshake({ cert, key, maxVersion: "TLSv1.2" })).toContain("protocol version");
  });

  test("nobody without a certificate, or with one of another authority", async () => {
    const other = await (await authority("another")).issue({ uri: run.spiffeId("desk") });
    expect(await handshake({})).toContain("certificate required");
    expect(await handshake({ cert: other.certificate, key: other.key })).toContain("unknown ca");
  });

  test("nobody in plain text", async () => {
    const caller = Caller.plaintext(stockSidecar.port);
    callers.push(caller);
    expect((await caller.call(stock("Count"), { deadlineMs: 2000 })).code).toMatch(/UNAVAILABLE|DEADLINE_EXCEEDED/);
    expect(app.seen).toHaveLength(0);
  });
});

describe("what leaves a workload", () => {
  test("a declared call, by the authority with its port and without", async () => {
    expect((await desk.call(stock("Take"))).code).toBe("OK");
    expect((await egress(hostOf(environment, "stock")).call(stock("Take"))).code).toBe("OK");
    // Declared by a job, allowed to any workload.
    expect((await desk.call(stock("Count"))).code).toBe("OK");
  });

  test("no other method of the same callee, even one that would let it", async () => {
    expect(await desk.call(stock("Scrap"))).toMatchObject({
      code: "PERMISSION_DENIED",
      details: "the contract declares no such call to stock",
    });
    expect((await desk.call(reflection)).code).toBe("PERMISSION_DENIED");
    expect(app.seen).toHaveLength(0);
  });

  test("nothing to another authority", async () => {
    for (const authority of [
      "clerk.reading.svc.cluster.local:50051",
      "stock",
      "localhost",
      "stock.other.svc.cluster.local",
    ]) {
      expect((await egress(authority).call(stock("Take"))).code, authority).toBe("PERMISSION_DENIED");
    }
  });

  test("health of a callee", async () => {
    expect((await desk.call(health)).code).toBe("UNIMPLEMENTED");
  });

  test("trace, request id and metadata of the process, as they are", async () => {
    const headers = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "x-request-id": "r-1",
      "x-any": "y",
    };
    await desk.call(stock("Take"), { headers });
    expect(app.seen[0]?.metadata.getMap()).toMatchObject(headers);
  });
});

describe("tries", () => {
  const tries = async (method: string, code: status, headers = {}): Promise<[Outcome["code"], number]> => {
    app.handler = () => fail(code);
    const outcome = await desk.call(stock(method), { headers });
    return [outcome.code, app.seen.length];
  };

  test("as many as the contract says, on the codes that it says", async () => {
    expect(await tries("Find", status.UNAVAILABLE)).toEqual(["UNAVAILABLE", 3]);
  });

  test.each([
    ["Find", status.RESOURCE_EXHAUSTED],
    ["Find", status.INTERNAL],
    ["Find", status.DEADLINE_EXCEEDED],
    ["Shelve", status.UNAVAILABLE],
    ["Take", status.UNAVAILABLE],
    ["Take", status.ABORTED],
  ])("one, once a handler answered %s with another code (%i)", async (method, code) => {
    expect(await tries(method, code)).toEqual([status[code], 1]);
  });

  test("RESOURCE_EXHAUSTED, where the contract says so", async () => {
    expect(await tries("Shelve", status.RESOURCE_EXHAUSTED)).toEqual(["RESOURCE_EXHAUSTED", 2]);
  });

  test("the first success ends them", async () => {
    app.handler = () => (app.seen.length < 2 ? fail(status.UNAVAILABLE) : "at last");
    expect(await desk.call(stock("Find"))).toMatchObject({ code: "OK", text: "at last" });
    expect(app.seen).toHaveLength(2);
  });

  test("no more because a caller asks for them in a header", async () => {
    const headers = {
      "x-envoy-max-retries": "5",
      "x-envoy-retry-on": "5xx",
      "x-envoy-retry-grpc-on": "unavailable",
      "x-envoy-other": "y",
    };
    expect(await tries("Take", status.UNAVAILABLE, headers)).toEqual(["UNAVAILABLE", 1]);
    expect(Object.keys(app.seen[0]?.metadata.getMap() ?? {}).filter((name) => name.startsWith("x-envoy"))).toEqual([]);
  });
});

describe("time", () => {
  test("a caller without a deadline gets DEADLINE_EXCEEDED from the backstop, after one try", async () => {
    app.handler = forever;
    const start = performance.now();
    expect((await desk.call(stock("Find"))).code).toBe("DEADLINE_EXCEEDED");
    expect(performance.now() - start).toBeGreaterThan(440);
    expect(app.seen).toHaveLength(1);
  });

  test("a shorter deadline of the caller wins, and what is left reaches the handler", async () => {
    app.handler = forever;
    const before = Date.now();
    expect((await desk.call(stock("Find"), { headers: { "grpc-timeout": "150m" } })).code).toBe("DEADLINE_EXCEEDED");
    expect(app.seen).toHaveLength(1);
    expect((app.seen[0]?.deadline ?? 0) - before).toBeLessThan(400);
  });

  test("a silent stream ends", async () => {
    // Its head was sent long before: all that is left is to reset it.
    expect(await desk.stream(stock("Arrivals"), { text: "first" })).toMatchObject({ code: "INTERNAL", text: "first" });
  });

  test("a stream that never began ends with DEADLINE_EXCEEDED", async () => {
    app.handler = forever;
    expect(await desk.stream(stock("Arrivals"))).toMatchObject({ code: "DEADLINE_EXCEEDED", text: "" });
  });
});

describe("the user behind a call", () => {
  const assertion = (
    change: { audience?: string; issuer?: string; expires?: string; key?: ReturnType<typeof tokenKey> } = {},
  ) =>
    new SignJWT({ scope: "loans.read" })
      .setProtectedHeader({ alg: "ES256", kid: "users" })
      .setIssuer(change.issuer ?? "desk")
      .setAudience(change.audience ?? "inner")
      .setSubject("ada")
      .setExpirationTime(change.expires ?? "60s")
      .sign((change.key ?? run.users).privateKey);
  const call = async (method: string, token?: string) =>
    (await desk.call(stock(method), { headers: token ? { "x-library-user": token } : {} })).code;

  test("is needed where the method says so, and passed on", async () => {
    const token = await assertion();
    expect(await call("Loans", token)).toBe("OK");
    expect(app.seen[0]?.metadata.get("x-library-user")).toEqual([token]);
    expect(await call("Loans")).toBe("UNAUTHENTICATED");
    expect(app.seen).toHaveLength(1);
  });

  test("may be absent where the method says so", async () => {
    expect(await call("Hints")).toBe("OK");
    expect(await call("Hints", await assertion())).toBe("OK");
  });

  test.each(["Loans", "Hints"])("must be good in any case (%s)", async (method) => {
    const bad = [
      assertion({ audience: "outer" }),
      assertion({ issuer: "somebody" }),
      assertion({ expires: "-30s" }),
      assertion({ key: tokenKey("users") }),
      "not a token",
    ];
    for (const token of bad)
      expect(["UNAUTHENTICATED", "PERMISSION_DENIED"]).toContain(await call(method, await token));
    expect(app.seen).toHaveLength(0);
  });

  test("does not stand for the caller", async () => {
    const caller = await workload("clerk");
    expect((await caller.call(stock("Loans"), { headers: { "x-library-user": await assertion() } })).code).toBe(
      "PERMISSION_DENIED",
    );
  });
});

test("over its concurrency limit a workload refuses with RESOURCE_EXHAUSTED", async () => {
  const waiting: (() => void)[] = [];
  app.handler = () => new Promise((resolve) => waiting.push(() => resolve("done")));
  const inProgress = Array.from({ length: 4 }, () => desk.call(stock("Take")));
  await expect.poll(() => app.seen.length).toBe(4);
  expect(await desk.call(stock("Take"))).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    details: "stock has 4 calls in progress and takes no more",
  });
  for (const answer of waiting) answer();
  expect((await Promise.all(inProgress)).map(({ code }) => code)).toEqual(["OK", "OK", "OK", "OK"]);
  expect(app.seen).toHaveLength(4);
});

test("every call is counted by its method, and logged with both names", async () => {
  const counted = () => stockSidecar.stat("cluster.app.grpc.acme.stock.v1.StockService.Take.total");
  const before = await counted();
  await desk.call(stock("Take"), {
    headers: { traceparent: "00-11111111111111111111111111111111-2222222222222222-01" },
  });
  expect(await counted()).toBe(before + 1);
  expect(await deskSidecar.stat("cluster.stock.grpc.acme.stock.v1.StockService.Take.success")).toBeGreaterThan(0);
  const find = (sidecar: Sidecar) =>
    sidecar.accessLog().find(({ traceparent }) => String(traceparent).startsWith("00-1111"));
  await expect
    .poll(() => find(stockSidecar))
    .toMatchObject({
      listener: "inbound",
      path: stock("Take"),
      peer: run.spiffeId("desk"),
      grpc_status: "OK",
    });
  await expect.poll(() => find(deskSidecar)).toMatchObject({ listener: "outbound", path: stock("Take"), tries: 1 });
});
