import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answer, minute, outside, product, python, root } from "./outside.ts";

const program = outside("python");

test("the wheel serves a Python program in an empty environment", { timeout: 5 * minute }, async () => {
  const build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", "."];
  await program.run(python, [...build, join(root, "gen/python")]);
  const wheel = readdirSync(program.folder).find((file) => file.endsWith(".whl")) ?? "no wheel";
  await program.run(python, ["-m", "venv", "environment"]);
  const installed = join(program.folder, "environment/bin/python");
  await program.run(installed, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]);
  const said = await program.run(installed, ["main.py", program.address, product]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NOT_FOUND" });
});
