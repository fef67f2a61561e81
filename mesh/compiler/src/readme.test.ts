import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsRules } from "./check.ts";
import { comparisons } from "./diff/index.ts";
import { imageOf } from "./inline-protos.ts";
import { readImage } from "./read.ts";
import { rules } from "./rules/index.ts";
import schema from "./settings.schema.json" with { type: "json" };

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

/** The cells of the rows of the table under a heading. */
function table(heading: string): string[][] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
}

test("the table of rules is that of the code", () => {
  const expected = [...rules, ...settingsRules].map(({ code, severity, refuses, mend }) => [
    `\`${code}\``,
    severity,
    refuses,
    mend,
  ]);
  expect(table("Rules")).toEqual(expected);
});

test("the table of changes is that of the code", () => {
  const expected = comparisons.map(({ code, effect, finds, why, mend }) => [
    `\`${code}\``,
    effect,
    finds,
    why,
    mend ?? "",
  ]);
  expect(table("Changes: meshc diff")).toEqual(expected);
});

test("the table of settings names every key of mesh.yaml", () => {
  expect(table("Settings: mesh.yaml").map(([key]) => key)).toEqual(
    Object.keys(schema.properties).map((key) => `\`${key}\``),
  );
});

test("the example is a contract", () => {
  const example = readme.match(/```proto\n(.*?)```/s)?.[1] ?? "";
  const header = 'syntax = "proto3"; package shop.v1; import "mesh/v1/policy.proto";\n';
  const contract = readImage(
    imageOf({ "a.proto": `${header}${example}message ReserveRequest {} message ReserveResponse {}` }),
  );
  expect(contract.services[0]?.methods[0]).toMatchObject({
    callers: ["order"],
    deadlineMs: 300,
    handlerMs: 50,
    retry: { maxAttempts: 2 },
    compensatedBy: "shop.v1.StockService/Release",
    calls: [{ method: "shop.v1.PriceService/Quote", withinMs: 100 }],
  });
});
