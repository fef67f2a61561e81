// Arguments of the commands that talk to a running mesh.
import { parseArgs } from "node:util";
import { usageErrorOf } from "../options.ts";
import type { Place } from "./place.ts";

/** Reads texts (`--user ada`), flags and at most `most` further words, beside the folders that name the mesh. */
export function parseWords(
  args: readonly string[],
  texts: readonly string[],
  flags: readonly string[],
  most: number,
): { place: Place; text: (name: string) => string | undefined; on: (name: string) => boolean; words: string[] } {
  const options = Object.fromEntries([
    ...["run-folder", "data-folder", ...texts].map((name) => [name, { type: "string" as const }]),
    ...flags.map((name) => [name, { type: "boolean" as const }]),
  ]) as Record<string, { type: "string" | "boolean" }>;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length > most) throw new Error(`unexpected ${positionals[most]}`);
    const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
    return {
      place: { run: text("run-folder"), data: text("data-folder") },
      text,
      on: (name) => values[name] === true,
      words: positionals,
    };
  } catch (error) {
    throw usageErrorOf(error);
  }
}
