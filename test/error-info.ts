// google.rpc.ErrorInfo as it stands in the trailer of a gRPC answer.

import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { type ErrorInfo, ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@larder/contract/google/rpc/status_pb.js";

/** Reads `grpc-status-details-bin`, as base64 or as bytes. Absent: there is none, or none with an ErrorInfo in it. */
export function errorInfo(trailer: unknown): ErrorInfo | undefined {
  if (trailer === undefined) return undefined;
  const bytes = Buffer.isBuffer(trailer) ? trailer : Buffer.from(String(trailer), "base64");
  for (const detail of fromBinary(StatusSchema, bytes).details) {
    const info = anyUnpack(detail, ErrorInfoSchema);
    if (info) return info;
  }
  return undefined;
}
