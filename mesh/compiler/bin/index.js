// The compiler as a library, from src or from dist. A module cannot pass on the names of another that it chooses at run
// time, so they are listed; a test holds the list against src/index.ts.

import { load } from "./start.js";

export const {
  ANY,
  DEVICE,
  EDGE,
  InputError,
  amplification,
  backOffBoundMs,
  budgetOf,
  check,
  defaultHandlerMs,
  emitters,
  explain,
  filesFor,
  graphOf,
  loadEnvironment,
  parseEnvironment,
  parseSettings,
  readImage,
  readRequest,
  rules,
  tighten,
} = await load("index");
