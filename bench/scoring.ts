// The scoring service alone with its cache: a call beside an empty one of the same library, and how many goods a batch takes a second.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { startValkey } from "@larder/events/testing";
import { type Caller, dial } from "./calls.ts";
import { type Effort, type Figure, inTurns, ratio } from "./figures.ts";
import { closedLoop, type Run } from "./load.ts";

const root = join(import.meta.dirname, "..");
const python = join(root, ".venv/bin/python");

/** Meat that had as many temperatures, one an hour. */
function goods(samples: number) {
  const history = Array.from({ length: samples }, (_, hour) => ({
    time: { seconds: 1_764_331_200n + BigInt(hour * 3600), nanos: 0 },
    celsius: 2 + (hour % 7),
  }));
  return { productClass: ProductClass.MEAT, history, remainingShelfLife: { seconds: 172_800n, nanos: 0 } };
}

const score = (caller: Caller) => () => caller.call(ScoringService.method.score, { goods: goods(12) });

const batch = (caller: Caller, samples: number) => {
  const many = Array.from({ length: BATCH }, () => goods(samples));
  return () => caller.call(ScoringService.method.scoreBatch, { goods: many });
};
const together = (caller: Caller, samples: number) => {
  const { history, ...lot } = goods(samples);
  const request = { together: [{ history, lots: Array.from({ length: BATCH }, () => lot) }] };
  return () => caller.call(ScoringService.method.scoreBatch, request);
};
const BATCH = 1000;

/** A run of batches, for each of their goods. */
const each = (run: Run): Run => ({ ...run, perSecond: run.perSecond * BATCH, cpuMicros: run.cpuMicros / BATCH });
const aCore = ({ cpuMicros }: Run): string => `${Math.round(1000 / cpuMicros)}k a second on a core`;

export async function scoring({ rounds, scale }: Effort): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "larder-bench-"));
  const valkey = await startValkey();
  const children: ChildProcess[] = [];
  const start = async (socket: string, args: string[], env: Record<string, string> = {}) => {
    const child = spawn(python, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout, "data");
    // The lines of its log are part of its price: they are written, and read by nobody.
    child.stdout.resume();
    return { pid: child.pid ?? 0, caller: dial(`unix:${join(folder, socket)}`, "bench") };
  };
  try {
    const empty = await start("empty.sock", ["bench/limits/empty_server.py", `unix:${join(folder, "empty.sock")}`]);
    const ours = await start("app.sock", ["services/scoring/main.py"], {
      SCORING_LISTEN: `unix:${join(folder, "app.sock")}`,
      SCORING_OPS_LISTEN: `unix:${join(folder, "ops.sock")}`,
      SCORING_CACHE_URL: valkey.url,
    });
    await firstScore(ours.caller);
    const calls = 4000 * scale;
    const batches = 40 * scale;
    const runs = await inTurns(rounds, {
      empty: () => closedLoop(score(empty.caller), 50, calls, [empty.pid]),
      emptyAlone: () => closedLoop(score(empty.caller), 1, calls / 4, [empty.pid]),
      alone: () => closedLoop(score(ours.caller), 1, calls / 4, [ours.pid]),
      fifty: () => closedLoop(score(ours.caller), 50, calls, [ours.pid]),
      one: async () => each(await closedLoop(batch(ours.caller, 1), 2, batches, [ours.pid])),
      twelve: async () => each(await closedLoop(batch(ours.caller, 12), 2, batches, [ours.pid])),
      together: async () => each(await closedLoop(together(ours.caller, 12), 2, batches, [ours.pid])),
    });
    empty.caller.close();
    ours.caller.close();
    return [
      {
        name: "Score, 1 in flight (Python)",
        run: runs.alone,
        beside: `${ratio(runs.alone, runs.emptyAlone)} of an empty call`,
      },
      {
        name: "Score, 50 in flight (Python)",
        run: runs.fifty,
        beside: `${ratio(runs.fifty, runs.empty)} of an empty call; aim 1.15x`,
      },
      { name: "empty call of grpc.aio, 50 in flight", run: runs.empty, beside: "limit" },
      {
        name: "ScoreBatch of 1,000, a sample each, for each",
        run: runs.one,
        beside: `${aCore(runs.one)}; aim: 100k`,
      },
      { name: "ScoreBatch of 1,000, 12 samples each, for each", run: runs.twelve, beside: aCore(runs.twelve) },
      {
        name: "ScoreBatch of 1,000 together, 12 samples in all, for each",
        run: runs.together,
        beside: `${aCore(runs.together)}; ${ratio(runs.together, runs.twelve)} of the row above`,
      },
    ];
  } finally {
    for (const child of children) child.kill();
    await valkey.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Waits until the service has its model. */
async function firstScore(caller: Caller): Promise<void> {
  for (;;) {
    try {
      await score(caller)();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
