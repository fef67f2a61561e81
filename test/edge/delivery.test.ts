// What a customer sees of a delivery: an order goes from the warehouse to the door, or comes back, and letters tell of it.

import { create } from "@bufbuild/protobuf";
import { type Order, OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import {
  CancelOrderRequestSchema,
  GetOrderRequestSchema,
  type GetOrderResponse,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { beforeAll, expect, test } from "vitest";
import { larder } from "../../mesh/runner/test/world.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { as, confirmedOrder, mailsAbout, methods } from "./shop.ts";
import { type Headers, sharedWays, type Way } from "./ways.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
let way: Way;

beforeAll(() => {
  way = ways[0] as Way;
});

/** The warehouse or the carrier does something with the shipment of an order; answers what it was told, once there is an answer. */
const act = (caller: "backoffice" | "carrier", method: string, { name }: Order, more: object = {}) => {
  const request = JSON.stringify({ shipment: name.replace("orders/", "shipments/"), ...more });
  const place = { runFolder: mesh.run(), dataFolder: mesh.data() };
  return until(`${method} to be answered`, async () => {
    const said = await larder(place, ["call", `ShippingService/${method}`, request, "--as", caller]);
    return /^(DEADLINE_EXCEEDED|UNAVAILABLE):/m.test(said.err) ? undefined : said;
  });
};

/** The order once it is as asked for. */
const seen = ({ name }: Order, headers: Headers, asked: (order: Order) => boolean): Promise<Order> =>
  until("the order to show it", async () => {
    const { response } = await way.call(methods.getOrder, create(GetOrderRequestSchema, { name }), headers);
    const order = (response as GetOrderResponse | undefined)?.order;
    return order && asked(order) ? order : undefined;
  });
const inState = (state: ShipmentState) => (order: Order) => order.delivery?.state === state;

const subjects = async ({ name }: Order, user: string): Promise<string[]> =>
  (await mailsAbout(mesh, name, user)).map(({ subject }) => subject.replace(/^.* (is|will)\b/, "$1"));

test("an order is picked, dispatched and delivered, and cannot be cancelled on its way", async () => {
  const headers = await as(mesh, "quinn");
  const order = await confirmedOrder(mesh, way, "quinn");
  expect(order.delivery).toBeUndefined();
  const cancel = create(CancelOrderRequestSchema, { name: order.name });
  for (const [caller, method, state] of [
    ["backoffice", "StartPicking", ShipmentState.PICKING],
    ["backoffice", "Dispatch", ShipmentState.DISPATCHED],
    ["carrier", "CompleteDelivery", ShipmentState.DELIVERED],
  ] as const) {
    expect(await act(caller, method, order)).toMatchObject({ code: 0 });
    await seen(order, headers, inState(state));
    const answer = await until("an answer", async () => {
      const outcome = await way.call(methods.cancelOrder, cancel, headers);
      return outcome.response || outcome.reason ? outcome : undefined;
    });
    expect(answer).toMatchObject({ reason: "ALREADY_PICKED" });
  }
  const told = ["is confirmed", "is on its way", "is delivered"];
  await until("the letters", async () => (await subjects(order, "quinn")).length >= told.length);
  expect((await subjects(order, "quinn")).sort()).toEqual([...told].sort());
  expect(await act("carrier", "FailDelivery", order, { failure: "DELIVERY_FAILURE_NOBODY_THERE" })).toMatchObject({
    ...{ code: 1, err: expect.stringContaining("FAILED_PRECONDITION") },
  });
});

test("an order that comes back is cancelled, and its customer told why", async () => {
  const headers = await as(mesh, "quinn");
  const order = await confirmedOrder(mesh, way, "quinn");
  // The carrier cannot do what is the warehouse's.
  expect(await act("carrier", "StartPicking", order)).toMatchObject({
    code: 1,
    err: expect.stringContaining("PERMISSION_DENIED"),
  });
  for (const method of ["StartPicking", "Dispatch"])
    expect(await act("backoffice", method, order)).toMatchObject({ code: 0 });
  expect(await act("carrier", "FailDelivery", order)).toMatchObject({
    code: 1,
    err: expect.stringContaining("INVALID_ARGUMENT"),
  });
  expect(await act("carrier", "FailDelivery", order, { failure: "DELIVERY_FAILURE_NOBODY_THERE" })).toMatchObject({
    code: 0,
  });
  const after = await seen(order, headers, ({ state }) => state === OrderState.CANCELLED);
  expect(after).toMatchObject({ settled: true, failure: { reason: "UNDELIVERED" } });
  const letter = await until("the letter", async () => {
    const mails = await mailsAbout(mesh, order.name, "quinn");
    return mails.find(({ subject }) => subject.endsWith("will not be delivered"));
  });
  expect(letter.text).toContain("nobody was there");
  expect(letter.text).toContain("back in your wallet");
});
