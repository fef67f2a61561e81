// The requests and limits of the environments against what `make bench` found: enough of it, and not much more.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../mesh/compiler/src/environment.ts";
import { type Footprint, type Footprints, readFootprints } from "./footprint.ts";

// docs/cluster.md says these to people. A second, of one instance.
const rates: Record<string, Rates> = {
  staging: { order: 20, reading: 2000 },
  trial: { order: 20, reading: 2000 },
  linkerd: { order: 20, reading: 2000 },
  production: { order: 50, reading: 5000 },
};
const cpuMargin = 1.5;
const limitMargin = 1.5;
/** More than this many times of what is needed is waste; under the least there is nothing to save. */
const mostTimes = 4;
const leastMillicores = 20;

const millicores = (quantity = "") => (quantity.endsWith("m") ? Number.parseFloat(quantity) : Number(quantity) * 1000);
const mebibytes = (quantity = "") => {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  return Number(number) * (unit === "Gi" ? 1024 : 1);
};

/** What is wrong with the resources of a workload, in words. */
function findings(
  measured: Footprints,
  rate: Rates,
  name: string,
  { requests = {}, limits = {} }: Resources,
): string[] {
  const footprint = measured[name];
  if (!footprint) return [`${name} was never measured: make bench`];
  const cpu = Math.max(leastMillicores, (footprint.cpuMicros * rate[footprint.unit] * cpuMargin) / 1000);
  const checks: [what: string, stated: number, least: number, most: number][] = [
    ["requests.cpu", millicores(requests.cpu), cpu, cpu * mostTimes],
    ["requests.memory", mebibytes(requests.memory), footprint.peakMib, footprint.peakMib * mostTimes],
    ["limits.memory", mebibytes(limits.memory), footprint.peakMib * limitMargin, footprint.peakMib * mostTimes],
  ];
  return checks
    .filter(([, stated, least, most]) => !(stated >= least && stated <= most))
    .map(([what, stated, least, most]) => `${name} ${what} is ${stated}, not from ${least} to ${most}`);
}

type Rates = Readonly<Record<Footprint["unit"], number>>;

interface Resources {
  readonly requests?: { readonly cpu?: string; readonly memory?: string };
  readonly limits?: { readonly memory?: string };
}

describe.each(Object.entries(rates))("in %s, for the orders and readings of an instance,", (environment, rate) => {
  const { services } = readFootprints();
  const { workloads } = loadEnvironment(join(import.meta.dirname, "../mesh/environments", `${environment}.yaml`));

  test("every workload has what it takes, and not much more", () => {
    expect(
      Object.entries(workloads).flatMap(([name, { resources }]) => findings(services, rate, name, resources)),
    ).toEqual([]);
  });
});

test("too little and too much is found, and what was never measured", () => {
  const measured: Footprints = {
    order: { unit: "order", cpuMicros: 3860, peakMib: 213 },
    ingestion: { unit: "reading", cpuMicros: 40, peakMib: 40 },
  };
  const found = (order: number, name: string, resources: Resources) =>
    findings(measured, { order, reading: 1000 }, name, resources);
  const order = { requests: { cpu: "300m", memory: "224Mi" }, limits: { memory: "384Mi" } };
  expect(found(50, "order", order)).toEqual([]);
  expect(found(500, "order", order)).toEqual([expect.stringMatching(/^order requests\.cpu is 300, not from/)]);
  expect(found(50, "order", { ...order, limits: { memory: "256Mi" } })).toHaveLength(1);
  expect(found(50, "order", { ...order, requests: { cpu: "8", memory: "64Mi" } })).toHaveLength(2);
  expect(found(50, "order", {})).toHaveLength(3);
  const ingestion = { requests: { cpu: "100m", memory: "48Mi" }, limits: { memory: "96Mi" } };
  expect(found(50, "ingestion", ingestion)).toEqual([]);
  expect(found(50, "ingestion", { ...ingestion, requests: { cpu: "20m", memory: "48Mi" } })).toHaveLength(1);
  expect(found(50, "stranger", order)).toEqual(["stranger was never measured: make bench"]);
});
