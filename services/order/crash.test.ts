// SIGKILL to the real process at every point of every step: before the call, after its effect but before the answer, and
// after the answer but before anything is done with it. The process that comes next must bring the order to its end.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Point } from "./runner.ts";
import type { CallStep } from "./saga.ts";
import { OrderProcess } from "./testing/process.ts";
import { type Basket, basket, basketCents, eventually, patiently, Shop } from "./testing/shop.ts";

type When = "before the call" | "after the effect" | "after the answer";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: Shop;
let running: OrderProcess;
// The next process loads while the one before is being killed.
let standby: OrderProcess;
beforeAll(async () => {
  shop = await Shop.open();
  running = await OrderProcess.load(shop).start();
  standby = OrderProcess.load(shop);
});
beforeEach(() => shop.quiet());
afterAll(async () => {
  standby?.kill();
  await running?.stop();
  await shop?.close();
});

const everyPoint = (steps: readonly CallStep[], moves: readonly Point[]): [Point, When][] => [
  ...steps.flatMap((step): [Point, When][] => [
    [step, "before the call"],
    [step, "after the effect"],
    [step, "after the answer"],
  ]),
  // For a write of its own there is no telling the last two apart: it stands, and its writer is gone.
  ...moves.flatMap((move): [Point, When][] => [
    [move, "before the call"],
    [move, "after the answer"],
  ]),
];

/** Has the process killed at the point while it does `work`, and lets the next one take over. */
async function killedAt(point: Point, when: When, work: () => Promise<unknown>): Promise<void> {
  if (when === "after the effect") {
    // The answer never leaves: whoever waits for it is dead.
    const { kill } = running;
    shop.participants.interpose(point as CallStep, { effected: kill });
  } else {
    await running.crashAt({ at: point, when: when === "before the call" ? "before" : "after" });
  }
  // Its caller may be answered before the process dies, or not; or be told to try again, where the machine is slow.
  const { gone } = running;
  await patiently(work, () => !gone()).catch(() => {});
  await running.killed();
  shop.participants.interpose(point as CallStep, {});
  running = await standby.start();
  standby = OrderProcess.load(shop);
}

const place = (request: Basket) =>
  running.caller.as("ada", (orders) => orders.placeOrder(request), { deadlineMs: 5000 });
const found = async ({ requestId = "" }: Basket) => (await shop.store.findRequest("ada", requestId))?.order;
const settled = (request: Basket) =>
  eventually(async () => {
    const order = await found(request);
    return order?.settled && order;
  }, 20_000);

async function expectWhole(request: Basket): Promise<string> {
  const { id, state } = await settled(request);
  expect(shop.participants.balance(id, basketCents)).toBe(state === "CONFIRMED" ? "all" : "nothing");
  const events = await shop.eventsOf(`orders/${id}`);
  const told = events.map(({ type }) => type.split(".").at(-1));
  expect(told).toEqual(
    { CONFIRMED: ["OrderConfirmed"], REFUSED: ["OrderCancelled"], CANCELLED: ["OrderConfirmed", "OrderCancelled"] }[
      state as "CONFIRMED"
    ],
  );
  return state;
}

describe("an order that goes well", () => {
  const points = everyPoint(["reserve", "hold", "book", "commit", "capture", "confirm"], ["CONFIRMED", "settle"]);

  test.each(points)("is whole after a kill at %s, %s", async (point, when) => {
    const request = basket();
    await killedAt(point, when, () => place(request));
    // Were the machine so slow that the forward limit has passed, it would be wholly undone.
    expect(["CONFIRMED", "REFUSED"]).toContain(await expectWhole(request));
    // The caller tries again, and meets the same order.
    const first = await found(request);
    await place(request).catch(() => {});
    expect((await found(request))?.id).toBe(first?.id);
    await expectWhole(request);
  });
});

describe("an order that is refused", () => {
  const points = everyPoint(["release", "void", "cancel"], ["UNDOING", "settle"]);

  test.each(points)("leaves nothing after a kill at %s, %s", async (point, when) => {
    shop.participants.stock.available.set("bread", 0);
    const request = basket();
    await killedAt(point, when, () => place(request));
    expect(await expectWhole(request)).toBe("REFUSED");
    expect(await found(request)).toMatchObject({ failure: { reason: "STOCK_SHORT", metadata: { product: "bread" } } });
  });
});

describe("an order that is cancelled", () => {
  const points = everyPoint(["cancel", "refund", "restock"], ["CANCELLING", "settle"]);

  test.each(points)("is given back wholly after a kill at %s, %s", async (point, when) => {
    const request = basket();
    await patiently(() => place(request));
    const { id } = await settled(request);
    const cancel = () => running.caller.cancel(`orders/${id}`);
    await killedAt(point, when, cancel);
    // A process that dies before the wish is stored has promised nothing.
    await cancel();
    await eventually(async () => (await settled(request)).state === "CANCELLED");
    await expectWhole(request);
  });
});
