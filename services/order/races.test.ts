// Orders that are in each other's way, or their own: late calls, lapsed holds, cancellations, two instances at one order.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { CallStep } from "./saga.ts";
import {
  type Basket,
  basket,
  basketCents,
  eventually,
  type Instance,
  idOf,
  refusal,
  Shop,
  stateOf,
} from "./testing/shop.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: Shop;
let one: Instance;
let other: Instance;
beforeAll(async () => {
  shop = await Shop.open();
  one = await shop.start();
  other = await shop.start();
});
beforeEach(() => shop.quiet());
afterAll(async () => {
  await one?.stop();
  await other?.stop();
  await shop?.close();
});

const forwards: CallStep[] = ["commit", "capture", "confirm"];
const balance = (id: string) => shop.participants.balance(id, basketCents);

describe("an undo that overtakes its forward call", () => {
  test.each([
    ["reserve", { slot: "slots/full" }],
    ["hold", { slot: "slots/full" }],
    ["book", { lines: [{ product: "products/milk", quantity: 99 }] }],
  ] as [CallStep, Partial<Basket>][])("%s comes late, and is refused", async (step, more) => {
    const request = basket(more);
    const late = shop.participants.hold(step, "arrived");
    if (step === "book") shop.participants.stock.available.set("milk", 0);
    expect((await refusal(one.place(request))).reason).toBe(step === "book" ? "STOCK_SHORT" : "SLOT_FULL");
    const { id } = await shop.madeBy(request);
    expect((await shop.settled(id)).state).toBe("REFUSED");
    late();
    // The call that was held up goes on now, after everything was undone.
    await eventually(() => shop.participants.answered(step, id));
    expect(new Set(shop.participants.answers(step, id))).toEqual(new Set(["UNDONE"]));
    if (step === "book") shop.participants.stock.available.set("milk", 1000);
    expect(balance(id)).toBe("nothing");
  });

  test.each(forwards)("%s of a cancelled order comes late, and is refused", async (step) => {
    const late = shop.participants.hold(step, "arrived");
    const id = idOf(await one.place());
    await eventually(() => shop.participants.count(step, id) > 0);
    await other.cancel(`orders/${id}`);
    await eventually(async () => (await shop.settled(id)).state === "CANCELLED");
    late();
    await eventually(() => shop.participants.answered(step, id));
    expect(new Set(shop.participants.answers(step, id))).toEqual(new Set(["UNDONE"]));
    expect(balance(id)).toBe("nothing");
  });
});

describe("a hold that lapsed", () => {
  const confirmed = async (whileHeld: (id: string) => void) => {
    const commit = shop.participants.hold("commit", "arrived");
    const id = idOf(await one.place());
    await eventually(() => shop.participants.count("commit", id) > 0);
    shop.participants.stock.lapse(id);
    whileHeld(id);
    commit();
    return shop.settled(id);
  };

  test("takes the stock again if there is some", async () => {
    const order = await confirmed(() => {});
    expect(order.state).toBe("CONFIRMED");
    expect(balance(order.id)).toBe("all");
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
    expect(balance(order.id)).toBe("nothing");
    const events = await shop.eventsOf(`orders/${order.id}`);
    expect(events.map(({ type }) => type.split(".").at(-1))).toEqual(["OrderConfirmed", "OrderCancelled"]);
  });
});

