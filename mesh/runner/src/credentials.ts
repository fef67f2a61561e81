// What the children find in their folders before they start: certificates, trust, keys, store configurations.
import { join } from "node:path";
import { brokerSettings, KAFKA_ADMIN } from "@larder/events/provision";
import { Authority, type LeafRequest } from "./certs/authority.ts";
import { deviceAuthority } from "./certs/device.ts";
import { type Held, Rotation } from "./certs/rotation.ts";
import { writeBundle, writeCertificate } from "./certs/sds.ts";
import { makeUserKey } from "./certs/user-key.ts";
import { spiffeId } from "./environment.ts";
import { writeInPlace } from "./files.ts";
import { type Broker, instancesOf, type PlanInput } from "./plan-input.ts";
import { brokerFile, storesOf, type ValkeyOptions, valkeyConfiguration, valkeyUsers } from "./plan-stores.ts";

/** How long a workload's certificate is valid unless told otherwise. */
export const CERTIFICATE_SECONDS = 3600;

/** Writes the configurations of the Valkeys in use, or of the broker. */
export function writeStoreConfigurations(input: PlanInput): void {
  const { broker, paths, secrets, storeUser } = input;
  const stores = storesOf(input);
  const owner = { mode: 0o600, uid: storeUser.uid };
  const write = (folder: string, password: string, more: Pick<ValkeyOptions, "appendfsync" | "users">): void => {
    const socket = join(paths.run, folder, "valkey.sock");
    const text = valkeyConfiguration({ listen: { socket }, dataFolder: join(paths.data, folder), password, ...more });
    writeInPlace(join(paths.run, folder, "valkey.conf"), text, owner);
  };
  if (stores.includes("event-log")) {
    if (broker) writeInPlace(brokerFile(paths), settingsOf(input, broker), owner);
    else
      write("log", secrets.eventLog, { appendfsync: "always", users: valkeyUsers(secrets, input.environment.topics) });
  }
  if (stores.includes("cache")) write("cache", secrets.cache, { appendfsync: "everysec" });
}

const settingsOf = ({ paths, secrets }: PlanInput, { port, controllerPort }: Broker): string =>
  brokerSettings({
    dataFolder: join(paths.data, "kafka"),
    port,
    controllerPort,
    passwords: { ...secrets.eventLogUsers, [KAFKA_ADMIN]: secrets.eventLog },
  });

/** Who signs for the workloads, and who for the devices. Neither is trusted where the other is. */
export interface Authorities {
  readonly mesh: Authority;
  /** Absent: no workload has methods for devices. */
  readonly devices?: Authority;
}

/** Writes what is trusted and the key pair of the user assertion; the edge alone can read the private half. */
export async function writeTrust({ environment, paths, scale, uidOf }: PlanInput): Promise<Authorities> {
  const mesh = await Authority.open(join(paths.data, "ca"));
  writeInPlace(join(paths.run, "trust", "bundle.pem"), mesh.bundle, { mode: 0o644 });
  const { privateKey, jwks } = makeUserKey();
  writeInPlace(join(paths.run, "trust", "user-jwks.json"), jwks, { mode: 0o644 });
  for (const { workload, folder } of instancesOf({ environment, scale, paths })) {
    if (!workload.edge) continue;
    writeInPlace(join(folder, "user-key.pem"), privateKey, { mode: 0o600, uid: uidOf(workload.name) });
  }
  return environment.workloads.some(({ devices }) => devices)
    ? { mesh, devices: await deviceAuthority(paths) }
    : { mesh };
}

/** A rotation that keeps every sidecar's certificates fresh by its SDS files. */
export function certificatesOf(
  input: PlanInput,
  { mesh, devices }: Authorities,
  lifetimeSeconds: number,
  report: (message: string) => void,
): Rotation {
  const lifetimeMs = lifetimeSeconds * 1000;
  const held = instancesOf(input).flatMap((instance) => {
    const owner = { uid: input.uidOf(instance.workload.name) };
    const folder = join(instance.folder, "sds");
    writeBundle(folder, "bundle", mesh.bundle, owner);
    const hold = (name: string, authority: Authority, request: LeafRequest): Held => ({
      name: `${instance.name}/${name}`,
      authority,
      request,
      deliver: (leaf) => writeCertificate(folder, name, leaf, owner),
    });
    const { name, workload } = instance;
    const id = spiffeId(input.environment, workload.name);
    const host = `${workload.name}.${input.environment.namespace}.svc.cluster.local`;
    const held = [hold("svid", mesh, peerRequest({ name, id, host }, lifetimeMs))];
    if (workload.edge) held.push(hold("edge", mesh, localhostRequest(lifetimeMs)));
    if (workload.devices && devices) {
      writeBundle(folder, "devices-bundle", devices.bundle, owner);
      held.push(hold("devices", devices, localhostRequest(lifetimeMs)));
    }
    return held;
  });
  return new Rotation(held, report);
}

/** For an instance of a workload, by its SPIFFE id and its host name in the mesh. */
export function peerRequest(of: { name: string; id: string; host: string }, lifetimeMs: number): LeafRequest {
  return {
    commonName: of.name,
    // The host name is for clients that know host names only, such as grpcurl.
    names: [
      { type: "url", value: of.id },
      { type: "dns", value: of.host },
    ],
    lifetimeMs,
    usage: "peer",
  };
}

/** For whoever comes from outside the mesh. */
export function localhostRequest(lifetimeMs: number): LeafRequest {
  return {
    commonName: "localhost",
    names: [
      { type: "dns", value: "localhost" },
      { type: "ip", value: "127.0.0.1" },
    ],
    lifetimeMs,
    usage: "server",
  };
}
