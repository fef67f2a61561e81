import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { expect, test } from "vitest";
import { deviceOf, plansOf } from "./plan.ts";

const door = { fromMs: 0, untilMs: 1 };
const places = [
  { name: "rooms/cold", storageClass: StorageClass.CHILLED, sensors: ["devices/cold.p1", "devices/cold.p2"] },
  { name: "rooms/ice", storageClass: StorageClass.FROZEN, sensors: ["devices/ice"] },
];

test("sensors of rooms are set to what their goods need, and only the door of the warm room is open", () => {
  expect(plansOf(places, 0, new Set(["rooms/cold"]), door)).toEqual([
    { device: "devices/cold.p1", setCelsius: 4, openDoor: door },
    { device: "devices/cold.p2", setCelsius: 4, openDoor: door },
    { device: "devices/ice", setCelsius: -20 },
  ]);
});

test("devices are made up until there are as many as asked for, where probes count with their device", () => {
  const devices = (count: number) =>
    new Set(plansOf(places, count, new Set(), door).map(({ device }) => deviceOf(device)));
  expect([1, 2, 5].map((count) => devices(count).size)).toEqual([2, 2, 5]);
});
