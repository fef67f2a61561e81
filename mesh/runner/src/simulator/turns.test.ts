import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@larder/store/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeTurn, whileNobodyElse } from "./turns.ts";

let run: string;
let speaking: boolean;
let turns: number;
let over: AbortController;
let running: Promise<void>;

const speak = async (signal: AbortSignal) => {
  turns += 1;
  speaking = true;
  await sleep(3_600_000, undefined, { signal }).catch(() => {});
  speaking = false;
};

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "larder-turns-"));
  [speaking, turns] = [false, 0];
  over = new AbortController();
  running = Promise.resolve();
});

afterEach(async () => {
  over.abort();
  await running;
  rmSync(run, { recursive: true });
});

const start = () => {
  running = whileNobodyElse(run, speak, over.signal);
};
const spoken = () => until(async () => speaking);

test("the simulation of the mesh falls silent before a person's speaks, and speaks again after", async () => {
  start();
  await spoken();
  const release = await takeTurn(run, over.signal);
  expect(speaking).toBe(false);
  release();
  await spoken();
  expect(turns).toBe(2);
});

test("while a person's simulation speaks that of the mesh does not begin", async () => {
  const release = await takeTurn(run, over.signal);
  start();
  // Whether it has looked cannot be seen; that it has not begun when another one comes can.
  const another = await takeTurn(run, over.signal);
  expect(turns).toBe(0);
  another();
  release();
  await spoken();
});

test("a person's simulation that was killed gives its turn back", async () => {
  const module = JSON.stringify(new URL("turns.ts", import.meta.url).href);
  const program = `const { takeTurn } = await import(${module}); await takeTurn(${JSON.stringify(run)}, new AbortController().signal); console.log("mine"); setInterval(() => {}, 1000)`;
  const person = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(person.stdout, "data");
  start();
  const another = await takeTurn(run, over.signal);
  another();
  expect(turns).toBe(0);
  person.kill("SIGKILL");
  await spoken();
});

test("a simulation of the mesh that was killed holds up nobody", async () => {
  mkdirSync(join(run, "simulator"));
  writeFileSync(join(run, "simulator", "speaks.json"), JSON.stringify({ pid: process.pid, startTime: "another" }));
  writeFileSync(join(run, "simulator", "asked-1.json"), "{");
  const release = await takeTurn(run, over.signal);
  release();
  start();
  await spoken();
});

test("a person who does not want to wait any more does not", async () => {
  running = whileNobodyElse(
    run,
    () => new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve())),
    over.signal,
  );
  await until(async () => existsSync(join(run, "simulator", "speaks.json")));
  const leaving = new AbortController();
  const waiting = takeTurn(run, leaving.signal);
  leaving.abort();
  (await waiting)();
});
