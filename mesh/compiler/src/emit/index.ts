// The emitters by name. A new target is one more line here: none of them knows another, and the core knows none.

import type { Environment } from "../environment-model.ts";
import type { Contract } from "../model.ts";
import { emitCompose } from "./compose/index.ts";
import { emitIstio } from "./istio/index.ts";
import { emitIstioSets } from "./istio-sets/index.ts";
import { emitKafka } from "./kafka/index.ts";
import { emitKubernetes } from "./kubernetes/index.ts";
import { emitLinkerd } from "./linkerd/index.ts";
import { emitLocal } from "./local/index.ts";
import { emitPrometheus } from "./prometheus/index.ts";
import { emitReference } from "./reference/index.ts";
import { serviceConfigEmitters } from "./service-config/index.ts";

/** Makes files, by their paths below the folder that the target is written to. Throws InputError for what cannot be made. */
export type Emitter = (contract: Contract, environment: Environment) => Map<string, string>;

export const emitters: Readonly<Record<string, Emitter>> = {
  compose: emitCompose,
  istio: emitIstio,
  "istio-sets": emitIstioSets,
  kafka: emitKafka,
  kubernetes: emitKubernetes,
  linkerd: emitLinkerd,
  local: emitLocal,
  prometheus: emitPrometheus,
  reference: emitReference,
  ...serviceConfigEmitters,
};

/** The targets that write again what another one writes: `explain` need not look there. */
export const repeating: ReadonlySet<string> = new Set(["compose", "istio-sets"]);
