// The process in which the loops run, so that their CPU can be told from that of the bench: prepares when it is told what to do, runs when it is
// told so, answers in between and after.
import { bare } from "./bare.ts";
import type { Done, Loops, Place } from "./loops.ts";
import { orders } from "./orders.ts";
import { delay, ours } from "./ours.ts";

/** What the process is to do, and with whose means. */
export type Task = { readonly place: Place; readonly amount: number } & (
  | { readonly by: "ours" | "bare"; readonly loop: keyof Loops }
  | { readonly by: "ours"; readonly loop: "delay" | "orders with events" | "orders without events" }
);

export type Answer = { readonly done?: Done; readonly failed?: string };

const prepare = ({ by, loop, place, amount }: Task): Promise<() => Promise<Done>> => {
  if (loop === "delay") return delay(place, amount);
  if (loop === "orders with events") return orders(place, amount, true);
  if (loop === "orders without events") return orders(place, amount, false);
  return (by === "ours" ? ours : bare)[loop](place, amount);
};

let prepared: () => Promise<Done>;
const say = (answer: Answer) => process.send?.(answer);
process.on("message", (task: Task | "run") => {
  const work = async () => {
    if (task === "run") return say({ done: await prepared() });
    prepared = await prepare(task);
    return say({});
  };
  work().catch((error: unknown) => say({ failed: String((error as Error).stack ?? error) }));
});
process.on("disconnect", () => process.exit());
