// The short form of the chaos suite on both engines of the event log: a look at whether a storm is survived. What proves it is `make chaos`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { whyNotKafka } from "@larder/events/testing";
import { expect, test } from "vitest";

const program = join(import.meta.dirname, "../../chaos/main.ts");
/** A storm of half a minute, and the time that a busy machine takes to start before it and to come to rest after it. */
const limit = { timeout: 600_000 };
const SEED = "1";

/** Runs it to its end. Its output goes where that of the suite does, and comes back too. */
async function storm(...args: string[]): Promise<{ code: number | null; last: string }> {
  const child = spawn(process.execPath, [program, "--short", "--seed", SEED, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH },
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    out += part;
  });
  const [code] = (await once(child, "close")) as [number | null];
  console.log(out);
  return { code, last: out.trimEnd().split("\n").at(-1) ?? "" };
}

test("nothing is lost in a short storm, with the event log on Valkey", limit, async () => {
  expect(await storm("--log", "valkey")).toEqual({ code: 0, last: expect.stringContaining("PASSED") });
});

test("nothing is lost in a short storm, with the event log on Kafka", limit, async (context) => {
  const reason = whyNotKafka();
  if (reason) return context.skip(reason);
  expect(await storm("--log", "kafka")).toEqual({ code: 0, last: expect.stringContaining("PASSED") });
});
