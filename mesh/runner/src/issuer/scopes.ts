// What a client must know to ask for tokens.
import { getOption } from "@bufbuild/protobuf";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { method } from "@larder/contract/mesh/v1/policy_pb.js";

/** The scopes that tokens can carry: all that a method of the contract asks for, and no others. */
export const contractScopes: readonly string[] = [
  ...new Set(StorefrontService.methods.flatMap((described) => getOption(described, method).scopes)),
].sort();

/** The client that `larder` and scripts use; public, since it can keep no secret. */
export const cliClient = "larder-cli";
