// The rules for Prometheus, fed with recorded samples by Prometheus' own tool: alerts fire when a budget is being spent too
// fast or metrics are missing, stay silent when not, and clear when the trouble is over.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { stringify } from "yaml";
import { readContract } from "../../contract.ts";
import { type Any, foldersOf, objectsIn, tool } from "./manifests.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "larder-alerts-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const rules: Any[] = foldersOf("prometheus").flatMap(objectsIn);
const service = "larder.order.v1.OrderService";
const labels = `workload="order",version="dev",service="${service}",method="PlaceOrder"`;

/** A counter that starts at 0, as promtool writes it: so much more a minute, for so many minutes, and then otherwise. */
const counter = (name: string, more: string, ...parts: (readonly [perMinute: number, minutes: number])[]): Any => {
  let at = 0;
  const values = parts.map(([perMinute, minutes]) => {
    const from = at;
    at += perMinute * (minutes + 1);
    return `${from}+${perMinute}x${minutes}`;
  });
  return { series: `${name}{${labels}${more}}`, values: values.join(" ") };
};

const handled = (code: string, ...parts: (readonly [number, number])[]) =>
  counter("larder_rpc_server_handled_total", `,code="${code}"`, ...parts);

/** Whether the page of an alert is up at each of these minutes; of one that looks at several windows, that of an hour. */
function pages(context: TestContext, alert: string, series: Any[], expected: Readonly<Record<number, boolean>>): void {
  const promtool = tool(context, "promtool");
  const file = (name: string, value: Any): string => {
    writeFileSync(join(scratch, name), stringify(value));
    return join(scratch, name);
  };
  const order = rules.find(({ metadata }) => metadata.name === "order");
  file("rules.yaml", order.spec);
  const burning = `count(ALERTS{alertname="${alert}",severity="page",window=~"1h|",alertstate="firing"}) > 0 or vector(0)`;
  const path = file("test.yaml", {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: series,
        promql_expr_test: Object.entries(expected).map(([minute, up]) => ({
          expr: burning,
          eval_time: `${minute}m`,
          exp_samples: [{ labels: "{}", value: up ? 1 : 0 }],
        })),
      },
    ],
  });
  const { status, stdout, stderr } = spawnSync(promtool, ["test", "rules", path], { encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
}

test("are read by Prometheus without a complaint", (context) => {
  const promtool = tool(context, "promtool");
  for (const { metadata, spec } of rules) {
    const path = join(scratch, `${metadata.name}.yaml`);
    writeFileSync(path, stringify(spec));
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "rules", "--lint=all", path], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  }
});

test("are there for every method of a service with an objective", () => {
  const text = JSON.stringify(rules);
  for (const { service, name } of readContract().methods) {
    expect(text).toMatch(new RegExp(`service=\\\\+"${service}\\\\+",method=~?\\\\+"[^"]*\\b${name}\\b`));
  }
});

test("an alert fires while calls fail by the fault of the service, and clears after", (context) => {
  pages(context, "CallsFail", [handled("OK", [600, 240]), handled("INTERNAL", [0, 60], [30, 40], [0, 140])], {
    59: false,
    95: true,
    125: false,
  });
});

test("no alert fires for what callers do wrong, nor for failures that the budget allows", (context) => {
  pages(
    context,
    "CallsFail",
    [handled("OK", [10_000, 240]), handled("INVALID_ARGUMENT", [5000, 240]), handled("UNAVAILABLE", [5, 240])],
    { 60: false, 120: false, 239: false },
  );
});

test("no alert fires for one failure of a method that is called seldom, and one does for some", (context) => {
  const seldom = handled("OK", [0.1, 240]);
  pages(context, "CallsFail", [seldom, handled("INTERNAL", [0, 60], [1, 0], [0, 170])], {
    62: false,
    65: false,
    120: false,
  });
  pages(context, "CallsFail", [seldom, handled("INTERNAL", [0, 60], [1, 6], [0, 170])], {
    59: false,
    68: true,
    130: false,
  });
});

test("an alert fires while calls are slow, and clears after", (context) => {
  const bucket = "larder_rpc_server_duration_seconds_bucket";
  const quick = counter(bucket, ',le="0.5"', [600, 60], [300, 60], [600, 120]);
  const all = counter("larder_rpc_server_duration_seconds_count", "", [600, 240]);
  pages(context, "CallsAreSlow", [quick, all], { 59: false, 115: true, 200: false });
});

test("an alert fires while no instance is read, and clears after", (context) => {
  const instance = (name: string, values: string) => ({ series: `up{job="larder/order",instance="${name}"}`, values });
  const elsewhere = { series: 'up{job="other/order",instance="a"}', values: "1x240" };
  // One is enough. Then the other is away too, and at last nobody knows of either.
  const first = instance("a", "0x60 1x60 0x30 _x30 1x60");
  const second = instance("b", "1x60 0x60 0x30 _x30 0x60");
  pages(context, "MetricsAreMissing", [first, second, elsewhere], {
    59: false,
    115: false,
    125: false,
    140: true,
    175: true,
    200: false,
  });
});
