// How long each method of a workload may take, and what is tried again, for every caller.

import { hostOf, limitsOf } from "../../environment-model.ts";
import type { Contract, Workload } from "../../model.ts";
import { health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { meshMethods } from "../identity.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { networking } from "./names.ts";
import { faultOf, limits, onlyUnreached, routesTo, triesOf } from "./routes.ts";

/** For a workload without methods too: Istio would try its health twice more. */
export function virtualService(contract: Contract, environment: InCluster, workload: Workload): YamlMap {
  const { namespace } = environment;
  const { name } = workload;
  const exactly = (path: string, headers: YamlMap): YamlMap => ({ match: [{ uri: { exact: path }, ...headers }] });
  const routes: Yaml[] = [
    ...meshMethods(contract, environment, workload).flatMap((method) =>
      routesTo(environment, workload, (headers, to) =>
        note(from(method), {
          ...exactly(method.path, headers),
          ...to,
          ...limits(method),
          ...triesOf(method),
          ...faultOf(environment, method),
        }),
      ),
    ),
    ...[...health, ...reflection].flatMap((method) =>
      routesTo(environment, workload, (headers, to) =>
        note("built in", { ...exactly(method.path, headers), ...to, ...limits(method), ...onlyUnreached }),
      ),
    ),
    ...rest(environment, workload),
  ];
  const head = { apiVersion: networking, kind: "VirtualService", name, namespace, labels: selectorOf(name) };
  return object(head, { spec: { hosts: [hostOf(environment, name)], http: routes } });
}

/** What the contract does not name leaves no caller, unless the workload is only audited. */
function rest(environment: InCluster, workload: Workload): Yaml[] {
  if (limitsOf(environment, workload.name).mode !== "audit") {
    return [note("what the contract does not name", { directResponse: { status: 403 } })];
  }
  return routesTo(environment, workload, (headers, to) =>
    note("what the contract does not name, while the mode is audit", {
      match: Object.keys(headers).length > 0 ? [headers] : undefined,
      ...to,
      ...onlyUnreached,
    }),
  );
}
