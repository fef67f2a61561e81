// The version of the contract that this process was built with.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

let version: string | undefined;

/** Semver, from the manifest of the generated package. */
export function contractVersion(): string {
  if (version === undefined) {
    const generated = createRequire(import.meta.url).resolve("@larder/contract/mesh/v1/policy_pb.js");
    const manifest = readFileSync(join(dirname(generated), "../../../package.json"), "utf8");
    version = (JSON.parse(manifest) as { version: string }).version;
  }
  return version;
}

const PREFIX = "larder:contract/";

/** What events say about the contract that they were written with. */
export const dataschema = (): string => `${PREFIX}${contractVersion()}`;

/** Whether an event was written with a contract that may have changed what we rely on: its first number is above ours. */
export const isOfLaterContract = (written: string): boolean =>
  written.startsWith(PREFIX) && majorOf(written.slice(PREFIX.length)) > majorOf(contractVersion());

const majorOf = (semver: string): number => Number.parseInt(semver, 10);
