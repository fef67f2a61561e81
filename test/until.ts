// Waiting for a condition, in place of sleeping.

import { setTimeout as delay } from "node:timers/promises";

/** Waits until `look` gives something; throws, with what it waited for, after `limitMs`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`);
    await delay(25);
  }
}
