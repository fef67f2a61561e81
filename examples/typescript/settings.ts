// What the program is told: settings from the environment, numbers from the command line.

import { readFileSync } from "node:fs";

/** The program was not told what it needs. */
export class UsageError extends Error {}

/** A setting that must be there. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new UsageError(`${name} is not set`);
  return value;
}

/** The file that a setting names. */
export function file(name: string): Buffer {
  const path = setting(name);
  try {
    return readFileSync(path);
  } catch {
    throw new UsageError(`${name} names ${path}, which cannot be read`);
  }
}

/** Temperatures as words of the command line, at least one. */
export function temperatures(words: readonly string[]): number[] {
  if (words.length === 0) throw new UsageError("there are no temperatures");
  return words.map((word) => {
    if (!/^-?\d+(\.\d+)?$/.test(word)) throw new UsageError(`${word} is no temperature`);
    return Number(word);
  });
}
