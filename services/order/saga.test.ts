import { describe, expect, test } from "vitest";
import {
  type Action,
  type CallStep,
  cancellation,
  type Delivery,
  ended,
  eventOf,
  type Failure,
  isDone,
  mayRefuse,
  moved,
  next,
  type OrderState,
  type Saga,
  type Step,
  takenBack,
  timedOut,
} from "./saga.ts";

const states: OrderState[] = ["PENDING", "CONFIRMED", "UNDOING", "REFUSED", "CANCELLING", "CANCELLED"];
const holds: CallStep[] = ["reserve", "hold", "book"];
const forwards: CallStep[] = ["commit", "capture", "confirm"];
const undos: CallStep[] = ["release", "void", "cancel"];
const all: CallStep[] = [...holds, ...forwards, ...undos, "refund", "restock"];

const done = (name: CallStep): Step => ({ name, result: "DONE", reason: "", endTime: 1 });
const short: Failure = { code: 9, reason: "STOCK_SHORT", message: "only 2 left", metadata: { product: "milk" } };
const picked: Failure = { code: 9, reason: "ALREADY_PICKED", message: "too late", metadata: {} };

const saga = (state: OrderState, steps: CallStep[] = [], more: Partial<Saga> = {}): Saga => ({
  ...{ state, settled: false, steps: steps.map(done), paid: true, failure: undefined, refusal: undefined },
  ...{ delivery: undefined, ...more },
});
const delivery = (state: Delivery["state"], failure?: string): Delivery => ({
  ...{ state, failure, version: 3, updateTime: new Date(0) },
});
const calls = (...steps: CallStep[]): Action => ({ kind: "call", steps });

function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_item, index) => bits & (1 << index)));
}

describe("a pending order", () => {
  test.each(subsets(holds))("asks for every hold that is not done: %s %s %s", (...held) => {
    const missing = holds.filter((step) => !held.includes(step));
    expect(next(saga("PENDING", held), false)).toEqual(
      missing.length > 0 ? calls(...missing) : { kind: "move", to: "CONFIRMED", settled: false },
    );
  });

  test.each(subsets(holds))("can only be undone after the forward limit: %s %s %s", (...held) => {
    const expected = { kind: "move", to: "UNDOING", settled: false, failure: timedOut };
    expect(next(saga("PENDING", held), true)).toEqual(expected);
  });

  test.each(holds)("is undone as soon as %s is refused, whatever else is on its way", (name) => {
    const refused = ended(saga("PENDING"), { name, result: "REFUSED", reason: "STOCK_SHORT", endTime: 1 }, short);
    expect(next(refused, false)).toEqual({ kind: "move", to: "UNDOING", settled: false, failure: short });
  });

  test("keeps the first refusal", () => {
    const first = ended(
      saga("PENDING"),
      { name: "reserve", result: "REFUSED", reason: "STOCK_SHORT", endTime: 1 },
      short,
    );
    const second = ended(first, { name: "book", result: "REFUSED", reason: "SLOT_FULL", endTime: 2 }, picked);
    expect(second.refusal).toBe(short);
    expect(second.steps).toHaveLength(2);
  });

  test("tries a step again whose refusal was never decided upon", () => {
    const steps: Step[] = [done("hold"), { name: "reserve", result: "REFUSED", reason: "STOCK_SHORT", endTime: 1 }];
    expect(next(saga("PENDING", [], { steps }), false)).toEqual(calls("reserve", "book"));
  });
});

describe("a confirmed order", () => {
  test.each([
    [[], ["commit", "capture"]],
    [["commit"], ["capture", "confirm"]],
    [["capture"], ["commit"]],
    [["commit", "capture"], ["confirm"]],
    [["commit", "confirm"], ["capture"]],
  ] as [CallStep[], CallStep[]][])(
    "with %j done goes on with %j: no goods are picked before they are sold",
    (gone, missing) => {
      for (const expired of [false, true]) {
        expect(next(saga("CONFIRMED", [...holds, ...gone]), expired)).toEqual(calls(...missing));
      }
    },
  );

  test("settles when all is done", () => {
    const expected = { kind: "move", to: "CONFIRMED", settled: true };
    expect(next(saga("CONFIRMED", [...holds, ...forwards]), false)).toEqual(expected);
  });

  test.each(forwards)("is cancelled if %s is refused", (name) => {
    const refused = ended(saga("CONFIRMED"), { name, result: "REFUSED", reason: "STOCK_SHORT", endTime: 1 }, short);
    expect(next(refused, false)).toEqual({ kind: "move", to: "CANCELLING", settled: false, failure: short });
  });
});

