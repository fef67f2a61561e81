// Writes many files as if they were one: either all of them are replaced, or none.

import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "./input-error.ts";

/** A file and what it is to hold; without content it is to be gone. */
export interface Replacement {
  readonly path: string;
  readonly content?: string;
}

/** Throws InputError where a file cannot be written, and leaves everything as it was. */
export function replaceFiles(files: readonly Replacement[]): void {
  const written: { readonly beside: string; readonly path: string }[] = [];
  try {
    for (const { path, content } of files) {
      if (content === undefined) continue;
      const beside = `${path}.new-${process.pid}`;
      attempt(path, () => {
        if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error("a folder stands there");
        mkdirSync(dirname(path), { recursive: true });
        written.push({ beside, path });
        writeFileSync(beside, content);
      });
    }
    // From here on only names change, which needs neither space nor further rights.
    for (const { beside, path } of written) attempt(path, () => renameSync(beside, path));
    for (const { path, content } of files) if (content === undefined) attempt(path, () => rmSync(path));
  } finally {
    for (const { beside } of written) rmSync(beside, { force: true });
  }
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new InputError(`${path} cannot be written: ${reason}; nothing was generated`);
  }
}
