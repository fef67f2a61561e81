// The rooms of the running shop, as the back office asks for them.
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { callAs } from "../caller.ts";
import type { SupervisorState } from "../state.ts";
import type { Place } from "./plan.ts";

/** Throws a Refusal while inventory does not answer. */
export async function roomsOf(state: SupervisorState): Promise<Place[]> {
  const { rooms } = await callAs(state, "backoffice", InventoryService.method.listRooms, { pageSize: 200 });
  return [...rooms];
}
