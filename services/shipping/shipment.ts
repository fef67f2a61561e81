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
  /** Rises with every change of state. */
  readonly version: number;
  readonly updateTime: Date;
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
