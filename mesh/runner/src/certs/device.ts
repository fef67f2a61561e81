// The authority of devices, apart from that of the mesh and kept as it is, and what it signs: nothing inside the mesh trusts it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MeshEnvironment } from "../environment.ts";
import { writeInPlace } from "../files.ts";
import type { Paths } from "../paths.ts";
import { Refusal } from "../refusal.ts";
import { Authority } from "./authority.ts";
import { dueAt } from "./rotation.ts";

/** How long the certificate of a device is valid. A sidecar asks for it when a connection begins. */
export const DEVICE_CERTIFICATE_HOURS = 24;

/** As the contract has ids of devices; a dot would begin the name of a probe. */
const DEVICE_ID = /^[a-z0-9-]{1,60}$/;

/** PEM texts. */
export interface DeviceCertificate {
  /** `spiffe://devices.larder.local/van-7`. */
  readonly id: string;
  readonly certificate: string;
  readonly key: string;
  /** What the device trusts: the authority of devices signs the other side's certificate too, for localhost. */
  readonly bundle: string;
  /** When the device should have another one, which is long before this one expires. Epoch milliseconds, as below. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

export const deviceAuthority = ({ data }: Pick<Paths, "data">): Promise<Authority> =>
  Authority.open(join(data, "device-ca"), Date.now, "Larder local authority of devices");

/**
 * A new certificate for a device. Throws a Refusal for an id that no device can have, and where the environment has no devices;
 * then nothing is made.
 */
export async function deviceCertificate(
  { deviceTrustDomain }: Pick<MeshEnvironment, "deviceTrustDomain">,
  paths: Pick<Paths, "data">,
  device: string,
): Promise<DeviceCertificate> {
  if (deviceTrustDomain === undefined) throw new Refusal("The environment has no devices.");
  if (!DEVICE_ID.test(device)) {
    const shown = JSON.stringify(device.slice(0, 80));
    throw new Refusal(`${shown} cannot be the id of a device: it has 1 to 60 of a-z, 0-9 and hyphens.`);
  }
  const authority = await deviceAuthority(paths);
  const id = `spiffe://${deviceTrustDomain}/${device}`;
  const leaf = await authority.issue({
    commonName: device,
    names: [{ type: "url", value: id }],
    lifetimeMs: DEVICE_CERTIFICATE_HOURS * 3_600_000,
    usage: "client",
  });
  const { certificate, key, expiresAt } = leaf;
  return { id, certificate, key, bundle: authority.bundle, renewAt: dueAt(leaf), expiresAt };
}

/**
 * Writes `cert.pem`, `key.pem` and `ca.pem` (0600) into the folder, which is made if need be (0700) and left as it is otherwise.
 * Returns their paths.
 */
export function writeDeviceCertificate(
  folder: string,
  { certificate, key, bundle }: DeviceCertificate,
): { readonly certificate: string; readonly key: string; readonly bundle: string } {
  const files = {
    certificate: join(folder, "cert.pem"),
    key: join(folder, "key.pem"),
    bundle: join(folder, "ca.pem"),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeInPlace(files.key, key, { mode: 0o600 });
  writeInPlace(files.bundle, bundle, { mode: 0o600 });
  writeInPlace(files.certificate, certificate, { mode: 0o600 });
  return files;
}
