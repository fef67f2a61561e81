// Tries and time, as services on the kit see them behind real sidecars: `front` (this process) calls `middle`, which calls
// `back`, in two instances. The numbers are those that the contract of the trial says, counted by the handlers.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, client, type Platform, platformSettings, RpcError, readEnv } from "@larder/platform";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Mesh, startMesh } from "../../mesh/runner/src/index.ts";
import { handledIn, statOf } from "../counters.ts";
import { until } from "../until.ts";
import { backLimit, type Trial, trial } from "./contract.ts";
import type { Told, Wish } from "./service.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const folder = mkdtempSync("/tmp/lt-");
const run = join(folder, "run");
let compiled: Trial;
let mesh: Mesh;
/** Calls as `front`, on the kit, through its sidecar. */
let front: Caller;
let count = 0;

beforeAll(async () => {
  chmodSync(folder, 0o711);
  compiled = trial(folder);
  const { environment } = compiled;
  mesh = await startMesh({
    environment,
    scale: { back: 2 },
    ports: "free",
    runFolder: run,
    dataFolder: join(folder, "data"),
  });
  front = caller({ MESH_EGRESS: `unix:${join(run, "front-0", "out.sock")}` });
});

afterAll(async () => {
  await mesh?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Options = { readonly withinMs?: number; readonly signal?: AbortSignal };
/** Calls a method, and settles with what was told, or with the code of the failure. */
type Caller = (workload: "middle" | "back", method: string, wish: Wish, options?: Options) => Promise<Told | string>;

/** A caller on the kit with the generated service configs, as any service is one. */
function caller(environment: Record<string, string>): Caller {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, compiled.image));
  const { platform }: { platform: Platform } = readEnv(platformSettings("FRONT"), {
    FRONT_LISTEN: "unix:/none",
    FRONT_OPS_LISTEN: "unix:/none",
    ...environment,
  });
  return async (workload, method, wish, options = {}) => {
    const name = workload === "back" ? "trial.back.v1.BackService" : "trial.middle.v1.MiddleService";
    const service = registry.getService(name) as DescService;
    type Method = (request: { text: string }, options: Options) => Promise<{ text: string }>;
    const methods = client(service, workload, platform, compiled.serviceConfigs[name]) as unknown as Record<
      string,
      Method
    >;
    try {
      const answer = await methods[method]?.({ text: JSON.stringify(wish) }, options);
      return JSON.parse(answer?.text ?? "") as Told;
    } catch (error) {
      if (error instanceof RpcError) return Code[error.code];
      throw error;
    }
  };
}

const instances = ["back-0", "back-1", "middle-0"] as const;

