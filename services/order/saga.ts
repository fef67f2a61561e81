// The rules of an order: what to do next, given how far it has come. Pure: no clock, no network, no database.
//
// An order is decided exactly once. Before that everything can be undone, after it everything is carried on with.

export type OrderState = "PENDING" | "CONFIRMED" | "UNDOING" | "REFUSED" | "CANCELLING" | "CANCELLED";

/** The steps that are calls to another workload. */
export type CallStep = HoldStep | ForwardStep | UndoStep | "refund" | "restock";
type HoldStep = "reserve" | "hold" | "book";
type ForwardStep = "commit" | "capture" | "confirm";
type UndoStep = "release" | "void" | "cancel";

export type StepResult = "DONE" | "REFUSED" | "UNDONE";

/** A step that has ended. */
export interface Step {
  readonly name: CallStep | "decide";
  readonly result: StepResult;
  /** Why it was refused; empty otherwise. */
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly endTime: number;
}

/** Why an order does not go through, as the step's owner put it. */
export interface Failure {
  /** The number of the gRPC status code. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How the shipment of an order stands. */
export interface Delivery {
  readonly state: "PICKING" | "DISPATCHED" | "DELIVERED" | "FAILED";
  /** Why it could not be handed over, as the contract names it; undefined unless that is so and known. */
  readonly failure: string | undefined;
  /** The version of the shipment. */
  readonly version: number;
  readonly updateTime: Date;
}

/** What the rules need to know of an order. */
export interface Saga {
  readonly state: OrderState;
  readonly settled: boolean;
  readonly steps: readonly Step[];
  /** Whether there is money to hold at all. */
  readonly paid: boolean;
  /** Why the order is undone or cancelled; absent while it is on its way. */
  readonly failure: Failure | undefined;
  /** The refusal that decides the order's next state; absent while no step has been refused. */
  readonly refusal: Failure | undefined;
  /** Undefined until the goods are being picked. */
  readonly delivery: Delivery | undefined;
}

/** A change of state, or the end of the work for one. */
export interface Move {
  readonly kind: "move";
  readonly to: OrderState;
  readonly settled: boolean;
  /** Why; absent if the order is on its way (again). */
  readonly failure?: Failure;
}

/** What to do next. */
export type Action = { readonly kind: "call"; readonly steps: readonly CallStep[] } | Move | { readonly kind: "rest" };

/** The gRPC code FAILED_PRECONDITION, of the refusals that order itself makes. */
const FAILED_PRECONDITION = 9;

export const timedOut: Failure = {
  code: FAILED_PRECONDITION,
  reason: "TIMED_OUT",
  message: "the order could not be completed in time",
  metadata: {},
};

/** The failure of an order that its customer took back. */
export const takenBack: Failure = {
  code: FAILED_PRECONDITION,
  reason: "CANCELLED",
  message: "the order was cancelled by the customer",
  metadata: {},
};

const causes: Readonly<Record<string, string>> = {
  NOBODY_THERE: "nobody was there",
  ADDRESS_NOT_FOUND: "the address could not be found",
  NOT_ACCEPTED: "it was not accepted",
};

/** The failure of an order whose delivery failed. */
export const undelivered = ({ failure = "" }: Delivery): Failure => ({
  code: FAILED_PRECONDITION,
  reason: "UNDELIVERED",
  message: ["the order could not be handed over", causes[failure]].filter(Boolean).join(": "),
  metadata: {},
});

/**
 * What to do next. `expired` says that the forward limit has passed: a pending order can only be undone then.
 *
 * Calls may be on their way already: the caller starts those that are not. Steps named together run in parallel.
 */
export function next(saga: Saga, expired: boolean): Action {
  if (saga.settled) return { kind: "rest" };
  const missing = (...steps: CallStep[]) =>
    steps.filter((step) => !isDone(saga, step) && (saga.paid || !WALLET_STEPS.has(step)));
  switch (saga.state) {
    case "PENDING": {
      if (saga.refusal) return move("UNDOING", false, saga.refusal);
      if (expired) return move("UNDOING", false, timedOut);
      return callOr(missing("reserve", "hold", "book"), move("CONFIRMED", false));
    }
    case "CONFIRMED": {
      if (saga.delivery?.state === "FAILED") return move("CANCELLING", false, undelivered(saga.delivery));
      // A hold that lapsed, or a step that its owner has lost: there is no way on, only back.
      if (saga.refusal) return move("CANCELLING", false, saga.refusal);
      // Nothing may be picked before it is sold, so the shipment comes after the stock.
      const sold = isDone(saga, "commit");
      const steps = missing("commit", "capture", "confirm").filter((step) => sold || step !== "confirm");
      return callOr(steps, move("CONFIRMED", true));
    }
    case "UNDOING":
      // Every step, known to have run or not: one that comes late is refused by the mark that its undo leaves.
      return callOr(missing("release", "void", "cancel"), move("REFUSED", true));
    case "CANCELLING": {
      // Shipping decides: once the goods are being picked, the order stands.
      if (saga.refusal) return move("CONFIRMED", false);
      if (!isDone(saga, "cancel")) return { kind: "call", steps: ["cancel"] };
      return callOr(missing("refund", "restock"), move("CANCELLED", true));
    }
    case "REFUSED":
    case "CANCELLED":
      return { kind: "rest" };
  }
}

/** Whether a refusal of the step decides something; otherwise it is a fault, and the step is tried again. */
export function mayRefuse(
  { state, failure }: Pick<Saga, "state" | "failure">,
  step: CallStep,
  reason: string,
): boolean {
  switch (state) {
    case "PENDING":
      return HOLD_STEPS.has(step);
    case "CONFIRMED":
      return FORWARD_STEPS.has(step);
    case "CANCELLING":
      // Only a customer can change their mind too late. An order that cannot go on was never confirmed to shipping.
      return step === "cancel" && reason === "ALREADY_PICKED" && failure?.reason === takenBack.reason;
    default:
      return false;
  }
}

/** The saga after a step has ended. `failure` belongs to a refused step. */
export function ended<S extends Saga>(saga: S, step: Step, failure?: Failure): S {
  const decisive = failure && !saga.refusal && step.name !== "decide" && mayRefuse(saga, step.name, step.reason);
  return { ...saga, steps: [...saga.steps, step], refusal: decisive ? failure : saga.refusal };
}

/** The saga after a move. The refusal that led to it has done its work then. */
export function moved<S extends Saga>(saga: S, { to, settled, failure }: Move, time: number): S {
  const decision: Step = {
    name: "decide",
    result: to === "CONFIRMED" ? "DONE" : "REFUSED",
    reason: failure?.reason ?? "",
    endTime: time,
  };
  return {
    ...saga,
    state: to,
    settled,
    refusal: undefined,
    failure: to === "CONFIRMED" ? undefined : (failure ?? saga.failure),
    steps: saga.state === "PENDING" ? [...saga.steps, decision] : saga.steps,
  };
}

/** Which event a change of state makes known, if any. */
export function eventOf(from: OrderState, to: OrderState): "confirmed" | "refused" | "cancelled" | undefined {
  if (from === "PENDING") return to === "CONFIRMED" ? "confirmed" : "refused";
  return from === "CANCELLING" && to === "CANCELLED" ? "cancelled" : undefined;
}

/** What a customer's wish to cancel comes to: a move, or the answer that holds already. */
export function cancellation({
  state,
  failure,
  delivery,
}: Pick<Saga, "state" | "failure" | "delivery">): Move | "stands" | "wait" | "refused" | "late" {
  switch (state) {
    case "PENDING":
      return { kind: "move", to: "UNDOING", settled: false, failure: takenBack };
    case "CONFIRMED":
      // Where nothing is known of picking, shipping is asked.
      if (delivery && delivery.state !== "FAILED") return "late";
      return { kind: "move", to: "CANCELLING", settled: false, failure: takenBack };
    case "CANCELLING":
      return "wait";
    case "CANCELLED":
      return "stands";
    case "UNDOING":
    case "REFUSED":
      return failure?.reason === takenBack.reason ? "stands" : "refused";
  }
}

export const isDone = ({ steps }: Pick<Saga, "steps">, name: CallStep): boolean =>
  steps.some((step) => step.name === name && step.result === "DONE");

const HOLD_STEPS: ReadonlySet<CallStep> = new Set<HoldStep>(["reserve", "hold", "book"]);
const FORWARD_STEPS: ReadonlySet<CallStep> = new Set<ForwardStep>(["commit", "capture", "confirm"]);
const WALLET_STEPS: ReadonlySet<CallStep> = new Set<CallStep>(["hold", "capture", "void", "refund"]);

function move(to: OrderState, settled: boolean, failure?: Failure): Move {
  return failure ? { kind: "move", to, settled, failure } : { kind: "move", to, settled };
}

function callOr(steps: readonly CallStep[], otherwise: Move): Action {
  return steps.length > 0 ? { kind: "call", steps } : otherwise;
}
