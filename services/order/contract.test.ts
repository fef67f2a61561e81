// What is written about the order service holds: the reasons in the contract, the settings in the README.
import { readFileSync } from "node:fs";
import { describe as settingsOf } from "@larder/platform";
import { expect, test } from "vitest";
import { loadConfig, settings } from "./config.ts";
import * as errors from "./errors.ts";
import { timedOut } from "./saga.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the reasons in the contract are those that the service can give", () => {
  const proto = read("../../proto/larder/order/v1/order_service.proto");
  const promised = new Set([...proto.matchAll(/\/\/ - `\w+`, reason `(\w+)`/g)].map(([, reason]) => reason));
  // Page tokens are refused by the list that reads them.
  const own = Object.values(errors)
    .filter((make) => typeof make === "function" && make !== errors.refused && make !== errors.refusalIn)
    .map((make) => (make as (...words: string[]) => { reason: string })("a", "b").reason);
  const given = new Set([...own, ...errors.passedOn, timedOut.reason, "PAGE_TOKEN_INVALID"]);
  expect([...given].sort()).toEqual([...promised].sort());
});

test("the README lists every setting with its default", () => {
  const rows = [...read("./README.md").matchAll(/^\| `([A-Z_<>]+)` +\| (\S+) +\|/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(rows).toEqual(
    settingsOf(settings).map(({ name, required, default: value }) => [name, value ?? (required ? "required" : "none")]),
  );
});

test("all problems of the settings are told at once", () => {
  const problems = ["ORDER_LISTEN", "ORDER_OPS_LISTEN", "ORDER_DATABASE_URL", "ORDER_EVENT_LOG_URL", "ORDER_LEASE_MS"];
  expect(() => loadConfig({ ORDER_LEASE_MS: "soon" })).toThrow(
    expect.objectContaining({ problems: expect.any(Array) }),
  );
  try {
    loadConfig({ ORDER_LEASE_MS: "soon" });
  } catch (error) {
    for (const name of problems) expect(String(error)).toContain(name);
  }
});
