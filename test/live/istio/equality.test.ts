// The cases of equal meaning against a whole Istio: its control plane, and its proxies with our manifests.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { coverages } from "../../../mesh/compiler/src/emit/coverage/index.ts";
import { tokenKey } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { device } from "../../../mesh/compiler/src/emit/testing/gates.ts";
import { libraryWithGatesText } from "../../../mesh/compiler/src/emit/testing/library.ts";
import { emitters } from "../../../mesh/compiler/src/index.ts";
import { Callee } from "../../equality/callee.ts";
import type { DevicesRig, Dialler, Observed, Rig } from "../../equality/cases.ts";
import { RawClient } from "../../equality/client.ts";
import {
  CALLEE,
  CALLER,
  compiled,
  DEVICES_CALLEE,
  deviceMethods,
  environment,
  STRANGER,
} from "../../equality/contract.ts";
import { holdToItsWord } from "../../equality/equality.ts";
import { kitCaller } from "../../equality/kit.ts";
import { until } from "../../until.ts";
import type { Any } from "../manifests/manifests.ts";
import { type ControlPlane, startControlPlane, whyNotIstio } from "./control-plane.ts";
import { type IstioIngress, startIngress } from "./ingress.ts";
import { type Namespace, startNamespace } from "./namespace.ts";
import type { IstioProxy } from "./proxy.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const why = whyNotIstio();
const keys = tokenKey("tokens");
const numbers = { [CALLEE]: 21, [CALLER]: 22, [DEVICES_CALLEE]: 23 };
const ends: (() => unknown)[] = [];
let plane: ControlPlane;
let namespace: Namespace;
let issuer: string;
let rig: Rig;

/** The environment of the cases; `change` as there. */
const environmentHere = (change: (text: string) => string = (text) => text) =>
  environment((text) => change(text.replace("https://issuer.library.test", issuer)), libraryWithGatesText);

const objectsOf = (target: "istio" | "kubernetes", changed = environmentHere()): Any[] =>
  [...(emitters[target]?.(compiled, changed).entries() ?? [])]
    .filter(([name]) => name !== "kustomization.yaml")
    .flatMap(([, text]) => parseAllDocuments(text).flatMap((it) => ("toJS" in it ? [it.toJS()] : [])));

if (why) test("Istio", (context) => context.skip(why));
else describe("Istio", suite);

function suite(): void {
  beforeAll(async () => {
    const server = await keysServer();
    ends.push(() => server.close());
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { trustDomain, namespace: name, cluster } = environmentHere();
    plane = await startControlPlane(trustDomain);
    ends.push(() => plane.stop());
    const manifests = { kubernetes: objectsOf("kubernetes"), istio: objectsOf("istio") };
    namespace = await startNamespace(plane, manifests, numbers);
    ends.push(() => namespace.stop());
    const [stock, desk, gates] = [proxyOf(CALLEE), proxyOf(CALLER), proxyOf(DEVICES_CALLEE)];
    const [callee, behindEdge, behindGates] = [new Callee(), new Callee(), new Callee()];
    ends.push(
      () => callee.close(),
      () => behindEdge.close(),
      () => behindGates.close(),
    );
    await callee.listen(stock.app);
    await behindEdge.listen(desk.app);
    await behindGates.listen(gates.app);
    if (!cluster?.ingress) throw new Error("the environment of the cases has no ingress");
    const atIngress = await startIngress(plane, cluster.ingress, manifests.istio);
    ends.push(() => atIngress.stop());
    const out = RawClient.plain(desk.out, `${CALLEE}.${name}.svc.cluster.local:50051`);
    ends.push(() => out.close());
    const ingress = { workload: cluster.ingress.serviceAccount, namespace: cluster.ingress.namespace };
    const throughEdge = async (path: string, scopes?: readonly string[], body?: Buffer): Promise<Observed> => {
      behindEdge.reset();
      const client = await dial(desk, ingress);
      try {
        const headers = scopes ? { authorization: `Bearer ${await token(scopes)}` } : {};
        const code = await client.call(path, { headers, ...(body ? { body } : {}) });
        return { code, tries: behindEdge.arrived.length };
      } finally {
        client.close();
      }
    };
    rig = {
      callee,
      out,
      kit: kitCaller({ MESH_EGRESS: desk.out, MESH_NAMESPACE: name, MESH_TRUST_DOMAIN: trustDomain }),
      dial: (dialler) => dial(stock, dialler),
      seen: () => stock.stat(/^http\.inbound_.*downstream_rq_total$/),
      edge: {
        call: throughEdge,
        async hurry(path) {
          let observed: Observed = { code: "OK", tries: 0 };
          for (let i = 0; i < 20 && observed.code === "OK"; i++) observed = await throughEdge(path);
          return observed;
        },
      },
      devices: devicesAt(atIngress, cluster.ingress.devices?.hosts[DEVICES_CALLEE] ?? "", gates, behindGates),
      audited: (path) => audited(stock, callee, path),
    };
    const comesIn = async () => (await rig.devices.call(deviceMethods.theirs.path, "device")).code === "OK";
    await until("the way in for devices", comesIn, 60_000);
  });

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  holdToItsWord(coverages.istio.cases, () => rig);
}

