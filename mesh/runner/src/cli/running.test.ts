import { expect, test } from "vitest";
import type { SupervisorState } from "../state.ts";
import { notReady } from "./running.ts";

const state = (...children: [name: string, role: string, state: string][]) =>
  ({ children: children.map(([name, role, state]) => ({ name, role, state })) }) as unknown as SupervisorState;

test("says which instances of the workloads are not ready, and in which state they are", () => {
  const late = state(
    ["aggregator-0", "service", "building"],
    ["ingestion-0", "service", "ready"],
    ["ingestion-1", "service", "unbuilt"],
    ["order-0", "service", "failing"],
  );
  expect(notReady(late, ["ingestion", "aggregator"])).toMatch(/^aggregator-0 is building, ingestion-1 is unbuilt: /);
});

test("says nothing when they are, whatever the others do", () => {
  const ready = state(
    ["ingestion-0", "service", "ready"],
    ["ingestion-0.sidecar", "sidecar", "restarting"],
    ["order-0", "service", "building"],
  );
  expect(notReady(ready, ["ingestion", "aggregator"])).toBeUndefined();
});
