// What an excursion does to prices: which goods spoil alike, and how long a markdown lasts. Pure: no clock, no network, no database.
import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";

/** What is taken off the price of a product for an excursion. Ids stand without their collection. */
export interface Markdown {
  readonly product: string;
  readonly percent: number;
  /** The probability that the goods spoil before their date, from 0 to 1. */
  readonly risk: number;
  readonly model: string;
  readonly expireTime: Date;
}

export const DAY_MS = 86_400_000;

// How goods spoil that must be kept chilled, by their category. What else is kept at room temperature or frozen spoils alike, fish or fruit.
const chilled: Readonly<Record<string, ProductClass>> = {
  fish: ProductClass.FISH,
  meat: ProductClass.MEAT,
  // Ham, filled pasta, salads and meals: as the meat in them.
  deli: ProductClass.MEAT,
  dairy: ProductClass.DAIRY,
  // Tarts of cream and custard.
  bakery: ProductClass.DAIRY,
  fruit: ProductClass.PRODUCE,
  vegetables: ProductClass.PRODUCE,
  // Juices and smoothies.
  drinks: ProductClass.PRODUCE,
};

/** How goods of a category spoil, by how they must be kept. A category that is not known counts as the most delicate one. */
export function productClassOf(category: string, storageClass: "AMBIENT" | "CHILLED" | "FROZEN"): ProductClass {
  if (storageClass === "AMBIENT") return ProductClass.AMBIENT;
  if (storageClass === "FROZEN") return ProductClass.FROZEN;
  return chilled[category] ?? ProductClass.FISH;
}

/**
 * When a markdown ends by itself: what was too warm stays so when it is cold again, so a markdown lasts until the date of the goods that must
 * be sold first, but `days` whole days at most. By then those goods are sold, and others lie there that nothing happened to.
 * To the day, so that an excursion which goes on does not move it with every event.
 */
export function expiryOf(measured: Date, bestBefore: Date, days: number): Date {
  const limit = (Math.floor(measured.getTime() / DAY_MS) + 1 + days) * DAY_MS;
  return new Date(Math.min(bestBefore.getTime(), limit));
}

/** Why a price is marked down, in words that a customer can read. */
export const inWords = ({ percent, risk }: Pick<Markdown, "percent" | "risk">): string =>
  `Was too warm for a while, ${Math.round(risk * 100)} % risk of spoiling early: ${percent} % off`;
