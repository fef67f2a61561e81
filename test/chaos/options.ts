// What a run is asked for, and how large it has to be to count.

import { parseArgs } from "node:util";
import type { LogEngine } from "../../mesh/runner/src/index.ts";

/** What must have happened, or the run proves nothing. */
export interface Minimums {
  readonly kills: number;
  /** Each component was killed. */
  readonly eachComponent: boolean;
  /** Orders under way at the moment of one kill. */
  readonly inFlight: number;
  /** Orders that were undone or taken back. */
  readonly compensated: number;
  /** Orders that were handed over, and, apart, such that came back. */
  readonly delivered: number;
  readonly failed: number;
  /** Readings that were acknowledged, where a workload takes them. */
  readonly readings: number;
}

export interface Size {
  readonly orders: number;
  /** On the average over the whole storm. */
  readonly ordersPerSecond: number;
  readonly kills: number;
  /** So many times, as many orders come at one moment, and something is killed under them. */
  readonly bursts: number;
  readonly burst: number;
  readonly minimums: Minimums;
}

export interface Options {
  readonly seed: number;
  readonly log: LogEngine;
  readonly short: boolean;
  /** The results go to standard output, and everything else to standard error. */
  readonly json: boolean;
  readonly size: Size;
}

export const USAGE = `node test/chaos/main.ts [--seed N] [--orders N] [--log valkey|kafka] [--short] [--json]

  --seed    a whole number; absent: drawn, and printed
  --orders  absent: 1000, or 160 of the short form
  --short   less of everything, and smaller minimums: for a look
  --json    the results as JSON on standard output

Exit codes: 0 nothing was lost, 1 something was, 2 the run does not count or could not be made, 64 wrong arguments.`;

/** Arguments that make no run: exit code 64. */
export class WrongArguments extends Error {
  override name = "WrongArguments";
}

const KILL_EVERY_SECONDS = 3.5;
const FEWEST = { full: 600, short: 120 };

/** Reads the arguments; what make was given (SEED, ORDERS, LOG, SHORT) stands before them. Throws WrongArguments. */
export function parseOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const make = (name: string) => (env.MAKELEVEL && env[name]) || undefined;
  const { values } = parsed(args);
  const short = values.short ?? (make("SHORT") ?? "0") !== "0";
  const log = values.log ?? make("LOG") ?? "valkey";
  if (log !== "valkey" && log !== "kafka") throw new WrongArguments(`the log is valkey or kafka, not ${log}`);
  const drawn = Math.floor(Math.random() * 1_000_000);
  const seed = whole("the seed", values.seed ?? make("SEED"), 0, drawn);
  const orders = whole(
    `the number of orders${short ? " of the short form" : ""}`,
    values.orders ?? make("ORDERS"),
    short ? FEWEST.short : FEWEST.full,
    short ? 160 : 1000,
  );
  return { seed, log, short, json: values.json ?? false, size: short ? shortSize(orders) : fullSize(orders) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        orders: { type: "string" },
        log: { type: "string" },
        short: { type: "boolean" },
        json: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new WrongArguments((error as Error).message.split("\n")[0] ?? "wrong arguments");
  }
}

function whole(what: string, text: string | undefined, least: number, absent: number): number {
  if (text === undefined) return absent;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new WrongArguments(`${what} is a whole number from ${least} on, not ${text}`);
  return Number(text);
}

function fullSize(orders: number): Size {
  const ordersPerSecond = 8;
  return {
    orders,
    ordersPerSecond,
    kills: Math.max(36, Math.round(orders / ordersPerSecond / KILL_EVERY_SECONDS)),
    bursts: 2,
    burst: 240,
    minimums: {
      kills: 30,
      eachComponent: true,
      inFlight: 200,
      compensated: 50,
      delivered: 15,
      failed: 5,
      readings: 2000,
    },
  };
}

function shortSize(orders: number): Size {
  return {
    orders,
    ordersPerSecond: 5,
    kills: 12,
    bursts: 1,
    burst: 60,
    minimums: { kills: 10, eachComponent: false, inFlight: 40, compensated: 8, delivered: 3, failed: 1, readings: 400 },
  };
}
