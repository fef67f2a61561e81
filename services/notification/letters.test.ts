import { create } from "@bufbuild/protobuf";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import {
  ShipmentAtRiskSchema,
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import { fromCents } from "@larder/types";
import { expect, test } from "vitest";
import { atRisk, cancelled, confirmed, delivered, dispatched, slotText } from "./letters.ts";

test("a confirmation names every line, the total and the slot, as text and as HTML", () => {
  const letter = confirmed(
    create(OrderConfirmedSchema, {
      order: "orders/7",
      lines: [{ displayName: "Whole Milk", quantity: 2, total: fromCents(258) }],
      total: fromCents(258),
      slot: "slots/2026-11-23-08",
    }),
    "Ada",
  );
  expect(letter.subject).toContain("7 is confirmed");
  for (const body of [letter.text, letter.html]) {
    expect(body).toContain("Dear Ada");
    expect(body).toContain("2 x Whole Milk");
    expect(body).toContain("2.58 EUR");
    expect(body).toContain("on 2026-11-23 between 08:00 and 10:00 UTC");
  }
});

test("a cancellation says why, and that money came back only where it had been taken", () => {
  const write = (refunded: boolean) =>
    cancelled(
      create(OrderCancelledSchema, { order: "orders/7", refunded, failure: { message: "only 1 is left" } }),
      "Ada",
    );
  expect(write(true).text).toContain("only 1 is left");
  expect(write(true).text).toContain("back in your wallet");
  expect(write(false).text).not.toContain("back in your wallet");
});

test("an order on its way says when it comes, and one that came that it is there; both name the order", () => {
  const about = { shipment: "shipments/7", order: "orders/7", slot: "slots/2026-11-23-08" };
  const left = dispatched(create(ShipmentDispatchedSchema, about), "Ada");
  expect(left.subject).toContain("7 is on its way");
  for (const body of [left.text, left.html, left.sms]) expect(body).toContain("between 08:00 and 10:00 UTC");
  const there = delivered(create(ShipmentDeliveredSchema, { shipment: "shipments/7", order: "orders/7" }), "Ada");
  expect(there.subject).toContain("7 is delivered");
  for (const body of [there.text, there.html, there.sms]) expect(body).toContain("was handed over");
  for (const { text, html } of [left, there]) for (const body of [text, html]) expect(body).toContain("Dear Ada");
});

test("an order that became too warm says how warm, how likely that spoils it, and what to do", () => {
  const flag = { spoilageRisk: 0.268, peakCelsius: 12.46 };
  const letter = atRisk(create(ShipmentAtRiskSchema, { order: "orders/7", flag }), "Ada");
  expect(letter.subject).toContain("7 became too warm");
  for (const body of [letter.text, letter.html]) {
    expect(body).toContain("Dear Ada");
    expect(body).toContain("12.5 °C");
    expect(body).toContain("27 in 100");
    expect(body).toContain("use it soon");
  }
  expect(letter.sms).toContain("12.5 C");
  expect(letter.sms.length).toBeLessThanOrEqual(160);
});

test("names with markup stay text", () => {
  const letter = cancelled(create(OrderCancelledSchema, { order: "orders/7" }), "<script>");
  expect(letter.html).not.toContain("<script>");
});

test("a slot of another form is still a sentence", () => {
  expect(slotText("slots/soon")).toBe("in the slot that you chose");
});
