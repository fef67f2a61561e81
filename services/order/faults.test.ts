// Orders in bad weather: steps that fail, answers that are lost, calls that come late, instances that get in each other's way.
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import { Code, RpcError } from "@larder/platform";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CallStep } from "./saga.ts";
import { unavailable } from "./testing/participants.ts";
import { type Basket, basket, basketCents, eventually, type Instance, idOf, Shop, stateOf } from "./testing/shop.ts";

let shop: Shop;
let one: Instance;
let other: Instance;
beforeAll(async () => {
  shop = await Shop.open();
  one = await shop.start();
  other = await shop.start();
}, 60_000);
beforeEach(() => shop.quiet());
afterAll(async () => {
  await one?.stop();
  await other?.stop();
  await shop?.close();
});

const holds: CallStep[] = ["reserve", "hold", "book"];
const forwards: CallStep[] = ["commit", "capture", "confirm"];

const place = async (request: Basket = basket(), { at = one, deadlineMs = 2000 } = {}) =>
  (await at.as("ada", (orders) => orders.placeOrder(request), { deadlineMs })).order as Order;
const cancel = async (name: string, at = other) =>
  (await at.as("ada", (orders) => orders.cancelOrder({ name }))).order as Order;
const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => "",
    (error) => (error instanceof RpcError ? error.reason || Code[error.code] : String(error)),
  );
const settled = (id: string) =>
  eventually(async () => {
    const order = await shop.store.find(id);
    return order?.settled && order;
  });
/** The order that a request has made, whatever the request was answered. */
const madeBy = ({ requestId = "" }: Basket) =>
  eventually(async () => (await shop.store.findRequest("ada", requestId))?.order);

/** A gate that callers wait at until it is opened. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: () => promise, open: resolve };
}

/** The first `times` calls of the step fail. */
function failing(step: CallStep, when: "arrived" | "effected", times: number): void {
  let left = times;
  shop.participants.interpose(step, {
    [when]: () => {
      left -= 1;
      if (left >= 0) throw unavailable();
    },
  });
}

const expectConfirmed = (id: string) => {
  expect(shop.participants.holdings(id)).toEqual({ reservation: "COMMITTED", hold: "CAPTURED", shipment: "CONFIRMED" });
  expect(shop.participants.wallets.available.get("ada")).toBe(1_000_000 - basketCents);
  expect(shop.participants.stock.available.get("milk")).toBe(998);
  expect(shop.participants.deliveries.free.get("morning")).toBe(999);
};
const expectNothing = (id: string) => {
  const { reservation, hold, shipment } = shop.participants.holdings(id);
  expect(["RELEASED", "RESTOCKED", undefined]).toContain(reservation);
  expect(["VOIDED", "REFUNDED", undefined]).toContain(hold);
  expect(["CANCELLED", undefined]).toContain(shipment);
  expect(shop.participants.wallets.available.get("ada")).toBe(1_000_000);
  expect(shop.participants.stock.available.get("milk")).toBe(1000);
  expect(shop.participants.deliveries.free.get("morning")).toBe(1000);
};

