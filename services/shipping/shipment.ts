// The rules of a shipment: which step may follow which. Pure: no clock, no network, no database.

export type ShipmentState = "BOOKED" | "CONFIRMED" | DeliveryStep | "CANCELLED";

/** A step that the back office or the carrier makes, by the state that it leads to. Each has an event. */
export type DeliveryStep = "PICKING" | "DISPATCHED" | "DELIVERED" | "FAILED";

/** Ids stand without their collection. */
export interface Shipment {
  readonly order: string;
  readonly customer: string;
  readonly slot: string;
  readonly state: ShipmentState;
  /** Why it could not be handed over, as the contract names it; null unless that is so. */
  readonly failure: string | null;
  /** What measures the temperature of its goods; null where nothing does. */
  readonly sensor: string | null;
  /** When that was attached, or the last one taken off; null where none ever was. */
  readonly sensorTime: Date | null;
  /** Null unless an excursion put its goods at risk: the worst one. */
  readonly flag: Flag | null;
  /** Rises with every change of state, and with every flag. */
  readonly version: number;
  /** When its state changed last. */
  readonly updateTime: Date;
}

/** What an excursion did to goods. */
export interface Flag {
  readonly excursion: string;
  /** The probability that they spoil before their date, from 0 to 1. */
  readonly risk: number;
  readonly model: string;
  readonly peakCelsius: number;
  /** When this became known (RFC 3339). */
  readonly time: string;
}

// Where each step starts from.
const before: Partial<Record<ShipmentState, ShipmentState>> = {
  PICKING: "CONFIRMED",
  DISPATCHED: "PICKING",
  DELIVERED: "DISPATCHED",
  FAILED: "DISPATCHED",
};

const refusals = {
  PICKING: "NOT_CONFIRMED",
  DISPATCHED: "NOT_PICKED",
  DELIVERED: "NOT_DISPATCHED",
  FAILED: "NOT_DISPATCHED",
} as const;

/** What asking for a step comes to: `next` if it is to be made, `OK` if it was made before, or the reason why it cannot be. */
export function stepFrom(state: ShipmentState, step: DeliveryStep): "next" | "OK" | (typeof refusals)[DeliveryStep] {
  if (state === before[step]) return "next";
  for (let passed: ShipmentState | undefined = state; passed; passed = before[passed]) if (passed === step) return "OK";
  return refusals[step];
}

/** Whether a delivery is over, be it handed over or not. */
export const isOver = (state: ShipmentState): boolean => state === "DELIVERED" || state === "FAILED";

/** Whether a sensor can be attached to a shipment, or the reason why not. */
export function attachable(state: ShipmentState): "OK" | "NOT_PICKED" | "DELIVERY_OVER" {
  if (isOver(state)) return "DELIVERY_OVER";
  return state === "PICKING" || state === "DISPATCHED" ? "OK" : "NOT_PICKED";
}

/** Where the goods were when an excursion began. The sensor may have measured for a while longer than they were beside it. */
export function goodsWhen({ state, updateTime }: Pick<Shipment, "state" | "updateTime">, start: Date) {
  if (isOver(state)) return start < updateTime ? "there" : "gone";
  return attachable(state) === "OK" ? "there" : "never there";
}
