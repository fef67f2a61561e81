// Times of recovery: what began after a kill shows that the component works, and nothing else does.
import { expect, test } from "vitest";
import { Recoveries, recoveryRows, signOf } from "./recovery.ts";

const now = () => performance.now();

test("an order shows the kills before it was asked for, and no later ones", () => {
  const recoveries = new Recoveries();
  const before = recoveries.killed("order-0", 5);
  const begun = now();
  const after = recoveries.killed("customer-0", 5);
  recoveries.confirmed({ order: "orders/1", begun, at: now() });
  expect(before.worksMs).toBeGreaterThanOrEqual(0);
  expect(after.worksMs).toBeUndefined();
});

test("what a letter passes is shown by its letter, not by its order", () => {
  const recoveries = new Recoveries();
  const killed = recoveries.killed("notification-0.sidecar", 0);
  recoveries.confirmed({ order: "orders/1", begun: now(), at: now() });
  expect(killed.worksMs).toBeUndefined();
  expect(recoveries.awaited).toEqual(["orders/1"]);
  recoveries.written(["orders/1"]);
  expect(killed.worksMs).toBeGreaterThanOrEqual(0);
  expect(recoveries.awaited).toEqual([]);
});

test("signing in shows the issuer alone", () => {
  const recoveries = new Recoveries();
  const issuer = recoveries.killed("issuer", 0);
  recoveries.confirmed({ order: "orders/1", begun: now(), at: now() });
  expect({ waits: recoveries.waitsFor("sign-in"), worksMs: issuer.worksMs }).toEqual({
    waits: true,
    worksMs: undefined,
  });
  recoveries.signedIn(now());
  expect(recoveries.waitsFor("sign-in")).toBe(false);
});

test("each component has the sign of the work that it does", () => {
  expect(["postgres", "order-0.sidecar", "event-log", "cache", "mail", "notification-0", "issuer"].map(signOf)).toEqual(
    [...["order", "order", "letter", "letter", "letter", "letter", "sign-in"]],
  );
});

test("the table has the middle and the longest of each component, and says what never came back", () => {
  const kill = (component: string, readyMs: number, worksMs?: number) => ({
    ...{ component, sign: "order" as const, killed: 0, inFlight: 0, readyMs },
    ...(worksMs === undefined ? {} : { worksMs }),
  });
  expect(recoveryRows([kill("b", 1, 10), kill("a", 5), kill("b", 3, 30), kill("b", 2, 20)])).toEqual([
    {
      what: "a",
      kills: 1,
      readyP50: 5,
      readyMax: 5,
      worksP50: Number.POSITIVE_INFINITY,
      worksMax: Number.POSITIVE_INFINITY,
    },
    { what: "b", kills: 3, readyP50: 2, readyMax: 3, worksP50: 20, worksMax: 30 },
  ]);
});
