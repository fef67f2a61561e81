// What makes two requests the same.
import { hash } from "node:crypto";
import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";

/** SHA-256 of a request, as hexadecimal: kept beside its `request_id`, it tells a repeat from another body. */
export function hashRequest<Desc extends DescMessage>(schema: Desc, request: MessageShape<Desc>): string {
  return hash("sha256", toBinary(schema, request, { writeUnknownFields: false }), "hex");
}
