// The contract against reality: who is allowed to call against who calls, or whom somebody else lets call.

import { sortByPlace } from "../check.ts";
import { graphOf } from "../graph.ts";
import { ANY, type Contract, type Method } from "../model.ts";
import { compare } from "../names.ts";
import { at } from "../rules/places.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import { coversMethod, type Grant } from "./grants.ts";
import type { Seen } from "./sources.ts";

interface DriftRule {
  readonly code: string;
  readonly severity: Severity;
  readonly mend: string;
}

/** A call that was seen, or is allowed elsewhere, and that the contract does not grant. */
const undeclared: DriftRule = {
  code: "drift-undeclared",
  severity: "error",
  mend: "add the caller to the method, or stop the call",
};
/** A caller of a method that never called it, or that nothing else lets call it. */
const unseen: DriftRule = {
  code: "drift-unseen",
  severity: "warning",
  mend: "remove the caller from the method, or look for longer",
};
/** A method that nobody called, or that no policy elsewhere names. */
const uncovered: DriftRule = {
  code: "drift-uncovered",
  severity: "warning",
  mend: "delete the method if nobody needs it, or look for longer",
};
/** A method that was called, or is allowed elsewhere, and that is not in the contract. */
const unknown: DriftRule = {
  code: "drift-unknown-method",
  severity: "error",
  mend: "add its proto to the contract, or remove what names it",
};

/** Where the contract and what was seen, or what others allow, differ; sorted by place. */
export function drift(contract: Contract, { grants, callers: lookedAt }: Seen): Finding[] {
  const { methods } = graphOf(contract);
  const workloads = new Set(contract.workloads.map(({ name }) => name));
  const named = new Set([...workloads, ...contract.externalWorkloads.map(({ name }) => name)]);
  const findings: Finding[] = [];
  const add = ({ code, severity, mend }: DriftRule, subject: string, place: Finding["at"], message: string) =>
    findings.push({ code, severity, mend, subject, at: place, message });
  const granted = (method: Method, caller: string): boolean =>
    method.callers.includes(caller) || (method.callers.includes(ANY) && workloads.has(caller));
  const couldBeSeen = (caller: string): boolean => named.has(caller) && (lookedAt?.has(caller) ?? true);

  for (const method of methods.values()) {
    const here = grants.filter((grant) => coversMethod(grant, method.id, method.service.workload));
    if (here.length === 0) {
      if (lookedAt && !method.callers.every(couldBeSeen)) continue;
      add(uncovered, method.id, method.at, `${method.id} is covered by nothing that was looked at`);
      continue;
    }
    for (const { caller, place } of unique(here)) {
      if (granted(method, caller)) continue;
      const who = caller === "*" ? "everybody" : caller;
      add(
        undeclared,
        method.id,
        at(method, "callers"),
        `${method.id} is open to ${who} in ${place}, and not in the contract`,
      );
    }
    for (const caller of method.callers) {
      if (!couldBeSeen(caller) || here.some((grant) => grant.caller === caller || grant.caller === "*")) continue;
      add(unseen, method.id, at(method, "callers"), `${method.id} grants ${caller}, of which nothing was seen`);
    }
  }
  for (const { method, place } of unique(grants)) {
    if (method.endsWith("*") || methods.has(method) || builtIn.test(method)) continue;
    add(
      unknown,
      method,
      { file: place.replace(/:\d+$/, ""), line: Number(/:(\d+)$/.exec(place)?.[1] ?? 0) },
      `${method} is not in the contract`,
    );
  }
  return sortByPlace(findings);
}

/** Health and reflection are granted from a built-in table, not by the contract. */
const builtIn = /^grpc\.(health|reflection)\./;

function unique(grants: readonly Grant[]): Grant[] {
  const byPair = new Map(grants.map((grant) => [`${grant.caller} ${grant.method}`, grant]));
  return [...byPair].sort(([a], [b]) => compare(a, b)).map(([, grant]) => grant);
}
