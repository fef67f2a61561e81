// The two containers of a workload: its process, and the sidecar through which alone it calls and is called.

import { type Compose, type DeployedWorkload, hostOf } from "../../environment-model.ts";
import type { Contract, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { outboundCalls } from "../calls.ts";
import { isPublic } from "../cluster.ts";
import { deviceMethods } from "../identity.ts";
import type { Yaml, YamlMap } from "../yaml.ts";
import { type Composed, folderOf, issuerVolume, networkOf, storeNetwork, trustVolume } from "./names.ts";

/** A user that owns nothing on the machine. */
const nobody = "65532:65532";

/** What holds for every container of the mesh: no right beyond a user's, and a root that nobody writes to. */
const confined: YamlMap = {
  user: nobody,
  read_only: true,
  cap_drop: ["ALL"],
  security_opt: ["no-new-privileges:true"],
  restart: "unless-stopped",
  stop_grace_period: "30s",
};

/** The container of the process. It has the networks of its stores and no other: whom it calls, and who calls it, passes its sidecar's sockets. */
export function processService(environment: Composed, workload: Workload): YamlMap {
  const { compose, workloads } = environment;
  const { name } = workload;
  const run = workloads[name] as DeployedWorkload;
  const networks = [...new Set(run.stores)].map(storeNetwork).sort(compare);
  return {
    image: run.image ?? `${compose.images.registry}/${name}:${compose.images.tag}`,
    ...confined,
    tmpfs: ["/tmp"],
    environment: Object.fromEntries(Object.entries(run.settings).sort(([a], [b]) => compare(a, b))),
    env_file: compose.secretSettings && [compose.secretSettings.replaceAll("{workload}", name)],
    ...(networks.length > 0 ? { networks } : { network_mode: "none" }),
    volumes: mounts(workload),
    healthcheck: run.runtime === undefined ? undefined : health(compose, run.runtime, name),
    depends_on: { [compose.agent]: { condition: "service_healthy" } },
  };
}

/** The sidecar. It is on a network of its own, where its callers are, and on those of its callees. */
export function sidecarService(contract: Contract, environment: Composed, workload: Workload): YamlMap {
  const { compose, workloads } = environment;
  const ports = published(environment, workload);
  const { name } = workload;
  const callees = [...new Set(outboundCalls(contract, workload).map(({ method }) => method.service.workload))].filter(
    (callee) => Object.hasOwn(workloads, callee),
  );
  const own = [networkOf(name), { aliases: [hostOf(environment, name)] }] as const;
  const networks = Object.fromEntries([own, ...callees.map((callee) => [networkOf(callee), {}] as const)]);
  return {
    image: compose.proxy,
    ...confined,
    entrypoint: ["envoy"],
    command: [
      ...["-c", bootstrapFile(name), "--service-node", name, "--service-cluster", name],
      ...["--concurrency", "1", "--disable-hot-restart", "--reject-unknown-dynamic-fields", "--log-level", "warning"],
      ...["--drain-time-s", "5", "--drain-strategy", "immediate"],
    ],
    working_dir: folderOf(name),
    configs: [{ source: name, target: bootstrapFile(name) }],
    ports: ports.length > 0 ? ports.map((port) => `127.0.0.1:${port}:${port}`) : undefined,
    networks: ports.length > 0 ? { ...networks, edge: {} } : networks,
    volumes: mounts(workload),
    healthcheck: health(compose, "proxy", name),
    depends_on: { [compose.agent]: { condition: "service_healthy" } },
  };
}

/** The ports at which people and devices come in. */
function published({ workloads, edge, devices }: Composed, workload: Workload): number[] {
  const run = workloads[workload.name];
  const people = isPublic(workload) ? (run?.edge ?? edge) : undefined;
  const others = deviceMethods(workload).length > 0 ? (run?.devices ?? devices) : undefined;
  return [...(people ? [people.port, people.tlsPort] : []), ...(others ? [others.port] : [])];
}

const bootstrapFile = (workload: string): string => `/etc/mesh/${workload}.yaml`;

/** Sockets and certificates of the workload; what all trust; at the edge the socket of who signs tokens. */
const mounts = (workload: Workload): Yaml[] => [
  `${workload.name}:${folderOf(workload.name)}`,
  `${trustVolume}:${folderOf(trustVolume)}:ro`,
  ...(isPublic(workload) ? [`${issuerVolume}:${folderOf(issuerVolume)}`] : []),
];

function health({ health }: Compose, kind: string, name: string): YamlMap | undefined {
  const command = health[kind];
  if (!command) return undefined;
  const test = ["CMD", ...command.map((word) => word.replaceAll("{workload}", name))];
  return { test, interval: "2s", timeout: "5s", retries: 30 };
}
