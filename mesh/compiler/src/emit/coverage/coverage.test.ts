import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../testing/contract.ts";
import { library } from "../testing/library.ts";
import { aspects } from "./aspects.ts";
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
