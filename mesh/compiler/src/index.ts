// The compiler as a library: read a contract, check it, emit from it.

export { type Amplified, amplification } from "./amplification.ts";
export { type Budget, backOffBoundMs, budgetOf } from "./budget.ts";
export { type CheckSettings, check, type Exception } from "./check.ts";
export { type Emitter, emitters } from "./emit/index.ts";
export { type Environment, loadEnvironment, parseEnvironment } from "./environment.ts";
export { tighten } from "./environment-contract.ts";
export { type Explanation, explain } from "./explain.ts";
export { filesFor } from "./generate.ts";
export { type Graph, graphOf, type Work } from "./graph.ts";
export type { ImageBytes } from "./image.ts";
export { InputError } from "./input-error.ts";
export * from "./model.ts";
export { type ReadOptions, readImage, readRequest } from "./read.ts";
export { defaultHandlerMs } from "./read-calls.ts";
export { rules } from "./rules/index.ts";
export type { Finding, Rule, Severity } from "./rules/rule.ts";
export { parseSettings, type Settings } from "./settings.ts";
