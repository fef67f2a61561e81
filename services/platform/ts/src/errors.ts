// How a failure becomes a gRPC status, and how a status becomes a failure again. Services throw `rpcError`; the server
// answers it with its code and a `google.rpc.ErrorInfo`; the client throws it again in the caller, who branches on `reason`.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Any, anyIs, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";
import { BadRequestSchema, ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@larder/contract/google/rpc/status_pb.js";

/** The gRPC status codes, under the names that gRPC gives them. */
export const Code = status;
export type Code = status;

/** One field that broke a rule: its path in the request, and what is wrong with it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * A failure whose answer is known: code, reason and message reach the caller, the cause reaches only the log.
 *
 * Libraries that know no contract extend it (a store that lost its database, say); the server adds its own domain.
 */
export class CodedError extends Error {
  readonly code: Code;
  /** UPPER_SNAKE_CASE, stable: what a caller branches on. */
  readonly reason: string;

  constructor(code: Code, reason: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.reason = reason;
  }
}

/** A failure as it stands in the contract. Made by `rpcError` in a handler, and by the client for a call that failed. */
export class RpcError extends CodedError {
  /** The workload that gave the reason. Empty if the status came without one, as from a sidecar. */
  readonly domain: string;
  /** The variable parts of the message. They reach the caller. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Further details, such as `google.rpc.BadRequest`. */
  readonly details: readonly Any[];
  /** True for the failure of a call that this process made. */
  readonly remote: boolean;

  constructor(code: Code, reason: string, message: string, init: RpcErrorInit) {
    super(code, reason, message, init);
    this.domain = init.domain;
    this.metadata = init.metadata ?? {};
    this.details = init.details ?? [];
    this.remote = init.remote ?? false;
  }
}

interface RpcErrorInit {
  readonly domain: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly details?: readonly Any[];
  readonly remote?: boolean;
  readonly cause?: unknown;
}

/** Makes the error to throw from a handler. Everything but `cause` reaches the caller. */
export function rpcError(
  domain: string,
  code: Code,
  reason: string,
  message: string,
  metadata: Readonly<Record<string, string>> = {},
  options: { readonly details?: readonly Any[]; readonly cause?: unknown } = {},
): RpcError {
  return new RpcError(code, reason, message, { domain, metadata, ...options });
}

// Clients and proxies refuse an answer whose trailers are longer than some kilobytes, and with it what it says.
const mostNamed = 16;

/** INVALID_ARGUMENT, reason INVALID_REQUEST, with a `google.rpc.BadRequest` that names the fields, the first 16. */
export function invalidRequest(domain: string, violations: readonly FieldViolation[]): RpcError {
  const first = violations.slice(0, mostNamed);
  const texts = first.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  if (violations.length > first.length) texts.push(`and ${violations.length - first.length} more`);
  const message = texts.join("; ");
  const badRequest = create(BadRequestSchema, { fieldViolations: first.map((violation) => ({ ...violation })) });
  return rpcError(
    domain,
    Code.INVALID_ARGUMENT,
    "INVALID_REQUEST",
    message,
    {},
    { details: [anyPack(BadRequestSchema, badRequest)] },
  );
}

/** The fields that an error names in its `google.rpc.BadRequest`. Empty if it has none. */
export function violationsOf(error: RpcError): FieldViolation[] {
  const found = error.details.find((detail) => anyIs(detail, BadRequestSchema));
  const violations = (found && anyUnpack(found, BadRequestSchema)?.fieldViolations) ?? [];
  return violations.map(({ field, description }) => ({ field, description }));
}

const DETAILS = "grpc-status-details-bin";

/** What goes over the wire for an error of known code. `domain` stands in where the error names none. */
export function toStatus(error: CodedError, domain: string): StatusObject {
  const rpc = error instanceof RpcError ? error : undefined;
  const info = create(ErrorInfoSchema, {
    reason: error.reason,
    domain: rpc?.domain || domain,
    metadata: { ...rpc?.metadata },
  });
  const details = error.reason ? [anyPack(ErrorInfoSchema, info), ...(rpc?.details ?? [])] : [];
  const metadata = new Metadata();
  const body = toBinary(StatusSchema, create(StatusSchema, { code: error.code, message: error.message, details }));
  metadata.set(DETAILS, Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return { code: error.code, details: error.message, metadata };
}

// A server answers with a status, and whoever stands in between resets the stream: a sidecar whose time is over after the answer has begun, or
// one that has lost the server. grpc-js takes that for an internal error of the server; what became of the call is not known.
const CUT_OFF = /^Received RST_STREAM with code 2 \(/;

function codeOf({ code, details }: ServiceError, deadline: number): Code {
  if (code !== Code.INTERNAL || !CUT_OFF.test(details)) return code;
  return Date.now() < deadline ? Code.UNAVAILABLE : Code.DEADLINE_EXCEEDED;
}

/** What a caller throws for a call that failed and had until `deadline` (epoch milliseconds). */
export function fromStatus(error: ServiceError, deadline: number): RpcError {
  const bytes = error.metadata?.get(DETAILS)[0];
  const sent = bytes instanceof Buffer ? decode(bytes) : undefined;
  const packed = sent?.details.find((detail) => anyIs(detail, ErrorInfoSchema));
  const info = packed && anyUnpack(packed, ErrorInfoSchema);
  return new RpcError(codeOf(error, deadline), info?.reason ?? "", sent?.message ?? unescaped(error.details), {
    domain: info?.domain ?? "",
    metadata: info?.metadata ?? {},
    details: sent?.details.filter((detail) => detail !== packed) ?? [],
    remote: true,
    cause: error,
  });
}

function decode(bytes: Buffer) {
  try {
    return fromBinary(StatusSchema, bytes);
  } catch {
    return undefined; // A status that cannot be read says no more than its code, which we have.
  }
}

// grpc-js decodes `grpc-message` with decodeURI, which leaves the escapes of reserved characters standing.
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
