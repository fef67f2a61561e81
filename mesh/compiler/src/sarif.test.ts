// The form that SARIF 2.1.0 asks for, as far as meshc writes it: every key is known, every required one is there.

import { expect, test } from "vitest";
import { asSarif } from "./sarif.ts";

const text = { type: "object", required: ["text"], keys: { text: { type: "string" } } };
type Shape = { type: string; required?: string[]; keys?: Record<string, Shape>; items?: Shape; one?: unknown[] };

/** From sections 3.13 to 3.49 of the standard. */
const log: Shape = {
  type: "object",
  required: ["version", "runs"],
  keys: {
    $schema: { type: "string" },
    version: { type: "string", one: ["2.1.0"] },
    runs: {
      type: "array",
      items: {
        type: "object",
        required: ["tool"],
        keys: {
          columnKind: { type: "string", one: ["utf16CodeUnits", "unicodeCodePoints"] },
          tool: {
            type: "object",
            required: ["driver"],
            keys: {
              driver: {
                type: "object",
                required: ["name"],
                keys: {
                  name: { type: "string" },
                  semanticVersion: { type: "string" },
                  rules: {
                    type: "array",
                    items: {
                      type: "object",
                      required: ["id"],
                      keys: {
                        id: { type: "string" },
                        shortDescription: text,
                        help: text,
                        defaultConfiguration: {
                          type: "object",
                          keys: { level: { type: "string", one: ["none", "note", "warning", "error"] } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: "array",
            items: {
              type: "object",
              required: ["message"],
              keys: {
                ruleId: { type: "string" },
                ruleIndex: { type: "integer" },
                level: { type: "string", one: ["none", "note", "warning", "error"] },
                message: text,
                partialFingerprints: { type: "object", keys: { "ruleAndSubject/v1": { type: "string" } } },
                suppressions: {
                  type: "array",
                  items: {
                    type: "object",
                    required: ["kind"],
                    keys: {
                      kind: { type: "string", one: ["inSource", "external"] },
                      justification: { type: "string" },
                    },
                  },
                },
                locations: {
                  type: "array",
                  items: {
                    type: "object",
                    keys: {
                      physicalLocation: {
                        type: "object",
                        required: ["artifactLocation"],
                        keys: {
                          artifactLocation: { type: "object", keys: { uri: { type: "string" } } },
                          region: { type: "object", keys: { startLine: { type: "integer" } } },
                        },
                      },
                      logicalLocations: {
                        type: "array",
                        items: { type: "object", keys: { fullyQualifiedName: { type: "string" } } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

function hold(value: unknown, shape: Shape, path: string): void {
  if (shape.one) expect(shape.one, path).toContain(value);
  if (shape.type === "array") {
    expect(value, path).toBeInstanceOf(Array);
    for (const [i, item] of (value as unknown[]).entries()) hold(item, shape.items as Shape, `${path}[${i}]`);
  } else if (shape.type === "object") {
    expect(value, path).toBeTypeOf("object");
    const object = value as Record<string, unknown>;
    expect(Object.keys(object), path).toEqual(expect.arrayContaining(shape.required ?? []));
    for (const [key, inner] of Object.entries(object)) {
      expect(Object.keys(shape.keys ?? {}), `${path}.${key}`).toContain(key);
      hold(inner, shape.keys?.[key] as Shape, `${path}.${key}`);
    }
  } else if (shape.type === "integer") expect(Number.isInteger(value), path).toBe(true);
  else expect(typeof value, path).toBe(shape.type);
}

const rules = [
  { id: "unused", level: "note", says: "Finds nothing." },
  { id: "caller-unknown", level: "error", says: "Refuses strangers.", help: "Mend: name them." },
] as const;
const at = { file: "proto/my shop/a.proto", line: 7 };

test("a log has the form of SARIF 2.1.0", () => {
  const results = [
    { rule: "caller-unknown", level: "error", message: "Who?", subject: "a.A/B", at },
    {
      rule: "caller-unknown",
      level: "warning",
      message: "Gone.",
      subject: "a.A/C",
      at: { ...at, line: 0 },
      accepted: "so",
    },
  ] as const;
  const written = JSON.parse(asSarif(results, rules));
  hold(written, log, "log");
  const [run] = written.runs;
  // A viewer finds the rule by the index, and the file by a URI.
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(["caller-unknown"]);
  expect(run.results[0]).toMatchObject({
    ruleIndex: 0,
    locations: [
      { physicalLocation: { artifactLocation: { uri: "proto/my%20shop/a.proto" }, region: { startLine: 7 } } },
    ],
  });
  // Lines count from 1: a place without one has no region.
  expect(run.results[1].locations[0].physicalLocation).not.toHaveProperty("region");
  expect(run.results[1].suppressions).toEqual([{ kind: "external", justification: "so" }]);
});

test("a log without results is one that says so", () => {
  const written = JSON.parse(asSarif([], rules));
  hold(written, log, "log");
  expect(written.runs[0].results).toEqual([]);
});
