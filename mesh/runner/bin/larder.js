#!/usr/bin/env node
// Starts the command line. Its source needs a Node that runs TypeScript: under an older one it goes on with the Node of
// this clone, which `npm ci` installed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST = 24;

if (Number(process.versions.node.split(".")[0]) >= OLDEST) {
  // What is compiled of the source is kept: the next command starts sooner, and need not hold what strips types.
  module.enableCompileCache(fileURLToPath(new URL("../../../.build/compiled", import.meta.url)));
  const { main } = await import("../src/cli/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const name =
    process.platform === "darwin" ? `node-bin-darwin-${process.arch}` : `node-${process.platform}-${process.arch}`;
  const node = fileURLToPath(new URL(`../../../node_modules/${name}/bin/node`, import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `larder: Node ${OLDEST} or later is needed, and this is ${process.version}: run npm ci, or install it.`,
    );
    process.exit(1);
  }
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // A terminal sends Ctrl-C to both; anything else that ends this process is passed on.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  });
}
