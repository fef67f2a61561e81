import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundFile, LogFile, lastLines } from "./log-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a new run keeps the log of the one before beside it", () => {
  const path = join(folder, "order-0.log");
  writeFileSync(path, "old\n");
  const log = new LogFile(folder, "order-0");
  writeSync(log.descriptor, "new\n");
  log.close();
  expect(readFileSync(path, "utf8")).toBe("new\n");
  expect(readFileSync(`${path}.1`, "utf8")).toBe("old\n");
});

test("a log that is too long moves aside while its writer goes on", () => {
  const log = new LogFile(folder, "order-0");
  writeSync(log.descriptor, "0123456789\n");
  boundFile(log.path, 11);
  expect(readFileSync(log.path, "utf8")).toBe("0123456789\n");
  boundFile(log.path, 10);
  writeSync(log.descriptor, "next\n");
  log.close();
  expect(readFileSync(log.path, "utf8")).toBe("next\n");
  expect(readFileSync(`${log.path}.1`, "utf8")).toBe("0123456789\n");
});

test("the last lines of a log are found in a long one, and there are none of a missing one", () => {
  const path = join(folder, "x.log");
  writeFileSync(path, Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(""));
  expect(lastLines(path, 2)).toEqual(["line 19998", "line 19999"]);
  expect(lastLines(join(folder, "y.log"), 2)).toEqual([]);
});
