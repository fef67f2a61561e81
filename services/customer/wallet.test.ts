// The wallet on a real PostgreSQL: steps, their repeats and undos, and the ledger behind them.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BatchGetCustomersRequestSchema } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import {
  CaptureRequestSchema,
  DepositRequestSchema,
  HoldRequestSchema,
  ListPostingsRequestSchema,
  RefundRequestSchema,
  VoidRequestSchema,
} from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { Call } from "@larder/platform";
import { type Database, migrate, openDatabase, requestMigrations } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { fromCents, toCents } from "@larder/types";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { customerHandler } from "./customer-handler.ts";
import { seedCustomers } from "./seed.ts";
import { customerStore, type Store } from "./store.ts";
import { walletHandler } from "./wallet-handler.ts";

let postgres: TestPostgres;
let db: Database;
let store: Store;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase("customer"));
  await migrate(db, requestMigrations, new URL("./migrations/", import.meta.url));
  await seedCustomers(db);
  store = customerStore(db);
});

// Whatever a test did, the books must balance after it.
afterEach(async () => {
  const unbalanced = await db.query(
    "unbalanced",
    "select request_id, operation, sum(amount) from postings group by 1, 2 having sum(amount) <> 0",
  );
  expect(unbalanced.rows).toEqual([]);
  const wrong = await db.query(
    "wrong_wallets",
    `select w.customer_id from wallets w
     where w.available <> (select coalesce(sum(amount), 0) from postings where account = 'available:' || w.customer_id)
        or w.held <> (select coalesce(sum(amount), 0) from postings where account = 'held:' || w.customer_id)`,
  );
  expect(wrong.rows).toEqual([]);
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const context = (caller = "order", user?: string) => {
  const call = new Call({ method: "test", caller });
  if (user) call.user = { subject: user, scopes: [] };
  return call;
};

let orders = 0;
const newOrder = () => `t${++orders}`;

const hold = (
  order: string,
  customer: string,
  cents: number,
  change: MessageInitShape<typeof HoldRequestSchema> = {},
) =>
  walletHandler(store).hold(
    create(HoldRequestSchema, {
      requestId: `${order}/hold`,
      order: `orders/${order}`,
      customer: `customers/${customer}`,
      amount: fromCents(cents),
      ...change,
    }),
    context(),
  );
const capture = (order: string, change: MessageInitShape<typeof CaptureRequestSchema> = {}) =>
  walletHandler(store).capture(
    create(CaptureRequestSchema, { requestId: `${order}/capture`, hold: `holds/${order}`, ...change }),
    context(),
  );
const voidHold = (order: string) =>
  walletHandler(store).void(
    create(VoidRequestSchema, { undoneRequestId: `${order}/hold`, hold: `holds/${order}` }),
    context(),
  );
const refund = (order: string) =>
  walletHandler(store).refund(
    create(RefundRequestSchema, { undoneRequestId: `${order}/capture`, hold: `holds/${order}` }),
    context(),
  );
const moneyOf = async (customer: string) => {
  const { wallet } = await walletHandler(store).getWallet({} as never, context("gateway", customer));
  return { available: toCents(wallet?.available as never), held: toCents(wallet?.held as never) };
};
const reason = (name: string) => expect.objectContaining({ reason: name });

test("money is held, captured and refunded, and nothing else changes it", async () => {
  const order = newOrder();
  const before = await moneyOf("ada");
  await hold(order, "ada", 1500);
  expect(await moneyOf("ada")).toEqual({ available: before.available - 1500, held: before.held + 1500 });
  const { hold: captured } = await capture(order);
  expect(captured).toMatchObject({ customer: "customers/ada", order: `orders/${order}` });
  expect(await moneyOf("ada")).toEqual({ available: before.available - 1500, held: before.held });
  await refund(order);
  expect(await moneyOf("ada")).toEqual(before);
});

test("a repeat gives the first answer and moves nothing, another body under the same id is refused", async () => {
  const order = newOrder();
  const first = await hold(order, "bela", 700);
  const after = await moneyOf("bela");
  expect(await hold(order, "bela", 700)).toEqual(first);
  await expect(hold(order, "bela", 701)).rejects.toThrow(reason("REQUEST_ID_REUSED"));
  expect(await moneyOf("bela")).toEqual(after);
  await capture(order);
  await capture(order);
  expect((await moneyOf("bela")).held).toBe(after.held - 700);
});

test("too little money is refused, and stays refused when the step is repeated", async () => {
  const order = newOrder();
  await expect(hold(order, "dora", 501)).rejects.toThrow(reason("FUNDS_SHORT"));
  await walletHandler(store).deposit(
    create(DepositRequestSchema, { requestId: "gift", customer: "customers/dora", amount: fromCents(1000) }),
    context("backoffice"),
  );
  await expect(hold(order, "dora", 501)).rejects.toThrow(reason("FUNDS_SHORT"));
  await hold(newOrder(), "dora", 501);
  await expect(hold(newOrder(), "nobody", 1)).rejects.toThrow(reason("WALLET_NOT_FOUND"));
});

test("of many holds at once only as many pass as there is money for", async () => {
  const { available } = await moneyOf("goran");
  const each = Math.floor(available / 10);
  const results = await Promise.allSettled(Array.from({ length: 25 }, () => hold(newOrder(), "goran", each)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  expect((await moneyOf("goran")).available).toBe(available - 10 * each);
});

test("of holds that come at once the first are served first, and a small one still gets what is left", async () => {
  const { available } = await moneyOf("tilda");
  const results = await Promise.allSettled(
    [available - 10, 20, 10, 1].map((cents) => hold(newOrder(), "tilda", cents)),
  );
  const reasons = results.map((result) => (result.status === "rejected" ? result.reason.reason : "OK"));
  expect(reasons).toEqual(["OK", "FUNDS_SHORT", "OK", "FUNDS_SHORT"]);
  expect((await moneyOf("tilda")).available).toBe(0);
});

test("of two captures of one hold that come at once only one takes the money", async () => {
  const order = newOrder();
  await hold(order, "nils", 30);
  const before = await moneyOf("nils");
  const again = { requestId: `${order}/again` };
  expect(await Promise.all([capture(order), capture(order), capture(order, again)])).toHaveLength(3);
  expect(await moneyOf("nils")).toEqual({ ...before, held: before.held - 30 });
});

test("steps that come at once share a commit, and each has an outcome of its own", async () => {
  const [held, short, twice] = [newOrder(), newOrder(), newOrder()];
  const before = await moneyOf("jun");
  const { commits } = db.stats();
  const holds = await Promise.allSettled([
    hold(held, "jun", 100),
    hold(short, "dora", 1_000_000),
    hold(newOrder(), "nobody", 1),
    hold(twice, "jun", 50),
    hold(twice, "jun", 50),
  ]);
  expect(holds.map((result) => (result.status === "rejected" ? result.reason.reason : "OK"))).toEqual([
    "OK",
    "FUNDS_SHORT",
    "WALLET_NOT_FOUND",
    "OK",
    "OK",
  ]);
  expect(db.stats().commits).toBe(commits + 1);
  const captures = await Promise.allSettled([capture(newOrder()), capture(twice), capture(held)]);
  expect(captures.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(captures[2]).toMatchObject({ value: { hold: { customer: "customers/jun", order: `orders/${held}` } } });
  expect(await moneyOf("jun")).toEqual({ ...before, available: before.available - 150 });
});

test("a step that the database cannot take fails alone", async () => {
  const [order, other] = [newOrder(), newOrder()];
  await hold(order, "nils", 10);
  const before = await moneyOf("nils");
  const again = hold(order, "nils", 10, { requestId: "another-id" });
  const results = await Promise.allSettled([again, hold(other, "nils", 20)]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect((await moneyOf("nils")).held).toBe(before.held + 20);
});

test("a hold that is voided cannot be captured, one that is captured cannot be voided", async () => {
  const [voided, captured] = [newOrder(), newOrder()];
  const before = await moneyOf("hana");
  await hold(voided, "hana", 100);
  await voidHold(voided);
  await voidHold(voided);
  expect(await moneyOf("hana")).toEqual(before);
  await expect(capture(voided)).rejects.toThrow(reason("UNDONE"));
  await expect(capture(newOrder())).rejects.toThrow(reason("HOLD_NOT_FOUND"));

  await hold(captured, "hana", 100);
  await capture(captured);
  await expect(voidHold(captured)).rejects.toThrow(reason("ALREADY_CAPTURED"));
  expect((await moneyOf("hana")).available).toBe(before.available - 100);
  // What could not be undone is not undone: its repeat still gets the first answer.
  await hold(captured, "hana", 100);
});

test("an undo that overtakes its step makes the step fail when it comes", async () => {
  const order = newOrder();
  const before = await moneyOf("ivo");
  await voidHold(order);
  await expect(hold(order, "ivo", 100)).rejects.toThrow(reason("UNDONE"));

  const late = newOrder();
  await hold(late, "ivo", 100);
  await refund(late);
  await expect(capture(late)).rejects.toThrow(reason("UNDONE"));
  expect(await moneyOf("ivo")).toEqual(before);
});

test("hold and void that race leave nothing held", async () => {
  const before = await moneyOf("kaia");
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const order = newOrder();
      await Promise.allSettled([hold(order, "kaia", 10), voidHold(order)]);
      await voidHold(order);
    }),
  );
  expect(await moneyOf("kaia")).toEqual(before);
});

test("two callers may use the same request id, each for its own write", async () => {
  const before = await moneyOf("luis");
  const gift = create(DepositRequestSchema, { requestId: "same", customer: "customers/luis", amount: fromCents(5) });
  for (const caller of ["backoffice", "another", "backoffice"])
    await walletHandler(store).deposit(gift, context(caller));
  expect((await moneyOf("luis")).available).toBe(before.available + 10);
});

test("postings come newest first, page by page", async () => {
  const order = newOrder();
  await hold(order, "rosa", 300);
  await voidHold(order);
  const list = (pageToken = "") =>
    walletHandler(store).listPostings(
      create(ListPostingsRequestSchema, { pageSize: 2, pageToken }),
      context("gateway", "rosa"),
    );
  const first = await list();
  expect(first.postings?.map(({ operation }) => operation)).toEqual(["void", "hold"]);
  const second = await list(first.nextPageToken);
  expect(second.postings?.map(({ operation }) => operation)).toEqual(["deposit"]);
  expect(second.nextPageToken).toBe("");
  await expect(list("nonsense")).rejects.toThrow(reason("PAGE_TOKEN_INVALID"));
});

test("an account is shown to its owner and to services, not to another user", async () => {
  const get = (user?: string) =>
    customerHandler(store).getCustomer({ name: "customers/ada" } as never, context("gateway", user));
  expect((await get("ada")).customer).toMatchObject({ displayName: "Ada Brook" });
  expect((await get()).customer).toMatchObject({ displayName: "Ada Brook" });
  await expect(get("bela")).rejects.toThrow(reason("NOT_OWNER"));
  await expect(customerHandler(store).getCustomer({ name: "customers/nobody" } as never, context())).rejects.toThrow(
    reason("CUSTOMER_NOT_FOUND"),
  );
});

test("nobody changes the ledger after the fact, and demo data load once", async () => {
  await expect(db.query("cheat", "update postings set amount = 0")).rejects.toThrow("only ever added to");
  await expect(db.query("erase", "delete from postings")).rejects.toThrow("only ever added to");
  const before = await moneyOf("tilda");
  await seedCustomers(db);
  expect(await moneyOf("tilda")).toEqual(before);
  const { rows } = await db.query("customers", "select count(*)::int as count from customers");
  expect(rows).toEqual([{ count: 20 }]);
});

test("several accounts are answered in the order of their names, or none where one is missing", async () => {
  const batch = (...ids: string[]) => {
    const names = ids.map((id) => `customers/${id}`);
    return customerHandler(store).batchGetCustomers(create(BatchGetCustomersRequestSchema, { names }), context());
  };
  const { customers } = await batch("bela", "ada", "bela");
  expect(customers?.map(({ displayName }) => displayName)).toEqual(["Bela Horn", "Ada Brook", "Bela Horn"]);
  await expect(batch("ada", "nobody")).rejects.toMatchObject({ reason: "CUSTOMER_NOT_FOUND" });
});
