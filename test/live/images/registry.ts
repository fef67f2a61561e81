// A registry of images on this machine: Debian's, in a folder of its own, with a certificate that nobody else trusts.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { startServer } from "@larder/store/testing";
import { stringify } from "yaml";
import { authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { differentPorts } from "../../../mesh/runner/src/ports.ts";
import { until } from "../../until.ts";

export interface Registry {
  /** `localhost:5000`. */
  readonly address: string;
  /** The file of the authorities that signed for it: SSL_CERT_FILE of builders. */
  readonly bundle: string;
  /** What it answers to who asks for a path of its interface. Throws unless that is 200. */
  read(path: string): Promise<Buffer>;
  stop(): Promise<void>;
}

/** Why it cannot run here. Undefined: it can. */
export const whyNoRegistry = (): string | undefined =>
  spawnSync("docker-registry", ["--version"]).error
    ? "docker-registry is not installed: apt-get install docker-registry"
    : undefined;

const KINDS = ["index", "manifest"].map((kind) => `application/vnd.oci.image.${kind}.v1+json`);

export async function startRegistry(): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "larder-registry-"));
  const [port = 0] = await differentPorts(1);
  const own = await authority("registries");
  const issued = await own.issue({ dns: "localhost" });
  const written = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const bundle = written("authority.pem", own.bundle);
  const tls = { certificate: written("cert.pem", issued.certificate), key: written("key.pem", issued.key) };
  const config = {
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: `127.0.0.1:${port}`, tls },
  };
  const { child, output } = startServer("docker-registry", ["serve", written("config.yml", stringify(config))]);
  const gone = once(child, "exit");
  const read = async (path: string): Promise<Buffer> => {
    const options = { host: "127.0.0.1", port, path, servername: "localhost", ca: own.bundle, agent: false };
    const [response] = (await once(get({ ...options, headers: { accept: KINDS } }), "response")) as [IncomingMessage];
    const body = await buffer(response);
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${body}`);
    return body;
  };
  await until("the registry", async () => {
    if (child.exitCode !== null) throw new Error(`the registry ended: ${output()}`);
    return (await read("/v2/").catch(() => undefined)) !== undefined;
  });
  return {
    address: `localhost:${port}`,
    bundle,
    read,
    async stop() {
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
