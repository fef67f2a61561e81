// Secrets in the form in which Envoy reads them from files: a discovery response with the PEM inside.
import { join } from "node:path";
import { stringify } from "yaml";
import { type Owned, writeInPlace } from "../files.ts";
import type { Leaf } from "./authority.ts";

const SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

function response(name: string, secret: object): string {
  return stringify({ resources: [{ "@type": SECRET, name, ...secret }] });
}

/** Writes `<folder>/<name>.yaml` with a certificate and its key; the secret has the same name. */
export function writeCertificate(folder: string, name: string, leaf: Leaf, owner: Pick<Owned, "uid">): void {
  const secret = {
    tls_certificate: {
      certificate_chain: { inline_string: leaf.certificate },
      private_key: { inline_string: leaf.key },
    },
  };
  writeInPlace(join(folder, `${name}.yaml`), response(name, secret), { mode: 0o600, ...owner });
}

/** Writes `<folder>/<name>.yaml` with the authorities that are trusted; the secret has the same name. */
export function writeBundle(folder: string, name: string, bundle: string, owner: Pick<Owned, "uid">): void {
  const secret = { validation_context: { trusted_ca: { inline_string: bundle } } };
  writeInPlace(join(folder, `${name}.yaml`), response(name, secret), { mode: 0o600, ...owner });
}
