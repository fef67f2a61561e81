// A live call that must be refused: made from the pod of a workload, through its proxy, by a container that joins the pod for
// a moment. A call that must pass goes before it, or a refusal would say nothing.

import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { health } from "../emit/built-in.ts";
import { outboundCalls } from "../emit/calls.ts";
import { deployed, type InCluster, nameLabel } from "../emit/cluster.ts";
import { hostOf } from "../environment-model.ts";
import { InputError } from "../input-error.ts";
import { ANY, type Contract, type Method } from "../model.ts";
import type { Kubectl } from "./kubectl.ts";

/** A method, and a workload that calls its neighbours but may not call it. */
export interface Attempt {
  readonly caller: string;
  readonly method: Method;
}

export interface ProbeResult {
  readonly attempt: Attempt;
  /** Refused as it must be; let through; or nothing was learned. */
  readonly what: "refused" | "passed" | "unknown";
  /** What was answered, or why nothing was learned. */
  readonly detail: string;
}

const LIMIT_S = 60;

/** One for each workload that enforces its policy and has a method that not all of its callers may call. */
export function attempts(contract: Contract, environment: InCluster): Attempt[] {
  const workloads = deployed(contract, environment);
  const callers = workloads.map((workload) => ({
    name: workload.name,
    callees: new Set(outboundCalls(contract, workload).map(({ method }) => method.service.workload)),
  }));
  return workloads.flatMap(({ name, services }) => {
    if (environment.workloads[name]?.mode === "audit") return [];
    const methods = services.flatMap(({ methods }) => methods).filter(({ callers: who }) => !who.includes(ANY));
    for (const { name: caller } of callers.filter(({ callees }) => callees.has(name))) {
      const method = methods.find(({ callers: who }) => !who.includes(caller));
      if (method) return [{ caller, method }];
    }
    return [];
  });
}

/** Makes all attempts, one after another. `image` has a shell and a curl that speaks HTTP/2. */
export async function probe(
  kubectl: Kubectl,
  environment: InCluster,
  image: string,
  all: readonly Attempt[],
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const attempt of all) {
    try {
      const said = await inPodOf(
        kubectl,
        environment.namespace,
        attempt.caller,
        image,
        script(environment, attempt.method),
      );
      results.push({ attempt, ...judge(said) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      results.push({ attempt, what: "unknown", detail: error.message });
    }
  }
  return results;
}

/** Runs a script in a container that joins a pod. What it wrote. */
async function inPodOf(kubectl: Kubectl, namespace: string, workload: string, image: string, text: string) {
  const selector = `${nameLabel}=${workload}`;
  const [pod] = kubectl.get(["pods", "-n", namespace, "-l", selector, "--field-selector", "status.phase=Running"]);
  if (!pod) throw new InputError(`${workload} has no pod that runs`);
  const at = ["-n", namespace, pod.metadata.name];
  const container = `meshc-probe-${randomBytes(4).toString("hex")}`;
  kubectl.run([
    "debug",
    ...at,
    `--image=${image}`,
    `--container=${container}`,
    "--profile=restricted",
    "--quiet",
    "--",
    "sh",
    "-c",
    text,
  ]);
  const state = `jsonpath={.status.ephemeralContainerStatuses[?(@.name=="${container}")].state.terminated.exitCode}`;
  for (let waited = 0; kubectl.run(["get", "pod", ...at, "-o", state]) === ""; waited++) {
    if (waited === LIMIT_S) throw new InputError(`the probe in pod ${namespace}/${pod.metadata.name} did not end`);
    await delay(1000);
  }
  return kubectl.run(["logs", ...at, "-c", container]);
}

/**
 * Calls the health check, then the method; a line for each. No message is sent: policy decides by the head of a call, and a
 * refusal that overtakes the message makes curl report a broken stream.
 */
function script(environment: InCluster, method: Method): string {
  const base = `http://${hostOf(environment, method.service.workload)}:${environment.port}`;
  const [check] = health;
  return [
    "call() { curl -s -m 10 --http2-prior-knowledge -o /dev/null -d '' -H 'content-type: application/grpc' -H 'te: trailers' \\",
    "  -w 'curl=%{exitcode} http=%{http_code} grpc=%header{grpc-status}\\n' \"$1\"; }",
    `call '${base}${check?.path}'`,
    `call '${base}/${method.id}'`,
    "exit 0",
  ].join("\n");
}

function judge(said: string): Pick<ProbeResult, "what" | "detail"> {
  const [check, tried] = [...said.matchAll(/^curl=(\d+) http=(\d+) grpc=(\d*)$/gm)].map(
    ([line, exit, http, grpc = ""]): Answer => ({
      line,
      grpc,
      reached: exit === "0" && http === "200" && !away.has(grpc),
    }),
  );
  if (!check || !tried) return { what: "unknown", detail: `the probe wrote ${JSON.stringify(said.slice(0, 200))}` };
  if (!check.reached) return { what: "unknown", detail: `not even the health check passed: ${check.line}` };
  return { what: tried.grpc === PERMISSION_DENIED ? "refused" : "passed", detail: tried.line };
}

const PERMISSION_DENIED = "7";
/** DEADLINE_EXCEEDED, PERMISSION_DENIED, UNAVAILABLE. Any other status, UNIMPLEMENTED too, comes from the callee itself. */
const away = new Set(["4", PERMISSION_DENIED, "14"]);

interface Answer {
  readonly line: string;
  /** A status that came with the headers, as that of a refusal does; empty for one that came after a message. */
  readonly grpc: string;
  readonly reached: boolean;
}
