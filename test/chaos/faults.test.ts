// The faults that are not kills do what they are for: a clock that is wrong, and a disk that is full and has room again.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { smallDisk } from "./disk.ts";

const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

/** What a program prints, as JSON. */
function printed(command: readonly string[], program: string, env: Record<string, string> = {}): unknown {
  const [file = "", ...args] = [...command, process.execPath];
  const all = [...args, "--input-type=module", "-e", program];
  const { stdout, stderr } = spawnSync(file, all, { encoding: "utf8", env: { PATH: process.env.PATH, ...env } });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

const clocks = `
  const real = performance.timeOrigin + performance.now();
  const shown = [Date.now(), new Date().getTime(), Date.parse(Date())];
  console.log(JSON.stringify({
    off: shown.map((time) => Math.round((time - real) / 60_000)),
    date: new Date(0) instanceof Date && new Date("2026-01-02T03:04:05Z").toISOString() + new Date(2026, 0).getMonth(),
  }));`;
const clockOf = (aheadMs: number, afterMs: number) => ({
  NODE_OPTIONS: `--import=${new URL("clock.ts", import.meta.url).pathname}`,
  CLOCK_AHEAD_MS: String(aheadMs),
  CLOCK_AFTER_MS: String(afterMs),
});

test.each([
  ["fast", 600_000, 0, 10],
  ["slow", -600_000, 0, -10],
  ["right until it jumps", 600_000, 600_000, 0],
])("a clock is %s", (_, aheadMs, afterMs, minutes) => {
  const date = "2026-01-02T03:04:05.000Z0";
  expect(printed([], clocks, clockOf(aheadMs, afterMs))).toEqual({ off: [minutes, minutes, minutes], date });
});

test("a disk is full to the last byte, and has room again; nobody else sees it", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "chaos-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = smallDisk(folder);
  if (typeof disk === "string") return context.skip(disk);
  const program = `
    import { writeFileSync } from "node:fs";
    import { fill, free } from ${module("disk.ts")};
    const folder = ${JSON.stringify(folder)};
    const write = () => {
      try { writeFileSync(folder + "/more", "more"); return "written"; } catch (error) { return error.code; }
    };
    const before = write();
    const filled = fill(folder);
    writeFileSync(folder + "/more", "");
    const again = fill(folder);
    const full = write();
    free(folder);
    console.log(JSON.stringify({ before, much: filled > 2 ** 24, again: again > 0, full, after: write() }));`;
  expect(printed(disk, program)).toEqual({
    before: "written",
    much: true,
    again: true,
    full: "ENOSPC",
    after: "written",
  });
  expect(readdirSync(folder)).toEqual([]);
});
