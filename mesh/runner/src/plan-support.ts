// The children that stand in for what a cluster has elsewhere: the OIDC provider and the mail catcher.
import { join } from "node:path";
import { compiledFolder, issuerUrl, type PlanInput } from "./plan-input.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

/**
 * Both are given: LISTEN (`127.0.0.1:port`, for people), SOCKET (a Unix socket that serves the same and answers 200 on
 * /readyz), DATA (a folder of their own that is kept), PUBLIC_URL; the provider also
 * AUDIENCE (of access tokens) and EDGE_URL (where the shop is), the mail catcher SMTP_LISTEN.
 */
export function supportChildren(input: PlanInput): ChildSpec[] {
  const { ports, smtpPort, environment } = input;
  return input.support.map((name) =>
    name === "issuer"
      ? child(input, "issuer", ports.issuer, {
          PUBLIC_URL: issuerUrl(ports),
          EDGE_URL: `http://127.0.0.1:${ports.edge}`,
          AUDIENCE: environment.audience ?? "",
        })
      : child(input, "mail", ports.mail, {
          PUBLIC_URL: `http://127.0.0.1:${ports.mail}`,
          SMTP_LISTEN: `127.0.0.1:${smtpPort}`,
        }),
  );
}

function child(input: PlanInput, name: "issuer" | "mail", port: number, env: Record<string, string>): ChildSpec {
  const { paths, tools, uidOf } = input;
  const folder = join(paths.run, name);
  const socket = join(folder, "app.sock");
  const uid = uidOf(name);
  return {
    name,
    role: "support",
    command: tools.node,
    args: [join(paths.repository, "mesh", "runner", "src", name, "main.ts")],
    cwd: folder,
    env: {
      HOME: folder,
      NODE_COMPILE_CACHE: compiledFolder(paths, name),
      PATH: process.env.PATH ?? "",
      LISTEN: `127.0.0.1:${port}`,
      SOCKET: socket,
      DATA: join(paths.data, name),
      ...env,
    },
    ...(uid === undefined ? {} : { uid }),
    probe: { kind: "http", socket, path: "/readyz" },
    sockets: [socket],
    // The edge sidecar, which has a uid of its own, fetches the signing keys here.
    shared: uid === undefined ? [] : [socket],
    stopSignal: "SIGTERM",
    graceMs: 10_000,
  };
}
