// For each rule a contract that breaks it and one that keeps it, in testdata/rules/<code>/{bad,good}.proto. A line that is to
// be found ends with `// expect: code`; nothing else may be found.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { check } from "../check.ts";
import { imagesBelow, testdata } from "../inline-protos.ts";
import { readImage } from "../read.ts";
import { rules } from "./index.ts";
import type { Finding } from "./rule.ts";

let images: Map<string, Uint8Array>;
beforeAll(() => {
  images = imagesBelow("rules");
});

function findings(file: string): Finding[] {
  const image = images.get(file);
  if (!image) throw new Error(`no image of ${file}`);
  return check(readImage(image));
}

/** `12 code` for each expectation in the file. */
function expected(file: string): string[] {
  const lines = readFileSync(join(testdata, "rules", file), "utf8").split("\n");
  return lines.flatMap((line, i) => {
    const codes = line.match(/\/\/ expect: (.*)$/)?.[1]?.split(" ") ?? [];
    return codes.map((code) => `${i + 1} ${code}`);
  });
}

const found = (list: readonly Finding[]): string[] => [...new Set(list.map(({ at, code }) => `${at.line} ${code}`))];

describe.each(rules.map((rule) => rule.code))("%s", (code) => {
  test("finds what is wrong, and nothing else, at its line", () => {
    const file = `${code}/bad.proto`;
    const list = findings(file);
    expect(found(list).sort()).toEqual(expected(file).sort());
    expect(list.map((finding) => finding.code)).toContain(code);
    for (const finding of list) {
      expect(finding.at.file).toBe(file);
      expect(finding.subject).toBeTypeOf("string");
      expect(finding.message).toMatch(/^\S.*[^.]$/);
      expect(finding.mend).toMatch(/^\S.*[^.]$/);
    }
  });

  test("passes what is right", () => {
    expect(findings(`${code}/good.proto`)).toEqual([]);
  });
});

test("every folder of testdata/rules belongs to a rule", () => {
  expect(readdirSync(join(testdata, "rules")).sort()).toEqual(rules.map((rule) => rule.code).sort());
});

test("codes are unique, in lower case with hyphens", () => {
  const codes = rules.map((rule) => rule.code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
