// A pod without a node: a record at the API server, which says that it runs, and in place of its kubelet a server that the API server
// asks for logs. Its ephemeral containers are processes here, which call out through a proxy that runs already.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import type { Any } from "../manifests/manifests.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { IstioProxy } from "./proxy.ts";

export interface Pod {
  /** What its ephemeral containers have written so far, in the order in which they ended. */
  readonly outputs: readonly string[];
  stop(): Promise<void>;
}

/** Starts the pod of an instance. */
export async function startPod(plane: ControlPlane, proxy: IstioProxy): Promise<Pod> {
  const { namespace, name } = proxy;
  const { kubectl, apply } = plane.api;
  const said = new Map<string, string>();
  const { key, certificate } = await (await authority("nodes")).issue({ dns: "localhost" });
  // /containerLogs/<namespace>/<pod>/<container>
  const kubelet = createServer({ key, cert: certificate }, ({ url = "" }, response) => {
    response.end(said.get(new URL(url, "https://node").pathname.split("/")[4] ?? ""));
  });
  await new Promise<void>((resolve) => kubelet.listen(0, "127.0.0.1", resolve));
  const node = `node-of-${name}`;
  const { port } = kubelet.address() as AddressInfo;
  const patch = async (target: readonly string[], status: object) => {
    const flags = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
    const answer = await kubectl(["patch", ...target, ...flags]);
    if (answer.status !== 0) throw new Error(answer.stderr);
  };
  const own = ["pod", name, "-n", namespace];
  await apply(JSON.stringify({ apiVersion: "v1", kind: "Node", metadata: { name: node } }));
  await patch(["node", node], {
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  });
  await apply(JSON.stringify(podOf(proxy, node)));
  await patch(own, { phase: "Running" });

  const home = join(plane.folder, "pods", name);
  mkdirSync(home, { recursive: true });
  // As a pod's packets are redirected: whatever it calls, its proxy takes.
  writeFileSync(join(home, ".curlrc"), `connect-to = "::${proxy.out}"\n`);
  const stopped = new AbortController();
  const work = async () => {
    while (!stopped.signal.aborted) {
      const { stdout } = await kubectl(["get", ...own, "-o", "json"]);
      const containers: Any[] = JSON.parse(stdout || "{}").spec?.ephemeralContainers ?? [];
      for (const { name, command } of containers.filter(({ name }) => !said.has(name))) {
        said.set(name, await written(command, home));
        await patch(own, { ephemeralContainerStatuses: [...said.keys()].map(ended) });
      }
      await delay(200, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  let failure: unknown;
  const working = work().catch((error) => {
    failure = error;
  });
  return {
    get outputs() {
      return [...said.values()];
    },
    async stop() {
      stopped.abort();
      await working;
      kubelet.close();
      await kubectl(["delete", ...own, "--force", "--grace-period=0"]);
      await kubectl(["delete", "node", node]);
      if (failure) throw failure;
    },
  };
}

const podOf = ({ name, namespace, serviceAccount, labels }: IstioProxy, nodeName: string): Any => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels },
  spec: {
    nodeName,
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [serviceAccount, "istio-proxy"].map((name) => ({
      name,
      image: "none",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    })),
  },
});

/** What a container writes. Nothing that a probe does is worth more than this: how it ended is for its script to say. */
const written = ([program = "", ...args]: readonly string[], home: string): Promise<string> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, CURL_HOME: home };
    execFile(program, args, { env }, (_, stdout) => resolve(stdout));
  });

const ended = (name: string): Any => ({
  name,
  image: "none",
  imageID: "",
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode: 0 } },
});
