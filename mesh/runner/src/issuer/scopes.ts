// What a client must know to ask for tokens.

import type { DescService } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import { ColdChainService } from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { method } from "@larder/contract/mesh/v1/policy_pb.js";

const scopesOf = (...services: readonly DescService[]): readonly string[] =>
  [...new Set(services.flatMap(({ methods }) => methods.flatMap((each) => getOption(each, method).scopes)))].sort();

/** The scopes that tokens can carry: all that a method of the contract asks for, and no others. */
export const contractScopes = scopesOf(StorefrontService, ColdChainService);

/** What customers may have: all that shopping takes. */
export const customerScopes = scopesOf(StorefrontService);

/** What staff may have: a look at the cold chain. */
export const staffScopes: readonly string[] = ["coldchain.read"];

/** What a partner's program may have: scores of its own goods. */
export const partnerScopes: readonly string[] = ["scoring.read"];

/** The client that `larder` and scripts use; public, since it can keep no secret. */
export const cliClient = "larder-cli";

/** The client of a partner, a program that asks for itself (RFC 6749, section 4.4). Its secret is as public as the users' passwords. */
export const partnerClient = { id: "larder-partner", secret: "larder-partner-secret" } as const;
