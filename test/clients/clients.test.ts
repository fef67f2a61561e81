// The clients of examples/ behave the same: one table of cases, held against each of them.

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cases } from "./cases.ts";
import { languages, outcome, type Program } from "./programs.ts";
import { startWorld, type World } from "./world.ts";

const minute = 60_000;
let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop(), minute);
beforeEach(() => {
  world.edge.reset();
  world.ingestion.server.reset();
});

/** With `(…)` for what a library says in its own words, which may be several lines. */
const inOurWords = (lines: readonly string[]) =>
  lines
    .join("\n")
    .replace(/^([A-Z_]+) \(.+\)$/s, "$1 (…)")
    .split("\n")
    .filter(Boolean);

describe.each(Object.entries(languages))("the client in %s", (name, language) => {
  const reason = language.skip?.();
  let program: Program;

  // The first build of the dependencies takes a while; later ones find it done.
  beforeAll(async () => {
    if (!reason) program = await language.prepare(mkdtempSync(join(world.folder, `${name}-`)));
  }, 20 * minute);

  test.for(cases)("$name", { timeout: minute }, async (example, context) => {
    if (reason) context.skip(reason);
    const { words, settings, given, calls, withinMs, out = [], err = [], exit } = example;
    given?.(world);
    const ended = await outcome(program, words.split(" "), { ...world.settings, ...settings?.(world) });
    expect({ ...ended, err: inOurWords(ended.err) }).toEqual({ out, err, exit });
    const servers = [world.edge, world.ingestion.server];
    if (calls) expect(servers.flatMap((server) => server.calls)).toEqual(calls);
    if (withinMs) expect(Math.max(...servers.flatMap((server) => server.patience))).toBeLessThanOrEqual(withinMs);
  });
});