describe("an order that is undone", () => {
  test.each(subsets(undos))("undoes every step, known to have run or not; done so far: %s %s %s", (...gone) => {
    const missing = undos.filter((step) => !gone.includes(step));
    for (const held of subsets(holds)) {
      expect(next(saga("UNDOING", [...held, ...gone], { failure: short }), true)).toEqual(
        missing.length > 0 ? calls(...missing) : { kind: "move", to: "REFUSED", settled: true },
      );
    }
  });
});

describe("an order that is cancelled", () => {
  test("asks shipping first", () => {
    for (const gone of subsets(forwards)) {
      expect(next(saga("CANCELLING", [...holds, ...gone], { failure: takenBack }), true)).toEqual(calls("cancel"));
    }
  });

  test("gives money and stock back once shipping has agreed, whatever forward steps were seen", () => {
    for (const gone of subsets(forwards)) {
      const agreed = (...more: CallStep[]) => next(saga("CANCELLING", [...gone, "cancel", ...more]), false);
      expect(agreed()).toEqual(calls("refund", "restock"));
      expect(agreed("refund")).toEqual(calls("restock"));
      expect(agreed("restock")).toEqual(calls("refund"));
      expect(agreed("restock", "refund")).toEqual({ kind: "move", to: "CANCELLED", settled: true });
    }
  });

  test("stands again if the goods are being picked, and goes on with what was left", () => {
    const step: Step = { name: "cancel", result: "REFUSED", reason: "ALREADY_PICKED", endTime: 1 };
    const refused = ended(saga("CANCELLING", [...holds, "commit", "confirm"], { failure: takenBack }), step, picked);
    const back = next(refused, false);
    expect(back).toEqual({ kind: "move", to: "CONFIRMED", settled: false });
    const again = moved(refused, back as Extract<Action, { kind: "move" }>, 2);
    expect(again).toMatchObject({ state: "CONFIRMED", failure: undefined, refusal: undefined });
    expect(next(again, false)).toEqual(calls("capture"));
  });

  test("asks shipping again when its customer tries once more", () => {
    const steps: Step[] = [{ name: "cancel", result: "REFUSED", reason: "ALREADY_PICKED", endTime: 1 }];
    expect(next(saga("CANCELLING", [], { steps, failure: takenBack }), false)).toEqual(calls("cancel"));
  });

  test("does not go back to a confirmation that cannot be carried out", () => {
    expect(mayRefuse(saga("CANCELLING", [], { failure: short }), "cancel", "ALREADY_PICKED")).toBe(false);
    expect(mayRefuse(saga("CANCELLING", [], { failure: takenBack }), "cancel", "ALREADY_PICKED")).toBe(true);
  });
});

describe("an order whose delivery failed", () => {
  const failed = { delivery: delivery("FAILED", "NOBODY_THERE") };

  test("is cancelled, and says why", () => {
    const step = next(saga("CONFIRMED", [...holds, ...forwards], failed), false);
    expect(step).toMatchObject({ to: "CANCELLING", failure: { reason: "UNDELIVERED" } });
    expect((step as Extract<Action, { kind: "move" }>).failure?.message).toContain("nobody was there");
    const unknown = next(saga("CONFIRMED", [], { delivery: delivery("FAILED", "ABDUCTED") }), false);
    expect(unknown).toMatchObject({ failure: { message: "the order could not be handed over" } });
  });

  test("may still be cancelled by its customer, which any other on its way may not", () => {
    expect(cancellation(saga("CONFIRMED", [], failed))).toMatchObject({ to: "CANCELLING", failure: takenBack });
    for (const state of ["PICKING", "DISPATCHED", "DELIVERED"] as const) {
      expect(next(saga("CONFIRMED", [...holds, ...forwards], { delivery: delivery(state) }), false)).toEqual({
        ...{ kind: "move", to: "CONFIRMED", settled: true },
      });
      expect(cancellation(saga("CONFIRMED", [], { delivery: delivery(state) }))).toBe("late");
    }
  });
});

