// The clients of examples/ behave the same: one table of cases, held against each of them.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Authority } from "../../mesh/runner/src/certs/authority.ts";
import { type Case, cases, type World } from "./cases.ts";
import { startEdge, token } from "./edge.ts";
import { startIngestion } from "./ingestion.ts";
import { languages, outcome, type Program } from "./programs.ts";

const minute = 60_000;
const folder = mkdtempSync(join(tmpdir(), "larder-clients-"));
let world: World;

beforeAll(async () => {
  const edges = await Authority.open(join(folder, "edges"));
  const devices = await Authority.open(join(folder, "devices"));
  const names = [{ type: "dns", value: "localhost" }] as const;
  const leaf = { commonName: "test", lifetimeMs: 60 * minute };
  const device = { ...leaf, usage: "peer", names: [{ type: "url", value: "spiffe://devices.test/door-7" }] } as const;
  const own = await devices.issue(device);
  const stranger = await edges.issue(device);
  const files = {
    "edge-ca.pem": edges.bundle,
    "devices-ca.pem": devices.bundle,
    "device.pem": own.certificate,
    "device-key.pem": own.key,
    "stranger.pem": stranger.certificate,
    "stranger-key.pem": stranger.key,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const server = { ...leaf, usage: "server", names } as const;
  world = {
    edge: await startEdge(await edges.issue(server)),
    ingestion: await startIngestion(await devices.issue(server), devices.bundle),
  };
});

afterAll(() => {
  world.edge.stop();
  world.ingestion.server.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}, minute);

beforeEach(() => {
  world.edge.reset();
  world.ingestion.server.reset();
});

function settings(differing: Case["settings"] = {}): Record<string, string> {
  const all: Record<string, string | undefined> = {
    LARDER_EDGE: world.edge.address,
    LARDER_EDGE_CA: "edge-ca.pem",
    LARDER_TOKEN: token,
    LARDER_INGESTION: world.ingestion.server.address,
    LARDER_DEVICE_CA: "devices-ca.pem",
    LARDER_DEVICE_CERTIFICATE: "device.pem",
    LARDER_DEVICE_KEY: "device-key.pem",
    ...differing,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const path = (value: string) =>
    value.endsWith(".pem") && existsSync(join(folder, value)) ? join(folder, value) : value;
  return Object.fromEntries(given.map(([name, value]) => [name, path(value)]));
}

/** With `(…)` for what a library says in its own words, which may be several lines. */
const inOurWords = (lines: readonly string[]) => {
  const text = lines.join("\n");
  return text
    .replace(/^([A-Z_]+) \(.+\)$/s, "$1 (…)")
    .split("\n")
    .filter(Boolean);
};

describe.each(Object.entries(languages))("the client in %s", (name, language) => {
  const reason = language.skip?.();
  let program: Program;

  // The first build of the dependencies takes a while; later ones find it done.
  beforeAll(async () => {
    if (reason) return;
    program = await language.prepare(mkdtempSync(join(folder, `${name}-`)));
  }, 20 * minute);

  test.for(cases)(
    "$name",
    { timeout: minute },
    async ({ words, settings: differing, given, calls, ...expected }, context) => {
      if (reason) context.skip(reason);
      given?.(world);
      const ended = await outcome(program, words.split(" "), settings(differing));
      expect({ ...ended, err: inOurWords(ended.err) }).toEqual({
        out: expected.out ?? [],
        err: expected.err ?? [],
        exit: expected.exit,
      });
      if (calls) expect([...world.edge.calls, ...world.ingestion.server.calls]).toEqual(calls);
    },
  );
});
