import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { GetOrderRequestSchema, PlaceOrderRequestSchema } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { MoneySchema } from "@larder/contract/larder/type/v1/money_pb.js";
import { Call } from "@larder/platform";
import { expect, test } from "vitest";
import { fromCents, hashRequest, idOf, nameOf, pageOf, readPage, subjectOf, toCents, writeOf } from "./index.ts";

const vectors: { cents: number; units: string; nanos: number }[] = JSON.parse(
  readFileSync(new URL("../../../../proto/testdata/money.json", import.meta.url), "utf8"),
);

test.each(vectors)("$cents cents are $units units and $nanos nanos, both ways", ({ cents, units, nanos }) => {
  expect(fromCents(cents)).toMatchObject({ currencyCode: "EUR", units: BigInt(units), nanos });
  expect(toCents(create(MoneySchema, { currencyCode: "EUR", units: BigInt(units), nanos }))).toBe(cents);
});

test("money that is absent is nothing, another currency and parts of a cent are refused", () => {
  expect(toCents(undefined)).toBe(0);
  expect(() => toCents(create(MoneySchema, { currencyCode: "USD", units: 1n }))).toThrow("USD");
  expect(() => toCents(create(MoneySchema, { currencyCode: "EUR", nanos: 5 }))).toThrow("whole cents");
});

test("a name holds its id", () => {
  expect(nameOf("orders", "7")).toBe("orders/7");
  expect(idOf("orders/7")).toBe("7");
});

test("pages follow one another and end with an empty token", () => {
  const limits = { usual: 2, most: 3 };
  const first = readPage("shop", "list", { pageSize: 0, pageToken: "" }, limits);
  expect(first).toEqual({ size: 2 });
  const page = pageOf("list", first, [1, 2, 3], String);
  expect(page.rows).toEqual([1, 2]);
  const second = readPage("shop", "list", { pageSize: 9, pageToken: page.nextPageToken }, limits);
  expect(second).toEqual({ size: 3, after: "2" });
  expect(pageOf("list", second, [3], String).nextPageToken).toBe("");
});

test.each(["nonsense", Buffer.from("other\n2").toString("base64url"), Buffer.from("list").toString("base64url")])(
  "the page token %s of another list is refused",
  (pageToken) => {
    const read = () => readPage("shop", "list", { pageSize: 1, pageToken }, { usual: 2, most: 3 });
    expect(read).toThrow(expect.objectContaining({ reason: "PAGE_TOKEN_INVALID" }));
  },
);

test("two requests hash alike only when they say the same", () => {
  const hash = (name: string) => hashRequest(GetOrderRequestSchema, create(GetOrderRequestSchema, { name }));
  expect(hash("orders/1")).toBe(hash("orders/1"));
  expect(hash("orders/1")).not.toBe(hash("orders/2"));
});

test("a write is remembered by its caller, and without a mesh all callers are one", () => {
  const request = create(PlaceOrderRequestSchema, { requestId: "a" });
  const by = (caller?: string) => writeOf(PlaceOrderRequestSchema, request, new Call({ method: "m", caller }));
  expect(by("order")).toEqual({ caller: "order", requestId: "a", hash: hashRequest(PlaceOrderRequestSchema, request) });
  expect(by().caller).toBe("");
});

test("nobody acts for a user who is not there", () => {
  const call = new Call({ method: "shop.v1.Shop/Mine" });
  expect(() => subjectOf(call)).toThrow("shop.v1.Shop/Mine was reached without a user");
  call.user = { subject: "ada", scopes: [] };
  expect(subjectOf(call)).toBe("ada");
});
