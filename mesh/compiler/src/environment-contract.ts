// Where an environment meets a contract: it may name what the contract knows, and shorten what the contract allows.

import type { Environment } from "./environment-model.ts";
import { InputError } from "./input-error.ts";
import type { Contract, Method, Service, Workload } from "./model.ts";
import { nearest } from "./names.ts";

/**
 * The contract as it holds in this environment: the same, with the deadlines that the environment shortens.
 * Throws InputError with one line, and the place in the environment, for each thing that it names and the contract does not
 * know, and for each deadline that it would lengthen.
 */
export function tighten(contract: Contract, environment: Environment): Contract {
  const problems = [
    ...unknownWorkloads(contract, environment),
    ...looseDeadlines(contract, environment),
    ...unknownFaults(contract, environment),
    ...namesOfVersions(contract, environment),
    ...devicesAsWorkloads(contract, environment),
  ];
  if (problems.length > 0) {
    const { placeOf } = environment;
    throw new InputError(problems.map(({ at, what }) => (placeOf ? `${placeOf(at)}: ${what}` : what)).join("\n"));
  }
  if (Object.keys(environment.deadlines).length === 0) return contract;

  const services = contract.services.map((service) => shortened(service, environment.deadlines));
  const byId = new Map(services.map((service) => [service.id, service]));
  const workloads = contract.workloads.map(
    (workload): Workload => ({ ...workload, services: workload.services.map((old) => byId.get(old.id) ?? old) }),
  );
  return { ...contract, services, workloads };
}

/** `at` are the keys of the environment down to what is wrong. */
interface Problem {
  readonly at: readonly (string | number)[];
  readonly what: string;
}

function shortened(old: Service, deadlines: Environment["deadlines"]): Service {
  const methods: Method[] = [];
  const service: Service = { ...old, methods };
  for (const method of old.methods) {
    const { noDeadlineReason: _, ...rest } = method;
    const deadlineMs = deadlines[method.id];
    methods.push(deadlineMs === undefined ? { ...method, service } : { ...rest, service, deadlineMs });
  }
  return service;
}

function unknownWorkloads(contract: Contract, environment: Environment): Problem[] {
  const known = contract.workloads.map(({ name }) => name);
  const problems = Object.keys(environment.workloads)
    .filter((name) => !known.includes(name))
    .map(
      (name): Problem => ({
        at: ["workloads", name],
        what: `the environment runs ${name}, which is no workload of the contract${hint(nearest(name, known))}`,
      }),
    );
  if (known.includes(environment.operator)) {
    const what = `the operator ${environment.operator} has the name of a workload: it would have that workload's rights`;
    problems.push({ at: ["operator"], what });
  }
  return problems;
}

function looseDeadlines(contract: Contract, environment: Environment): Problem[] {
  const methods = new Map(contract.services.flatMap(({ methods }) => methods).map((method) => [method.id, method]));
  const problems: Problem[] = [];
  for (const [id, deadlineMs] of Object.entries(environment.deadlines)) {
    const method = methods.get(id);
    const wrong = (what: string) => problems.push({ at: ["deadlines", id], what });
    if (!method) {
      wrong(`the environment shortens ${id}, which is no method of the contract${hint(nearest(id, methods.keys()))}`);
    } else if (method.kind === "server" || method.kind === "bidi") {
      wrong(`the environment shortens ${id}, which is a stream and has no deadline`);
    } else if (method.deadlineMs !== undefined && deadlineMs > method.deadlineMs) {
      wrong(
        `the environment gives ${id} ${deadlineMs} ms where the contract allows ${method.deadlineMs} ms: ` +
          "an environment may tighten the contract, never loosen it",
      );
    }
  }
  return problems;
}

function unknownFaults(contract: Contract, environment: Environment): Problem[] {
  return contract.workloads.flatMap(({ name, services }) => {
    const served = services.flatMap(({ methods }) => methods.map(({ id }) => id));
    const faults = environment.workloads[name]?.faults ?? [];
    return faults.flatMap(({ method }, i): Problem[] => {
      if (served.includes(method)) return [];
      const what = `the environment injects faults into ${method}, which ${name} does not serve${hint(nearest(method, served))}`;
      return [{ at: ["workloads", name, "faults", i], what }];
    });
  });
}

/** The versions of a workload have objects of their own in a cluster, `stock-canary`, whose names must be free. */
function namesOfVersions(contract: Contract, environment: Environment): Problem[] {
  const known = contract.workloads.map(({ name }) => name);
  return Object.entries(environment.workloads).flatMap(([name, { canary }]): Problem[] => {
    if (!canary) return [];
    const names = [`${name}-stable`, `${name}-canary`];
    const taken = names.find((one) => known.includes(one));
    const at = ["workloads", name, "canary"];
    if (taken) return [{ at, what: `the environment has a canary of ${name}, and ${taken} is a workload of its own` }];
    return names.some((one) => one.length > 63)
      ? [{ at, what: `the environment has a canary of ${name}, whose name is too long to have -canary behind it` }]
      : [];
  });
}

/** A workload outside with the trust domain of devices could be any of them. */
const devicesAsWorkloads = ({ externalWorkloads }: Contract, { devices }: Environment): Problem[] =>
  externalWorkloads
    .filter(({ trustDomain }) => devices !== undefined && trustDomain === devices.trustDomain)
    .map(
      ({ name, trustDomain }): Problem => ({
        at: ["devices", "trustDomain"],
        what: `the environment gives devices the trust domain ${trustDomain}, which the contract gives the external workload ${name}`,
      }),
    );

const hint = (meant: string | undefined): string => (meant ? `; did you mean ${meant}?` : "");
