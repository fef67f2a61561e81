// How devices call a running mesh: each with a certificate of its own, or where there are no sidecars by saying who it is.
import { credentials } from "@grpc/grpc-js";
import { deviceCertificate } from "../certs/device.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { type DeviceLine, plainLine } from "./sender.ts";

/** Makes the line of a device, `devices/van-7`. Throws a Refusal where no workload takes readings. */
export function linesInto(
  state: Pick<SupervisorState, "addresses" | "dataFolder" | "deviceTrustDomain">,
): (device: string) => Promise<DeviceLine> {
  const { addresses, dataFolder, deviceTrustDomain } = state;
  if (!addresses.devices) throw new Refusal("No workload of this mesh takes readings.");
  const { host, hostname, port, protocol } = new URL(addresses.devices);
  return async (device) => {
    if (protocol === "http:") return plainLine(host, deviceTrustDomain, device);
    const own = await deviceCertificate(state, { data: dataFolder }, device.replace("devices/", ""));
    const [bundle, key, certificate] = [own.bundle, own.key, own.certificate].map((pem) => Buffer.from(pem));
    return {
      address: `${hostname}:${port}`,
      credentials: credentials.createSsl(bundle, key, certificate),
      renewMs: own.renewAt,
    };
  };
}
