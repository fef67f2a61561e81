// A mesh to call in: a control plane, a namespace with our manifests, and behind each proxy a bare process that counts.

import { type Behaviour, Callee } from "../../equality/callee.ts";
import { type CallOptions, type Code, RawClient } from "../../equality/client.ts";
import { until } from "../../until.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { type Manifests, type Namespace, startNamespace } from "./namespace.ts";
import { PORT } from "./network.ts";
import type { IstioProxy } from "./proxy.ts";

export interface Mesh {
  readonly plane: ControlPlane;
  readonly namespace: Namespace;
  /** Of an instance, by its name. */
  proxy(name: string): IstioProxy;
  /** The process of an instance. */
  callee(name: string): Callee;
  /** To the proxy of an instance, with a certificate of the mesh's own authority. */
  dialAs(name: string, uri: string): Promise<RawClient>;
  /** To a workload, through the proxy of the instance that calls. */
  wayTo(workload: string, caller: string): RawClient;
  /** How a call ends through the proxy of a caller where the process that is called behaves so, and how often it arrives. */
  outcome(
    caller: string,
    method: { readonly workload: string; readonly path: string },
    behaviour: Behaviour,
    options?: CallOptions,
  ): Promise<{ code: Code; arrived: number }>;
  /** Has all processes forget what arrived, and answer again. */
  reset(): void;
  stop(): Promise<void>;
}

/** `numbers` as for a namespace, `variables` as for a control plane. */
export async function startMesh(
  trustDomain: string,
  manifests: Manifests,
  numbers: Readonly<Record<string, number>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<Mesh> {
  const ends: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  const callees = new Map<string, Callee>();
  try {
    const plane = await startControlPlane(trustDomain, variables);
    ends.push(() => plane.stop());
    const namespace = await startNamespace(plane, manifests, numbers);
    ends.push(() => namespace.stop());
    for (const [name, { app }] of namespace.proxies) {
      const callee = new Callee();
      ends.push(() => callee.close());
      await callee.listen(app);
      callees.set(name, callee);
    }
    return meshOf(plane, namespace, callees, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function meshOf(
  plane: ControlPlane,
  namespace: Namespace,
  callees: ReadonlyMap<string, Callee>,
  stop: () => Promise<void>,
): Mesh {
  const proxy = (name: string) => of(namespace.proxies, name);
  const callee = (name: string) => of(callees, name);
  const wayTo = (workload: string, caller: string) =>
    RawClient.plain(proxy(caller).out, `${workload}.${namespace.name}.svc.cluster.local:${PORT}`);
  return {
    plane,
    namespace,
    proxy,
    callee,
    async dialAs(name, uri) {
      const { bundle, issue } = plane.authority;
      return RawClient.tls(proxy(name).address, bundle, await issue({ uri }));
    },
    wayTo,
    async outcome(caller, { workload, path }, behaviour, options) {
      const called = callee(workload);
      const out = wayTo(workload, caller);
      // A success in between: the way is there, and failures do not add up.
      await until(`${path} to pass`, async () => (await out.call(path)) === "OK");
      called.reset();
      called.behaviour = behaviour;
      const code = await out.call(path, options);
      const arrived = called.arrived.length;
      called.reset();
      out.close();
      return { code, arrived };
    },
    reset() {
      for (const each of callees.values()) each.reset();
    },
    stop,
  };
}

function of<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (found === undefined) throw new Error(`no instance of ${name} runs`);
  return found;
}
