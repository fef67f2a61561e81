// What a failed call says: the code, and the details that a service of Larder sends with it (google.rpc.ErrorInfo and
// google.rpc.BadRequest), in the trailer grpc-status-details-bin.

import { create, fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { type ServiceError, status } from "@grpc/grpc-js";
import { BadRequestSchema, ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@larder/contract/google/rpc/status_pb.js";

export const isStatus = (error: unknown): error is ServiceError =>
  error instanceof Error && "code" in error && "details" in error && "metadata" in error;

/** Lines for people. What stands in parentheses was not said by a service: by this library, or by a proxy on the way. */
export function explain(error: ServiceError): string[] {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  const { message, details } = Buffer.isBuffer(bytes) ? fromBinary(StatusSchema, bytes) : create(StatusSchema);
  if (details.length === 0) return [`${status[error.code]} (${error.details})`];
  const lines = [`${status[error.code]}: ${message}`];
  for (const detail of details) {
    const info = anyUnpack(detail, ErrorInfoSchema);
    if (info) {
      lines.push(`  reason ${info.reason} of ${info.domain}`);
      for (const [key, value] of Object.entries(info.metadata).sort()) lines.push(`  ${key} = ${value}`);
    }
    for (const { field, description } of anyUnpack(detail, BadRequestSchema)?.fieldViolations ?? [])
      lines.push(`  field ${field}: ${description}`);
  }
  return lines;
}
