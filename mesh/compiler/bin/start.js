// Loads a module of the compiler: from src in its repository, which is TypeScript and needs a Node.js that runs it as it
// stands; from dist in an installed package, where Node.js strips no types.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const inRepository = existsSync(join(top, "src/index.ts"));
const oldestForSource = "24.0";

/** The module of this name, without an extension: `index`. */
export const load = (name) => import(inRepository ? `../src/${name}.ts` : `../dist/${name}.js`);

/** Runs the module of this name as a program. On a Node.js that is too old, one that npm installed in the repository
 * takes over, or one line says what is needed. */
export async function start(program, name) {
  const about = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
  const oldest = inRepository ? oldestForSource : about.engines.node.replace(">=", "");
  if (isAtLeast(oldest)) return load(name);
  const node = inRepository && !process.env.MESHC_NODE ? installedNode() : undefined;
  if (node === undefined) {
    console.error(`${program}: needs Node.js ${oldest} or newer, and this is ${process.versions.node}`);
    process.exit(2);
  }
  const env = { ...process.env, MESHC_NODE: node };
  const { status, error } = spawnSync(node, process.argv.slice(1), { stdio: "inherit", env });
  if (error) console.error(`${program}: ${node}: ${error.message}`);
  process.exit(status ?? 2);
}

function isAtLeast(oldest) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldest.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** The nearest node_modules/.bin/node above this file. */
function installedNode() {
  for (let folder = top; ; folder = dirname(folder)) {
    const node = join(folder, "node_modules/.bin/node");
    if (existsSync(node)) return node;
    if (dirname(folder) === folder) return undefined;
  }
}