/** How many calls the handlers of each instance have ended. */
async function ended(): Promise<Record<(typeof instances)[number], number>> {
  const each = instances.map(async (instance) => {
    const counts = await handledIn(join(run, instance));
    return [instance, [...counts.values()].reduce((a, b) => a + b, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(each)) as Record<(typeof instances)[number], number>;
}

/** How many calls reached a handler of `middle` and of `back` because of one call. */
async function tries(call: () => Promise<unknown>, expected: { middle: number; back: number }) {
  const before = await ended();
  const outcome = await call();
  const look = async () => {
    const after = await ended();
    const back = after["back-0"] - before["back-0"] + after["back-1"] - before["back-1"];
    return { outcome, middle: after["middle-0"] - before["middle-0"], back };
  };
  // A handler that nobody waits for any more may end a little later.
  await until(
    "the handlers",
    async () => (await look()).back >= expected.back && (await look()).middle >= expected.middle,
    5000,
  ).catch(() => undefined);
  return look();
}

/** The sidecar of `front` sees all instances of `back` as good. */
const allGood = async (): Promise<boolean> =>
  (await statOf(join(run, "front-0"), "cluster.back.outlier_detection.ejections_active")) === 0 &&
  (await statOf(join(run, "middle-0"), "cluster.back.outlier_detection.ejections_active")) === 0;

beforeEach(async () => {
  count++;
  await until("every instance to be in", allGood);
});

const relay = (method: string, wish: Wish, options: Options = {}) =>
  front("middle", "relay", { call: { method, wish } }, options);

describe("one layer tries again", () => {
  const fail = { fail: "UNAVAILABLE" } as const;

  test("the sidecar: as many tries as the contract says, not as many again by the kit", async () => {
    expect(await tries(() => front("back", "look", fail), { middle: 0, back: 3 })).toEqual({
      outcome: "UNAVAILABLE",
      middle: 0,
      back: 3,
    });
  });

  test("the kit, where there is no sidecar: as many", async () => {
    const direct = caller({ LARDER_ADDR_BACK: `unix:${join(run, "back-0", "app.sock")}` });
    expect(await tries(() => direct("back", "look", fail), { middle: 0, back: 3 })).toEqual({
      outcome: "UNAVAILABLE",
      middle: 0,
      back: 3,
    });
  });

  test("not both: that would be three times three, as many as a kit makes that does not know of its sidecar", async () => {
    const unaware = caller({ LARDER_ADDR_BACK: `unix:${join(run, "front-0", "out.sock")}` });
    expect(await tries(() => unaware("back", "look", fail), { middle: 0, back: 9 })).toMatchObject({ back: 9 });
  });

  test("the hop that has the retry, and not the one before it, whose method has none", async () => {
    expect(await tries(() => relay("look", fail), { middle: 1, back: 3 })).toEqual({
      outcome: "UNAVAILABLE",
      middle: 1,
      back: 3,
    });
  });

  test("two hops that both have one multiply, as the contract is checked for: two times two", async () => {
    const again = () => front("middle", "again", { call: { method: "read", wish: fail } });
    expect(await tries(again, { middle: 2, back: 4 })).toEqual({ outcome: "UNAVAILABLE", middle: 2, back: 4 });
  });

  test("until the first success", async () => {
    const wish = { ...fail, key: `first-${count}`, times: 1, at: "back-0" };
    // Whichever instance is asked first: at most one of them fails, once.
    const { outcome, back } = await tries(() => relay("look", wish), { middle: 1, back: 1 });
    expect(outcome).toMatchObject({ next: { caller: "middle" } });
    expect(back).toBeLessThanOrEqual(2);
  });

  test.each(["UNAVAILABLE", "INTERNAL", "ABORTED", "RESOURCE_EXHAUSTED"] as const)(
    "but never once a handler of a method that is not idempotent has answered (%s)",
    async (code) => {
      const passed = code === "INTERNAL" || code === "ABORTED" ? "INTERNAL" : code;
      expect(await tries(() => relay("write", { fail: code }), { middle: 1, back: 1 })).toEqual({
        outcome: passed,
        middle: 1,
        back: 1,
      });
    },
  );

  test("and never on a code that the contract does not name", async () => {
    expect(await tries(() => front("back", "look", { fail: "RESOURCE_EXHAUSTED" }), { middle: 0, back: 1 })).toEqual({
      outcome: "RESOURCE_EXHAUSTED",
      middle: 0,
      back: 1,
    });
  });

  test("a call that reached no handler is tried once more, whatever the method", async () => {
    const arrived = async () => {
      const each = ["back-0", "back-1"].map((name) => statOf(join(run, name), "http.inbound.downstream_rq_total"));
      return (await Promise.all(each)).reduce((a, b) => a + b);
    };
    for (const name of ["back-0", "back-1"]) await mesh.stopChild(name, "SIGKILL");
    const before = await arrived();
    expect(await front("back", "write", {})).toBe("UNAVAILABLE");
    expect((await arrived()) - before).toBe(2);
    await mesh.startChild("back-0");
    // One instance is gone: no call is lost for it.
    await until("the first call", async () => typeof (await front("back", "write", {})) === "object");
    for (let i = 0; i < 10; i++) expect(await front("back", "write", {})).toMatchObject({ instance: "back-0" });
    await mesh.startChild("back-1");
  });
});

describe("time", () => {
  test("that passes is DEADLINE_EXCEEDED after one try, though the method may be tried again", async () => {
    expect(await tries(() => front("back", "look", { hang: true }), { middle: 0, back: 1 })).toEqual({
      outcome: "DEADLINE_EXCEEDED",
      middle: 0,
      back: 1,
    });
  });

  test("that passes behind is DEADLINE_EXCEEDED in front, and both handlers end", async () => {
    const both = { middle: 1, back: 1 };
    expect(await tries(() => relay("look", { hang: true }), both)).toEqual({ outcome: "DEADLINE_EXCEEDED", ...both });
  });

  test("of the caller is shorter: what is left of it goes along with every further call", async () => {
    const told = await relay("look", {}, { withinMs: 400 });
    if (typeof told === "string" || !told.next) throw new Error(`the call failed: ${String(told)}`);
    expect(told.remainingMs).toBeLessThanOrEqual(400);
    expect(told.next.remainingMs).toBeLessThanOrEqual(told.remainingMs);
    expect(told.next.remainingMs).toBeGreaterThan(0);
  });

  test("of the callee is shorter: it holds, and the rest of the caller's is not passed on", async () => {
    const told = await relay("look", {});
    if (typeof told === "string" || !told.next) throw new Error(`the call failed: ${String(told)}`);
    expect(told.remainingMs).toBeGreaterThan(700);
    expect(told.remainingMs).toBeLessThanOrEqual(3000);
    expect(told.next.remainingMs).toBeLessThanOrEqual(700);
  });

  test("that a caller cuts short ends the work behind, two hops away", async () => {
    const both = { middle: 1, back: 1 };
    expect(await tries(() => relay("hold", { hang: true }, { withinMs: 300 }), both)).toEqual({
      outcome: "DEADLINE_EXCEEDED",
      ...both,
    });
  });

  test("is one for all tries together", async () => {
    // The first try fails at once, the second hangs: the deadline ends both.
    const wish: Wish = { fail: "UNAVAILABLE", at: "back-0", hang: true };
    const { outcome, back } = await tries(() => front("back", "look", wish), { middle: 0, back: 1 });
    expect(outcome).toBe("DEADLINE_EXCEEDED");
    expect(back).toBeLessThanOrEqual(3);
  });
});

test("callers that give up early, however many, take no connection from the others", async () => {
  const early = () => front("middle", "relay", { hang: true }, { withinMs: 30 });
  const patient = front("middle", "again", { hang: true });
  // Envoy by itself looks at a connection after 500 streams.
  const outcomes = new Set<unknown>();
  for (let left = 600; left > 0; left -= 20)
    for (const outcome of await Promise.all(Array.from({ length: 20 }, early))) outcomes.add(outcome);
  expect(outcomes).toEqual(new Set(["DEADLINE_EXCEEDED"]));
  expect(await patient).toBe("DEADLINE_EXCEEDED");
  const counter = (listener: string) => `http.${listener}.downstream_rq_too_many_premature_resets`;
  expect(await statOf(join(run, "front-0"), counter("outbound"))).toBe(0);
  expect(await statOf(join(run, "middle-0"), counter("inbound"))).toBe(0);
});

describe("two instances", () => {
  test("one of them bad: it is left out, and let in again once it is well", async () => {
    const bad = { fail: "UNAVAILABLE", at: "back-1" } as const;
    const active = () => statOf(join(run, "front-0"), "cluster.back.outlier_detection.ejections_active");
    const ejections = () => statOf(join(run, "front-0"), "cluster.back.outlier_detection.ejections_enforced_total");
    await until("five calls while the bad instance is left out", async () => {
      await until("the bad instance to be left out", async () => {
        await front("back", "write", bad);
        return (await active()) === 1;
      });
      const before = await ejections();
      const told: unknown[] = [];
      for (let i = 0; i < 5; i++) told.push(await front("back", "write", bad));
      // It is let in again after a while, on a busy machine perhaps in between: then these calls say nothing.
      if ((await active()) !== 1 || (await ejections()) !== before) return false;
      expect(told).toEqual(told.map(() => expect.objectContaining({ instance: "back-0" })));
      return true;
    });
    await until("the instance to be let in again", async () => {
      const told = await front("back", "write", {});
      return typeof told !== "string" && told.instance === "back-1";
    });
  });

  test("full: what is over their limit is refused with RESOURCE_EXHAUSTED, at once, and not tried again", async () => {
    const enough = new AbortController();
    const limit = 2 * backLimit;
    const inProgress = async () => {
      const each = ["back-0", "back-1"].map((name) => statOf(join(run, name), "cluster.app.upstream_rq_active"));
      return (await Promise.all(each)).reduce((a, b) => a + b);
    };
    // The sidecar of the caller spreads them by chance: what a full instance refuses is sent again until both are full.
    const holders: Promise<unknown>[] = [];
    await until("both instances to be full", async () => {
      holders.push(front("back", "hold", { hang: true }, { signal: enough.signal }));
      return (await inProgress()) === limit;
    });
    const before = await ended();
    expect(await front("back", "write", {})).toBe("RESOURCE_EXHAUSTED");
    expect(await front("back", "look", {})).toBe("RESOURCE_EXHAUSTED");
    expect(await relay("look", {})).toBe("RESOURCE_EXHAUSTED");
    const after = await ended();
    expect([after["back-0"], after["back-1"]]).toEqual([before["back-0"], before["back-1"]]);
    expect(await allGood()).toBe(true);
    enough.abort();
    const outcomes = await Promise.all(holders);
    expect(new Set(outcomes)).toEqual(
      new Set(outcomes.length > limit ? ["CANCELLED", "RESOURCE_EXHAUSTED"] : ["CANCELLED"]),
    );
    await until("room again", async () => typeof (await front("back", "write", {})) === "object");
  });
});
