// A device outside and a workload with a method for devices, whose sidecar the compiler made for the ports of this mesh.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emitters, parseEnvironment, readImage } from "../../compiler/src/index.ts";
import { imageOf } from "../../compiler/src/inline-protos.ts";
import { type Mesh, type MeshEnvironment, type Ports, startMesh } from "../src/index.ts";
import { type EchoClient, echoClient, folders, larder, smallEnvironment, until, workload } from "./world.ts";

const contract = `syntax = "proto3";
package larder.test.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "echo"};
service EchoService {
  rpc Echo(EchoRequest) returns (EchoResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {callers: ["@device"], deadline_ms: 5000};
  }
}
message EchoRequest {}
message EchoResponse {}`;

function bootstraps({ devices }: Ports): ReadonlyMap<string, string> {
  const compiled = readImage([
    { bytes: imageOf({ "larder/test/v1/echo.proto": contract }), name: "the test's contract" },
  ]);
  const environment = `
namespace: larder
trustDomain: larder.local
clusterDomain: cluster.local
operator: operator
devices: { trustDomain: devices.larder.local, port: ${devices}, rateLimit: { requestsPerSecond: 1000, burst: 1000 } }
defaults:
  concurrency: { maxRequests: 64, maxPending: 64, maxConnections: 8 }
  outlierDetection: { consecutiveErrors: 5, intervalMs: 1000, ejectionMs: 3000, maxEjectionPercent: 50 }
workloads: { echo: {} }
`;
  return emitters.local?.(compiled, parseEnvironment(environment, "devices.yaml")) ?? new Map();
}

const environment: MeshEnvironment = {
  ...smallEnvironment([workload("echo", { devices: true })]),
  deviceTrustDomain: "devices.larder.local",
  simulatedRate: 1,
  bootstraps: async (ports, folder) => {
    for (const [name, text] of bootstraps(ports)) writeFileSync(join(folder, name), text, { mode: 0o644 });
    return folder;
  },
};

const place = folders();
const clients: EchoClient[] = [];
let mesh: Mesh;

beforeAll(async () => {
  mesh = await startMesh({ environment, ports: "free", simulate: true, ...place });
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.close();
  await mesh?.stop();
  place.remove();
});

function dial(port: number | undefined, bundle: string, own: { certificate: string; key: string }): EchoClient {
  const [ca, key, certificate] = [bundle, own.key, own.certificate].map((pem) => Buffer.from(pem));
  const how = grpc.credentials.createSsl(ca, key, certificate);
  const client = echoClient(`localhost:${port}`, how, "localhost");
  clients.push(client);
  return client;
}

test("a device calls with the certificate of its authority, which is all that it has to know, and is told apart", async () => {
  for (const device of ["van-7", "room-1"]) {
    const own = await mesh.deviceCertificate(device);
    const { caller, body } = await dial(mesh.ports.devices, own.bundle, own).echo("4.2");
    expect(body).toBe("4.2");
    expect(caller).toMatch(new RegExp(`;URI=spiffe://devices\\.larder\\.local/${device}$`));
  }
  expect(mesh.addresses.devices).toBe(`https://localhost:${mesh.ports.devices}`);
});

test("sensors are simulated beside the services, restarted, and wait for the rooms that they hang in", async () => {
  const simulator = () => mesh.state().children.find(({ name }) => name === "simulator");
  expect(simulator()).toMatchObject({ role: "simulator", state: "ready" });
  await mesh.kill("simulator");
  await mesh.waitReady("simulator");
  const { restarts, log = "" } = simulator() ?? {};
  expect(restarts).toBe(1);
  await until("a word of the rooms", () => /inventory has no sidecar/.test(readFileSync(log, "utf8")), 50_000);
}, 60_000);

test("a workload is no device, and a device no workload", async () => {
  const own = await mesh.deviceCertificate("van-7");
  const operator = await mesh.certificateFor("operator");
  await expect(dial(mesh.ports.devices, own.bundle, operator).echo("x")).rejects.toMatchObject({
    code: grpc.status.UNAVAILABLE,
  });
  await expect(dial(mesh.inboundPort("echo"), operator.bundle + own.bundle, own).echo("x")).rejects.toMatchObject({
    code: grpc.status.UNAVAILABLE,
  });
});

test("what devices are shown is renewed as the rest, and what they know of it stays", async () => {
  const own = await mesh.deviceCertificate("van-7");
  const before = mesh.serial("echo-0", "devices");
  await mesh.renewCertificates();
  expect(mesh.serial("echo-0", "devices")).not.toBe(before);
  const shown = async () => (await dial(mesh.ports.devices, own.bundle, own).echo("x")).body;
  await until("a call with the new certificate", async () => (await shown().catch(() => undefined)) === "x");
});

test("larder device-cert is refused without a device, and for one that no contract knows", async () => {
  const out = join(place.dataFolder, "van");
  for (const [args, code, said] of [
    [["--out", out], 2, "--device ID is missing"],
    [["--device", "Van 7", "--out", out], 1, "cannot be the id of a device"],
    [["--device", "van-7", "--as", "x"], 2, "--as"],
  ] as const) {
    const outcome = await larder(place, ["device-cert", ...args]);
    expect(outcome.code, said).toBe(code);
    expect(outcome.err).toContain(said);
  }
  expect(existsSync(out)).toBe(false);
}, 60_000);

test("what larder device-cert writes is taken by the mesh whose data folder it was given", async () => {
  const out = join(place.dataFolder, "van");
  const said = await larder(place, ["device-cert", "--device", "van-8", "--out", out, "--json"]);
  expect(said).toMatchObject({ code: 0, err: "" });
  const { id, certificate, key, bundle } = JSON.parse(said.out);
  expect(id).toBe("spiffe://devices.larder.local/van-8");
  const text = (file: string) => readFileSync(file, "utf8");
  const client = dial(mesh.ports.devices, text(bundle), { certificate: text(certificate), key: text(key) });
  expect((await client.echo("x")).caller).toContain("/van-8");
}, 60_000);
