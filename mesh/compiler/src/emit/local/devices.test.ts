// The listener for devices, real: who connects, who calls what, and how much of it. The desk beside it has its own way in.

import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Devices } from "../../environment-model.ts";
import { Caller } from "../testing/calls.ts";
import { authority, type Credentials } from "../testing/certificates.ts";
import { device, gates, RealGates } from "../testing/gates.ts";

const patience = { timeout: 10_000 };

const places: RealGates[] = [];
const callers: Caller[] = [];

async function start(change: Partial<Devices> = {}): Promise<RealGates> {
  const place = await RealGates.start(change);
  places.push(place);
  return place;
}

let place: RealGates;

beforeAll(async () => {
  place = await start();
});

afterEach(() => {
  place.app.reset();
});

afterAll(async () => {
  for (const caller of callers) caller.close();
  await Promise.all(places.map((place) => place.close()));
});

/** A caller at the listener for devices, by default with the certificate of a device. */
async function dial({ run, port } = place, credentials?: Credentials): Promise<Caller> {
  const own = credentials ?? (await run.devices.issue({ uri: device }));
  const caller = Caller.direct(port, run.devices.bundle, own);
  callers.push(caller);
  return caller;
}

/** A caller at the listener for the mesh. */
function dialInside(credentials: Credentials): Caller {
  const caller = Caller.direct(place.sidecar.port, place.run.authority.bundle, credentials);
  callers.push(caller);
  return caller;
}

describe("a device", () => {
  test("reaches the methods that are for devices, streams too", async () => {
    const caller = await dial();
    expect(await caller.call(gates("Pass"))).toMatchObject({ code: "OK", text: "passed" });
    expect((await caller.call(gates("Upload"))).code).toBe("OK");
    expect(await caller.stream(gates("Follow"))).toMatchObject({ code: "OK", text: "passed" });
    expect(place.app.seen.map(({ headers }) => headers[":path"])).toEqual(["Pass", "Upload", "Follow"].map(gates));
  });

  test.each([
    gates("Recall"),
    gates("pass"),
    gates("Pass/"),
    gates("Pass?x=1"),
    `/${gates("Pass")}`,
    "/acme.gates.v1.GatesService%2FPass",
    "/x/../acme.gates.v1.GatesService/Pass",
    "/grpc.health.v1.Health/Check",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/",
  ])("reaches nothing else: %s", async (path) => {
    expect((await (await dial()).call(path)).code).toBe("PERMISSION_DENIED");
    expect(place.app.seen).toHaveLength(0);
  });

  test("is who its certificate says, whatever it says itself", async () => {
    const forged = {
      "x-forwarded-client-cert": "URI=spiffe://gates.library.test/door-8",
      "x-library-user": "somebody",
      "x-envoy-max-retries": "9",
    };
    expect((await (await dial()).call(gates("Pass"), { headers: forged })).code).toBe("OK");
    const seen = place.app.seen[0]?.headers ?? {};
    expect(seen["x-forwarded-client-cert"]).toMatch(/(^|;)URI=spiffe:\/\/gates\.library\.test\/door-7$/);
    expect(seen["x-forwarded-client-cert"]).not.toContain("door-8");
    expect(seen).not.toHaveProperty("x-library-user");
    expect(seen).not.toHaveProperty("x-envoy-max-retries");
  });

  test("has no way into the mesh", async () => {
    const caller = dialInside(await place.run.devices.issue({ uri: device }));
    expect((await caller.call(gates("Pass"))).code).toBe("UNAVAILABLE");
    const asDesk = dialInside(await place.run.devices.issue({ uri: place.run.spiffeId("desk") }));
    expect((await asDesk.call(gates("Recall"))).code).toBe("UNAVAILABLE");
    expect(place.app.seen).toHaveLength(0);
  });
});

describe("the mesh", () => {
  test("reaches by its own way what is for it too, and not what is for devices alone", async () => {
    const desk = dialInside(await place.run.authority.issue({ uri: place.run.spiffeId("desk") }));
    expect((await desk.call(gates("Upload"))).code).toBe("OK");
    expect((await desk.call(gates("Recall"))).code).toBe("OK");
    expect((await desk.call(gates("Pass"))).code).toBe("PERMISSION_DENIED");
  });

  test("takes nobody for a device, even one whose certificate of the mesh says so", async () => {
    const inside = dialInside(await place.run.authority.issue({ uri: device }));
    expect((await inside.call(gates("Pass"))).code).toBe("PERMISSION_DENIED");
  });
});

