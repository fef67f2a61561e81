// pip, that of set-up: for what comes as wheels.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ImagesError } from "./error.ts";

const root = join(import.meta.dirname, "../..");

/** Puts packages into `folder`, those that are named and nothing that they need. Throws ImagesError, which says what pip complained of. */
export function pipInstall(folder: string, what: readonly string[]): void {
  const quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"];
  const args = ["-m", "pip", "install", ...quiet, "--no-deps", `--target=${folder}`, ...what];
  const result = spawnSync(join(root, ".venv/bin/python"), args, { encoding: "utf8" });
  if (result.status !== 0)
    throw new ImagesError(`pip install failed: ${result.error?.message ?? result.stderr.trim()}`);
}
