// What examples/README.md says about the kinds of messages that Rust has: those of the package beside those of prost and tonic,
// made by the commands of that page, in one program.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isBuilt, toolPath } from "../../../scripts/tools.ts";
import { block, here } from "../../clients/page.ts";
import { cargoBuild, outcome, root, run } from "../../clients/programs.ts";
import { startWorld, type World } from "../../clients/world.ts";

const minute = 60_000;
const plugins = ["protoc-gen-prost", "protoc-gen-prost-crate", "protoc-gen-tonic"];
let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop(), minute);

/** Why the program cannot be built here. */
function reason(): string | undefined {
  if (spawnSync("cargo", ["--version"]).error) return "cargo is not installed";
  const missing = plugins.find((plugin) => !isBuilt(plugin));
  return missing && `${missing} is not built: node scripts/tools.ts ${missing}`;
}

test("in Rust both kinds live in one program, and bytes of one are read by the other", {
  timeout: 20 * minute,
}, async (context) => {
  const why = reason();
  if (why) context.skip(why);
  const folder = mkdtempSync(join(world.folder, "kinds-"));
  cpSync(join(import.meta.dirname, "rust"), folder, { recursive: true });
  const manifest = join(folder, "Cargo.toml");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace("../../../../gen/rust", join(root, "gen/rust")));

  writeFileSync(join(folder, "buf.gen.yaml"), here(block("README.md", "Rust", "yaml")));
  const path = [...plugins.map((plugin) => dirname(toolPath(plugin))), process.env.PATH].join(":");
  await run(folder, "bash", ["-ec", here(block("README.md", "Rust", "sh"))], { PATH: path });

  const program = await cargoBuild(folder, "larder-kinds", join(folder, "program"));
  const ended = await outcome([program], [], world.settings);
  expect(ended).toEqual({ out: ["models/warmest-1", "InvalidArgument INVALID_REQUEST"], err: [], exit: 0 });
  expect(world.edge.calls).toEqual(["scoreGoods", "scoreGoods"]);
});
