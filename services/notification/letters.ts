// What customers read. Pure: an event and a customer in, a letter out.
import type { OrderCancelled, OrderConfirmed } from "@larder/contract/larder/order/v1/order_events_pb.js";
import type {
  ShipmentAtRisk,
  ShipmentDelivered,
  ShipmentDispatched,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import type { Money } from "@larder/contract/larder/type/v1/money_pb.js";
import { idOf, toCents } from "@larder/types";

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same in a line, for a text message. */
  readonly sms: string;
}

/** Tells that an order is accepted, what is in it and when it comes. */
export function confirmed(event: OrderConfirmed, customerName: string): Letter {
  const order = idOf(event.order);
  const intro = `Dear ${customerName}, we have your order and deliver it ${slotText(event.slot)}.`;
  const rows = event.lines.map(({ quantity, displayName, total }) => ({
    what: `${quantity} x ${displayName}`,
    price: amount(total),
  }));
  const total = amount(event.total);
  const parts = [
    paragraph(intro),
    table([...rows, { what: "Total", price: total }]),
    paragraph("You can cancel it until we start to pick."),
  ];
  const sms = `Larder: we deliver your order ${slotText(event.slot)}. Total ${total}.`;
  return letter(`Your Larder order ${order} is confirmed`, parts, sms);
}

/** Tells that an order will not come, why, and what becomes of the money. */
export function cancelled(event: OrderCancelled, customerName: string): Letter {
  const why = event.failure?.message ? ` The reason: ${event.failure.message}.` : "";
  const money = event.refunded
    ? "What you paid is back in your wallet."
    : "Nothing was taken from your wallet for good; what was held is free again.";
  const parts = [paragraph(`Dear ${customerName}, your order will not be delivered.${why}`), paragraph(money)];
  const sms = `Larder: your order will not be delivered.${why}`;
  return letter(`Your Larder order ${idOf(event.order)} will not be delivered`, parts, sms);
}

/** Tells that an order is on its way. */
export function dispatched(event: ShipmentDispatched, customerName: string): Letter {
  const intro = `Dear ${customerName}, your order has left our warehouse. We bring it ${slotText(event.slot)}.`;
  const sms = `Larder: your order is on its way. We bring it ${slotText(event.slot)}.`;
  return letter(`Your Larder order ${idOf(event.order)} is on its way`, [paragraph(intro)], sms);
}

/** Tells that an order was handed over. */
export function delivered(event: ShipmentDelivered, customerName: string): Letter {
  const parts = [
    paragraph(`Dear ${customerName}, your order was handed over.`),
    paragraph("What has to be kept cold should be in your refrigerator soon. Enjoy it!"),
  ];
  return letter(`Your Larder order ${idOf(event.order)} is delivered`, parts, "Larder: your order was handed over.");
}

/** Tells that goods became too warm on their way, how warm, and what that means. */
export function atRisk({ order, flag }: ShipmentAtRisk, customerName: string): Letter {
  const peak = (flag?.peakCelsius ?? 0).toFixed(1);
  const chance = `${Math.round((flag?.spoilageRisk ?? 0) * 100)} in 100`;
  const intro = `Dear ${customerName}, a part of your order became too warm on its way: it reached ${peak} °C.`;
  const advice = `The chance that goods of it spoil before their date is ${chance}. Look at what has to be kept cold before you use it, and use it soon.`;
  // A degree sign would make two messages of it: the alphabet of text messages has none.
  const sms = `Larder: a part of your order became too warm (${peak} C). Look at what has to be kept cold, and use it soon.`;
  return letter(`Your Larder order ${idOf(order)} became too warm`, [paragraph(intro), paragraph(advice)], sms);
}

/** 12.34 EUR. */
export const amount = (money: Money | undefined): string => `${(toCents(money) / 100).toFixed(2)} EUR`;

/** `slots/2026-11-23-08` is on 2026-11-23 between 08:00 and 10:00 UTC. */
export function slotText(slot: string): string {
  const [, date, hour] = /^slots\/(\d{4}-\d{2}-\d{2})-(\d{2})$/.exec(slot) ?? [];
  if (!date || !hour) return "in the slot that you chose";
  const end = String(Number(hour) + 2).padStart(2, "0");
  return `on ${date} between ${hour}:00 and ${end}:00 UTC`;
}

interface Part {
  readonly text: string;
  readonly html: string;
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const inHtml = (value: string): string => value.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

const paragraph = (text: string): Part => ({ text, html: `<p>${inHtml(text)}</p>` });

const table = (rows: readonly { what: string; price: string }[]): Part => ({
  text: rows.map(({ what, price }) => `${what.padEnd(48)} ${price.padStart(12)}`).join("\n"),
  html: `<table>${rows
    .map(({ what, price }) => `<tr><td>${inHtml(what)}</td><td align="right">${inHtml(price)}</td></tr>`)
    .join("")}</table>`,
});

const letter = (subject: string, parts: readonly Part[], sms: string): Letter => ({
  subject,
  sms,
  text: `${parts.map(({ text }) => text).join("\n\n")}\n\nLarder\n`,
  html: `<!doctype html><html lang="en"><body>${parts.map(({ html }) => html).join("")}<p>Larder</p></body></html>`,
});
