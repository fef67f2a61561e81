// The ledger check: proves over all databases that no money, no stock and no delivery was lost or invented, and that every
// order was carried out wholly or not at all.
import { type Books, type LedgerUrls, type OrderRow, readBooks } from "./books.ts";

export { type LedgerUrls, waitForRest } from "./books.ts";

/** Something that cannot be true of an honest shop. */
export interface Finding {
  /** Which rule is broken: constant text. */
  readonly rule: string;
  /** What breaks it, such as `order 0190…`. */
  readonly about: string;
  /** What stands in the books. */
  readonly detail: string;
}

export interface Report {
  /** Empty: the books are right. */
  readonly findings: readonly Finding[];
  /** How many orders were looked at, by state. */
  readonly orders: Readonly<Record<string, number>>;
}

/** Checks the books of a shop at rest. */
export async function checkLedger(urls: LedgerUrls): Promise<Report> {
  const books = await readBooks(urls);
  const orders: Record<string, number> = {};
  for (const { state } of books.orders) orders[state] = (orders[state] ?? 0) + 1;
  return { findings: audit(books), orders };
}

/** Applies every rule. */
export function audit(books: Books): Finding[] {
  const findings: Finding[] = [];
  const expect = (holds: boolean, rule: string, about: string, detail: unknown) => {
    if (!holds) findings.push({ rule, about, detail: JSON.stringify(detail) });
  };
  auditMoney(books, expect);
  auditStock(books, expect);
  auditDeliveries(books, expect);
  auditOrders(books, expect);
  return findings;
}

type Expect = (holds: boolean, rule: string, about: string, detail: unknown) => void;

const POSTINGS_OF: Readonly<Record<string, readonly string[]>> = {
  HELD: ["hold"],
  CAPTURED: ["capture", "hold"],
  VOIDED: ["hold", "void"],
  REFUNDED: ["capture", "hold", "refund"],
};

function auditMoney({ operations, wallets, holds }: Books, expect: Expect): void {
  for (const posted of operations) {
    const about = `${posted.operation} of ${posted.request}`;
    expect(posted.sum === 0, "the postings of an operation sum to 0", about, posted);
  }
  for (const wallet of wallets) {
    const { available, held, postedAvailable, postedHeld } = wallet;
    const equal = available === postedAvailable && held === postedHeld;
    expect(equal, "a wallet is the sum of its postings", `wallet ${wallet.customer}`, wallet);
    expect((available ?? 0) >= 0 && (held ?? 0) >= 0, "a wallet is never below 0", `wallet ${wallet.customer}`, wallet);
  }
  const held: Record<string, number> = {};
  for (const { customer, state, amount } of holds)
    if (state === "HELD") held[customer] = (held[customer] ?? 0) + amount;
  for (const wallet of wallets) {
    const sum = held[wallet.customer] ?? 0;
    expect(wallet.held === sum, "a wallet holds what its holds hold", `wallet ${wallet.customer}`, { ...wallet, sum });
  }
  const byOrder = Map.groupBy(
    operations.filter(({ operation }) => operation !== "deposit"),
    ({ order }) => order,
  );
  for (const hold of holds) {
    const posted = byOrder.get(hold.order) ?? [];
    byOrder.delete(hold.order);
    const names = posted.map(({ operation }) => operation).sort();
    const rule = "the postings of a hold are those of its state, each once and of its amount";
    const right =
      names.join() === POSTINGS_OF[hold.state]?.join() && posted.every(({ moved }) => moved === hold.amount);
    expect(right, rule, `hold of order ${hold.order}`, { hold, posted });
  }
  for (const [order, posted] of byOrder)
    expect(false, "postings of an order belong to a hold", `order ${order}`, posted);
}

