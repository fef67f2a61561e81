import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../testing/contract.ts";
import { library } from "../testing/library.ts";
import { aspects } from "./aspects.ts";
import { type CaseName, cases } from "./cases.ts";
import { coveragePage, coverages } from "./index.ts";

test("the page of a contract is the one on record", async () => {
  const golden = join(repository, "mesh/compiler/testdata/emit/coverage/coverage.md");
  await expect(coveragePage(library())).toMatchFileSnapshot(golden);
});

test("every target says of every aspect how it stands, and what covers what it leaves open", () => {
  for (const [target, { covers }] of Object.entries(coverages)) {
    expect(Object.keys(covers).sort(), target).toEqual(Object.keys(aspects).sort());
    for (const [aspect, { grade, instead }] of Object.entries(covers)) {
      expect(instead === undefined, `${target} ${aspect}`).toBe(grade === "equal" || grade === "unchecked");
    }
  }
});

test("no target says of a case what it does not say of the aspect that the case tries", () => {
  for (const [target, { covers, cases: standings }] of Object.entries(coverages)) {
    expect(Object.keys(standings).sort(), target).toEqual(Object.keys(cases).sort());
    const tried = new Set(Object.values(cases).map(({ aspect }) => aspect));
    for (const aspect of tried) {
      const names = (Object.keys(cases) as CaseName[]).filter((name) => cases[name].aspect === aspect);
      const said = new Set(names.map((name) => standings[name]));
      const { grade } = covers[aspect];
      if (grade === "equal") expect([...said], `${target} ${aspect}`).toEqual(["equal"]);
      else if (grade === "unchecked") expect([...said], `${target} ${aspect}`).toEqual(["unrun"]);
      else
        expect(
          [...said].some((standing) => standing !== "equal"),
          `${target} ${aspect}`,
        ).toBe(true);
    }
  }
});
