// Stock, money and slots in memory, with the behaviour that the contract asks of their owners.
import { Code, rpcError } from "@larder/platform";
import { Requests, undone } from "./requests.ts";

type Line = { readonly product: string; readonly quantity: number };

const refuse = (domain: string, code: Code, reason: string, metadata: Record<string, string> = {}) =>
  rpcError(domain, code, reason, `refused: ${reason}`, metadata);

export class Stock {
  readonly available = new Map<string, number>();
  readonly reservations = new Map<
    string,
    { lines: readonly Line[]; state: "HELD" | "COMMITTED" | "RELEASED" | "LAPSED" | "RESTOCKED" }
  >();
  readonly #requests = new Requests("inventory");

  reserve(requestId: string, order: string, lines: readonly Line[]): void {
    this.#requests.once(requestId, { order, lines }, () => {
      this.#take(lines);
      this.reservations.set(order, { lines, state: "HELD" });
    });
  }

  commit(requestId: string, order: string): void {
    this.#requests.once(requestId, { order }, () => {
      const held = this.reservations.get(order);
      if (!held) throw refuse("inventory", Code.NOT_FOUND, "RESERVATION_NOT_FOUND");
      if (held.state === "RELEASED" || held.state === "RESTOCKED") throw undone("inventory", requestId);
      if (held.state === "LAPSED") this.#take(held.lines);
      held.state = "COMMITTED";
    });
  }

  release(requestId: string, order: string): void {
    const held = this.reservations.get(order);
    if (held?.state === "COMMITTED") throw refuse("inventory", Code.FAILED_PRECONDITION, "ALREADY_COMMITTED");
    this.#requests.undo(requestId);
    if (held?.state === "HELD") this.#give(held.lines);
    if (held) held.state = "RELEASED";
  }

  restock(requestId: string, order: string): void {
    this.#requests.undo(requestId);
    const held = this.reservations.get(order);
    if (held?.state === "COMMITTED" || held?.state === "HELD") this.#give(held.lines);
    if (held) held.state = held.state === "COMMITTED" ? "RESTOCKED" : "RELEASED";
  }

  /** What inventory's clock does to a hold after 15 minutes. */
  lapse(order: string): void {
    const held = this.reservations.get(order);
    if (held?.state !== "HELD") throw new Error(`${order} holds no stock`);
    this.#give(held.lines);
    held.state = "LAPSED";
  }

  #take(lines: readonly Line[]): void {
    for (const { product, quantity } of lines) {
      const left = this.available.get(product) ?? 0;
      if (left < quantity) {
        const metadata = { product, available: String(left) };
        throw refuse("inventory", Code.FAILED_PRECONDITION, "STOCK_SHORT", metadata);
      }
    }
    for (const { product, quantity } of lines)
      this.available.set(product, (this.available.get(product) ?? 0) - quantity);
  }

  #give(lines: readonly Line[]): void {
    for (const { product, quantity } of lines)
      this.available.set(product, (this.available.get(product) ?? 0) + quantity);
  }
}

export class Wallets {
  readonly available = new Map<string, number>();
  readonly holds = new Map<
    string,
    { customer: string; cents: number; state: "HELD" | "CAPTURED" | "VOIDED" | "REFUNDED" }
  >();
  readonly #requests = new Requests("customer");

  hold(requestId: string, order: string, customer: string, cents: number): void {
    this.#requests.once(requestId, { order, customer, cents }, () => {
      const available = this.available.get(customer);
      if (available === undefined) throw refuse("customer", Code.NOT_FOUND, "WALLET_NOT_FOUND", { customer });
      if (available < cents) throw refuse("customer", Code.FAILED_PRECONDITION, "FUNDS_SHORT", { customer });
      this.available.set(customer, available - cents);
      this.holds.set(order, { customer, cents, state: "HELD" });
    });
  }

  capture(requestId: string, order: string): void {
    this.#requests.once(requestId, { order }, () => {
      const hold = this.holds.get(order);
      if (!hold) throw refuse("customer", Code.NOT_FOUND, "HOLD_NOT_FOUND");
      if (hold.state !== "HELD" && hold.state !== "CAPTURED") throw undone("customer", requestId);
      hold.state = "CAPTURED";
    });
  }

  void(requestId: string, order: string): void {
    this.#requests.undo(requestId);
    const hold = this.holds.get(order);
    if (hold?.state === "CAPTURED") {
      this.#requests.keep(requestId);
      throw refuse("customer", Code.FAILED_PRECONDITION, "ALREADY_CAPTURED");
    }
    if (hold?.state === "HELD") this.#giveBack(hold, "VOIDED");
  }

  refund(requestId: string, order: string): void {
    this.#requests.undo(requestId);
    const hold = this.holds.get(order);
    if (hold?.state === "HELD") this.#giveBack(hold, "VOIDED");
    else if (hold?.state === "CAPTURED") this.#giveBack(hold, "REFUNDED");
  }

  #giveBack(hold: { customer: string; cents: number; state: string }, state: "VOIDED" | "REFUNDED"): void {
    this.available.set(hold.customer, (this.available.get(hold.customer) ?? 0) + hold.cents);
    hold.state = state;
  }
}

export class Deliveries {
  readonly free = new Map<string, number>();
  readonly shipments = new Map<
    string,
    { slot: string; state: "BOOKED" | "CONFIRMED" | "PICKING" | "FAILED" | "CANCELLED" }
  >();
  readonly #requests = new Requests("shipping");

  book(requestId: string, order: string, slot: string): void {
    this.#requests.once(requestId, { order, slot }, () => {
      const free = this.free.get(slot);
      if (free === undefined) throw refuse("shipping", Code.NOT_FOUND, "SLOT_NOT_FOUND", { slot });
      if (free === 0) throw refuse("shipping", Code.FAILED_PRECONDITION, "SLOT_FULL", { slot });
      this.free.set(slot, free - 1);
      this.shipments.set(order, { slot, state: "BOOKED" });
    });
  }

  confirm(requestId: string, order: string): void {
    this.#requests.once(requestId, { order }, () => {
      const shipment = this.shipments.get(order);
      if (!shipment) throw refuse("shipping", Code.NOT_FOUND, "SHIPMENT_NOT_FOUND");
      if (shipment.state === "CANCELLED") throw undone("shipping", requestId);
      if (shipment.state === "BOOKED") shipment.state = "CONFIRMED";
    });
  }

  cancel(requestId: string, order: string): void {
    const shipment = this.shipments.get(order);
    if (shipment?.state === "PICKING") throw refuse("shipping", Code.FAILED_PRECONDITION, "ALREADY_PICKED");
    this.#requests.undo(requestId);
    if (!shipment || shipment.state === "CANCELLED" || shipment.state === "FAILED") return;
    this.free.set(shipment.slot, (this.free.get(shipment.slot) ?? 0) + 1);
    shipment.state = "CANCELLED";
  }

  startPicking(order: string): void {
    const shipment = this.shipments.get(order);
    if (shipment?.state !== "CONFIRMED") throw new Error(`${order} is not confirmed`);
    shipment.state = "PICKING";
  }

  fail(order: string): void {
    const shipment = this.shipments.get(order);
    if (shipment?.state !== "PICKING") throw new Error(`${order} is not on its way`);
    shipment.state = "FAILED";
  }
}
