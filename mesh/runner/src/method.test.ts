import { expect, test } from "vitest";
import { findMethod, workloadOf } from "./method.ts";
import { Refusal } from "./refusal.ts";

test.each(["InventoryService/ListRooms", "larder.inventory.v1.InventoryService/ListRooms"])(
  "%s is found, with the workload behind it",
  async (name) => {
    const method = await findMethod(name);
    expect(`${method.parent.typeName}/${method.name}`).toBe("larder.inventory.v1.InventoryService/ListRooms");
    expect(workloadOf(method)).toBe("inventory");
  },
);

test.each([
  ["NoService/Get", "There is no service NoService: it is one of CatalogService, "],
  ["larder.other.v1.InventoryService/ListRooms", "There is no service larder.other.v1.InventoryService: it is one of "],
  ["inventoryService/ListRooms", "There is no service inventoryService: "],
  ["InventoryService/listRooms", "InventoryService has no method listRooms: it has "],
  ["/", "There is no service : "],
  ["../Get", "There is no service ..: "],
])("%s is refused with what there is", async (name, message) => {
  await expect(findMethod(name)).rejects.toThrow(Refusal);
  await expect(findMethod(name)).rejects.toThrow(message);
});
