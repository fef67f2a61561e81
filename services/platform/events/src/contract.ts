// What every engine of the event log must do: one suite, run against each. It knows the interface and a server that can be killed,
// nothing of any engine.

import { afterAll, beforeAll, describe, vi } from "vitest";
import { badInputContract } from "./contract/bad-input.ts";
import { deliveryContract } from "./contract/delivery.ts";
import { failureContract } from "./contract/failure.ts";
import { groupContract } from "./contract/groups.ts";
import { letterboxContract } from "./contract/letterbox.ts";
import { logContract } from "./contract/log.ts";
import { outboxContract } from "./contract/outbox.ts";
import { replacementContract } from "./contract/replacement.ts";
import { topicContract } from "./contract/topics.ts";
import { weatherContract } from "./contract/weather.ts";

/** A server with an event log, for one run of the suite. */
export interface Engine {
  /** As in `openEventLog(url)`. */
  readonly url: string;
  /** Ends the server without warning. */
  kill(): Promise<void>;
  /** Starts it again on what it had stored. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Declares the suite. */
export function eventLogContract(name: string, startEngine: () => Promise<Engine>): void {
  describe(`event log on ${name}`, () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let engine: Engine;

    beforeAll(async () => {
      engine = await startEngine();
    });
    afterAll(() => engine.stop());

    for (const part of [
      logContract,
      topicContract,
      groupContract,
      outboxContract,
      deliveryContract,
      failureContract,
      letterboxContract,
      badInputContract,
      replacementContract,
      weatherContract,
    ])
      part(() => engine);
  });
}
