// Names: their order, and how places are written.

import type { Location } from "./model.ts";

/** By code units, so that the order is the same under every locale. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const byName = (a: { readonly name: string }, b: { readonly name: string }): number => compare(a.name, b.name);

/** `file:line`; the file alone where the line is not known. */
export const place = (at: Location): string => (at.line > 0 ? `${at.file}:${at.line}` : at.file);

/** Whether a package is the other one or inside it. */
export const inPackage = (name: string, parent: string): boolean => name === parent || name.startsWith(`${parent}.`);

/** The name that is most like the given one, when it is close enough to be what was meant. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 4)) + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
