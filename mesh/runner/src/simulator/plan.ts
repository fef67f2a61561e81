// Which sensors a simulation has: those of the rooms first, then some that are nowhere, until there are as many devices as asked for.
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import type { Opening, SensorPlan } from "./sensor.ts";

/** A room, or a shipment, with its sensors: a part of larder.inventory.v1.Room. */
export interface Place {
  readonly name: string;
  readonly storageClass: StorageClass;
  readonly sensors: readonly string[];
}

/** What cooling is set to, in degrees Celsius. */
const SET_CELSIUS: Readonly<Record<StorageClass, number>> = {
  [StorageClass.UNSPECIFIED]: 4,
  [StorageClass.AMBIENT]: 17,
  [StorageClass.CHILLED]: 4,
  [StorageClass.FROZEN]: -20,
};

/** `devices/north-chilled` of `devices/north-chilled.p1`: probes hang at their device, which speaks for them. */
export const deviceOf = (sensor: string): string => sensor.split(".")[0] ?? sensor;

/** The sensors of the places, those of `warm` places with an open door, and as many devices as are missing. */
export function plansOf(
  places: readonly Place[],
  devices: number,
  warm: ReadonlySet<string>,
  door: Opening,
): SensorPlan[] {
  const plans = places.flatMap(({ name, storageClass, sensors }) =>
    sensors.map((device) => ({
      device,
      setCelsius: SET_CELSIUS[storageClass],
      ...(warm.has(name) && { openDoor: door }),
    })),
  );
  const known = new Set(plans.map(({ device }) => deviceOf(device)));
  const more = Array.from({ length: Math.max(0, devices - known.size) }, (_, index) => ({
    device: `devices/sim-${index + 1}`,
    setCelsius: index % 2 === 0 ? SET_CELSIUS[StorageClass.CHILLED] : SET_CELSIUS[StorageClass.FROZEN],
  }));
  return [...plans, ...more];
}
