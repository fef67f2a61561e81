import { expect, test } from "vitest";
import { parse } from "yaml";
import { lineLength, named, note, writeYaml, writeYamlDocuments } from "./yaml.ts";

const write = (value: Parameters<typeof writeYaml>[1]) => writeYaml("about", value);

test("a document begins with its comment, and short things stand on one line", () => {
  expect(writeYaml("one\ntwo", { top: { list: [1, 2], long: { text: "x".repeat(120) } } })).toBe(
    `# one\n# two\n\ntop:\n  list: [1, 2]\n  long:\n    text: ${"x".repeat(120)}\n`,
  );
});

test("a comment stands before the entry of a list and before the key of a map", () => {
  expect(write({ list: [note("first\nsecond", { a: 1 })], map: { key: note("why", [1]) } })).toBe(
    "# about\n\nlist:\n  # first\n  # second\n  - {a: 1}\nmap:\n  # why\n  key: [1]\n",
  );
});

test("a named value is written once and repeated by its name", () => {
  const value = named("both", { a: { b: 1 } });
  const text = write({ first: { x: value }, second: [value, value] });
  expect(text).toBe("# about\n\nfirst:\n  x: &both {a: {b: 1}}\nsecond:\n  - *both\n  - *both\n");
  expect(parse(text)).toEqual({ first: { x: { a: { b: 1 } } }, second: [{ a: { b: 1 } }, { a: { b: 1 } }] });
});

test("one name for two values is refused", () => {
  expect(() => write({ list: [named("n", { a: 1 }), named("n", { a: 2 })] })).toThrow("two values named n");
});

test("what would be read as something else is quoted", () => {
  const odd = { a: "true", b: "8", c: "*", d: "%X%", e: "a: b", f: "#", g: "1s", h: "", "@type": "t" };
  expect(parse(write({ odd }))).toEqual({ odd });
});

test("text of several lines, and what is special to YAML, is read as it was written wherever it stands", () => {
  const texts = [
    "a\nb",
    "a\n\n  b\n",
    "\n",
    " a",
    "a ",
    "- a",
    "? a",
    "a #b",
    "[a, b]",
    "{a: b}",
    "it's",
    'say "a"',
    "---",
    "...",
    "ä\t",
    "x".repeat(90),
  ];
  const long = { text: "x".repeat(lineLength) };
  const value = {
    keys: Object.fromEntries(texts.map((text) => [text, { ...long, text }])),
    list: [texts, ...texts, [long, texts], { short: "a\nb" }],
    map: { inner: { ...long, lines: texts } },
    numbers: [0, -1, 0.25, 1e21, true, false],
  };
  expect(parse(write(value))).toEqual(value);
});

test("lists and maps begin on the line of a dash, unless there is a comment or an anchor in front", () => {
  const long = "x".repeat(lineLength);
  const list = [
    [long, 1],
    { a: long, b: 1 },
    { a: note("why", long), b: 1 },
    named("n", { a: long }),
    named("n", { a: long }),
  ];
  expect(write({ list })).toBe(
    `# about\n\nlist:\n  - - ${long}\n    - 1\n  - a: ${long}\n    b: 1\n  - # why\n    a: ${long}\n    b: 1\n` +
      `  - &n\n    a: ${long}\n  - *n\n`,
  );
});

test("what is empty stands on its line", () => {
  expect(write({ spec: {}, list: [], inner: { none: { a: undefined } } })).toBe(
    "# about\n\nspec: {}\nlist: []\ninner:\n  none: {}\n",
  );
});

test("an absent entry is left out", () => {
  expect(write({ map: { a: undefined, b: 1 } })).toBe("# about\n\nmap:\n  b: 1\n");
});

test("text stays text for readers of older YAML too", () => {
  expect(writeYaml("", { a: "yes", b: "1_000", c: "12:30", d: "::/0", e: "0x", f: "127.0.0.1", g: ":path" })).toBe(
    'a: "yes"\nb: "1_000"\nc: "12:30"\nd: "::/0"\ne: 0x\nf: 127.0.0.1\ng: :path\n',
  );
});

test("several documents share a file and its comment", () => {
  expect(writeYamlDocuments("Made.", [{ a: 1 }, { b: 2 }])).toBe("# Made.\n\na: 1\n---\nb: 2\n");
});
