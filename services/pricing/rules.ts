// The rules of pricing: what each kind says, and how a basket is priced. Pure: no clock, no database, no contract.
// Amounts are whole cents.

export interface BulkRule {
  readonly kind: "bulk";
  readonly id: string;
  readonly description: string;
  /** What is taken off the line, in percent. */
  readonly percent: number;
  /** The fewest packs in one line. */
  readonly minQuantity: number;
  /** Only products of this category; absent: every product. */
  readonly category?: string;
}

export interface ScheduleRule {
  readonly kind: "schedule";
  readonly id: string;
  readonly description: string;
  readonly percent: number;
  readonly category?: string;
  /** Days of the week, Sunday is 0; absent: every day. */
  readonly weekdays?: readonly number[];
  /** The first hour, UTC. */
  readonly fromHour: number;
  /** The hour before which it ends, UTC. */
  readonly untilHour: number;
}

export interface SegmentRule {
  readonly kind: "segment";
  readonly id: string;
  readonly description: string;
  readonly percent: number;
  readonly segment: string;
}

export interface CouponRule {
  readonly kind: "coupon";
  readonly id: string;
  readonly description: string;
  readonly code: string;
  /** What is taken off the basket: a part of it in percent, or a fixed amount in cents. */
  readonly percent?: number;
  readonly cents?: number;
  /** The least that the basket must cost before coupons. Absent: nothing. */
  readonly minSubtotalCents?: number;
  /** When the coupon ends (RFC 3339). Absent: never. */
  readonly until?: string;
}

/** Made by an excursion, not by a person: it comes and goes with the goods. */
export interface MarkdownRule {
  readonly kind: "markdown";
  readonly id: string;
  readonly description: string;
  readonly percent: number;
  /** Past this it counts no more. */
  readonly until: Date;
}

/** The markdowns of products, by their names. */
export type Markdowns = ReadonlyMap<string, readonly MarkdownRule[]>;

export type Rule = BulkRule | ScheduleRule | SegmentRule | CouponRule;

export interface Item {
  readonly product: string;
  readonly displayName: string;
  readonly category: string;
  readonly unitCents: number;
  readonly quantity: number;
}

export interface Adjustment {
  readonly rule: Rule | MarkdownRule;
  /** Zero or negative. */
  readonly cents: number;
}

export interface PricedLine {
  readonly item: Item;
  readonly adjustments: readonly Adjustment[];
  readonly totalCents: number;
}

export interface PricedBasket {
  readonly lines: readonly PricedLine[];
  readonly adjustments: readonly Adjustment[];
  readonly subtotalCents: number;
  /** Zero or negative. */
  readonly discountCents: number;
  readonly totalCents: number;
}

/** A coupon that cannot be used, and why, in words that a customer can read. */
export class CouponInvalid extends Error {
  readonly code: string;

  constructor(code: string, why: string) {
    super(`coupon ${code} ${why}`);
    this.code = code;
  }
}

/**
 * Prices a basket. Rules of one line come first (markdown, bulk, then schedule), rules of the basket after (segment, then
 * coupons in the order entered); each takes its part of what the ones before left, and nothing falls below 0.
 *
 * Throws `CouponInvalid` for the first coupon that cannot be used.
 */
export function priceBasket(
  items: readonly Item[],
  rules: readonly Rule[],
  buyer: { readonly segments: ReadonlySet<string>; readonly coupons: readonly string[] },
  now: Date,
  markdowns: Markdowns = new Map(),
): PricedBasket {
  const lines = items.map((item) => priceLine(item, rules, markdowns.get(item.product) ?? [], now));
  const subtotalCents = sum(items.map(({ unitCents, quantity }) => unitCents * quantity));
  const ofLines = sum(lines.map(({ totalCents }) => totalCents));
  const bySegment = rules
    .filter((rule) => rule.kind === "segment")
    .filter(({ segment }) => buyer.segments.has(segment));
  const byCoupon = buyer.coupons.map((code) => usableCoupon(code, rules, ofLines, now));
  const { adjustments, left } = takeOff(ofLines, [...bySegment, ...byCoupon]);
  return { lines, adjustments, subtotalCents, discountCents: left - subtotalCents, totalCents: left };
}

function priceLine(item: Item, rules: readonly Rule[], markdowns: readonly MarkdownRule[], now: Date): PricedLine {
  // Goods of one product that became too warm in several rooms: whichever a customer gets, the price is right for it.
  const markdown = highest(markdowns.filter(({ until }) => until > now));
  const fits = ({ category }: { readonly category?: string }) => !category || category === item.category;
  // Of several bulk rules the one that takes most off is enough: they are steps of one ladder.
  const bulk = highest(
    rules.filter((rule) => rule.kind === "bulk").filter((rule) => fits(rule) && item.quantity >= rule.minQuantity),
  );
  const schedule = rules.filter((rule) => rule.kind === "schedule").filter((rule) => fits(rule) && isOn(rule, now));
  const { adjustments, left } = takeOff(item.unitCents * item.quantity, [...markdown, ...bulk, ...schedule]);
  return { item, adjustments, totalCents: left };
}

/** The one that takes most off; none of none. */
const highest = <R extends { readonly percent: number }>(rules: readonly R[]): readonly R[] =>
  rules.toSorted((a, b) => b.percent - a.percent).slice(0, 1);

function isOn({ weekdays, fromHour, untilHour }: ScheduleRule, now: Date): boolean {
  const hour = now.getUTCHours();
  return (!weekdays || weekdays.includes(now.getUTCDay())) && hour >= fromHour && hour < untilHour;
}

function usableCoupon(code: string, rules: readonly Rule[], subtotal: number, now: Date): CouponRule {
  const coupon = rules.find((rule) => rule.kind === "coupon" && rule.code === code) as CouponRule | undefined;
  if (!coupon) throw new CouponInvalid(code, "does not exist");
  if (coupon.until && now >= new Date(coupon.until)) throw new CouponInvalid(code, "is over");
  const least = coupon.minSubtotalCents ?? 0;
  if (subtotal < least) throw new CouponInvalid(code, `needs a basket of ${(least / 100).toFixed(2)} EUR`);
  return coupon;
}

function takeOff(start: number, rules: readonly Adjustment["rule"][]): { adjustments: Adjustment[]; left: number } {
  const adjustments: Adjustment[] = [];
  let left = start;
  for (const rule of rules) {
    const off = "cents" in rule && rule.cents ? rule.cents : Math.round((left * (rule.percent ?? 0)) / 100);
    const cents = -Math.min(off, left);
    if (cents === 0) continue;
    adjustments.push({ rule, cents });
    left += cents;
  }
  return { adjustments, left };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
