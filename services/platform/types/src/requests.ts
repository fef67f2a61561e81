// What makes two requests the same, and who stands behind one.
import { hash } from "node:crypto";
import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { CallContext } from "@larder/platform";

/** SHA-256 of a request, as hexadecimal: kept beside its `request_id`, it tells a repeat from another body. */
export function hashRequest<Desc extends DescMessage>(schema: Desc, request: MessageShape<Desc>): string {
  return hash("sha256", toBinary(schema, request, { writeUnknownFields: false }), "hex");
}

/** Among whose requests a `request_id` is unique: the calling workload. Without a mesh nobody vouches for a caller: all share one. */
export const callerOf = (context: CallContext): string => context.caller ?? "";

/** How the owner of a write remembers it: who asked for it, under which id, and for what. */
export const writeOf = <Desc extends DescMessage>(
  schema: Desc,
  request: MessageShape<Desc> & { readonly requestId: string },
  context: CallContext,
): { caller: string; requestId: string; hash: string } => ({
  caller: callerOf(context),
  requestId: request.requestId,
  hash: hashRequest(schema, request),
});

/** The user on whose behalf a method is called that asks for one; the kit lets no call of it through without. */
export function subjectOf({ user, method }: CallContext): string {
  if (!user) throw new Error(`${method} was reached without a user`);
  return user.subject;
}
