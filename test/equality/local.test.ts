// The cases against the sidecars of one machine, live.

import { join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";
import { coverages } from "../../mesh/compiler/src/emit/coverage/index.ts";
import { emitLocal } from "../../mesh/compiler/src/emit/local/index.ts";
import { RealEdge, token } from "../../mesh/compiler/src/emit/testing/edge.ts";
import { device, RealGates } from "../../mesh/compiler/src/emit/testing/gates.ts";
import { RunFolder, type Sidecar } from "../../mesh/compiler/src/emit/testing/sidecar.ts";
import { Callee } from "./callee.ts";
import type { DevicesRig, Dialler, Observed, Rig } from "./cases.ts";
import { type Code, RawClient } from "./client.ts";
import { CALLEE, CALLER, compiled, environment, MAX_REQUEST_BYTES, STRANGER } from "./contract.ts";
import { holdToItsWord } from "./equality.ts";
import { kitCaller } from "./kit.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let rig: Rig;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const edge = await RealEdge.start({ maxRequestBytes: MAX_REQUEST_BYTES });
  ends.push(() => edge.close());
  const sidecar = await edge.run.sidecar(CALLEE);
  const callee = new Callee();
  ends.push(() => callee.close());
  await callee.listen(`unix:${join(sidecar.folder, "app.sock")}`);
  const way = `unix:${join(edge.run.path, `${CALLER}-0`, "out.sock")}`;
  const { namespace, trustDomain } = environment();
  const out = RawClient.plain(way, `${CALLEE}.${namespace}.svc.cluster.local:50051`);
  ends.push(() => out.close());
  const gates = await RealGates.start();
  ends.push(() => gates.close());
  rig = {
    callee,
    out,
    kit: kitCaller({ MESH_EGRESS: way, MESH_NAMESPACE: namespace, MESH_TRUST_DOMAIN: trustDomain }),
    dial: (dialler) => dial(edge.run, sidecar, dialler),
    seen: () => sidecar.stat("http.inbound.downstream_rq_total"),
    edge: { call: (path, scopes, body) => callEdge(edge, path, scopes, body), hurry },
    devices: {
      call: (path, as) => callGates(gates, gates.port, path, as),
      inside: (path) => callGates(gates, gates.sidecar.port, path, "device"),
      hurry: hurryAtGates,
    },
    audited,
  };
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function dial(run: RunFolder, { port }: Sidecar, dialler: Dialler): Promise<RawClient> {
  const address = `127.0.0.1:${port}`;
  const { bundle } = run.authority;
  if (dialler === "certless") return RawClient.tls(address, bundle);
  const own = run.spiffeId(dialler.workload);
  const uri = dialler.namespace ? own.replace(/\/ns\/[^/]+/, `/ns/${dialler.namespace}`) : own;
  return RawClient.tls(address, bundle, await run.authority.issue({ uri }));
}

async function callEdge(
  edge: RealEdge,
  path: string,
  scopes: readonly string[] | undefined,
  body?: Buffer,
): Promise<Observed> {
  edge.app.seen.length = 0;
  const client = RawClient.plain(`127.0.0.1:${edge.ports.port}`, "localhost");
  try {
    const headers = scopes ? { authorization: `Bearer ${await token(scopes.join(" "))}` } : {};
    const code: Code = await client.call(path, { headers, ...(body ? { body } : {}) });
    return { code, tries: edge.app.seen.length };
  } finally {
    client.close();
  }
}

async function hurry(path: string): Promise<Observed> {
  const edge = await RealEdge.start({ rateLimit: { requestsPerSecond: 1, burst: 2 } });
  try {
    let observed: Observed = { code: "OK", tries: 0 };
    for (let i = 0; i < 20 && observed.code === "OK"; i++) observed = await callEdge(edge, path, undefined);
    return observed;
  } finally {
    await edge.close();
  }
}

/** Whoever listens there is trusted, of the mesh or of the devices: it is the caller who is tried. */
async function callGates(
  { run, app }: RealGates,
  port: number,
  path: string,
  as: Parameters<DevicesRig["call"]>[1],
): Promise<Observed> {
  app.reset();
  const { devices, authority } = run;
  const own = as === "device" ? devices.issue({ uri: device }) : authority.issue({ uri: run.spiffeId(STRANGER) });
  const client = RawClient.tls(`127.0.0.1:${port}`, `${devices.bundle}\n${authority.bundle}`, await own);
  try {
    return { code: await client.call(path), tries: app.seen.length };
  } finally {
    client.close();
  }
}

async function hurryAtGates(path: string): Promise<Observed> {
  const gates = await RealGates.start({ rateLimit: { requestsPerSecond: 1, burst: 2 } });
  try {
    let observed: Observed = { code: "OK", tries: 0 };
    for (let i = 0; i < 20 && observed.code === "OK"; i++) {
      observed = await callGates(gates, gates.port, path, "device");
    }
    return observed;
  } finally {
    await gates.close();
  }
}

/** A mesh of its own, whose callee only watches. */
async function audited(path: string): Promise<Observed> {
  const watching = environment((text) => text.replace(`${CALLEE}: {`, `${CALLEE}: { mode: audit,`));
  const run = await RunFolder.create(watching, emitLocal(compiled, watching));
  const callee = new Callee();
  try {
    const sidecar = await run.sidecar(CALLEE);
    await callee.listen(`unix:${join(sidecar.folder, "app.sock")}`);
    const client = await dial(run, sidecar, { workload: STRANGER });
    const code = await client.call(path);
    client.close();
    return { code, tries: callee.arrived.length };
  } finally {
    await callee.close();
    await run.close();
  }
}

holdToItsWord(coverages.local.cases, () => rig);