describe("rules of all orders", () => {
  test.each(states)("%s and settled: nothing is left to do", (state) => {
    expect(next(saga(state, [], { settled: true }), true)).toEqual({ kind: "rest" });
  });

  test("an order that costs nothing leaves the wallet alone", () => {
    const free = (state: OrderState, ...steps: CallStep[]) => next(saga(state, steps, { paid: false }), false);
    expect(free("PENDING")).toEqual(calls("reserve", "book"));
    expect(free("PENDING", "reserve", "book")).toMatchObject({ to: "CONFIRMED" });
    expect(free("CONFIRMED")).toEqual(calls("commit"));
    expect(free("CONFIRMED", "commit", "confirm")).toMatchObject({ settled: true });
    expect(free("UNDOING")).toEqual(calls("release", "cancel"));
    expect(free("CANCELLING", "cancel")).toEqual(calls("restock"));
  });

  test("a refusal decides only where the step belongs to the state", () => {
    const deciding: Partial<Record<OrderState, CallStep[]>> = { PENDING: holds, CONFIRMED: forwards };
    for (const state of states) {
      for (const step of all) {
        expect(mayRefuse(saga(state), step, "ANY"), `${state} ${step}`).toBe(deciding[state]?.includes(step) ?? false);
      }
    }
  });

  test("an undo that is refused is no reason for anything", () => {
    const step: Step = { name: "void", result: "REFUSED", reason: "ALREADY_CAPTURED", endTime: 1 };
    const after = ended(saga("UNDOING", ["release", "cancel"]), step, { ...short, reason: "ALREADY_CAPTURED" });
    expect(next(after, false)).toEqual(calls("void"));
  });

  test("every order comes to an end, whichever way its steps go", () => {
    // Walks through every order of answers, with a refusal, the forward limit or a failed delivery possible at every step.
    const ends = new Set<string>();
    const seen = new Set<string>();
    const walk = (now: Saga, depth: number) => {
      const name = `${now.state} ${now.settled} ${now.refusal?.reason} ${now.failure?.reason} ${now.delivery?.state} ${now.steps
        .filter(({ result }) => result === "DONE")
        .map((step) => step.name)
        .sort()}`;
      if (seen.has(name)) return;
      seen.add(name);
      expect(depth).toBeLessThan(40);
      for (const expired of [false, true]) {
        const action = next(now, expired);
        if (action.kind === "rest") ends.add(`${now.state} ${now.failure?.reason ?? ""}`);
        else if (action.kind === "move") walk(moved(now, action, depth), depth + 1);
        else {
          for (const step of action.steps) {
            walk(ended(now, done(step)), depth + 1);
            const refused: Step = { name: step, result: "REFUSED", reason: short.reason, endTime: depth };
            if (mayRefuse(now, step, short.reason)) walk(ended(now, refused, short), depth + 1);
          }
        }
        const wish = cancellation(now);
        if (typeof wish === "object") walk(moved(now, wish, depth), depth + 1);
        if (["CONFIRMED", "CANCELLING"].includes(now.state) && isDone(now, "confirm"))
          walk({ ...now, settled: false, delivery: delivery("FAILED") }, depth + 1);
      }
    };
    walk(saga("PENDING"), 0);
    expect([...ends].sort()).toEqual([
      "CANCELLED CANCELLED",
      "CANCELLED STOCK_SHORT",
      "CANCELLED UNDELIVERED",
      "CONFIRMED ",
      "REFUSED CANCELLED",
      "REFUSED STOCK_SHORT",
      "REFUSED TIMED_OUT",
    ]);
  });

  test("only decisions make events, and each makes one", () => {
    const events = states.flatMap((from) =>
      states.map((to) => [from, to, eventOf(from, to)]).filter(([, , kind]) => kind),
    );
    // A pending order can only become CONFIRMED or UNDOING.
    expect(events.filter(([from, to]) => from !== "PENDING" || to === "CONFIRMED" || to === "UNDOING")).toEqual([
      ["PENDING", "CONFIRMED", "confirmed"],
      ["PENDING", "UNDOING", "refused"],
      ["CANCELLING", "CANCELLED", "cancelled"],
    ]);
  });

  test("the decision is a step of its own", () => {
    expect(moved(saga("PENDING", holds), { kind: "move", to: "CONFIRMED", settled: false }, 7).steps.at(-1)).toEqual({
      ...{ name: "decide", result: "DONE", reason: "", endTime: 7 },
    });
    const undone = moved(saga("PENDING"), { kind: "move", to: "UNDOING", settled: false, failure: timedOut }, 7);
    expect(undone.steps).toEqual([{ name: "decide", result: "REFUSED", reason: "TIMED_OUT", endTime: 7 }]);
    expect(undone.failure).toBe(timedOut);
    expect(moved(undone, { kind: "move", to: "REFUSED", settled: true }, 8)).toMatchObject({
      ...{ state: "REFUSED", settled: true, failure: timedOut, steps: undone.steps },
    });
  });
});

describe("a customer who cancels", () => {
  test.each([
    ["PENDING", undefined, { kind: "move", to: "UNDOING", settled: false, failure: takenBack }],
    ["CONFIRMED", undefined, { kind: "move", to: "CANCELLING", settled: false, failure: takenBack }],
    ["CANCELLING", takenBack, "wait"],
    ["CANCELLED", takenBack, "stands"],
    ["CANCELLED", short, "stands"],
    ["UNDOING", takenBack, "stands"],
    ["REFUSED", takenBack, "stands"],
    ["UNDOING", short, "refused"],
    ["REFUSED", timedOut, "refused"],
  ] as [OrderState, Failure | undefined, unknown][])("meets %s (%o)", (state, failure, expected) => {
    expect(cancellation(saga(state, [], { failure }))).toEqual(expected);
  });
});
