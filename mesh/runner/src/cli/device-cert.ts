// larder device-cert: a certificate for a device outside the mesh, from the local authority of devices.
import { resolve } from "node:path";
import { DEVICE_CERTIFICATE_HOURS, deviceCertificate, writeDeviceCertificate } from "../certs/device.ts";
import { loadMeshEnvironment } from "../local.ts";
import { UsageError } from "../options.ts";
import { pathsOf } from "../paths.ts";
import { PLACE_USAGE } from "./place.ts";
import { parseWords } from "./words.ts";

export const name = "device-cert";
export const summary = "Makes the certificate of a device, with which it may call the methods for devices.";
export const usage = `--device ID [--out DIR] [--json] ${PLACE_USAGE}

  --device ID   which device: a-z, 0-9 and hyphens, such as van-7
  --out DIR     where cert.pem, key.pem and ca.pem go (0600); default a folder with the name of the device

It is valid for ${DEVICE_CERTIFICATE_HOURS} hours, and the mesh need not run.`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on } = parseWords(args, ["device", "out"], ["json"], 0);
  const device = text("device");
  if (!device) throw new UsageError("--device ID is missing");
  const made = await deviceCertificate(await loadMeshEnvironment(), pathsOf(place), device);
  const files = writeDeviceCertificate(resolve(text("out") ?? device), made);
  const expires = new Date(made.expiresAt).toISOString();
  if (on("json")) console.log(JSON.stringify({ id: made.id, expires, ...files }, null, 2));
  else console.log([`${made.id}, until ${expires}`, ...Object.values(files).map((file) => `  ${file}`)].join("\n"));
  return 0;
}
