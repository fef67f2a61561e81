// The engine in Rust on a real broker: the suite of its crate, and the twin in TypeScript on the other side of the log.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { whyNotKafka } from "@larder/events/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { cargoEnvironment } from "../../../scripts/tools.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const minute = 60_000;
// Of all crates together, as `make test` builds them: what that has built is not built once more.
const cargo = (...args: string[]) =>
  spawnSync("cargo", ["test", "--workspace", "--test", "kafka", "--locked", "--", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, ...cargoEnvironment(root), CARGO_TERM_COLOR: "never" },
  });

const reason = whyNotKafka() ?? (spawnSync("cargo", ["--version"]).error && "cargo is not installed");

if (reason) test("the event log on Kafka in Rust", (context) => context.skip(reason));
else {
  const listed = cargo("--list", "--ignored");
  const cases = [...listed.stdout.matchAll(/^(\w+): test$/gm)].map(([, name = ""]) => name);
  describe("the event log on Kafka in Rust", () => {
    let output = "";

    beforeAll(() => {
      // One after the other: they share a broker.
      const run = cargo("--ignored", "--test-threads=1");
      output = run.stdout + run.stderr;
    }, 20 * minute);

    test("is built and has cases", () => {
      expect(cases.length, listed.stderr).toBeGreaterThan(0);
    });

    test.each(cases)("%s", (name) => {
      const failure = output.split(`---- ${name} stdout ----`)[1]?.split("\n---- ")[0];
      expect(output, failure ?? output).toMatch(new RegExp(`^test ${name} \\.\\.\\. ok$`, "m"));
    });
  });
}
