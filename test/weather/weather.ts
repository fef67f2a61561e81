// What the suites of bad weather share: which processes run, and whether the shop is open.

import { create } from "@bufbuild/protobuf";
import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import type { PlaceOrderResponse } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { GetProfileRequestSchema } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { basket, methods, placeOrder, settled } from "../edge/shop.ts";
import type { Headers, Way } from "../edge/ways.ts";
import type { SharedMesh } from "../mesh.ts";
import { until } from "../until.ts";

/** The process of each child by its name; two that differ are two processes. */
export async function processes(mesh: SharedMesh): Promise<Record<string, string>> {
  const { children } = await mesh.state();
  return Object.fromEntries(children.map(({ name, pid, startTime }) => [name, `${pid} ${startTime}`]));
}

/** The names of the children that run in another process than before. */
export async function replaced(mesh: SharedMesh, before: Record<string, string>): Promise<string[]> {
  const now = await processes(mesh);
  return Object.keys(before).filter((name) => now[name] !== before[name]);
}

/** Ends a child's process as a crash would, and waits until the supervisor has started another that is ready. */
export async function crash(mesh: SharedMesh, name: string): Promise<void> {
  const before = await processes(mesh);
  const child = (await mesh.state()).children.find((each) => each.name === name);
  process.kill(child?.pid ?? Number.NaN, "SIGKILL");
  await until(`${name} to be started again`, async () => (await replaced(mesh, before)).includes(name));
  await mesh.waitReady(name);
}

/** Waits until an order can be placed and is confirmed; returns its name once nothing is left to do for it. */
export async function openAgain(way: Way, headers: Headers): Promise<string> {
  await until("the shop to answer", async () => {
    const { code } = await way.call(methods.getProfile, create(GetProfileRequestSchema), headers);
    return code === "OK";
  });
  return until("an order to be confirmed", async () => {
    const request = await basket(way).catch(() => undefined);
    const placed = request && (await placeOrder(way, request, headers));
    const order = (placed?.response as PlaceOrderResponse | undefined)?.order;
    if (!order) return undefined;
    const { state, name } = await settled(way, order.name, headers);
    return state === OrderState.CONFIRMED && name;
  });
}
