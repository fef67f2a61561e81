// What the tests of the generated packages share: an empty folder with the outside program of a language in it, a
// running catalog to call, and the answer that the program must print.

import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";
import { type RunningCatalog, startCatalog } from "./catalog.ts";

export const root = join(import.meta.dirname, "../..");
export const python = join(root, ".venv/bin/python");
export const minute = 60_000;

const [first] = JSON.parse(readFileSync(join(root, "services/catalog/seed/products.json"), "utf8"));

/** The product that the programs ask for, and what they must say about it. */
export const product = `products/${first.id}`;
export const answer = { displayName: first.name, units: String(Math.trunc(first.priceMinor / 100)) };

export type Outside = {
  /** The folder, outside of the repository. */
  readonly folder: string;
  /** Where the catalog listens, as `host:port`. */
  readonly address: string;
  /** Runs a command in the folder and returns what it printed. Throws with its errors if it fails. */
  run(command: string, args: string[], environment?: Record<string, string>): Promise<string>;
};

/** Prepares the outside program of a language for the tests of one file. Its fields can be read within tests only. */
export function outside(language: string): Outside {
  let folder = "";
  let catalog: RunningCatalog | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `larder-outside-${language}-`));
    cpSync(join(import.meta.dirname, language), folder, { recursive: true });
    catalog = await startCatalog();
  }, minute);
  afterAll(async () => {
    await catalog?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return {
    get folder() {
      return folder;
    },
    get address() {
      return catalog?.address ?? "";
    },
    async run(command, args, environment = {}) {
      const options = { cwd: folder, env: { ...process.env, ...environment }, maxBuffer: 1 << 26 };
      return (await promisify(execFile)(command, args, options)).stdout;
    },
  };
}
