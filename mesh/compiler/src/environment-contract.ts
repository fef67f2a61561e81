// Where an environment meets a contract: it may name what the contract knows, and shorten what the contract allows.

import type { Environment } from "./environment-model.ts";
import { InputError } from "./input-error.ts";
import type { Contract, Method, Service, Workload } from "./model.ts";
import { nearest } from "./names.ts";

/**
 * The contract as it holds in this environment: the same, with the deadlines that the environment shortens.
 * Throws InputError with one line for each thing the environment names and the contract does not know, and for each
 * deadline that it would lengthen.
 */
export function tighten(contract: Contract, environment: Environment): Contract {
  const problems = [
    ...unknownWorkloads(contract, environment),
    ...looseDeadlines(contract, environment),
    ...unknownFaults(contract, environment),
    ...namesOfVersions(contract, environment),
    ...devicesAsWorkloads(contract, environment),
  ];
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  if (Object.keys(environment.deadlines).length === 0) return contract;

  const services = contract.services.map((service) => shortened(service, environment.deadlines));
  const byId = new Map(services.map((service) => [service.id, service]));
  const workloads = contract.workloads.map(
    (workload): Workload => ({ ...workload, services: workload.services.map((old) => byId.get(old.id) ?? old) }),
  );
  return { ...contract, services, workloads };
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

function unknownWorkloads(contract: Contract, environment: Environment): string[] {
  const known = contract.workloads.map(({ name }) => name);
  const problems = Object.keys(environment.workloads)
    .filter((name) => !known.includes(name))
    .map((name) => `the environment runs ${name}, which is no workload of the contract${hint(nearest(name, known))}`);
  if (known.includes(environment.operator)) {
    problems.push(
      `the operator ${environment.operator} has the name of a workload: it would have that workload's rights`,
    );
  }
  return problems;
}

function looseDeadlines(contract: Contract, environment: Environment): string[] {
  const methods = new Map(contract.services.flatMap(({ methods }) => methods).map((method) => [method.id, method]));
  const problems: string[] = [];
  for (const [id, deadlineMs] of Object.entries(environment.deadlines)) {
    const method = methods.get(id);
    if (!method) {
      problems.push(
        `the environment shortens ${id}, which is no method of the contract${hint(nearest(id, methods.keys()))}`,
      );
    } else if (method.kind === "server" || method.kind === "bidi") {
      problems.push(`the environment shortens ${id}, which is a stream and has no deadline`);
    } else if (method.deadlineMs !== undefined && deadlineMs > method.deadlineMs) {
      problems.push(
        `the environment gives ${id} ${deadlineMs} ms where the contract allows ${method.deadlineMs} ms: ` +
          "an environment may tighten the contract, never loosen it",
      );
    }
  }
  return problems;
}

function unknownFaults(contract: Contract, environment: Environment): string[] {
  return contract.workloads.flatMap(({ name, services }) => {
    const served = services.flatMap(({ methods }) => methods.map(({ id }) => id));
    const faults = environment.workloads[name]?.faults ?? [];
    return faults
      .filter(({ method }) => !served.includes(method))
      .map(
        ({ method }) =>
          `the environment injects faults into ${method}, which ${name} does not serve${hint(nearest(method, served))}`,
      );
  });
}

/** The versions of a workload have objects of their own in a cluster, `stock-canary`, whose names must be free. */
function namesOfVersions(contract: Contract, environment: Environment): string[] {
  const known = contract.workloads.map(({ name }) => name);
  return Object.entries(environment.workloads).flatMap(([name, { canary }]) => {
    if (!canary) return [];
    const names = [`${name}-stable`, `${name}-canary`];
    const taken = names.find((one) => known.includes(one));
    if (taken) return [`the environment has a canary of ${name}, and ${taken} is a workload of its own`];
    return names.some((one) => one.length > 63)
      ? [`the environment has a canary of ${name}, whose name is too long to have -canary behind it`]
      : [];
  });
}

/** A workload outside with the trust domain of devices could be any of them. */
const devicesAsWorkloads = ({ externalWorkloads }: Contract, { devices }: Environment): string[] =>
  externalWorkloads
    .filter(({ trustDomain }) => devices !== undefined && trustDomain === devices.trustDomain)
    .map(
      ({ name, trustDomain }) =>
        `the environment gives devices the trust domain ${trustDomain}, which the contract gives the external workload ${name}`,
    );

const hint = (meant: string | undefined): string => (meant ? `; did you mean ${meant}?` : "");