describe("a step whose owner does not answer", () => {
  test.each([...holds, ...forwards])("%s is tried again until it is done", async (step) => {
    failing(step, "arrived", 3);
    const order = await place();
    expect(stateOf(order)).toBe("CONFIRMED");
    await settled(idOf(order));
    expectConfirmed(idOf(order));
    expect(shop.participants.count(step, idOf(order))).toBe(4);
  });

  test.each([...holds, ...forwards])("%s has its effect once, although its answers are lost", async (step) => {
    failing(step, "effected", 3);
    const order = await place();
    await settled(idOf(order));
    expectConfirmed(idOf(order));
    expect(shop.participants.count(step, idOf(order))).toBe(4);
  });

  test.each(["release", "void", "cancel"] as const)(
    "%s is tried again until everything is given back",
    async (step) => {
      failing(step, "arrived", 2);
      shop.participants.deliveries.free.set("morning", 0);
      const request = basket();
      expect(await reasonOf(place(request))).toBe("SLOT_FULL");
      const { id } = await madeBy(request);
      expect((await settled(id)).state).toBe("REFUSED");
      shop.participants.deliveries.free.set("morning", 1000);
      expectNothing(id);
    },
  );

  test.each(["cancel", "refund", "restock"] as const)(
    "%s is tried again until a cancelled order is settled",
    async (step) => {
      const id = idOf(await place());
      await settled(id);
      failing(step, "effected", 3);
      await cancel(`orders/${id}`);
      await eventually(async () => (await settled(id)).state === "CANCELLED");
      expectNothing(id);
    },
  );

  test("a step that stays away for longer than a lease is left to the recovery", async () => {
    failing("capture", "arrived", Number.POSITIVE_INFINITY);
    const id = idOf(await place());
    await eventually(async () => ((await shop.store.find(id))?.epoch ?? 0) > 2);
    const waiting = await shop.store.find(id);
    expect(waiting).toMatchObject({ state: "CONFIRMED", settled: false });
    // What was done by then is remembered.
    expect(waiting?.steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["commit", "confirm"]));
    shop.participants.interpose("capture", {});
    await settled(id);
    expectConfirmed(id);
    expect(shop.participants.count("commit", id)).toBe(1);
  });
});

describe("the forward limit", () => {
  let hasty: Instance;
  beforeAll(async () => {
    hasty = await shop.start({ ORDER_FORWARD_LIMIT_MS: "150" });
  });
  afterAll(() => hasty.stop());

  test.each(holds)("undoes an order whose %s does not come back", async (step) => {
    failing(step, "arrived", Number.POSITIVE_INFINITY);
    const request = basket();
    expect(await reasonOf(place(request, { at: hasty }))).toBe("TIMED_OUT");
    const { id } = await madeBy(request);
    expect((await settled(id)).state).toBe("REFUSED");
    expectNothing(id);
  });

  test("is the database's: no run confirms an order after it, whatever it believes", async () => {
    const hold = gate();
    shop.participants.interpose("hold", { effected: hold.wait });
    const request = basket();
    const answer = reasonOf(place(request));
    const { id } = await madeBy(request);
    await shop.database.query("pass_limit", "update orders set forward_until = now() where id = $1", [id]);
    hold.open();
    expect(await answer).toBe("TIMED_OUT");
    expect((await settled(id)).state).toBe("REFUSED");
    expectNothing(id);
  });
});

describe("a caller's deadline", () => {
  test("an order is PENDING when it is near, and is confirmed later", async () => {
    const reserve = gate();
    shop.participants.interpose("reserve", { arrived: reserve.wait });
    const order = await place(basket(), { deadlineMs: 300 });
    expect(stateOf(order)).toBe("PENDING");
    reserve.open();
    await settled(idOf(order));
    expectConfirmed(idOf(order));
  });

  test("a caller who goes away does not take the order along", async () => {
    const reserve = gate();
    shop.participants.interpose("reserve", { arrived: reserve.wait });
    const leaving = new AbortController();
    const request = basket();
    const call = one.as("ada", (orders) => orders.placeOrder(request, { signal: leaving.signal }));
    const { id } = await madeBy(request);
    leaving.abort();
    expect(await reasonOf(call)).toBe("CANCELLED");
    reserve.open();
    await settled(id);
    expectConfirmed(id);
    expect(idOf(await place(request))).toBe(id);
  });

  test("a repeat elsewhere waits for the same order", async () => {
    const reserve = gate();
    shop.participants.interpose("reserve", { arrived: reserve.wait });
    const request = basket();
    const first = place(request);
    const { id } = await madeBy(request);
    const again = place(request, { at: other });
    reserve.open();
    expect([idOf(await first), idOf(await again)]).toEqual([id, id]);
    expect(stateOf(await again)).toBe("CONFIRMED");
  });
});

