import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EchoService } from "../test/echo.ts";
import { type RpcError, violationsOf } from "./errors.ts";
import { validation } from "./validation.ts";

const schema = EchoService.file.messages.find(({ name }) => name === "Spelling");
if (!schema) throw new Error("testdata/ has no Spelling");
const check = validation(schema, "speller");

interface Spelling {
  plain?: string;
  foreign?: string;
  inner?: Spelling[];
}
const good = { plain: "keys/ab-9" };

/** The paths of the fields that break a rule. */
function wrongIn(spelling: Spelling): string[] {
  try {
    check(create(schema as never, spelling as never));
    return [];
  } catch (error) {
    return violationsOf(error as RpcError).map(({ field }) => field);
  }
}

test.each(["keys/ab", "keys/a-b9"])("the plain pattern takes %j", (plain) => {
  expect(wrongIn({ plain })).toEqual([]);
});

test.each(["", "keys/a", "keys/abcde", "keys/AB", "keys/ab\n", "\nkeys/ab", "keys/äb", "keys/a b", "xkeys/ab"])(
  "the plain pattern refuses %j",
  (plain) => {
    expect(wrongIn({ plain })).toEqual(["plain"]);
  },
);

test("a pattern that only RE2 understands holds as well, also further in", () => {
  expect(wrongIn({ ...good, foreign: "aBc" })).toEqual([]);
  expect(wrongIn({ ...good, foreign: "ab1" })).toEqual(["foreign"]);
  expect(wrongIn({ ...good, inner: [{ ...good, foreign: "1" }, good, { plain: "no" }] })).toEqual([
    "inner[0].foreign",
    "inner[2].plain",
  ]);
});
