// What one order costs, counted by those who pay: calls that services answer, statements that they send to their databases,
// and commits that the disk has to take. The letter that follows an order is not part of it.

import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import type { PlaceOrderResponse } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { expect, test } from "vitest";
import { type Counts, counted, growth, handled } from "../counters.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { as, basket, placeOrder, responseOf } from "./shop.ts";
import { sharedWays, type Way } from "./ways.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);

const most = { calls: 8, commits: 10, statements: 12 };

const callees = ["pricing", "catalog", "inventory", "customer", "shipping"];
const owners = ["order", "pricing", "inventory", "customer", "shipping"];

// For the letter, and by the clock.
const besides = [
  "/larder.customer.v1.CustomerService/BatchGetCustomers",
  "customers_by_id",
  "larder_ping",
  "order_take",
  "lapse",
];

interface Cost {
  readonly calls: Counts;
  readonly commits: Counts;
  readonly statements: Counts;
}

async function together(workloads: readonly string[], read: (workload: string) => Promise<Counts>): Promise<Counts> {
  const all = new Map<string, number>();
  for (const counts of await Promise.all(workloads.map(read)))
    for (const [name, count] of counts) if (!besides.includes(name)) all.set(name, (all.get(name) ?? 0) + count);
  return all;
}

const costs = async (): Promise<Cost> => ({
  calls: await together(callees, (workload) => handled(mesh, workload)),
  commits: await together(owners, (workload) => counted(mesh, workload, "larder_store_commits_total", "workload")),
  statements: await together(owners, (workload) =>
    counted(mesh, workload, "larder_store_statements_total", "statement"),
  ),
});

const total = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Nothing is left to do for any order: all are settled, and their events have left the outbox. */
const atRest = () =>
  until("the orders to be settled", async () => {
    const left = "select (select count(*) from orders where not settled) + (select count(*) from outbox)";
    return (await mesh.query(left, "order")).trim() === "0";
  });

async function costOfAnOrder(way: Way): Promise<Cost> {
  const request = await basket(way);
  const user = await as(mesh, "mina");
  await atRest();
  const before = await costs();
  const { order } = responseOf<PlaceOrderResponse>(await placeOrder(way, request, user));
  expect(order?.state).toBe(OrderState.CONFIRMED);
  await atRest();
  const after = await costs();
  return {
    calls: growth(before.calls, after.calls),
    commits: growth(before.commits, after.commits),
    statements: growth(before.statements, after.statements),
  };
}

test("an order costs at most 8 calls, 10 commits and 12 statements", async () => {
  const way = ways[0] as Way;
  // What looks in by the clock counts too, if it comes just then: one order that nobody disturbed tells what orders cost.
  let cost = await costOfAnOrder(way);
  const fits = () =>
    total(cost.calls) <= most.calls && total(cost.commits) <= most.commits && total(cost.statements) <= most.statements;
  for (let tries = 1; tries < 10 && !fits(); tries++) cost = await costOfAnOrder(way);
  expect(fits(), JSON.stringify(Object.entries(cost).map(([what, counts]) => [what, total(counts), ...counts]))).toBe(
    true,
  );
  // A counter that counts nothing must not pass for a low figure.
  expect(Object.fromEntries([...cost.statements].filter(([name]) => !name.startsWith("outbox_")))).toEqual({
    order_place: 1,
    order_change: 2,
    reserve_all: 1,
    hold_all: 1,
    book_all: 1,
    commit_all: 1,
    capture_all: 1,
    confirm_all: 1,
  });
  expect(total(cost.calls)).toBe(most.calls);
  expect(cost.commits.get("order")).toBeGreaterThanOrEqual(4);
});
