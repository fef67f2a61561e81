// Calls through two real sidecars: identity, certificates that are replaced under traffic, sidecars that come back.
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { Authority } from "../src/certs/authority.ts";
import { type Mesh, startMesh } from "../src/index.ts";
import { firstUnreadable } from "../src/platform.ts";
import { type EchoClient, echoClient, folders, smallEnvironment, until } from "./world.ts";

const place = folders();
let mesh: Mesh;
let client: EchoClient;

beforeAll(async () => {
  mesh = await startMesh({ environment: smallEnvironment(), scale: { echo: 2 }, ports: "free", ...place });
  client = echoClient(`unix:${join(place.runFolder, "caller-0", "out.sock")}`);
}, 60_000);

afterAll(async () => {
  client?.close();
  await mesh?.stop();
  place.remove();
});

test("a call goes through both sidecars and arrives with the identity of the caller's certificate", async () => {
  const { caller, body } = await client.echo("hello");
  expect(body).toBe("hello");
  expect(caller).toMatch(/;URI=spiffe:\/\/larder.local\/ns\/larder\/sa\/caller$/);
});

test("two instances share the calls", async () => {
  const seen = new Set<number>();
  await until("both instances answer", async () => seen.add((await client.echo("x")).pid).size === 2);
  expect(seen).toEqual(
    new Set(
      mesh
        .state()
        .children.filter(({ name }) => /^echo-\d$/.test(name))
        .map(({ pid }) => pid),
    ),
  );
});

test("certificates are replaced while calls go on, and none fails", async () => {
  const first = mesh.serial("echo-0");
  let calls = 0;
  let going = true;
  const failures: unknown[] = [];
  const callers = Array.from({ length: 4 }, async () => {
    while (going) {
      await client.echo("x").catch((error: unknown) => failures.push(error));
      calls++;
    }
  });
  const serials = new Set([first]);
  for (let round = 1; round <= 5; round++) {
    await mesh.renewCertificates();
    serials.add(mesh.serial("echo-0"));
    const before = calls;
    await until("calls with the new certificates", () => calls >= before + 50);
    const shown = await shownSerial(mesh.inboundPort("echo", 0) ?? 0);
    expect(shown).toBe(mesh.serial("echo-0"));
  }
  going = false;
  await Promise.all(callers);
  expect(failures).toEqual([]);
  expect(serials.size).toBe(6);
});

test("a sidecar that was killed is found at its new port", async () => {
  const port = mesh.inboundPort("echo", 0);
  await mesh.kill("echo-0.sidecar");
  await mesh.waitReady("echo-0.sidecar");
  expect(mesh.inboundPort("echo", 0)).toBeDefined();
  const file = parse(readFileSync(join(place.runFolder, "endpoints", "echo.yaml"), "utf8"));
  const ports = file.resources[0].endpoints[0].lb_endpoints.map(
    (one: { endpoint: { address: { socket_address: { port_value: number } } } }) =>
      one.endpoint.address.socket_address.port_value,
  );
  expect(ports).toEqual([mesh.inboundPort("echo", 0), mesh.inboundPort("echo", 1)]);
  expect(mesh.inboundPort("echo", 0)).not.toBe(port);
  await client.echo("x");
});

test("the inbound port takes a certificate of the mesh, and neither none nor another authority's", async () => {
  const port = mesh.inboundPort("echo", 1);
  const { certificate, key, bundle, files } = await mesh.certificateFor("operator");
  expect(statSync(files.key).mode & 0o777).toBe(0o600);
  const call = async (credentials: grpc.ChannelCredentials): Promise<string> => {
    const direct = echoClient(`127.0.0.1:${port}`, credentials);
    return direct
      .echo("x", 2000)
      .then(
        ({ caller }) => caller,
        (error: grpc.ServiceError) => `${grpc.status[error.code]} ${error.details}`,
      )
      .finally(direct.close);
  };
  const check = { checkServerIdentity: () => undefined };
  const buffer = (text: string): Buffer => Buffer.from(text);
  const good = grpc.credentials.createSsl(buffer(bundle), buffer(key), buffer(certificate), check);
  expect(await call(good)).toMatch(/;URI=spiffe:\/\/larder.local\/ns\/larder\/sa\/operator$/);
  expect(await call(grpc.credentials.createSsl(buffer(bundle), null, null, check))).toMatch(/^UNAVAILABLE/);
  expect(await call(grpc.credentials.createInsecure())).toMatch(/^UNAVAILABLE/);
  const stranger = await (await Authority.open(join(place.dataFolder, "another"))).issue({
    commonName: "operator",
    names: [{ type: "url", value: "spiffe://larder.local/ns/larder/sa/operator" }],
    lifetimeMs: 60_000,
    usage: "peer",
  });
  const forged = grpc.credentials.createSsl(buffer(bundle), buffer(stranger.key), buffer(stranger.certificate), check);
  expect(await call(forged)).toMatch(/^UNAVAILABLE/);
});

test("a certificate is made only for names that the environment knows, and used again", async () => {
  await expect(mesh.certificateFor("mallory")).rejects.toThrow("There is no workload mallory");
  const one = await mesh.certificateFor("caller");
  expect((await mesh.certificateFor("caller")).certificate).toBe(one.certificate);
  const x509 = new X509Certificate(one.certificate);
  expect(x509.subjectAltName).toBe("URI:spiffe://larder.local/ns/larder/sa/caller");
  expect(x509.verify(new X509Certificate(one.bundle).publicKey)).toBe(true);
});

test("a workload's folder is closed to others, and under root it has a user of its own where the clone can be read", async () => {
  const owners = ["caller-0", "echo-0"].map((name) => statSync(join(place.runFolder, name)));
  expect(owners.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o700]);
  const root = process.getuid?.() === 0;
  const separate = root && firstUnreadable(65534, [import.meta.filename, process.execPath]) === undefined;
  expect(new Set(owners.map(({ uid }) => uid)).size).toBe(separate ? 2 : 1);
  expect(mesh.users).toMatch(separate ? /^one user id for each workload/ : /^one user id for all/);
});

test("stopping leaves the logs alone in the run folder", async () => {
  const state = mesh.state();
  await mesh.stop();
  expect(readdirSync(place.runFolder)).toEqual(["logs"]);
  expect(state.children.every(({ pid }) => pid !== undefined)).toBe(true);
});

async function shownSerial(port: number): Promise<string> {
  const { connect } = await import("node:tls");
  const { certificate, key, bundle } = await mesh.certificateFor("operator");
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: "127.0.0.1", port, cert: certificate, key, ca: bundle, checkServerIdentity: () => undefined },
      () => {
        resolve(socket.getPeerCertificate().serialNumber.toLowerCase());
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}
