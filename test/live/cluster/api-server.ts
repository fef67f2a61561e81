// A real Kubernetes API server for tests: kube-apiserver and etcd, each a process of its own, without nodes and controllers.
//
// It listens on the loopback interface with a certificate that it makes for itself; etcd listens on a Unix socket. Both end
// with this process, and `stop` leaves nothing behind.

import { execFile, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type Watched } from "@larder/store/testing";
import { differentPorts } from "../../../mesh/runner/src/ports.ts";
import { isBuilt, toolPath } from "../../../scripts/tools.ts";
import { until } from "../../until.ts";

/** What a command answered. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Asked {
  /** Standard input. Absent: empty. */
  readonly input?: string;
  readonly cwd?: string;
}

/** A running API server. */
export interface ApiServer {
  readonly url: string;
  /** A file for `kubectl --kubeconfig`, of somebody who may do everything. */
  readonly kubeconfig: string;
  /** Runs kubectl as that somebody. */
  kubectl(args: readonly string[], more?: Asked): Promise<Answer>;
  /** Runs a line of a shell, as documents have them, whose kubectl is that somebody's. */
  run(line: string, more?: Asked): Promise<Answer>;
  /** Applies a YAML text on the server's side. Throws with what kubectl said where it fails or warns. */
  apply(yaml: string): Promise<void>;
  /** What the API server has printed lately. */
  output(): string;
  /** Stops both processes and removes their folder. */
  stop(): Promise<void>;
}

/** Why no API server can run here. Undefined: one can. */
export function whyNotApiServer(): string | undefined {
  for (const name of ["etcd", "kube-apiserver"]) {
    if (!isBuilt(name)) return `${name} is not built: node scripts/tools.ts ${name}`;
  }
  if (spawnSync("kubectl", ["version", "--client"], { stdio: "ignore" }).error) return "kubectl is not installed";
  return undefined;
}

/** Starts one. Takes ten seconds and 500 MB: once per test file. `more` are flags of kube-apiserver. */
export async function startApiServer(more: readonly string[] = []): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "larder-api-"));
  const socket = `unix://${folder}/etcd.sock`;
  const etcd = startServer(toolPath("etcd"), etcdArguments(folder, socket));
  const token = randomBytes(24).toString("hex");
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  writeServiceAccountKey(folder);
  let server: Watched | undefined;
  let port = 0;

  const ask = (program: string, args: readonly string[], { input, cwd }: Asked = {}): Promise<Answer> =>
    new Promise((resolve) => {
      const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "discovery") };
      const child = execFile(program, args, { cwd, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
        const status = typeof error?.code === "number" ? error.code : error ? 1 : 0;
        resolve({ status, stdout, stderr: stderr || (error && status === 1 ? error.message : "") });
      });
      // A command that fails early does not read on; its answer says why.
      child.stdin?.on("error", () => {}).end(input);
    });
  const kubectl: ApiServer["kubectl"] = (args, more) => ask("kubectl", args, more);
  const stop = async () => {
    for (const process of [server, etcd]) await end(process);
    rmSync(folder, { recursive: true, force: true });
  };
  const isReady = async () => {
    if (hasEnded(etcd)) throw new Error(`etcd did not start: ${etcd.output()}`);
    if (!server || hasEnded(server)) {
      // Another program may have been given its port meanwhile.
      const before = server?.output() ?? "";
      if (server && !before.includes("address already in use")) throw new Error(`kube-apiserver ended: ${before}`);
      [port = 0] = await differentPorts(1);
      server = startServer(toolPath("kube-apiserver"), [...serverArguments(folder, socket, port), ...more]);
    }
    if (!writeKubeconfig(kubeconfig, folder, port, token)) return false;
    return (await kubectl(["get", "--raw", "/readyz"])).status === 0;
  };
  try {
    await until("the API server", isReady, 120_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `https://127.0.0.1:${port}`,
    kubeconfig,
    kubectl,
    run: (line, more) => ask("bash", ["-c", line], more),
    async apply(yaml) {
      const flags = ["--server-side", "--field-manager=meshc", "-f", "-"];
      const { status, stderr } = await kubectl(["apply", ...flags], { input: yaml });
      if (status !== 0 || stderr) throw new Error(stderr);
    },
    output: () => server?.output() ?? "",
    stop,
  };
}

const etcdArguments = (folder: string, socket: string): string[] => [
  `--data-dir=${join(folder, "etcd")}`,
  `--listen-client-urls=${socket}`,
  `--advertise-client-urls=${socket}`,
  `--listen-peer-urls=unix://${folder}/peer.sock`,
  `--initial-advertise-peer-urls=unix://${folder}/peer.sock`,
  `--initial-cluster=default=unix://${folder}/peer.sock`,
  // What a test writes need not survive the machine.
  "--unsafe-no-fsync",
];

const serverArguments = (folder: string, socket: string, port: number): string[] => [
  `--etcd-servers=${socket}`,
  "--bind-address=127.0.0.1",
  `--secure-port=${port}`,
  // Its own address as an endpoint of the cluster would have to be one that pods reach.
  "--endpoint-reconciler-type=none",
  `--cert-dir=${folder}`,
  `--token-auth-file=${join(folder, "tokens.csv")}`,
  "--anonymous-auth=false",
  "--authorization-mode=RBAC",
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${join(folder, "service-account.key")}`,
  `--service-account-signing-key-file=${join(folder, "service-account.key")}`,
  "--service-cluster-ip-range=10.0.0.0/16",
];

function writeServiceAccountKey(folder: string): void {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "sec1", format: "pem" });
  writeFileSync(join(folder, "service-account.key"), pem, { mode: 0o600 });
}

/** False while the server has no certificate yet. */
function writeKubeconfig(path: string, folder: string, port: number, token: string): boolean {
  let certificate: Buffer;
  try {
    certificate = readFileSync(join(folder, "apiserver.crt"));
  } catch {
    return false;
  }
  const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority-data": certificate.toString("base64") };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    "current-context": "test",
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return true;
}

const hasEnded = ({ child }: Watched): boolean => child.exitCode !== null || child.signalCode !== null;

async function end(server: Watched | undefined): Promise<void> {
  if (!server || hasEnded(server)) return;
  const gone = once(server.child, "exit");
  server.child.kill("SIGKILL");
  await gone;
}
