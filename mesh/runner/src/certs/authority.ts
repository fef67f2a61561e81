// The local certificate authority: P-256, one per data folder, kept between runs. Its key never leaves the data folder.
import { webcrypto } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { ownFolder, writeInPlace } from "../files.ts";

const crypto = webcrypto as unknown as Crypto;
const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGN = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 5 * 365;
/** An authority with less than this left is replaced at the next start. */
const AUTHORITY_MARGIN_MS = 30 * DAY_MS;
/** Leaves are valid from a little earlier, so that a clock corrected by seconds refuses none. */
const BACKDATE_MS = 60_000;

/** A certificate with its key, all PEM. */
export interface Leaf {
  readonly certificate: string;
  /** PKCS#8. */
  readonly key: string;
  /** Hexadecimal. */
  readonly serial: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface LeafRequest {
  readonly commonName: string;
  readonly names: readonly { readonly type: "url" | "dns" | "ip"; readonly value: string }[];
  readonly lifetimeMs: number;
  /** A server's leaf is not accepted from a client, nor a client's from a server. */
  readonly usage: "peer" | "server" | "client";
}

const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
const usages = { peer: [serverAuth, clientAuth], server: [serverAuth], client: [clientAuth] };

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Positive, and never shortened by a leading zero.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

export class Authority {
  /** PEM: what peers trust. */
  readonly bundle: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: CryptoKey;
  readonly #now: () => number;

  private constructor(certificate: x509.X509Certificate, key: CryptoKey, now: () => number) {
    this.#certificate = certificate;
    this.#key = key;
    this.#now = now;
    this.bundle = `${certificate.toString("pem")}\n`;
  }

  /** Opens the authority kept in `folder` (0700, files 0600), or makes one there, of that name. */
  static async open(folder: string, now: () => number = Date.now, name = "Larder local authority"): Promise<Authority> {
    const certificateFile = join(folder, "ca.pem");
    const keyFile = join(folder, "ca-key.pem");
    if (existsSync(certificateFile) && existsSync(keyFile)) {
      const certificate = new x509.X509Certificate(readFileSync(certificateFile, "utf8"));
      if (certificate.notAfter.getTime() - now() > AUTHORITY_MARGIN_MS) {
        const der = x509.PemConverter.decodeFirst(readFileSync(keyFile, "utf8"));
        return new Authority(certificate, await crypto.subtle.importKey("pkcs8", der, KEY, false, ["sign"]), now);
      }
    }
    const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: serialNumber(),
        name: `CN=${name}`,
        notBefore: new Date(now() - BACKDATE_MS),
        notAfter: new Date(now() + AUTHORITY_DAYS * DAY_MS),
        signingAlgorithm: SIGN,
        keys,
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        ],
      },
      crypto,
    );
    ownFolder(folder, { mode: 0o700 });
    writeInPlace(keyFile, pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", keys.privateKey)), { mode: 0o600 });
    writeInPlace(certificateFile, `${certificate.toString("pem")}\n`, { mode: 0o600 });
    return new Authority(certificate, keys.privateKey, now);
  }

  /** Issues a leaf with a key of its own. */
  async issue({ commonName, names, lifetimeMs, usage }: LeafRequest): Promise<Leaf> {
    const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
    const serial = serialNumber();
    const issuedAt = this.#now();
    const expiresAt = issuedAt + lifetimeMs;
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber: serial,
        subject: `CN=${commonName}`,
        issuer: this.#certificate.subject,
        notBefore: new Date(issuedAt - BACKDATE_MS),
        notAfter: new Date(expiresAt),
        signingAlgorithm: SIGN,
        publicKey: keys.publicKey,
        signingKey: this.#key,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension(usages[usage], false),
          new x509.SubjectAlternativeNameExtension(names.map((name) => ({ ...name }))),
          await x509.AuthorityKeyIdentifierExtension.create(this.#certificate, false, crypto),
        ],
      },
      crypto,
    );
    const key = pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    return { certificate: `${certificate.toString("pem")}\n`, key, serial, issuedAt, expiresAt };
  }
}