function auditStock({ stock, reservations }: Books, expect: Expect): void {
  const lines = (states: readonly string[]) => {
    const packs: Record<string, number> = {};
    for (const reservation of reservations.filter(({ state }) => states.includes(state))) {
      for (const { product, warehouse, quantity } of reservation.lines) {
        packs[`${product}/${warehouse}`] = (packs[`${product}/${warehouse}`] ?? 0) + quantity;
      }
    }
    return packs;
  };
  const reserved = lines(["HELD"]);
  const sold = lines(["COMMITTED"]);
  for (const row of stock) {
    const key = `${row.product}/${row.warehouse}`;
    const sum = row.available + row.reserved + row.sold;
    expect(sum === row.received, "stock, reserved and sold are what was received", `stock ${key}`, row);
    expect(row.available >= 0, "stock is never below 0", `stock ${key}`, row);
    expect(row.reserved === (reserved[key] ?? 0), "reserved is what reservations hold", `stock ${key}`, {
      row,
      held: reserved[key],
    });
    expect(row.sold === (sold[key] ?? 0), "sold is what committed reservations have", `stock ${key}`, {
      row,
      committed: sold[key],
    });
    delete reserved[key];
    delete sold[key];
  }
  for (const key of Object.keys({ ...reserved, ...sold })) {
    expect(false, "reservations are of stock that was received", `stock ${key}`, {
      held: reserved[key],
      committed: sold[key],
    });
  }
}

const SENT = ["CONFIRMED", "PICKING", "DISPATCHED", "DELIVERED"];

function auditDeliveries({ slots, shipments }: Books, expect: Expect): void {
  const bySlot = Map.groupBy(shipments, ({ slot }) => slot);
  for (const slot of slots) {
    const taken = (bySlot.get(slot.id) ?? []).filter(({ state }) => state !== "CANCELLED").length;
    expect(slot.booked === taken, "a slot is booked as often as shipments take it", `slot ${slot.id}`, { slot, taken });
    expect(slot.booked <= slot.capacity, "a slot is not overbooked", `slot ${slot.id}`, slot);
  }
}

function auditOrders({ orders, holds, reservations, shipments }: Books, expect: Expect): void {
  const known = new Set(orders.map(({ id }) => id));
  const strangers = [...holds, ...reservations, ...shipments].filter(({ order }) => !known.has(order));
  for (const stranger of strangers) {
    expect(false, "whatever is held belongs to an order", `order ${stranger.order}`, stranger);
  }
  const holdOf = new Map(holds.map((hold) => [hold.order, hold]));
  const reservationOf = new Map(reservations.map((reservation) => [reservation.order, reservation]));
  const shipmentOf = new Map(shipments.map((shipment) => [shipment.order, shipment]));
  for (const order of orders) {
    const about = `order ${order.id}`;
    const hold = holdOf.get(order.id);
    const reservation = reservationOf.get(order.id);
    const shipment = shipmentOf.get(order.id);
    const all = { order, hold, reservation, shipment };
    if (!order.settled || !["CONFIRMED", "REFUSED", "CANCELLED"].includes(order.state)) {
      expect(false, "an order at rest is in a final state", about, all);
    } else if (order.state === "CONFIRMED") {
      const paid =
        order.total === 0
          ? hold === undefined
          : hold?.state === "CAPTURED" && hold.amount === order.total && hold.customer === order.customer;
      expect(paid, "a confirmed order is paid for, wholly and once", about, { order, hold });
      const has = reservation?.state === "COMMITTED" && packs(reservation.lines) === packs(linesOf(order));
      expect(has, "a confirmed order has its goods", about, { order, reservation });
      const sent =
        shipment !== undefined &&
        SENT.includes(shipment.state) &&
        shipment.slot === order.slot &&
        shipment.customer === order.customer;
      expect(sent, "a confirmed order is delivered in its slot", about, { order, shipment });
    } else {
      const unpaid = !hold || ["VOIDED", "REFUNDED"].includes(hold.state);
      expect(unpaid, "an order that does not go through costs nothing", about, { order, hold });
      const without = !reservation || ["RELEASED", "LAPSED", "RESTOCKED"].includes(reservation.state);
      expect(without, "an order that does not go through has no goods", about, { order, reservation });
      // What could not be handed over is undone, and has used its slot.
      const unsent = !shipment || ["CANCELLED", "FAILED"].includes(shipment.state);
      expect(unsent, "an order that does not go through is not delivered", about, { order, shipment });
    }
  }
}

type Line = { readonly product: string; readonly quantity: number };

const linesOf = ({ lines }: OrderRow): Line[] =>
  Object.entries(lines).map(([product, quantity]) => ({ product, quantity }));

/** Packs by product, in a form that can be compared: the packs of one line may come from several warehouses. */
function packs(lines: readonly Line[]): string {
  const sums: Record<string, number> = {};
  for (const { product, quantity } of lines) sums[product] = (sums[product] ?? 0) + quantity;
  return JSON.stringify(Object.entries(sums).sort());
}
