// A certificate authority for tests, and the secrets as a sidecar reads them.

import "reflect-metadata";
import { generateKeyPairSync } from "node:crypto";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is for: an identity in the mesh, or a server name at the edge. */
export type Subject = { readonly uri: string } | { readonly dns: string };

export interface Authority {
  readonly bundle: string;
  /** Its own private key. */
  readonly key: string;
  issue(subject: Subject): Promise<Credentials>;
}

export async function authority(name: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    bundle: root.toString("pem"),
    key: await keyText(keys.privateKey),
    issue: (subject) => issue(root, keys.privateKey, subject),
  };
}

async function issue(root: X509Certificate, signingKey: CryptoKey, subject: Subject): Promise<Credentials> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name =
    "uri" in subject ? ({ type: "url", value: subject.uri } as const) : ({ type: "dns", value: subject.dns } as const);
  const certificate = await X509CertificateGenerator.create({
    subject: "CN=test",
    issuer: root.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [new SubjectAlternativeNameExtension([name])],
  });
  return { certificate: certificate.toString("pem"), key: await keyText(keys.privateKey) };
}

const keyText = async (key: CryptoKey): Promise<string> =>
  PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");

const validity = () => ({ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) });

const secretType = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/** A file of SDS that holds a certificate and its key. JSON is YAML. */
export const certificateSecret = (name: string, { certificate, key }: Credentials): string =>
  JSON.stringify({
    resources: [
      {
        "@type": secretType,
        name,
        tls_certificate: { certificate_chain: { inline_string: certificate }, private_key: { inline_string: key } },
      },
    ],
  });

/** A file of SDS that holds the authorities to trust. */
export const bundleSecret = (name: string, bundle: string): string =>
  JSON.stringify({
    resources: [{ "@type": secretType, name, validation_context: { trusted_ca: { inline_string: bundle } } }],
  });

/** A key that signs tokens, and the public half as a JWKS. */
export function tokenKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" }] } };
}
