import { join } from "node:path";
import { expect, test } from "vitest";
import { answer, minute, outside, product, root } from "./outside.ts";

const program = outside("typescript");

test("the npm tarball serves a TypeScript program in an empty folder", { timeout: 5 * minute }, async () => {
  await program.run("npm", ["pack", "--pack-destination", program.folder, join(root, "gen/ts")]);
  await program.run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"]);
  const said = await program.run(join(root, "node_modules/.bin/node"), ["main.ts", program.address, product]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NotFound" });
});
