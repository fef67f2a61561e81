// The clients of examples/ against the running shop: each scores goods with the token of a partner, and hands in readings with
// the certificate of a device, as examples/README.md has it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { larder } from "../../mesh/runner/test/world.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { accessToken } from "../users.ts";
import { languages, type Outcome, outcome, type Program } from "./programs.ts";

const minute = 60_000;
const mesh = sharedMesh();
vi.setConfig({ testTimeout: 3 * minute });

const folder = mkdtempSync(join(tmpdir(), "larder-clients-"));
let partner: Record<string, string>;
let device: Record<string, string>;

beforeAll(async () => {
  const place = { runFolder: mesh.run(), dataFolder: mesh.data() };
  const said = await larder(place, ["token", "--partner"]);
  const edge = { LARDER_EDGE: `localhost:${mesh.ports.edgeTls}`, LARDER_EDGE_CA: mesh.data("ca", "ca.pem") };
  partner = { ...edge, LARDER_TOKEN: said.out.trim() };
  await larder(place, ["device-cert", "--device", "door-7", "--out", join(folder, "door-7")]);
  device = {
    LARDER_INGESTION: `localhost:${mesh.ports.devices}`,
    LARDER_DEVICE_CA: join(folder, "door-7/ca.pem"),
    LARDER_DEVICE_CERTIFICATE: join(folder, "door-7/cert.pem"),
    LARDER_DEVICE_KEY: join(folder, "door-7/key.pem"),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }), minute);

describe.each(Object.entries(languages))("the client in %s", (name, language) => {
  const reason = language.skip?.();
  let program: Program;

  beforeAll(async () => {
    if (!reason) program = await language.prepare(mkdtempSync(join(folder, `${name}-`)));
  }, 20 * minute);

  /** Runs the client until the machine was quick enough to answer in time: what is too slow says so, and may be asked again. */
  const ended = (words: string, settings: Record<string, string>): Promise<Outcome> =>
    until(
      `an answer to ${words}`,
      async () => {
        const said = await outcome(program, words.split(" "), settings);
        return /^(DEADLINE_EXCEEDED|UNAVAILABLE)\b/.test(said.err[0] ?? "") ? undefined : said;
      },
      minute,
    );

  test("is refused without the scope", async (context) => {
    if (reason) context.skip(reason);
    const settings = { ...partner, LARDER_TOKEN: await accessToken(mesh, "ada") };
    const { out, err, exit } = await ended("score fish 3", settings);
    expect({ out, err, exit }).toEqual({ out: [], err: [expect.stringMatching(/^PERMISSION_DENIED\b/)], exit: 1 });
  });

  test("is told which field is wrong", async (context) => {
    if (reason) context.skip(reason);
    const { out, err, exit } = await ended("score fish 3 999", partner);
    expect({ out, exit }).toEqual({ out: [], exit: 1 });
    expect(err).toEqual([
      expect.stringContaining("INVALID_ARGUMENT: "),
      "  reason INVALID_REQUEST of gateway",
      "  field goods.history[1].celsius: must be greater than or equal to -100 and less than or equal to 150",
    ]);
  });

  test("scores goods", async (context) => {
    if (reason) context.skip(reason);
    const { out, err, exit } = await ended("score fish,frozen 2 9 12", partner);
    expect({ err, exit }).toEqual({ err: [], exit: 0 });
    expect(out).toEqual([
      expect.stringMatching(/^fish: risk [01][.]\d{3}, markdown \d+ %, models[/][a-z0-9-]+$/),
      expect.stringMatching(/^frozen: risk [01][.]\d{3}, markdown \d+ %, models[/][a-z0-9-]+$/),
    ]);
  });

  test("hands in readings", async (context) => {
    if (reason) context.skip(reason);
    expect(await ended("report door-7 1 3 999", device)).toEqual({
      out: ["refused devices/door-7 2: TEMPERATURE_INVALID", "accepted 1 of 2 readings"],
      err: [],
      exit: 2,
    });
    expect(await ended("ingest door-7 3 3 4 999 5 6", device)).toEqual({
      out: ["refused devices/door-7 5: TEMPERATURE_INVALID", "accepted 4 of 5 readings in 3 batches"],
      err: [],
      exit: 2,
    });
    expect(await ended("ingest door-8 1 3", device)).toEqual({
      out: ["refused devices/door-8 1: DEVICE_FOREIGN", "accepted 0 of 1 readings in 1 batches"],
      err: [],
      exit: 2,
    });
  });
});
