// A first policy for protos that have none: a workload for each package, and options for each method, to be read and pasted.

import { coversMethod, type Grant } from "./drift/grants.ts";
import { ANY, type Contract, type Method, type Service } from "./model.ts";
import { compare } from "./names.ts";

/** Names that say that a method only reads. */
const reads = /^(?:Batch)?(?:Get|List|Search|Find|Watch|Check|Count|Stream|Describe)(?![a-z])/;

/**
 * What to add to each file, in the words of its proto. Callers come from the grants; where nobody is known every workload may
 * call, with a reason that asks to be replaced. Methods that carry a policy already are left out.
 */
export function proposal(contract: Contract, grants: readonly Grant[]): string {
  const byFile = new Map<string, Service[]>();
  for (const service of contract.services) {
    if (service.methods.every(({ hasPolicy }) => hasPolicy)) continue;
    byFile.set(service.at.file, [...(byFile.get(service.at.file) ?? []), service]);
  }
  const known = new Set(contract.workloads.map(({ name }) => name));
  const files = [...byFile].sort(([a], [b]) => compare(a, b));
  return files.map(([file, services]) => ofFile(file, services, grants, known)).join("\n");
}

function ofFile(file: string, services: readonly Service[], grants: readonly Grant[], known: Set<string>): string {
  const lines = [`// ${file}`, 'import "mesh/v1/policy.proto";', ""];
  for (const service of services) {
    const workload = service.workload || workloadOf(service);
    // A workload is declared once; a later file of the same package names it.
    if (!service.workload) {
      if (!known.has(workload)) lines.push(`option (mesh.v1.workload) = {name: "${workload}"};`, "");
      known.add(workload);
    }
    lines.push(`service ${service.name} {`);
    if (!service.workload) lines.push(`  option (mesh.v1.service) = {workload: "${workload}"};`, "");
    const methods = service.methods.filter(({ hasPolicy }) => !hasPolicy);
    lines.push(...methods.flatMap((method) => ofMethod(method, workload, grants)), "}", "");
  }
  return lines.join("\n");
}

function ofMethod(method: Method, workload: string, grants: readonly Grant[]): string[] {
  const callers = grants
    .filter((grant) => coversMethod(grant, method.id, workload) && grant.caller !== "*")
    .map(({ caller }) => caller);
  const listed = [...new Set(callers)].sort(compare).map((caller) => `"${caller}"`);
  const stream = method.kind === "server" || method.kind === "bidi";
  return [
    `  // rpc ${method.name}`,
    ...(method.idempotencyStated
      ? []
      : [`  option idempotency_level = ${reads.test(method.name) ? "NO_SIDE_EFFECTS" : "IDEMPOTENCY_UNKNOWN"};`]),
    "  option (mesh.v1.method) = {",
    ...(listed.length > 0
      ? [`    callers: [${listed.join(", ")}]`]
      : [`    callers: ["${ANY}"]`, '    any_caller: {reason: "nobody has said yet who calls: name the callers"}']),
    stream ? "    stream: {idle_ms: 60000, max_ms: 600000}" : "    deadline_ms: 1000",
    "  };",
  ];
}

/** The last word of the package that is no version: `shop.stock.v1` is run by stock. */
const workloadOf = (service: Service): string =>
  (
    service.package
      .split(".")
      .filter((part) => !/^v\d/.test(part))
      .at(-1) ?? service.name
  )
    .toLowerCase()
    .replaceAll("_", "-");
