import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answer, minute, outside, product, root } from "./outside.ts";

const program = outside("rust");

test("the crate serves a Rust program in an empty folder", { timeout: 15 * minute }, async (context) => {
  if (spawnSync("cargo", ["--version"]).error) context.skip("cargo is not installed");
  cpSync(join(root, "gen/rust"), join(program.folder, "larder-contract"), { recursive: true });
  // The versions that the repository has locked, and what was built of them.
  cpSync(join(root, "Cargo.lock"), join(program.folder, "Cargo.lock"));
  const target = join(process.env.LARDER_CACHE || join(homedir(), ".cache/larder"), "cargo-target");
  await program.run("cargo", ["build", "--quiet"], { CARGO_TARGET_DIR: target, CARGO_INCREMENTAL: "0" });
  const said = await program.run(join(target, "debug/outside"), [program.address, product]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NotFound" });
});
