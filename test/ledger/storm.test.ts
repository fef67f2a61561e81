// Customers order and change their minds while every process of the saga is killed again and again. When the storm is over,
// every order is carried out wholly or not at all, and the books of the four databases agree.
import { randomUUID } from "node:crypto";
import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { Code, RpcError } from "@larder/platform";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dice } from "../dice.ts";
import { checkLedger, waitForRest } from "./ledger.ts";
import { eventually, openShop, type Shop } from "./shop.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const ORDERS = 120;
const KILLS = 15;
const AT_A_TIME = 6;
const customers = ["ada", "grace", "linus", "poor"];

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  await shop.sql(
    "customer",
    "insert into customers (id, display_name, email) select id, id, id from unnest($1::text[]) id",
    [customers],
  );
  await shop.sql("customer", "insert into wallets (customer_id) select id from customers");
  await shop.sql(
    "customer",
    "select deposit('test', id, '', id, case id when 'poor' then 1000 else 1000000 end) from customers",
  );
  await shop.sql("inventory", "insert into warehouses values ('north', 'North'), ('south', 'South')");
  await shop.sql(
    "inventory",
    `insert into stock (product_id, warehouse_id, received, available)
     select product, w.id, packs, packs from (values ('milk', 1000), ('bread', 1000), ('rare', 15)) s (product, packs), warehouses w`,
  );
  await shop.sql(
    "shipping",
    `insert into slots (id, start_time, end_time, capacity)
     select id, now() + interval '1 day', now() + interval '26 hours', capacity from (values ('wide', 1000), ('narrow', 10)) s (id, capacity)`,
  );
});
afterAll(() => shop?.close());

/** Whether nothing can be said about the outcome, so that the same request has to be made again. */
const unclear = (error: unknown) =>
  error instanceof RpcError &&
  [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.CANCELLED, Code.UNKNOWN].includes(error.code);

async function insist<T>(call: () => Promise<T>): Promise<T | RpcError> {
  for (const end = Date.now() + 60_000; ; ) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof RpcError && !unclear(error)) return error;
      if (Date.now() > end) throw error;
    }
  }
}

test("after a storm the books are right", async () => {
  const { roll } = dice(20_261_122);
  const confirmed = new Set<string>();
  const refusals: Record<string, number> = {};
  let answered = 0;

  const refuse = ({ code, reason }: RpcError) => {
    const why = reason || (Code[code] ?? "");
    refusals[why] = (refusals[why] ?? 0) + 1;
  };
  const buy = async () => {
    const user = customers[roll(4)] ?? "ada";
    const products = ["milk", "bread", "rare"].slice(roll(2), 2 + roll(2));
    const request = {
      requestId: randomUUID(),
      lines: products.map((product) => ({ product: `products/${product}`, quantity: 1 + roll(4) })),
      slot: roll(4) === 0 ? "slots/narrow" : "slots/wide",
    };
    const cancels = roll(3) === 0;
    const answer = await insist(() => shop.as(user, (orders) => orders.placeOrder(request)));
    answered += 1;
    if (answer instanceof RpcError) return refuse(answer);
    const { name, state } = answer.order ?? { name: "", state: OrderState.UNSPECIFIED };
    if (!cancels) {
      if (state === OrderState.CONFIRMED) confirmed.add(name.slice("orders/".length));
      return;
    }
    const cancelled = await insist(() => shop.as(user, (orders) => orders.cancelOrder({ name })));
    if (cancelled instanceof RpcError) refuse(cancelled);
  };
  const customersCome = Array.from({ length: AT_A_TIME }, async () => {
    while (answered < ORDERS) await buy();
  });
  const storm = async () => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await eventually(() => answered >= (kill * ORDERS) / (KILLS + 1));
      await shop.instances[roll(shop.instances.length)]?.killAndStart();
    }
  };
  await Promise.all([...customersCome, storm()]);

  expect(await waitForRest(shop.urls.order, 60_000)).toEqual([]);
  const { findings, orders } = await checkLedger(shop.urls);
  console.log(`orders ${JSON.stringify(orders)}, refusals ${JSON.stringify(refusals)}, kills ${KILLS}`);
  expect(findings).toEqual([]);
  // The storm was one: orders ended in every way.
  expect(Object.keys(orders).sort()).toEqual(["CANCELLED", "CONFIRMED", "REFUSED"]);
  // Who was told CONFIRMED has the order.
  const kept = await shop.sql("order", "select id from orders where state = 'CONFIRMED' and id = any($1)", [
    [...confirmed],
  ]);
  expect(confirmed.size).toBeGreaterThan(0);
  expect(kept).toHaveLength(confirmed.size);
});

test("the check finds what a dishonest hand does to the databases", async () => {
  await shop.sql(
    "inventory",
    "update reservations set state = 'RELEASED' where order_id = (select order_id from reservations where state = 'COMMITTED' limit 1)",
  );
  await shop.sql("customer", "update wallets set available = available + 1 where customer_id = 'ada'");
  await shop.sql("shipping", "update slots set booked = booked + 1 where id = 'wide'");
  const { findings } = await checkLedger(shop.urls);
  expect([...new Set(findings.map(({ rule }) => rule))].sort()).toEqual([
    "a confirmed order has its goods",
    "a slot is booked as often as shipments take it",
    "a wallet is the sum of its postings",
    "sold is what committed reservations have",
  ]);
});
