// Quotes with rules from a real PostgreSQL and products from a catalogue of the test's own.
import { create } from "@bufbuild/protobuf";
import {
  BatchGetProductsResponseSchema,
  type CatalogService,
} from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { QuoteRequestSchema } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import { inboxMigrations, outboxMigrations } from "@larder/events";
import { Call, type Client, Code, RpcError } from "@larder/platform";
import { type Database, migrate, openDatabase } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { fromCents, toCents } from "@larder/types";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { pricingHandler } from "./handler.ts";
import { seedRules } from "./seed.ts";
import { pricingStore, type Store } from "./store.ts";

// The database is killed and started again.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const products: Record<string, { category: string; cents: number }> = {
  "products/bread": { category: "bakery", cents: 400 },
  "products/milk": { category: "dairy", cents: 150 },
};

const catalog = {
  async batchGetProducts({ names = [] }: { names?: string[] }) {
    const unknown = names.find((name) => !products[name]);
    if (unknown)
      throw new RpcError(Code.NOT_FOUND, "PRODUCT_NOT_FOUND", "unknown", {
        domain: "catalog",
        metadata: { name: unknown },
        remote: true,
      });
    return create(BatchGetProductsResponseSchema, {
      products: names.map((name) => ({
        name,
        displayName: name,
        category: products[name]?.category ?? "",
        price: fromCents(products[name]?.cents ?? 0),
      })),
    });
  },
} as unknown as Client<typeof CatalogService>;

// A Monday evening: bread is cheaper then.
const evening = new Date("2026-11-23T19:00:00Z");

let postgres: TestPostgres;
let db: Database;
let store: Store;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase("pricing"));
  await migrate(db, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));
  await seedRules(db);
  await seedRules(db);
  store = pricingStore(db);
});

afterAll(async () => {
  await store.close();
  await postgres.stop();
});

const quote = async (
  lines: Record<string, number>,
  init: { customer?: string; coupons?: string[]; user?: string } = {},
) => {
  const call = new Call({ method: "test" });
  if (init.user) call.user = { subject: init.user, scopes: [] };
  const request = create(QuoteRequestSchema, {
    customer: init.customer ?? "",
    coupons: init.coupons ?? [],
    lines: Object.entries(lines).map(([id, quantity]) => ({ product: `products/${id}`, quantity })),
  });
  const answer = await pricingHandler(store, catalog, () => evening).quote(request, call);
  return answer.quote as unknown as import("@larder/contract/larder/pricing/v1/quote_pb.js").Quote;
};
const reason = (name: string) => expect.objectContaining({ reason: name });

test("a quote explains each line and adds up", async () => {
  const { lines, subtotal, discount, total } = await quote({ bread: 1, milk: 6 });
  expect(lines.map((line) => line.adjustments.map(({ kind, rule }) => [kind, rule]))).toEqual([
    [[RuleKind.SCHEDULE, "rules/bakery-evening"]],
    [[RuleKind.BULK, "rules/six-of-a-kind"]],
  ]);
  expect([toCents(subtotal), toCents(discount), toCents(total)]).toEqual([1300, -125, 1175]);
});

test("a segment follows the customer, named or behind the call; nobody prices for another user", async () => {
  expect(toCents((await quote({ milk: 2 }, { customer: "customers/bela" })).total)).toBe(270);
  expect(toCents((await quote({ milk: 2 }, { user: "bela" })).total)).toBe(270);
  expect(toCents((await quote({ milk: 2 }, { user: "ada" })).total)).toBe(300);
  await expect(quote({ milk: 2 }, { customer: "customers/bela", user: "ada" })).rejects.toThrow(reason("NOT_OWNER"));
});

test("an unknown product and a coupon that cannot be used are refused with their names", async () => {
  await expect(quote({ moonstone: 1 })).rejects.toThrow(
    expect.objectContaining({ reason: "PRODUCT_NOT_FOUND", metadata: { name: "products/moonstone" } }),
  );
  await expect(quote({ milk: 1 }, { coupons: ["SPRING26"] })).rejects.toThrow(reason("COUPON_INVALID"));
  await expect(quote({ milk: 1 }, { coupons: ["WELCOME"] })).rejects.toThrow("30.00 EUR");
});

test("a rule that changes in the database holds without a restart", async () => {
  await db.query("change", `update rules set document = document || '{"percent": 50}' where id = 'bakery-evening'`);
  await expect.poll(async () => toCents((await quote({ bread: 1 })).total), { timeout: 10_000 }).toBe(200);
  await db.query("remove", "delete from rules where id = 'bakery-evening'");
  await expect.poll(async () => toCents((await quote({ bread: 1 })).total), { timeout: 10_000 }).toBe(400);
});

test("quotes go on while the database is away, by the rules known last", async () => {
  await postgres.kill();
  expect(toCents((await quote({ milk: 6 })).total)).toBe(855);
  await postgres.start();
  await expect
    .poll(
      () =>
        store.ping().then(
          () => "there",
          () => "away",
        ),
      { timeout: 10_000 },
    )
    .toBe("there");
});
