// Who may call which method of a workload.
//
// One policy holds all rules of a workload, so that a grant that the contract takes back goes with the next apply; an
// object for each grant would stay behind, and go on allowing.

import { limitsOf } from "../../environment-model.ts";
import type { Contract, Method, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { callersOf, deviceMethods, edgeMethods, identityOf, meshMethods } from "../identity.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { deviceRules } from "./devices.ts";
import { edgeRules } from "./edge-rules.ts";
import { anyWorkload, principal, security, selector } from "./names.ts";

/**
 * The policy of a workload. In audit mode it lets everything in, since nothing else would let the rest pass that the namespace
 * refuses, and a second policy has the rules, of which Istio only counts and logs what they would refuse. That second one stays
 * behind when the first is applied with the rules in it: it must be the one that opens nothing.
 */
export function authorization(contract: Contract, environment: InCluster, workload: Workload): YamlMap[] {
  const { namespace } = environment;
  const { name } = workload;
  const audit = limitsOf(environment, name).mode === "audit";
  const head = { apiVersion: security, kind: "AuthorizationPolicy", namespace, labels: selectorOf(name) };
  const rules = [
    ...meshMethods(contract, environment, workload).map((method) => meshRule(contract, environment, method)),
    note("built in: health for every identity of the mesh", {
      from: source([anyWorkload(environment)]),
      to: paths(health.map(({ path }) => path)),
    }),
    note("built in: reflection for the operator", {
      from: source([principal(identityOf(environment, environment.operator))]),
      to: paths(reflection.map(({ path }) => path)),
    }),
    ...(edgeMethods(workload).length > 0 ? edgeRules(environment, workload) : []),
    ...(deviceMethods(workload).length > 0 ? deviceRules(environment, workload) : []),
  ];
  const spec = { selector: selector(name), action: "ALLOW" };
  if (!audit) return [object({ ...head, name }, { spec: { ...spec, rules } })];
  const open = object(
    { ...head, name },
    { spec: { ...spec, rules: [note("Everything, while the mode is audit.", {})] } },
  );
  const watching = { ...head, name: `${name}-audit`, annotations: { "istio.io/dry-run": "true" } };
  return [open, object(watching, { spec: { ...spec, rules } })];
}

function meshRule(contract: Contract, environment: InCluster, method: Method): Yaml {
  const callers = callersOf(contract, environment, method);
  const principals = callers === "any" ? [anyWorkload(environment)] : callers.map(principal).sort(compare);
  // Behind the call must stand a user, whose assertion RequestAuthentication has verified.
  const { userAssertion } = environment;
  const user = method.endUser === "required" && userAssertion?.jwksUri ? [`${userAssertion.issuer}/*`] : undefined;
  return note(from(method), {
    from: [{ source: { principals, requestPrincipals: user } }],
    to: paths([method.path]),
  });
}

const source = (principals: readonly string[]): Yaml => [{ source: { principals } }];
const paths = (paths: readonly string[]): Yaml => [{ operation: { paths } }];
