// What a sidecar answers by itself to gRPC callers, where Envoy's own mapping of HTTP to gRPC would mislead them.

import { named, type Yaml, type YamlMap } from "../yaml.ts";
import { unreachedHeader } from "./names.ts";

/** Codes of gRPC, by number. */
export const code = { DEADLINE_EXCEEDED: 4, RESOURCE_EXHAUSTED: 8 } as const;

/** The process has as many calls in progress as it may have. Envoy would say UNAVAILABLE, which looks like a failure. */
export const overLimit = named("over-limit", { response_flag_filter: { flags: ["UO"] } });

/** A refusal by its HTTP status. */
export const status = (op: "EQ" | "GE", value: number): Yaml =>
  named(op === "EQ" ? `status-${value}` : `status-${value}-up`, {
    status_code_filter: { comparison: { op, value: { default_value: value, runtime_key: "unused" } } },
  });

/** No answer has begun, and nothing came for as long as the route allows. Envoy would say UNAVAILABLE. */
export const silent = named("silent", { response_flag_filter: { flags: ["SI"] } });

/** The process could not be reached: UNAVAILABLE, as Envoy says. */
const unreached = named("unreached", { response_flag_filter: { flags: ["UF"] } });

export const setHeader = (key: string, value: string): Yaml => ({
  header: { key, value },
  append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
});

/** A mapper that gives a refusal a code of gRPC and a message. */
export const grpcReply = (filter: Yaml, grpcStatus: number, message: string): YamlMap => ({
  filter,
  headers_to_add: [setHeader("grpc-status", `${grpcStatus}`)],
  body: { inline_string: message },
});

export const silentReply = (): Yaml => grpcReply(silent, code.DEADLINE_EXCEEDED, silenceMessage);

export const silenceMessage = "the call was silent for too long";

export const tooLongMessage = (maxRequestBytes: number): string => `the body is longer than ${maxRequestBytes} bytes`;

export const overLimitMessage = (workload: string, maxRequests: number): string =>
  `${workload} has ${maxRequests} calls in progress and takes no more`;

/** Tells the sidecar of the caller that no handler saw the call. */
export const unreachedReply = (workload: string): Yaml => ({
  filter: unreached,
  headers_to_add: [setHeader(unreachedHeader, "true")],
  body: { inline_string: `${workload} cannot be reached by its sidecar` },
});