describe("an undo that overtakes its forward call", () => {
  test.each([
    ["reserve", { slot: "slots/full" }],
    ["hold", { slot: "slots/full" }],
    ["book", { lines: [{ product: "products/milk", quantity: 99 }] }],
  ] as [CallStep, Partial<Basket>][])("%s comes late, and is refused", async (step, more) => {
    const request = basket(more);
    const late = gate();
    shop.participants.interpose(step, { arrived: late.wait });
    if (step === "book") shop.participants.stock.available.set("milk", 0);
    expect(await reasonOf(place(request))).toBe(step === "book" ? "STOCK_SHORT" : "SLOT_FULL");
    const { id } = await madeBy(request);
    expect((await settled(id)).state).toBe("REFUSED");
    late.open();
    // The call that was held up goes on now, after everything was undone.
    await eventually(() => shop.participants.answered(step, id));
    expect(shop.participants.answers(step, id)).toEqual(["UNDONE"]);
    if (step === "book") shop.participants.stock.available.set("milk", 1000);
    expectNothing(id);
  });

  test.each(forwards)("%s of a cancelled order comes late, and is refused", async (step) => {
    const late = gate();
    shop.participants.interpose(step, { arrived: late.wait });
    const id = idOf(await place());
    await eventually(() => shop.participants.count(step, id) === 1);
    await cancel(`orders/${id}`);
    await eventually(async () => (await settled(id)).state === "CANCELLED");
    late.open();
    await eventually(() => shop.participants.answered(step, id));
    expect(new Set(shop.participants.answers(step, id))).toEqual(new Set(["UNDONE"]));
    expectNothing(id);
  });
});

describe("a hold that lapsed", () => {
  const confirmed = async (whileHeld: (id: string) => void) => {
    const commit = gate();
    shop.participants.interpose("commit", { arrived: commit.wait });
    const id = idOf(await place());
    await eventually(() => shop.participants.count("commit", id) === 1);
    shop.participants.stock.lapse(id);
    whileHeld(id);
    commit.open();
    return settled(id);
  };

  test("takes the stock again if there is some", async () => {
    const order = await confirmed(() => {});
    expect(order.state).toBe("CONFIRMED");
    expectConfirmed(order.id);
  });

  test("cancels the order with its money if there is none", async () => {
    const order = await confirmed(() => shop.participants.stock.available.set("milk", 1));
    expect(order).toMatchObject({
      state: "CANCELLED",
      failure: { reason: "STOCK_SHORT", metadata: { available: "1" } },
    });
    expect(order.steps.map(({ name }) => name)).not.toContain("confirm");
    expect(shop.participants.count("confirm", order.id)).toBe(0);
    shop.participants.stock.available.set("milk", 1000);
    expectNothing(order.id);
    const { rows } = await shop.database.query<{ topic: string }>(
      "topics",
      "select topic from outbox order by id desc limit 2",
    );
    expect(rows.map(({ topic }) => topic)).toEqual(["larder.order.cancelled.v1", "larder.order.confirmed.v1"]);
  });
});

describe("cancel against confirm", () => {
  test("a pending order that is cancelled is not confirmed any more", async () => {
    const hold = gate();
    shop.participants.interpose("hold", { arrived: hold.wait });
    const request = basket();
    const placing = place(request);
    const { id } = await madeBy(request);
    expect(stateOf(await cancel(`orders/${id}`))).toBe("UNDOING");
    hold.open();
    const answer = await placing;
    expect(["UNDOING", "REFUSED"]).toContain(stateOf(answer));
    expect(answer.failure?.reason).toBe("CANCELLED");
    expect(await settled(id)).toMatchObject({ state: "REFUSED", failure: { reason: "CANCELLED" } });
    expectNothing(id);
    expect(["UNDOING", "REFUSED"]).toContain(stateOf(await cancel(`orders/${id}`)));
  });

  test("whoever comes first, every order ends wholly confirmed or wholly undone", async () => {
    const ends: Record<string, number> = {};
    const instances = [one, other];
    for (let round = 0; round < 20; round += 1) {
      const request = basket();
      const placing = place(request).catch((error) => error);
      const { id } = await madeBy(request);
      await Promise.all(instances.map((at) => cancel(`orders/${id}`, at)));
      await placing;
      const { state } = await eventually(async () => {
        const order = await settled(id);
        return order.state === "CONFIRMED" ? undefined : order;
      });
      ends[state] = (ends[state] ?? 0) + 1;
      expectNothing(id);
    }
    expect((ends.REFUSED ?? 0) + (ends.CANCELLED ?? 0)).toBe(20);
  });

  test("when shipping is away, the answer is the order as it stands, and shipping decides later", async () => {
    const id = idOf(await place());
    await settled(id);
    failing("cancel", "arrived", Number.POSITIVE_INFINITY);
    const { order } = await other.as("ada", (orders) => orders.cancelOrder({ name: `orders/${id}` }), {
      deadlineMs: 400,
    });
    expect(stateOf(order)).toBe("CANCELLING");
    expect(shop.participants.holdings(id)).toEqual({
      reservation: "COMMITTED",
      hold: "CAPTURED",
      shipment: "CONFIRMED",
    });
    shop.participants.deliveries.startPicking(id);
    const repeated = reasonOf(cancel(`orders/${id}`, one));
    shop.participants.interpose("cancel", {});
    expect(await repeated).toBe("ALREADY_PICKED");
    expect((await settled(id)).state).toBe("CONFIRMED");
  });
});

