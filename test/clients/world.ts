// What the clients of a suite meet: an edge and an ingestion over TLS, certificates of an authority for each, and the settings
// that say where all of it is.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../mesh/runner/src/certs/authority.ts";
import { startEdge, token } from "./edge.ts";
import { type Ingestion, startIngestion } from "./ingestion.ts";
import type { TestServer } from "./server.ts";

export interface World {
  readonly edge: TestServer;
  readonly ingestion: Ingestion;
  /** An empty folder outside of the repository, but for the certificates. */
  readonly folder: string;
  /** What a client is told. */
  readonly settings: Readonly<Record<string, string>>;
  /** A client's settings for a device that ingestion does not know. */
  readonly stranger: Readonly<Record<string, string>>;
  stop(): void;
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "larder-clients-"));
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const edges = await Authority.open(join(folder, "edges"));
  const devices = await Authority.open(join(folder, "devices"));
  const hour = { lifetimeMs: 3_600_000 };
  const server = {
    ...hour,
    commonName: "localhost",
    names: [{ type: "dns", value: "localhost" }],
    usage: "server",
  } as const;
  const names = [{ type: "url", value: "spiffe://devices.test/door-7" }] as const;
  const device = { ...hour, commonName: "door-7", names, usage: "peer" } as const;
  const [own, other] = [await devices.issue(device), await edges.issue(device)];
  const edge = await startEdge(await edges.issue(server));
  const ingestion = await startIngestion(await devices.issue(server), devices.bundle);
  return {
    edge,
    ingestion,
    folder,
    settings: {
      LARDER_EDGE: edge.address,
      LARDER_EDGE_CA: file("edge-ca.pem", edges.bundle),
      LARDER_TOKEN: token,
      LARDER_INGESTION: ingestion.server.address,
      LARDER_DEVICE_CA: file("device-ca.pem", devices.bundle),
      LARDER_DEVICE_CERTIFICATE: file("device.pem", own.certificate),
      LARDER_DEVICE_KEY: file("device-key.pem", own.key),
    },
    stranger: {
      LARDER_DEVICE_CERTIFICATE: file("stranger.pem", other.certificate),
      LARDER_DEVICE_KEY: file("stranger-key.pem", other.key),
    },
    stop() {
      edge.stop();
      ingestion.server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
