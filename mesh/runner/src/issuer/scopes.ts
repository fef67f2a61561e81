// The scopes that tokens can carry: all that a method of the contract asks for, and no others.
import { getOption } from "@bufbuild/protobuf";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { method } from "@larder/contract/mesh/v1/policy_pb.js";

export const contractScopes: readonly string[] = [
  ...new Set(StorefrontService.methods.flatMap((described) => getOption(described, method).scopes)),
].sort();
