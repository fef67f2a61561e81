// Makes what the package holds beside its folder in the repository: dist from src, the options that adopters import, and
// the licence. npm pack runs it.

import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(fileURLToPath(import.meta.url));
process.chdir(top);
for (const made of ["dist", "proto"]) rmSync(made, { recursive: true, force: true });

const { error, status } = spawnSync("tsc", ["--project", "tsconfig.build.json"], { stdio: "inherit" });
if (error)
  console.error(`tsc cannot be run (${error.message}): run npm ci at the top of the repository, then npm pack`);
if (error || status !== 0) process.exit(1);

// What the compiler reads at run time, and editors by their yaml-language-server line.
for (const schema of ["baseline", "environment", "settings"]) {
  cpSync(`src/${schema}.schema.json`, `dist/${schema}.schema.json`);
}
cpSync("../../proto/mesh", "proto/mesh", { recursive: true });
cpSync("../../LICENSE", "LICENSE");
