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
