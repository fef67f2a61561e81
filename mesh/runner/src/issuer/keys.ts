// The keys of the provider: made once, kept in its folder, so that tokens survive a restart.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";

export interface IssuerKeys {
  /** The private ES256 key that signs tokens. */
  readonly signing: JWK;
  /** Signs the provider's cookies. */
  readonly cookie: string;
}

/** Reads the keys in `folder`, or makes them. The file is readable by its owner only. */
export async function issuerKeys(folder: string): Promise<IssuerKeys> {
  const file = join(folder, "keys.json");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept) return JSON.parse(kept) as IssuerKeys;
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const signing = { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: randomBytes(8).toString("hex") };
  const keys = { signing, cookie: randomBytes(32).toString("base64url") };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return keys;
}
