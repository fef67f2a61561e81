// Exits 0 if node_modules holds what package-lock.json asks for. Runs on the reader's own Node, before anything is
// installed, so it is plain JavaScript.
import { existsSync, readFileSync } from "node:fs";

const packages = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
};

// npm keeps a second lockfile beside what it installed; npm install --package-lock-only writes it without installing.
const wanted = packages("package-lock.json");
const installed = packages("node_modules/.package-lock.json");
if (!wanted || !installed) process.exit(1);

for (const [path, { version, link, optional }] of Object.entries(wanted)) {
  if (!path.includes("node_modules/")) continue;
  const found = installed[path];
  const current = found
    ? found.version === version && Boolean(found.link) === Boolean(link) && existsSync(path)
    : optional;
  if (!current) process.exit(1);
}