describe("cancel against confirm", () => {
  test("a pending order that is cancelled is not confirmed any more", async () => {
    const hold = shop.participants.hold("hold", "arrived");
    const request = basket();
    const placing = one.place(request);
    const { id } = await shop.madeBy(request);
    expect(stateOf(await other.cancel(`orders/${id}`))).toBe("UNDOING");
    hold();
    const answer = await placing;
    expect(["UNDOING", "REFUSED"]).toContain(stateOf(answer));
    expect(answer.failure?.reason).toBe("CANCELLED");
    expect(await shop.settled(id)).toMatchObject({ state: "REFUSED", failure: { reason: "CANCELLED" } });
    expect(balance(id)).toBe("nothing");
    expect(["UNDOING", "REFUSED"]).toContain(stateOf(await other.cancel(`orders/${id}`)));
  });

  test("whoever comes first, every order ends wholly confirmed or wholly undone", async () => {
    const ends: Record<string, number> = {};
    const instances = [one, other];
    for (let round = 0; round < 20; round += 1) {
      const request = basket();
      const placing = one.place(request).catch((error) => error);
      const { id } = await shop.madeBy(request);
      await Promise.all(instances.map((at) => at.cancel(`orders/${id}`)));
      await placing;
      const { state } = await eventually(async () => {
        const order = await shop.settled(id);
        return order.state === "CONFIRMED" ? undefined : order;
      });
      ends[state] = (ends[state] ?? 0) + 1;
      expect(balance(id)).toBe("nothing");
    }
    expect((ends.REFUSED ?? 0) + (ends.CANCELLED ?? 0)).toBe(20);
  });

  test("when shipping is away, the answer is the order as it stands, and shipping decides later", async () => {
    const id = idOf(await one.place());
    await shop.settled(id);
    shop.participants.fail("cancel", "arrived");
    const { order } = await other.as("ada", (orders) => orders.cancelOrder({ name: `orders/${id}` }), {
      deadlineMs: 400,
    });
    expect(stateOf(order)).toBe("CANCELLING");
    expect(balance(id)).toBe("all");
    shop.participants.deliveries.startPicking(id);
    const repeated = refusal(one.cancel(`orders/${id}`));
    shop.participants.interpose("cancel", {});
    expect((await repeated).reason).toBe("ALREADY_PICKED");
    expect((await shop.settled(id)).state).toBe("CONFIRMED");
  });
});

describe("several instances", () => {
  test("an order that two work on is decided once", async () => {
    // Nobody gives up: the lease of the first is long, and its end is made up in the database.
    const patient = await shop.start({ ORDER_LEASE_MS: "60000" });
    const hold = shop.participants.hold("hold", "effected");
    const request = basket();
    const placing = patient.place(request);
    const { id } = await shop.madeBy(request);
    await eventually(() => shop.participants.count("hold", id) > 0);
    await shop.database.query("end_lease", "update orders set lease_until = now() where id = $1", [id]);
    await eventually(async () => (await shop.store.find(id))?.epoch === 2);
    const before = shop.participants.count("hold", id);
    await eventually(() => shop.participants.count("hold", id) > before);
    hold();
    expect(stateOf(await placing)).toBe("CONFIRMED");
    await shop.settled(id);
    await patient.stop();
    expect(balance(id)).toBe("all");
    expect(await shop.eventsOf(`orders/${id}`)).toHaveLength(1);
  });

  test("whoever watches elsewhere sees the order settle", async () => {
    const commit = shop.participants.hold("commit", "arrived");
    const order = await one.place();
    const seen = await other.watch(order.name, "ada", commit);
    expect(seen[0]?.settled).toBe(false);
    expect(seen.at(-1)).toMatchObject({ settled: true });
  });
});

describe("several instances whose leases outlast the slowest machine", () => {
  beforeAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
    [one, other] = await Promise.all([
      shop.start({ ORDER_LEASE_MS: "60000" }),
      shop.start({ ORDER_LEASE_MS: "60000" }),
    ]);
  });

  test("share the orders that nobody works on, each for one of them", async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, () => one.place()));
    for (const order of orders) await shop.settled(idOf(order));
    // As if a crash had come after the decision of each.
    await shop.database.query(
      "unsettle",
      `update orders set settled = false, lease_until = now(),
         steps = (select coalesce(jsonb_agg(s), '[]') from jsonb_array_elements(steps) s where s->>'name' not in ('commit', 'capture', 'confirm'))
       where id = any($1::uuid[])`,
      [orders.map(idOf)],
    );
    for (const order of orders) {
      const { epoch, steps } = await shop.settled(idOf(order));
      // One epoch is of the instance that placed it, the other of the one that took it.
      expect(epoch).toBe(2);
      expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(forwards));
    }
    expect(shop.participants.wallets.available.get("ada")).toBe(1_000_000 - 30 * basketCents);
  });
});
