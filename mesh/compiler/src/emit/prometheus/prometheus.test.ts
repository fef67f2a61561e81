// Rules for Prometheus as text and as meaning. That alerts fire and clear is shown in test/live/manifests.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../testing/contract.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { newsroom, newsroomEnvironment } from "../testing/newsroom.ts";
import { emitPrometheus } from "./index.ts";

const contract = newsroom();
const files = emitPrometheus(contract, newsroomEnvironment());
const objects = objectsIn(files);
const [recorded, alerts]: Any[][] = objects["PrometheusRule/desk"].spec.groups.map(({ rules }: Any) => rules);
const record = (name: string) => (recorded ?? []).filter((rule) => rule.record === name);

test.each(["desk", "kustomization"])("the text of %s is the one on record", async (name) => {
  const golden = join(repository, "mesh/compiler/testdata/emit/prometheus", `${name}.yaml`);
  await expect(files.get(`${name}.yaml`)).toMatchFileSnapshot(golden);
});

test("a workload without objectives has no file", () => {
  expect([...files.keys()]).toEqual(["desk.yaml", "kustomization.yaml"]);
});

describe("what is recorded", () => {
  test("is the share of calls that fail by the fault of the service, for each objective", () => {
    const [common, own] = record("mesh:calls_failed:ratio_rate5m");
    expect(common.expr).toContain('service="news.desk.v1.DeskService",method=~"Follow|Write"');
    expect(own.expr).toContain('service="news.desk.v1.DeskService",method="Spell"');
    expect(common.expr).toContain('code=~"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"');
    expect(common.expr).not.toContain("RESOURCE_EXHAUSTED");
  });

  test("is the share of slow calls by the first bucket that holds the target; a stream is never slow", () => {
    const rules = record("mesh:calls_slow:ratio_rate5m");
    expect(rules).toHaveLength(1);
    expect(rules[0].expr).toContain('method="Write",le=~"0\\\\.25"');
  });

  test("covers every window that an alert looks at", () => {
    const names = new Set((recorded ?? []).map(({ record }) => record));
    const used = (alerts ?? []).flatMap(({ expr }) => [...expr.matchAll(/mesh:\w+:\w+/g)].map(([name]) => name));
    expect(used.length).toBeGreaterThan(20);
    for (const name of used) expect(names).toContain(name);
  });
});

describe("alerts", () => {
  test("fire when the metrics that all others look at are missing, where somebody is to read them", () => {
    const missing = (of: Any[] | undefined) => of?.filter(({ alert }) => alert === "MetricsAreMissing");
    expect(missing(alerts)).toMatchObject([{ expr: 'absent(up{job="reading/desk"} == 1)', for: "5m" }]);
    const unwatched = newsroomEnvironment((text) => text.replace(/ {2}monitoring: .*\n/, ""));
    const [, others] = objectsIn(emitPrometheus(contract, unwatched))["PrometheusRule/desk"].spec.groups;
    expect(missing(others.rules)).toEqual([]);
    expect(others.rules.length).toBe((alerts ?? []).length - 1);
  });

  test("fire when a budget of 30 days is spent too fast, over a long and a short window", () => {
    const page = alerts?.find(({ alert, labels }) => alert === "CallsFail" && labels.window === "1h");
    const methods = '{service="news.desk.v1.DeskService",method=~"Follow|Write"}';
    expect(page.labels.severity).toBe("page");
    expect(page.expr).toContain(
      `mesh:calls_failed:ratio_rate1h${methods} > 0.0144 and mesh:calls_failed:ratio_rate5m${methods} > 0.0144 and `,
    );
    const own = alerts
      ?.filter(({ expr }) => expr.includes('method="Spell"'))
      .map(({ expr }) => expr.match(/> ([\d.]+) /)[1]);
    expect(own).toEqual(["0.144", "0.06", "0.03", "0.01"]);
  });

  test("fire for no single bad call: a method that is called seldom has more than its share with one", () => {
    const ends = (of: Any[] | undefined) =>
      new Set(of?.filter(({ alert }) => alert !== "MetricsAreMissing").map(({ expr }) => expr.match(/ > \S+$/)[0]));
    expect(ends(alerts)).toEqual(new Set([" > 4.5"]));
    const eager = newsroomEnvironment((text) => text.replace("rpc_seconds,", "rpc_seconds, minimumBadCalls: 1,"));
    const [, others] = objectsIn(emitPrometheus(contract, eager))["PrometheusRule/desk"].spec.groups;
    expect(ends(others.rules)).toEqual(new Set([" > 0.5"]));
  });

  test("link to the runbook of the environment, where it has one", () => {
    expect(alerts?.filter(({ annotations }) => "runbook_url" in annotations)).toEqual([]);
    const url = "https://news.example/alerts";
    const guided = newsroomEnvironment((text) => text.replace("rpc_seconds,", `rpc_seconds, runbook: "${url}",`));
    const [, others] = objectsIn(emitPrometheus(contract, guided))["PrometheusRule/desk"].spec.groups;
    const links = new Set(others.rules.map(({ alert, annotations }: Any) => `${alert} ${annotations.runbook_url}`));
    expect([...links].sort()).toEqual([
      `CallsAreSlow ${url}#callsareslow`,
      `CallsFail ${url}#callsfail`,
      `MetricsAreMissing ${url}#metricsaremissing`,
    ]);
    const withFragment = () =>
      newsroomEnvironment((text) => text.replace("rpc_seconds,", `rpc_seconds, runbook: "${url}#a",`));
    expect(withFragment).toThrow("metrics.runbook");
  });
});

test("carry the labels by which Prometheus chooses what it reads, and none of them takes the place of ours", () => {
  const chosen = newsroomEnvironment((text) =>
    text.replace(
      "app.kubernetes.io/name: prometheus }",
      "app.kubernetes.io/name: prometheus }, discoveryLabels: { release: stack, app.kubernetes.io/name: other }",
    ),
  );
  const labels = objectsIn(emitPrometheus(contract, chosen))["PrometheusRule/desk"].metadata.labels;
  expect(labels).toEqual({ release: "stack", "app.kubernetes.io/name": "desk" });
});

test("an environment without metrics is refused, and buckets that do not rise", () => {
  const without = newsroomEnvironment((text) => text.replace(/metrics: .*\n/, ""));
  expect(() => emitPrometheus(contract, without)).toThrow("needs the part metrics");
  expect(() => newsroomEnvironment((text) => text.replace("[0.05, 0.25, 1]", "[0.05, 1, 0.25]"))).toThrow(
    "metrics.buckets must rise",
  );
});
