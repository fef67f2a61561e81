// The contract that the cases are tried on: the compiler's own for tests, because its times are short and it has a method of
// each kind. The policy compiler reads it, and beside it the reader of the whole-system suites, which shares nothing with it.

import { EndUser, RetryCode } from "@larder/contract/mesh/v1/policy_pb.js";
import { libraryClusterText, libraryFiles } from "../../mesh/compiler/src/emit/testing/library.ts";
import { parseEnvironment, readImage } from "../../mesh/compiler/src/index.ts";
import { imageOf } from "../../mesh/compiler/src/inline-protos.ts";
import { contractIn, type Method } from "../contract.ts";

export const image = imageOf(libraryFiles);
/** As the compiler reads it. */
export const compiled = readImage([{ bytes: image, name: "the contract of the cases" }]);
/** As the protos say. */
export const contract = contractIn(image);

/** The longest request that the edge takes: as much as the kit takes anywhere. */
export const MAX_REQUEST_BYTES = 1 << 20;

/** How many calls at once an instance of the callee takes. */
export const LIMIT = 4;

/** `change` gets the text of the environment file, which is `text` with the numbers of the cases. */
export const environment = (change: (text: string) => string = (text) => text, text = libraryClusterText) =>
  parseEnvironment(
    change(
      text
        .replace(
          /userAssertion:.*/,
          "userAssertion: { header: x-larder-user, issuer: larder-gateway, audience: larder-internal }",
        )
        .replace(/maxRequestBytes: \d+/, `maxRequestBytes: ${MAX_REQUEST_BYTES}`)
        .replace(/maxRequests: \d+ \} \}$/m, `maxRequests: ${LIMIT} } }`),
    ),
    "library.yaml",
  );

/** Whose calls are tried. */
export const CALLER = "desk";
export const CALLEE = "stock";
/** A workload that has no calls to make. */
export const STRANGER = "clerk";

const ofCallee = contract.methods.filter(({ workload }) => workload === CALLEE);

function pick(what: string, fits: (method: Method) => boolean): Method {
  const found = ofCallee.find((method) => method.callers.includes(CALLER) && fits(method));
  if (!found) throw new Error(`the contract has no method of ${CALLEE} with ${what}`);
  return found;
}

const declared = contract.calls.get(CALLER) ?? new Set();

/** A method of each kind that a case asks for. */
export const methods = {
  retried: pick("retries", ({ retryOn, tries }) => retryOn.includes(RetryCode.UNAVAILABLE) && tries > 2),
  once: pick("no retries", ({ kind, tries, path }) => kind === "unary" && tries === 1 && declared.has(path)),
  undeclared: pick("a caller that does not declare it", ({ path }) => !declared.has(path)),
  stream: pick("a stream", ({ kind }) => kind === "server_streaming"),
  ofUser: pick("a user", ({ endUser }) => endUser === EndUser.REQUIRED),
};

const atEdge = contract.methods.filter(({ callers, kind }) => callers.includes("@edge") && kind === "unary");

function pickAtEdge(what: string, fits: (method: Method) => boolean): Method {
  const found = atEdge.find(fits);
  if (!found) throw new Error(`the contract has no public method with ${what}`);
  return found;
}

export const edgeMethods = {
  scoped: pickAtEdge("scopes", ({ scopes }) => scopes.length > 0),
  open: pickAtEdge("no scopes", ({ scopes }) => scopes.length === 0),
};

/** The workload that devices call. */
export const DEVICES_CALLEE = "gates";

function pickForDevices(what: string, fits: (method: Method) => boolean): Method {
  const unary = contract.methods.filter(({ workload, kind }) => workload === DEVICES_CALLEE && kind === "unary");
  const found = unary.find(fits);
  if (!found) throw new Error(`the contract has no method of ${DEVICES_CALLEE} ${what}`);
  return found;
}

export const deviceMethods = {
  theirs: pickForDevices("for devices", ({ callers }) => callers.includes("@device")),
  others: pickForDevices("for others alone", ({ callers }) => !callers.includes("@device")),
};
