// How long each method of a workload may take, and what is tried again, for every caller.

import { hostOf, limitsOf } from "../../environment-model.ts";
import type { Contract, Workload } from "../../model.ts";
import { health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { meshMethods } from "../identity.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { networking } from "./names.ts";
import { limits, onlyUnreached, routeTo, triesOf } from "./routes.ts";

/** For a workload without methods too: Istio would try its health twice more. */
export function virtualService(contract: Contract, environment: InCluster, workload: Workload): YamlMap {
  const { namespace } = environment;
  const { name } = workload;
  const route = routeTo(environment, workload);
  const exactly = (path: string): YamlMap => ({ match: [{ uri: { exact: path } }] });
  const routes: Yaml[] = [
    ...meshMethods(contract, environment, workload).map((method) =>
      note(from(method), { ...exactly(method.path), ...route, ...limits(method), ...triesOf(method) }),
    ),
    ...[...health, ...reflection].map((method) =>
      note("built in", { ...exactly(method.path), ...route, ...limits(method), ...onlyUnreached }),
    ),
    rest(environment, workload, route),
  ];
  const head = { apiVersion: networking, kind: "VirtualService", name, namespace, labels: selectorOf(name) };
  return object(head, { spec: { hosts: [hostOf(environment, name)], http: routes } });
}

/** What the contract does not name leaves no caller, unless the workload is only audited. */
const rest = (environment: InCluster, { name }: Workload, route: YamlMap): Yaml =>
  limitsOf(environment, name).mode === "audit"
    ? note("what the contract does not name, while the mode is audit", { ...route, ...onlyUnreached })
    : note("what the contract does not name", { directResponse: { status: 403 } });
