// The way in for devices, as the environment has it.

import type { Devices, Environment } from "../environment-model.ts";
import { InputError } from "../input-error.ts";
import type { Method } from "../model.ts";

/** The devices of the environment. Throws InputError where a method for them has none. */
export function devicesOf({ devices }: Environment, methods: readonly Method[]): Devices {
  if (!devices) throw new InputError(`${methods[0]?.id} is for @device, and the environment has no devices`);
  return devices;
}
