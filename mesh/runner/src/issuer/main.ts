// The OIDC provider of a mesh on one machine: real OpenID Connect (oidc-provider) with demo users. In a cluster it is
// whatever the environment names as issuer.

import { serveBoth } from "../serve-both.ts";
import { startIssuer } from "./issuer.ts";

const { LISTEN, SOCKET, DATA, PUBLIC_URL, EDGE_URL, AUDIENCE } = process.env;
if (!LISTEN || !SOCKET || !DATA || !PUBLIC_URL || !EDGE_URL) {
  process.stderr.write("LISTEN, SOCKET, DATA, PUBLIC_URL and EDGE_URL must be set\n");
  process.exit(64);
}
const handler = await startIssuer({ url: PUBLIC_URL, folder: DATA, edgeUrl: EDGE_URL, audience: AUDIENCE ?? "larder" });
await serveBoth(handler, LISTEN, SOCKET);
