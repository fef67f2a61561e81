// Sidecars on one machine: an Envoy bootstrap for each workload.

import { tighten } from "../../environment-contract.ts";
import type { Environment } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Contract } from "../../model.ts";
import { place } from "../../names.ts";
import { refuseParts } from "../cluster.ts";
import { edgeMethods } from "../identity.ts";
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

/** On one machine two edges cannot share a port. */
function checkPorts({ workloads }: Contract, environment: Environment): void {
  const owners = new Map<number, string>();
  for (const workload of workloads.filter((workload) => edgeMethods(workload).length > 0)) {
    const ports = environment.workloads[workload.name]?.edge ?? environment.edge;
    for (const port of ports ? [ports.port, ports.tlsPort] : []) {
      const owner = owners.get(port);
      if (owner !== undefined) {
        throw new InputError(
          `${owner} and ${workload.name} both have methods for @edge on port ${port}: ` +
            `give one of them ports of its own (workloads.${workload.name}.edge in the environment)`,
        );
      }
      owners.set(port, workload.name);
    }
  }
}