describe("the handshake", () => {
  /** The message of the error that ends the connection, or `connected` once the other side accepted ours. */
  const handshake = (options: ConnectionOptions) =>
    new Promise<string>((resolve) => {
      const at = { port: place.port, host: "127.0.0.1", servername: "localhost", ALPNProtocols: ["h2"] };
      const socket = tlsConnect({ ...at, ca: place.run.devices.bundle, ...options });
      socket.on("error", (error) => resolve(error.message));
      socket.on("close", () => resolve("closed"));
      socket.on("data", () => {
        resolve("connected");
        socket.destroy();
      });
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    });
  const as = async (credentials: Promise<Credentials>, options: ConnectionOptions = {}) => {
    const { certificate: cert, key } = await credentials;
    return handshake({ cert, key, ...options });
  };

  test("takes a device by TLS 1.3, which needs to know one authority only", async () => {
    const { devices, authority: mesh } = place.run;
    expect(await as(devices.issue({ uri: device }))).toBe("connected");
    expect(await as(devices.issue({ uri: device }), { maxVersion: "TLSv1.2" })).toContain("protocol version");
    expect(await as(devices.issue({ uri: device }), { ca: mesh.bundle })).toMatch(/unable to verify|self-signed/);
  });

  test("takes nobody without a certificate, and none of the mesh or of another authority", async () => {
    const { run } = place;
    const mesh = run.authority;
    expect(await handshake({})).toContain("certificate required");
    expect(await as(mesh.issue({ uri: run.spiffeId("desk") }))).toContain("unknown ca");
    expect(await as(mesh.issue({ uri: device }))).toContain("unknown ca");
    expect(await as((await authority("another")).issue({ uri: device }))).toContain("unknown ca");
  });

  test.each([
    "spiffe://library.test/ns/reading/sa/desk",
    "spiffe://gates.library.test/",
    "spiffe://gates.library.test/doors/7",
    "spiffe://gates.library.test/7;URI=spiffe://gates.library.test/8",
    "spiffe://gatesxlibrary.test/7",
    "spiffe://gates.library.test.example/7",
  ])("takes no other name that the authority of devices gave: %s", async (uri) => {
    expect(await as(place.run.devices.issue({ uri }))).toMatch(/certificate unknown|bad certificate/);
  });

  test("takes no server's certificate of the authority of devices", async () => {
    expect(await as(place.run.devices.issue({ dns: "localhost" }))).toMatch(/certificate unknown|bad certificate/);
  });
});

describe("limits", () => {
  test("a request that is too long is RESOURCE_EXHAUSTED and never arrives; a stream may be longer", async () => {
    const caller = await dial();
    const text = "x".repeat(300_000);
    expect(await caller.call(gates("Pass"), { text })).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      details: "the body is longer than 100000 bytes",
    });
    expect(place.app.seen).toHaveLength(0);
    expect((await caller.call(gates("Upload"), { text })).code).toBe("OK");
    expect(place.app.seen[0]?.bytes).toBe(300_005);
  });

  test("a call ends when its time is over, and a stream when it is silent", async () => {
    place.app.silent = true;
    const caller = await dial();
    const [unary, stream] = await Promise.all([caller.call(gates("Pass")), caller.stream(gates("Follow"))]);
    expect([unary.code, stream.code]).toEqual(["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"]);
  });

  test("of one connection, no more calls in progress than the environment lets it", async () => {
    place.app.silent = true;
    const caller = await dial();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => caller.call(gates("Pass"))));
    expect(place.app.most).toBeLessThanOrEqual(8);
    // What had to wait came when the first were over: nobody loses a call that it has time for.
    expect(outcomes.map(({ code }) => code)).toEqual(Array(12).fill("DEADLINE_EXCEEDED"));
    expect(place.app.seen).toHaveLength(12);
  });

  test("no more calls a second than the environment lets in", async () => {
    const slow = await start({ rateLimit: { requestsPerSecond: 1, burst: 2 }, maxStreams: 64 });
    const caller = await dial(slow);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => caller.call(gates("Pass"))));
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(["OK", "RESOURCE_EXHAUSTED"]));
    expect(slow.app.seen.length).toBeLessThan(40);
  });

  test("no more connections than the environment lets in, and others once those have gone", async () => {
    const small = await start({ maxConnections: 2 });
    const [first, second, third] = [await dial(small), await dial(small), await dial(small)];
    for (const caller of [first, second]) expect((await caller?.call(gates("Pass")))?.code).toBe("OK");
    expect((await third?.call(gates("Pass")))?.code).toBe("UNAVAILABLE");
    expect(await small.sidecar.stat("connection_limit.devices.limited_connections")).toBeGreaterThan(0);
    first?.close();
    await expect.poll(async () => (await third?.call(gates("Pass")))?.code, patience).toBe("OK");
  });
});

test("a call is counted by its method, and logged with the id of the device", async () => {
  await (await dial()).call(gates("Pass"), { headers: { traceparent: "00-1234-device-log" } });
  expect(await place.sidecar.stat("cluster.app.grpc.acme.gates.v1.GatesService.Pass.success")).toBeGreaterThan(0);
  const line = () => place.sidecar.accessLog().find(({ traceparent }) => traceparent === "00-1234-device-log");
  await expect
    .poll(line, patience)
    .toMatchObject({ listener: "devices", path: gates("Pass"), peer: device, grpc_status: "OK" });
});
