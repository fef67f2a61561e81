// The rooms of the running shop, as the back office asks for them.
import type { ListRoomsResponse } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { callAs } from "../cli/call.ts";
import type { SupervisorState } from "../state.ts";
import type { Place } from "./plan.ts";

/** Throws a Refusal while inventory does not answer. */
export async function roomsOf(state: SupervisorState): Promise<Place[]> {
  const request = '{"pageSize": 200}';
  const { rooms } = await callAs<ListRoomsResponse>(state, "backoffice", "InventoryService/ListRooms", request);
  return [...rooms];
}