/** Devices, at the ingress and where the mesh comes in; behind both the same process. */
function devicesAt(ingress: IstioIngress, host: string, gates: IstioProxy, behind: Callee): DevicesRig {
  const observed = async (client: RawClient, path: string): Promise<Observed> => {
    behind.reset();
    const code = await client.call(path);
    client.close();
    return { code, tries: behind.arrived.length };
  };
  const certificate = (as: "device" | "workload") =>
    as === "device"
      ? ingress.devices.issue({ uri: device })
      : plane.authority.issue({ uri: `spiffe://${plane.trustDomain}/ns/${namespace.name}/sa/${STRANGER}` });
  const call: DevicesRig["call"] = async (path, as) => observed(ingress.dial(host, await certificate(as)), path);
  return {
    call,
    inside: async (path) =>
      observed(RawClient.tls(gates.address, plane.authority.bundle, await certificate("device")), path),
    async hurry(path) {
      let last: Observed = { code: "OK", tries: 0 };
      for (let i = 0; i < 20 && last.code === "OK"; i++) last = await call(path, "device");
      return last;
    },
  };
}

function proxyOf(workload: string): IstioProxy {
  const proxy = namespace.proxies.get(workload);
  if (!proxy) throw new Error(`${workload} has no proxy`);
  return proxy;
}

/** The inbound port of a proxy, with a certificate of the mesh's own authority. */
async function dial({ address, namespace }: IstioProxy, dialler: Dialler): Promise<RawClient> {
  const { authority, trustDomain } = plane;
  if (dialler === "certless") return RawClient.tls(address, authority.bundle);
  const uri = `spiffe://${trustDomain}/ns/${dialler.namespace ?? namespace}/sa/${dialler.workload}`;
  return RawClient.tls(address, authority.bundle, await authority.issue({ uri }));
}

const token = (scopes: readonly string[]): Promise<string> =>
  new SignJWT({ scope: scopes.join(" ") })
    .setProtectedHeader({ alg: "ES256", kid: "tokens" })
    .setIssuer(issuer)
    .setAudience("library")
    .setSubject("ada")
    .setExpirationTime("60s")
    .sign(keys.privateKey);

/** Where istiod finds the keys that tokens are signed with. */
async function keysServer(): Promise<Server> {
  const server = createServer((_, response) => response.end(JSON.stringify(keys.jwks)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Lets the callee only watch for a while. */
async function audited(stock: IstioProxy, callee: Callee, path: string): Promise<Observed> {
  const watching = environmentHere((text) => text.replace(`${CALLEE}: {`, `${CALLEE}: { mode: audit,`));
  const ask = async () => {
    callee.reset();
    const client = await dial(stock, { workload: STRANGER });
    const code = await client.call(path);
    client.close();
    return { code, tries: callee.arrived.length };
  };
  /** As an operator sees them. */
  const denials = async () => {
    const metrics = await stock.admin("/stats/prometheus");
    return Number(/^envoy_http_rbac\{.*authz_dry_run_result="denied".*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
  };
  await namespace.applyIstio(objectsOf("istio", watching));
  try {
    await until("the callee to watch only", async () => (await ask()).code === "OK");
    const before = await denials();
    const observed = await ask();
    const reported = (await denials()) === before + 1;
    return reported ? observed : { ...observed, code: "UNREPORTED" };
  } finally {
    await namespace.applyIstio(objectsOf("istio"));
    await until("the callee to enforce again", async () => (await ask()).code === "PERMISSION_DENIED");
  }
}
