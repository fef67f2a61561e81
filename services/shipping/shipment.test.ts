import { expect, test } from "vitest";
import { type DeliveryStep, type ShipmentState, stepFrom } from "./shipment.ts";

const steps: DeliveryStep[] = ["PICKING", "DISPATCHED", "DELIVERED", "FAILED"];

test.each<[ShipmentState, ...string[]]>([
  ["BOOKED", "NOT_CONFIRMED", "NOT_PICKED", "NOT_DISPATCHED", "NOT_DISPATCHED"],
  ["CONFIRMED", "next", "NOT_PICKED", "NOT_DISPATCHED", "NOT_DISPATCHED"],
  ["PICKING", "OK", "next", "NOT_DISPATCHED", "NOT_DISPATCHED"],
  ["DISPATCHED", "OK", "OK", "next", "next"],
  ["DELIVERED", "OK", "OK", "OK", "NOT_DISPATCHED"],
  ["FAILED", "OK", "OK", "NOT_DISPATCHED", "OK"],
  ["CANCELLED", "NOT_CONFIRMED", "NOT_PICKED", "NOT_DISPATCHED", "NOT_DISPATCHED"],
])("from %s each step is made once, after the one before it", (state, ...outcomes) => {
  expect(steps.map((step) => stepFrom(state, step))).toEqual(outcomes);
});
