// What the warehouse and the carrier do with a shipment, for the demo: one step after the other, each once its customer sees the last.
import type { Client } from "@connectrpc/connect";
import { ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import type { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { SupervisorState } from "../state.ts";
import { callAs } from "./call.ts";

/** What is done with a shipment in a state, and by whom. */
const steps: Partial<Record<ShipmentState, readonly [method: string, caller: string]>> = {
  [ShipmentState.UNSPECIFIED]: ["StartPicking", "backoffice"],
  [ShipmentState.PICKING]: ["Dispatch", "backoffice"],
  [ShipmentState.DISPATCHED]: ["CompleteDelivery", "carrier"],
};

/** Has a confirmed order delivered; tells each state that the order shows. */
export async function deliver(
  state: SupervisorState,
  shop: Client<typeof StorefrontService>,
  name: string,
  tell: (state: ShipmentState) => void,
): Promise<void> {
  let shown: ShipmentState | undefined;
  for await (const { order } of shop.watchOrder({ name, untilDelivered: true })) {
    const now = order?.delivery?.state ?? ShipmentState.UNSPECIFIED;
    if (now === shown) continue;
    shown = now;
    if (now !== ShipmentState.UNSPECIFIED) tell(now);
    const [method, caller] = steps[now] ?? [];
    const request = JSON.stringify({ shipment: name.replace("orders/", "shipments/") });
    if (method && caller) await callAs(state, caller, `ShippingService/${method}`, request);
  }
}
