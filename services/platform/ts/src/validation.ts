// Holds messages against the rules of the contract.

import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import { invalidRequest } from "./errors.ts";

// Patterns are written for RE2, whose engine in JavaScript takes longer than all the rest of a request. Those of this form
// mean the same to RegExp and cannot make it slow: ASCII letters and classes of them between both anchors, one of them
// repeated. Any other goes to RE2.
const ATOM = String.raw`(?:[\w/:-]|\[[\w/.:+-]+\])`;
const REPEAT = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})`;
const PLAIN = new RegExp(String.raw`^\^${ATOM}*(?:${ATOM}${REPEAT}${ATOM}*)?\$$`);

const compiled = new Map<string, RegExp>();

/** Throws for a pattern that is not plain. */
function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    if (!PLAIN.test(pattern)) throw new Error(`${pattern} is for RE2`);
    expression = new RegExp(pattern, "u");
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

const quick = createValidator({ regexMatch: matches });
const thorough = createValidator();

/**
 * A check for messages of a kind, which throws INVALID_ARGUMENT with every violation in the name of the workload. Throws if
 * the rules of the kind do not compile.
 */
export function validation(schema: DescMessage, workload: string): (message: Message) => void {
  const rules = thorough.validate(schema, create(schema));
  if (rules.kind === "error") throw rules.error;
  let validator = quick;
  return (message) => {
    let result = validator.validate(schema, message);
    if (result.kind === "error" && validator === quick) {
      validator = thorough;
      result = validator.validate(schema, message);
    }
    if (result.kind === "valid") return;
    if (result.kind === "error") throw result.error;
    throw invalidRequest(
      workload,
      result.violations.map(({ field, message: description }) => ({ field: pathToString(field), description })),
    );
  };
}
