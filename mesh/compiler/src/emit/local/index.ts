// Sidecars on one machine: an Envoy bootstrap for each workload.

import { tighten } from "../../environment-contract.ts";
import type { Environment } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import { type Contract, DEVICE, EDGE } from "../../model.ts";
import { place } from "../../names.ts";
import { refuseParts } from "../cluster.ts";
import { deviceMethods, edgeMethods } from "../identity.ts";
import { bootstrap } from "./bootstrap.ts";
import { clusters } from "./names.ts";

/**
 * The bootstraps, by file name: `order.yaml`.
 * Throws InputError where contract and environment do not go together, for a workload whose name is taken here, and for
 * a canary or faults.
 */
export function emitLocal(contract: Contract, environment: Environment): Map<string, string> {
  const tightened = tighten(contract, environment);
  refuseParts(environment, "local", ["canary", "faults"]);
  checkNames(tightened);
  checkPorts(tightened, environment);
  return new Map(
    tightened.workloads.map((workload) => [`${workload.name}.yaml`, bootstrap(tightened, environment, workload)]),
  );
}

function checkNames({ workloads }: Contract): void {
  const taken = new Set<string>(Object.values(clusters));
  const workload = workloads.find(({ name }) => taken.has(name));
  if (workload) {
    throw new InputError(`${place(workload.at)}: a workload cannot be named ${workload.name} in the local mesh`);
  }
}

/** On one machine no two listeners for callers outside can share a port. */
function checkPorts({ workloads }: Contract, environment: Environment): void {
  const owners = new Map<number, { readonly name: string; readonly caller: string }>();
  const claim = (name: string, caller: string, part: string, port: number) => {
    const owner = owners.get(port);
    owners.set(port, { name, caller });
    if (!owner) return;
    const both =
      owner.caller === caller
        ? `${owner.name} and ${name} both have methods for ${caller}`
        : `${owner.name} has methods for ${owner.caller}, and ${name} for ${caller},`;
    throw new InputError(
      `${both} on port ${port}: ` + `give one of them ports of its own (workloads.${name}.${part} in the environment)`,
    );
  };
  for (const workload of workloads) {
    const { name } = workload;
    const { edge = environment.edge, devices = environment.devices } = environment.workloads[name] ?? {};
    if (edge && edgeMethods(workload).length > 0) {
      for (const port of [edge.port, edge.tlsPort]) claim(name, EDGE, "edge", port);
    }
    if (devices && deviceMethods(workload).length > 0) claim(name, DEVICE, "devices", devices.port);
  }
}
