// What an environment leaves to nobody of what the contract says about callers and scopes.

import type { Accepts, Environment } from "../../environment-model.ts";
import { aspects } from "./aspects.ts";
import { type CaseName, cases, type Standing } from "./cases.ts";
import { coverages } from "./index.ts";

/** An aspect, and the cases that come out otherwise with nobody to mend it. */
export interface Unenforced {
  readonly aspect: keyof Accepts;
  readonly message: string;
}

const guarded = ["callers", "scopes"] as const satisfies readonly (keyof Accepts)[];

/** Nothing for an environment that accepts it by name. */
export function unenforcedIn(environment: Environment): Unenforced[] {
  const { cluster, accepts } = environment;
  const target = cluster === undefined ? "local" : cluster.mesh === "none" ? "kubernetes" : cluster.mesh;
  // Without a mesh what is left to it is left to nobody.
  const nobody = (standing: Standing) => standing === "nothing" || (target === "kubernetes" && standing === "the mesh");
  return guarded.flatMap((aspect) => {
    const left = (Object.keys(cases) as CaseName[]).filter(
      (name) => cases[name].aspect === aspect && nobody(coverages[target].cases[name]),
    );
    if (left.length === 0 || accepts[aspect] !== undefined) return [];
    const what = left.map((name) => cases[name].name).join("; ");
    return [{ aspect, message: `nobody enforces ${aspects[aspect].name} (${what})` }];
  });
}
