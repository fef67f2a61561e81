// The options that say which mesh is meant: that of this clone, unless folders are named.
import { parseArgs } from "node:util";
import { usageErrorOf } from "../options.ts";

export const PLACE_USAGE = "[--run-folder DIR] [--data-folder DIR]";

export interface Place {
  readonly run: string | undefined;
  readonly data: string | undefined;
}

/** Reads the folders, `flags` (name to short letter, or empty), and at most `most` further words. */
export function parsePlace(
  args: readonly string[],
  flags: Readonly<Record<string, string>> = {},
  most = 0,
): { place: Place; on: (flag: string) => boolean; words: string[] } {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    "run-folder": { type: "string" },
    "data-folder": { type: "string" },
  };
  for (const [flag, short] of Object.entries(flags)) options[flag] = { type: "boolean", ...(short ? { short } : {}) };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: most > 0 });
    if (positionals.length > most) throw new Error(`unexpected ${positionals[most]}`);
    const text = (key: string): string | undefined => (typeof values[key] === "string" ? values[key] : undefined);
    return {
      place: { run: text("run-folder"), data: text("data-folder") },
      on: (flag) => values[flag] === true,
      words: positionals,
    };
  } catch (error) {
    throw usageErrorOf(error);
  }
}
