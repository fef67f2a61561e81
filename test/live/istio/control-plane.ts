// Istio's control plane, whole and without containers: istiod over a real API server, with an authority that the test holds,
// so that it can issue certificates for whoever should be refused too.

import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type Watched } from "@larder/store/testing";
import { stringify } from "yaml";
import { type Authority, authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { differentPorts } from "../../../mesh/runner/src/ports.ts";
import { isBuilt, toolPath } from "../../../scripts/tools.ts";
import { until } from "../../until.ts";
import { type ApiServer, startApiServer, whyNotApiServer } from "../cluster/api-server.ts";
import { definitionFiles } from "../manifests/schemas.ts";
import { type Network, takeNetwork } from "./network.ts";

/** Where the control plane lives in the cluster, and the name that proxies expect in its certificate. */
const SYSTEM = "istio-system";
export const ISTIOD_NAME = `istiod.${SYSTEM}.svc`;

export interface ControlPlane {
  readonly api: ApiServer;
  readonly authority: Authority;
  readonly trustDomain: string;
  /** Where proxies connect to. */
  readonly address: string;
  /** Addresses for its workloads. */
  readonly network: Network;
  /** A folder of the suite, with short paths, for whatever has to lie somewhere. It goes with the control plane. */
  readonly folder: string;
  /** What istiod has printed lately. */
  output(): string;
  stop(): Promise<void>;
}

/** Why it cannot run here. Undefined: it can. */
export function whyNotIstio(): string | undefined {
  for (const name of ["pilot-discovery", "pilot-agent"]) {
    if (!isBuilt(name)) return `${name} is not built: node scripts/tools.ts ${name}`;
  }
  return whyNotApiServer();
}

/** Starts it, with Istio's own definitions in the API server and nothing else; `variables` are more of istiod's. */
export async function startControlPlane(
  trustDomain: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "li-"));
  const api = await startApiServer(["--api-audiences=https://kubernetes.default.svc,istio-ca"]);
  const root = await authority("the mesh of the test");
  const network = await takeNetwork();
  const [secure = 0, plain = 0, http = 0, monitoring = 0] = await differentPorts(4);
  const at = (port: number) => `127.0.0.1:${port}`;
  let istiod: Watched | undefined;
  const stop = async () => {
    if (istiod && istiod.child.exitCode === null && istiod.child.signalCode === null) {
      const gone = once(istiod.child, "exit");
      istiod.child.kill("SIGKILL");
      await gone;
    }
    await api.stop();
    network.release();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const file of definitionFiles("istio")) await api.apply(readFileSync(file, "utf8"));
    await api.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: SYSTEM } }));
    const established = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"];
    const { status, stderr } = await api.kubectl(established);
    if (status !== 0) throw new Error(stderr);
    writeAuthority(join(folder, "etc/cacerts"), root);
    const mesh = join(folder, "mesh.yaml");
    writeFileSync(mesh, stringify({ trustDomain, defaultConfig: { discoveryAddress: at(secure) } }));
    const environment = {
      POD_NAME: "istiod",
      POD_NAMESPACE: SYSTEM,
      // They need filters that only Istio's own build of Envoy has.
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      PILOT_ENABLE_ALPN_FILTER: "false",
      INJECT_ENABLED: "false",
      VALIDATION_WEBHOOK_CONFIG_NAME: "",
      ...variables,
    };
    istiod = startServer(
      toolPath("pilot-discovery"),
      [
        "discovery",
        `--kubeconfig=${api.kubeconfig}`,
        `--meshConfig=${mesh}`,
        "--networksConfig=/dev/null",
        `--secureGRPCAddr=${at(secure)}`,
        `--grpcAddr=${at(plain)}`,
        `--httpAddr=${at(http)}`,
        "--httpsAddr=",
        `--monitoringAddr=${at(monitoring)}`,
        "--ctrlz_port=0",
        "--log_output_level=default:warn",
      ],
      inFolder(folder, environment),
    );
    await until(
      "istiod",
      async () => {
        if (istiod?.child.exitCode !== null) throw new Error(`istiod ended: ${istiod?.output()}`);
        return (await fetch(`http://${at(http)}/ready`).catch(() => undefined))?.ok;
      },
      60_000,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    api,
    authority: root,
    trustDomain,
    address: at(secure),
    network,
    folder,
    output: () => istiod?.output() ?? "",
    stop,
  };
}

/** What goes in front of a command that runs in a folder, with more environment variables. */
export const inFolder = (folder: string, environment: Readonly<Record<string, string>>): string[] => [
  "env",
  `--chdir=${folder}`,
  ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
];

/** As istiod reads an authority that it did not make itself. */
function writeAuthority(folder: string, { bundle, key }: Authority): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ["ca-cert.pem", "root-cert.pem", "cert-chain.pem"]) writeFileSync(join(folder, name), bundle);
  writeFileSync(join(folder, "ca-key.pem"), key, { mode: 0o600 });
}
