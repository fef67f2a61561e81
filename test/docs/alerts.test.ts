// The page that alerts link to says what to do about each of them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

test("every alert has its part of docs/alerts.md, by the fragment of its link, and no other is there", () => {
  const rules = readdirSync(join(root, "mesh/prometheus")).map((file) => read("mesh/prometheus", file));
  const linked = rules.flatMap((text) => [...text.matchAll(/runbook_url: \S+#(\S+)$/gm)].map(([, name]) => name));
  const named = rules.flatMap((text) => [...text.matchAll(/alert: (\S+)$/gm)].map(([, name]) => name?.toLowerCase()));
  expect(linked.length).toBe(named.length);
  const parts = [...read("docs/alerts.md").matchAll(/^## (\S+)$/gm)].map(([, name]) => name?.toLowerCase());
  expect(parts.sort()).toEqual([...new Set(named)].sort());
  expect(new Set(linked)).toEqual(new Set(named));
});
