// The children that stand in for what a cluster has elsewhere: the OIDC provider, the mail catcher and the trace store.
import { join } from "node:path";
import type { Support } from "./environment.ts";
import { compiledFolder, issuerUrl, type PlanInput, spanSocket } from "./plan-input.ts";
import { smsKeys } from "./secrets.ts";
import { ONE_ARENA, SMALL_HEAP } from "./supervisor/heap.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

/**
 * All are given: LISTEN (`127.0.0.1:port`, for people), SOCKET (a Unix socket that serves the same and answers 200 on
 * /readyz), PUBLIC_URL; provider and mail catcher DATA (a folder of their own that is kept); the provider also
 * AUDIENCE (of access tokens) and EDGE_URL (where the shop is), the mail catcher SMTP_LISTEN and SMS_KEYS, the trace store OTLP_SOCKET.
 */
export function supportChildren(input: PlanInput): ChildSpec[] {
  const { ports, smtpPort, environment, paths, secrets } = input;
  const env: Record<Support, Record<string, string>> = {
    issuer: {
      PUBLIC_URL: issuerUrl(ports),
      EDGE_URL: `http://127.0.0.1:${ports.edge}`,
      AUDIENCE: environment.audience ?? "",
      DATA: join(paths.data, "issuer"),
    },
    mail: {
      PUBLIC_URL: `http://127.0.0.1:${ports.mail}`,
      SMTP_LISTEN: `127.0.0.1:${smtpPort}`,
      SMS_KEYS: smsKeys(secrets),
      DATA: join(paths.data, "mail"),
    },
    traces: { PUBLIC_URL: `http://127.0.0.1:${ports.traces}`, OTLP_SOCKET: spanSocket(paths) },
  };
  return input.support.map((name) => child(input, name, env[name]));
}

function child(input: PlanInput, name: Support, env: Record<string, string>): ChildSpec {
  const { paths, ports, tools, uidOf } = input;
  const folder = join(paths.run, name);
  const socket = join(folder, "app.sock");
  const sockets = [socket, ...(name === "traces" ? [spanSocket(paths)] : [])];
  const uid = uidOf(name);
  return {
    name,
    role: "support",
    command: tools.node,
    args: [...SMALL_HEAP, join(paths.repository, "mesh", "runner", "src", name, "main.ts")],
    cwd: folder,
    env: {
      HOME: folder,
      NODE_COMPILE_CACHE: compiledFolder(paths, name),
      ...ONE_ARENA,
      PATH: process.env.PATH ?? "",
      LISTEN: `127.0.0.1:${ports[name]}`,
      SOCKET: socket,
      ...env,
    },
    ...(uid === undefined ? {} : { uid }),
    probe: { kind: "http", socket, path: "/readyz" },
    sockets,
    // The edge sidecar, which has a uid of its own, fetches the signing keys here; the services send their spans.
    shared: uid === undefined ? [] : sockets,
    stopSignal: "SIGTERM",
    graceMs: 10_000,
  };
}
