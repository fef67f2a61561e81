// What examples/README.md says about the kinds of messages that Python has: those of the package beside those that
// google.protobuf knows, made by the commands of that page, in one process.

import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { block, here } from "./page.ts";
import { outcome, root, run } from "./programs.ts";
import { startWorld, type World } from "./world.ts";

const minute = 60_000;
let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop(), minute);

test("in Python both kinds live in one process, and no message of one is one of the other", {
  timeout: 5 * minute,
}, async () => {
  const folder = mkdtempSync(join(world.folder, "kinds-"));
  cpSync(join(import.meta.dirname, "kinds/python"), folder, { recursive: true });
  await run(folder, join(root, ".venv/bin/python"), ["-m", "venv", folder]);
  const python = join(folder, "bin/python");
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await run(folder, python, [...install, "-r", "requirements.txt", join(root, "gen/python")]);
  const path = [join(folder, "bin"), join(root, "node_modules/.bin"), process.env.PATH].join(":");
  await run(folder, "bash", ["-ec", here(block("README.md", "Python", "sh"))], { PATH: path });

  const time = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
  const history = [0, 30].map((minutes) => ({ time: time(minutes), celsius: 3 }));
  const goods = { productClass: "PRODUCT_CLASS_FISH", history, remainingShelfLife: "86400s" };
  const ended = await outcome([python, "main.py"], [JSON.stringify({ goods })], world.settings, folder);
  expect(ended.err).toEqual([]);
  expect(JSON.parse(ended.out.join(""))).toEqual({
    registered: true,
    throughBytes: true,
    throughJson: true,
    oursInTheirs: "TypeError",
    theirsInOurs: "TypeError",
    oursCalled: "models/warmest-1",
    theirsCalled: "models/warmest-1",
    theirsInOurStub: "_InactiveRpcError",
    oursInTheirStub: "_InactiveRpcError",
    details: ["google.rpc.ErrorInfo", "google.rpc.BadRequest"],
  });
});
