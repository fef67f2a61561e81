#!/usr/bin/env node
// Starts the compiler, which is TypeScript, on a Node.js that runs it as it stands: 24 or newer. Where an older one runs
// this file, the Node.js that npm installed beside the compiler takes over.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const oldest = 24;

if (Number.parseInt(process.versions.node, 10) >= oldest) {
  await import("../src/main.ts");
} else {
  const node = installedNode();
  if (node === undefined || process.env.MESHC_NODE) {
    console.error(
      `meshc: needs Node.js ${oldest} or newer, not ${process.versions.node}; npm install node@26 beside it`,
    );
    process.exit(2);
  }
  const env = { ...process.env, MESHC_NODE: node };
  const { status, error } = spawnSync(node, process.argv.slice(1), { stdio: "inherit", env });
  if (error) console.error(`meshc: ${node}: ${error.message}`);
  process.exit(status ?? 2);
}

/** The nearest node_modules/.bin/node above this file. */
function installedNode() {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const node = join(folder, "node_modules/.bin/node");
    if (existsSync(node)) return node;
    if (dirname(folder) === folder) return undefined;
  }
}
