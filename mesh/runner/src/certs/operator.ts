// Certificates for the command line and for tests: a leaf of any workload, made on demand in the run folder.
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ownFolder, writeInPlace } from "../files.ts";
import type { Paths } from "../paths.ts";
import { Refusal } from "../refusal.ts";
import { Authority } from "./authority.ts";
import { isDue } from "./rotation.ts";

const LIFETIME_MS = 3_600_000;

/** PEM texts, and the files that hold them (0600), for clients that want paths. */
export interface CallerCertificate {
  readonly certificate: string;
  readonly key: string;
  /** What the caller trusts. */
  readonly bundle: string;
  readonly files: { readonly certificate: string; readonly key: string; readonly bundle: string };
}

/**
 * The certificate with which `workload` calls; one that has half of its hour left is used again.
 * `identities` are the SPIFFE ids of the mesh by name; throws a Refusal for a name that is not among them.
 */
export async function certificateFor(
  identities: Readonly<Record<string, string>>,
  paths: Pick<Paths, "run" | "data">,
  workload: string,
): Promise<CallerCertificate> {
  const id = Object.hasOwn(identities, workload) ? identities[workload] : undefined;
  if (id === undefined)
    throw new Refusal(`There is no workload ${workload}: it is one of ${Object.keys(identities).join(", ")}.`);
  const authority = await Authority.open(join(paths.data, "ca"));
  const folder = join(paths.run, "cli", workload);
  const files = {
    certificate: join(folder, "cert.pem"),
    key: join(folder, "key.pem"),
    bundle: join(folder, "bundle.pem"),
  };
  if (!isFresh(files.certificate, files.bundle, authority.bundle)) {
    const leaf = await authority.issue({
      commonName: workload,
      names: [{ type: "url", value: id }],
      lifetimeMs: LIFETIME_MS,
      usage: "peer",
    });
    ownFolder(join(paths.run, "cli"), { mode: 0o700 });
    ownFolder(folder, { mode: 0o700 });
    writeInPlace(files.key, leaf.key, { mode: 0o600 });
    writeInPlace(files.bundle, authority.bundle, { mode: 0o600 });
    writeInPlace(files.certificate, leaf.certificate, { mode: 0o600 });
  }
  const [certificate, key, bundle] = [files.certificate, files.key, files.bundle].map((file) =>
    readFileSync(file, "utf8"),
  );
  return { certificate: certificate ?? "", key: key ?? "", bundle: bundle ?? "", files };
}

function isFresh(certificateFile: string, bundleFile: string, bundle: string): boolean {
  if (!existsSync(certificateFile) || !existsSync(bundleFile) || readFileSync(bundleFile, "utf8") !== bundle)
    return false;
  const { validFromDate, validToDate } = new X509Certificate(readFileSync(certificateFile));
  return !isDue({ issuedAt: validFromDate.getTime(), expiresAt: validToDate.getTime() }, Date.now());
}
