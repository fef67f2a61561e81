// larder simulate: sensors in rooms and vans, and what goes wrong with them.
import { randomBytes, randomInt } from "node:crypto";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { callAs } from "../caller.ts";
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { linesInto } from "../simulator/lines.ts";
import { type Place, plansOf } from "../simulator/plan.ts";
import { roomsOf } from "../simulator/rooms.ts";
import { simulate } from "../simulator/simulate.ts";
import { takeTurn } from "../simulator/turns.ts";
import type { SupervisorState } from "../state.ts";
import { buy, shopOf } from "./demo.ts";
import { PLACE_USAGE } from "./place.ts";
import { complain, complainOfLate, runningMesh } from "./running.ts";
import { demoToken } from "./token.ts";
import { parseWords } from "./words.ts";

export const name = "simulate";
export const summary = "Simulates the sensors of rooms and vans, and doors that somebody leaves open.";
export const usage = `[--devices 200] [--rate 50] [--fault door-open] [--room ROOM | --shipment ORDER]
       [--seed N] [--duration SECONDS] ${PLACE_USAGE}

  --devices N          those of the rooms, and others until there are so many
  --rate N             readings a second, of all together
  --fault door-open    leaves a door open for six minutes: of a chilled room, and of the van with a new order of ada
  --room ROOM          that room alone, such as north-chilled
  --shipment ORDER     the van with that order alone, whose goods are being picked or on their way
  --seed N             the same seed makes the same temperatures, but for the time of day; default another one each time, which is printed
  --duration SECONDS   default until Ctrl-C

It ends with 0 if all that was measured was taken, and with 1 if not.`;

const DOOR = { fromMs: 10_000, untilMs: 370_000 };

export async function run(args: readonly string[]): Promise<number> {
  const texts = ["devices", "rate", "fault", "room", "shipment", "seed", "duration"];
  const { place, text } = parseWords(args, texts, [], 0);
  const whole = (option: string, usual: number, most: number) => wholeNumber(option, text(option), usual, most);
  const devices = whole("devices", 200, 10_000);
  const rate = whole("rate", 50, 100_000);
  const seed = whole("seed", randomInt(1, 1_000_000), 2 ** 32 - 1);
  const duration = text("duration") === undefined ? undefined : whole("duration", 0, 31_536_000) * 1000;
  const [fault, room, shipment] = [text("fault"), text("room"), text("shipment")];
  if (fault !== undefined && fault !== "door-open") throw new UsageError("--fault knows door-open");
  if (room && shipment) throw new UsageError("--room and --shipment exclude each other");
  if (fault && duration !== undefined && duration <= DOOR.fromMs)
    throw new UsageError(`--duration ends before the door opens, which is after ${DOOR.fromMs / 1000} seconds`);
  if ((room ?? shipment) && !fault) throw new UsageError("--room and --shipment say where a --fault is");

  const state = runningMesh(place);
  complainOfLate(state);
  const lineOf = linesInto(state);
  const places = await roomsOf(state);
  const warm = fault ? await warmPlaces(state, places, room, shipment) : [];
  const sensors = plansOf(places, devices, new Set(warm), DOOR);
  const every = (sensors.length / rate).toPrecision(2);
  console.log(
    `seed ${seed}: ${rate} readings a second, of each of ${sensors.length} sensors every ${every} s; Ctrl-C ends it`,
  );
  for (const name of warm) console.log(`A door stays open at ${name}. See what becomes of it: npx larder watch`);

  const ending = new AbortController();
  const stop = () => ending.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  // They are the sensors that speak when nobody simulates anything.
  const giveBack = await takeTurn(state.runFolder, ending.signal);
  const tally = await simulate(
    {
      sensors,
      rate,
      seed,
      startMs: Date.now(),
      durationMs: duration,
      lineOf,
      complain,
    },
    ending.signal,
  );
  giveBack();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
  console.log(tally.summary);
  return tally.acknowledged === tally.measured && tally.refused.size === 0 ? 0 : 1;
}

function wholeNumber(option: string, given: string | undefined, usual: number, most: number): number {
  if (given === undefined) return usual;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < 1 || value > most)
    throw new UsageError(`--${option} is a whole number from 1 to ${most}`);
  return value;
}

/** Where the door is open. May add a van to the places. */
async function warmPlaces(
  state: SupervisorState,
  places: Place[],
  room: string | undefined,
  shipment: string | undefined,
): Promise<string[]> {
  if (room !== undefined) {
    const wanted = `rooms/${room.replace(/^rooms\//, "")}`;
    if (places.some(({ name }) => name === wanted)) return [wanted];
    throw new Refusal(`There is no ${wanted}: there are ${places.map(({ name }) => name).join(", ")}.`);
  }
  const order = shipment?.replace(/^(shipments|orders)\//, "") ?? (await newOrder(state));
  const van = await vanWith(state, order);
  places.push(van);
  if (shipment !== undefined) return [van.name];
  const chilled = places.find(
    ({ storageClass, sensors }) => storageClass === StorageClass.CHILLED && sensors.length > 0,
  );
  return chilled && chilled !== van ? [chilled.name, van.name] : [van.name];
}

/** An order of a demo user whose goods are being picked. */
async function newOrder(state: SupervisorState): Promise<string> {
  const shop = shopOf(state, await demoToken(state));
  const order = await buy(shop, "ada", "milk", randomBytes(16).toString("hex"));
  if (order.state !== OrderState.CONFIRMED) throw new Refusal(`${order.name} was not confirmed.`);
  const id = order.name.replace("orders/", "");
  await callAs(state, "backoffice", ShippingService.method.startPicking, { shipment: `shipments/${id}` });
  return id;
}

/** Puts a sensor beside the goods of an order, and sends them on their way. */
async function vanWith(state: SupervisorState, order: string): Promise<Place> {
  const shipment = `shipments/${order}`;
  const device = `devices/van-${order}`;
  const attach = { shipment, device, storageClass: StorageClass.CHILLED };
  await callAs(state, "backoffice", ShippingService.method.attachSensor, attach);
  await callAs(state, "backoffice", ShippingService.method.dispatch, { shipment });
  return { name: shipment, storageClass: StorageClass.CHILLED, sensors: [device] };
}
