// What the warehouse and the carrier do with a shipment, for the demo: one step after the other, each once its customer sees the last.
import type { Client } from "@connectrpc/connect";
import { ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import type { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { callAs } from "../caller.ts";
import type { SupervisorState } from "../state.ts";

const { startPicking, dispatch, completeDelivery } = ShippingService.method;

/** What is done with a shipment in a state. */
const steps: Partial<Record<ShipmentState, (state: SupervisorState, shipment: string) => Promise<unknown>>> = {
  [ShipmentState.UNSPECIFIED]: (state, shipment) => callAs(state, "backoffice", startPicking, { shipment }),
  [ShipmentState.PICKING]: (state, shipment) => callAs(state, "backoffice", dispatch, { shipment }),
  [ShipmentState.DISPATCHED]: (state, shipment) => callAs(state, "carrier", completeDelivery, { shipment }),
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
    await steps[now]?.(state, name.replace("orders/", "shipments/"));
  }
}
