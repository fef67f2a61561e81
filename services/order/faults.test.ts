// Orders in bad weather: steps that fail, answers that are lost, callers and a database that go away.
import { Code } from "@larder/platform";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { CallStep } from "./saga.ts";
import { basket, basketCents, eventually, type Instance, idOf, refusal, Shop, stateOf } from "./testing/shop.ts";

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

const holds: CallStep[] = ["reserve", "hold", "book"];
const forwards: CallStep[] = ["commit", "capture", "confirm"];
const balance = (id: string) => shop.participants.balance(id, basketCents);

describe("a step whose owner does not answer", () => {
  test.each([...holds, ...forwards])("%s is tried again until it is done", async (step) => {
    shop.participants.fail(step, "arrived", 3);
    const order = await one.place();
    expect(stateOf(order)).toBe("CONFIRMED");
    await shop.settled(idOf(order));
    expect(balance(idOf(order))).toBe("all");
    expect(shop.participants.count(step, idOf(order))).toBeGreaterThanOrEqual(4);
  });

  test.each([...holds, ...forwards])("%s has its effect once, although its answers are lost", async (step) => {
    shop.participants.fail(step, "effected", 3);
    const order = await one.place();
    await shop.settled(idOf(order));
    expect(balance(idOf(order))).toBe("all");
    expect(shop.participants.count(step, idOf(order))).toBeGreaterThanOrEqual(4);
  });

  test.each(["release", "void", "cancel"] as const)(
    "%s is tried again until everything is given back",
    async (step) => {
      shop.participants.fail(step, "arrived", 2);
      shop.participants.deliveries.free.set("morning", 0);
      const request = basket();
      expect((await refusal(one.place(request))).reason).toBe("SLOT_FULL");
      const { id } = await shop.madeBy(request);
      expect((await shop.settled(id)).state).toBe("REFUSED");
      shop.participants.deliveries.free.set("morning", 1000);
      expect(balance(id)).toBe("nothing");
    },
  );

  test.each(["cancel", "refund", "restock"] as const)(
    "%s is tried again until a cancelled order is settled",
    async (step) => {
      const id = idOf(await one.place());
      await shop.settled(id);
      shop.participants.fail(step, "effected", 3);
      await other.cancel(`orders/${id}`);
      await eventually(async () => (await shop.settled(id)).state === "CANCELLED");
      expect(balance(id)).toBe("nothing");
    },
  );

  test("a step that stays away for longer than a lease is left to the recovery", async () => {
    shop.participants.fail("capture", "arrived");
    const id = idOf(await one.place());
    const epoch = async () => (await shop.store.find(id))?.epoch ?? 0;
    await eventually(async () => (await epoch()) > 1);
    // What is done is remembered, on a busy machine by a later run than the first.
    const done = await eventually(async () => {
      const order = await shop.store.find(id);
      const names = order?.steps.map(({ name }) => name) ?? [];
      return names.includes("commit") && names.includes("confirm") && order;
    });
    expect(done).toMatchObject({ state: "CONFIRMED", settled: false });
    // A run that finds it done does not do it again: one that comes and goes in the meantime sends nothing.
    await eventually(async () => {
      const [before, commits] = [await epoch(), shop.participants.count("commit", id)];
      await eventually(async () => (await epoch()) > before + 1);
      return shop.participants.count("commit", id) === commits;
    }, 30_000);
    shop.participants.interpose("capture", {});
    await shop.settled(id);
    expect(balance(id)).toBe("all");
  });
});

