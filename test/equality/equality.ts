// Runs every case against one target and holds the target to its word.

import { beforeEach, describe, expect, test } from "vitest";
import { type CaseName, cases, type Standings } from "../../mesh/compiler/src/emit/coverage/cases.ts";
import { until } from "../until.ts";
import { isAllowed, kit, mustHold, type Observed, type Rig, raw } from "./cases.ts";
import { methods } from "./contract.ts";

/** Makes a test of every case that runs, with what the target says of it. `only` is for a rig without the kit and without an edge. */
export function holdToItsWord(standings: Standings, rig: () => Rig, only?: readonly CaseName[]): void {
  // A client that found nobody there looks again a little later.
  beforeEach(async () => {
    const { callee, out, kit } = rig();
    callee.reset();
    await until("the callee to be there for the caller", async () => (await out.call(methods.once.path)) === "OK");
    await until("the callee to be there for the kit", async () => (await kit(methods.once.path)) === "OK");
  });

  for (const [kind, runs] of [
    ["neither end on the kit", raw],
    ["one end on the kit", kit],
  ] as const) {
    if (only && runs === kit) continue;
    describe(kind, () => {
      for (const name of only ?? (Object.keys(runs) as CaseName[])) {
        const must = mustHold(standings[name], runs === kit);
        if (must === undefined) continue;
        test(`${cases[name].name} (${name}): ${must ? "as the contract says" : "weaker"}`, async () => {
          let observed = (await runs[name]?.(rig())) as Observed;
          // A busy machine may lose a race against a deadline; what a target really does it does again.
          for (let more = 2; more > 0 && isAllowed(name, observed) !== must; more--) {
            observed = (await runs[name]?.(rig())) as Observed;
          }
          const said = `${name}: ${observed.code} after ${observed.tries} tries, where the target says "${standings[name]}"`;
          expect(isAllowed(name, observed), said).toBe(must);
        });
      }
    });
  }
}