describe("several instances", () => {
  test("an order that two work on is decided once", async () => {
    // The first run is held up for longer than its lease: the recovery takes the order, and both go on.
    const hold = gate();
    shop.participants.interpose("hold", { effected: hold.wait });
    const request = basket();
    const placing = place(request);
    const { id } = await madeBy(request);
    await eventually(() => shop.participants.count("hold", id) >= 2);
    hold.open();
    expect(stateOf(await placing)).toBe("CONFIRMED");
    await settled(id);
    expectConfirmed(id);
    const { rows } = await shop.database.query(
      "of_order",
      "select event from outbox where position($1::bytea in event) > 0",
      [Buffer.from(id)],
    );
    expect(rows).toHaveLength(1);
  });

  test("share the orders that nobody works on, each for one of them", async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, () => place()));
    for (const order of orders) await settled(idOf(order));
    shop.participants.calls.length = 0;
    // As if a crash had come after the decision of each.
    await shop.database.query(
      "unsettle",
      `update orders set settled = false, lease_until = now(),
         steps = (select coalesce(jsonb_agg(s), '[]') from jsonb_array_elements(steps) s where s->>'name' not in ('commit', 'capture', 'confirm'))
       where id = any($1::uuid[])`,
      [orders.map(idOf)],
    );
    for (const order of orders) await settled(idOf(order));
    for (const order of orders) {
      for (const step of forwards) expect(shop.participants.count(step, idOf(order))).toBe(1);
      expect((await shop.store.find(idOf(order)))?.epoch).toBe(2);
    }
    expect(shop.participants.wallets.available.get("ada")).toBe(1_000_000 - 30 * basketCents);
  });

  test("whoever watches elsewhere sees the order settle", async () => {
    const commit = gate();
    shop.participants.interpose("commit", { arrived: commit.wait });
    const order = await place();
    const seen: Order[] = [];
    for await (const answer of await other.as("ada", async (orders) => orders.watchOrder({ name: order.name }))) {
      seen.push(answer.order as Order);
      commit.open();
    }
    expect(seen[0]?.settled).toBe(false);
    expect(seen.at(-1)).toMatchObject({ settled: true });
  });
});

describe("a database that goes away", () => {
  test("calls fail with UNAVAILABLE, and orders go on when it is back, without a restart", async () => {
    const capture = gate();
    shop.participants.interpose("capture", { arrived: capture.wait });
    const id = idOf(await place());
    await eventually(() => shop.participants.count("capture", id) === 1);
    await shop.postgres.kill();
    capture.open();
    expect(await reasonOf(place())).toBe("STORE_UNAVAILABLE");
    await shop.postgres.start();
    await eventually(async () => (await reasonOf(shop.store.find(id))) === "");
    await settled(id);
    expect(shop.participants.holdings(id)).toEqual({
      reservation: "COMMITTED",
      hold: "CAPTURED",
      shipment: "CONFIRMED",
    });
    expect(stateOf(await eventually(() => place().catch(() => undefined)))).toBe("CONFIRMED");
  }, 60_000);
});