describe("the forward limit", () => {
  let hasty: Instance;
  beforeAll(async () => {
    hasty = await shop.start({ ORDER_FORWARD_LIMIT_MS: "150" });
  });
  afterAll(() => hasty.stop());

  test.each(holds)("undoes an order whose %s does not come back", async (step) => {
    shop.participants.fail(step, "arrived");
    const request = basket();
    expect((await refusal(hasty.place(request))).reason).toBe("TIMED_OUT");
    const { id } = await shop.madeBy(request);
    expect((await shop.settled(id)).state).toBe("REFUSED");
    expect(balance(id)).toBe("nothing");
  });

  test("is the database's: no run confirms an order after it, whatever it believes", async () => {
    const hold = shop.participants.hold("hold", "effected");
    const request = basket();
    const answer = refusal(one.place(request));
    const { id } = await shop.madeBy(request);
    await shop.database.query("pass_limit", "update orders set forward_until = now() where id = $1", [id]);
    hold();
    expect((await answer).reason).toBe("TIMED_OUT");
    expect((await shop.settled(id)).state).toBe("REFUSED");
    expect(balance(id)).toBe("nothing");
  });
});

describe("a caller's deadline", () => {
  test("an order is PENDING when it is near, and is confirmed later", async () => {
    const reserve = shop.participants.hold("reserve", "arrived");
    const order = await one.place(basket(), "ada", { deadlineMs: 300 });
    expect(stateOf(order)).toBe("PENDING");
    reserve();
    await shop.settled(idOf(order));
    expect(balance(idOf(order))).toBe("all");
  });

  test("a caller who goes away does not take the order along", async () => {
    const reserve = shop.participants.hold("reserve", "arrived");
    const leaving = new AbortController();
    const request = basket();
    const call = one.as("ada", (orders) => orders.placeOrder(request, { signal: leaving.signal }));
    const { id } = await shop.madeBy(request);
    leaving.abort();
    expect((await refusal(call)).code).toBe(Code.CANCELLED);
    reserve();
    await shop.settled(id);
    expect(balance(id)).toBe("all");
    expect(idOf(await one.place(request))).toBe(id);
  });

  test("a repeat elsewhere waits for the same order", async () => {
    const reserve = shop.participants.hold("reserve", "arrived");
    const request = basket();
    const first = one.place(request);
    const { id } = await shop.madeBy(request);
    const again = other.place(request);
    reserve();
    expect([idOf(await first), idOf(await again)]).toEqual([id, id]);
    expect(stateOf(await again)).toBe("CONFIRMED");
  });
});

describe("an instance that is told to stop", () => {
  test("lets its orders come to an end", async () => {
    const leaving = await shop.start({ ORDER_LEASE_MS: "60000" });
    const capture = shop.participants.hold("capture", "arrived");
    const id = idOf(await leaving.place());
    await eventually(() => shop.participants.count("capture", id) > 0);
    const stopped = leaving.stop();
    capture();
    await stopped;
    expect(await shop.store.find(id)).toMatchObject({ state: "CONFIRMED", settled: true, epoch: 1 });
    expect(balance(id)).toBe("all");
  });

  test("leaves what it would have to wait for to others", async () => {
    const leaving = await shop.start({ ORDER_LEASE_MS: "60000" });
    shop.participants.fail("capture", "arrived");
    const id = idOf(await leaving.place());
    await eventually(() => shop.participants.count("capture", id) > 1);
    await leaving.stop();
    shop.participants.interpose("capture", {});
    // Its lease would have been over in a minute.
    await shop.settled(id);
    expect(balance(id)).toBe("all");
  });
});

describe("a database that goes away", () => {
  test("calls fail with UNAVAILABLE, and orders go on when it is back, without a restart", async () => {
    const capture = shop.participants.hold("capture", "arrived");
    const id = idOf(await one.place());
    await eventually(() => shop.participants.count("capture", id) > 0);
    await shop.postgres.kill();
    capture();
    expect((await refusal(one.place())).reason).toBe("STORE_UNAVAILABLE");
    await shop.postgres.start();
    await eventually(() => shop.store.find(id).catch(() => undefined));
    await shop.settled(id);
    expect(balance(id)).toBe("all");
    expect(stateOf(await eventually(() => one.place().catch(() => undefined)))).toBe("CONFIRMED");
  });
});
