// larder token: an access token of a demo user, for curl and grpcurl.

import { cliClient } from "../issuer/scopes.ts";
import { demoPassword } from "../issuer/users.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "token";
export const summary = "Prints an access token of a demo user.";
export const usage = `[--user ada] [--scope "orders.read orders.write"] ${PLACE_USAGE}`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text } = parseWords(args, ["user", "scope"], [], 0);
  console.log(await demoToken(runningMesh(place), text("user"), text("scope")));
  return 0;
}

/** A token of a demo user from the provider of a running mesh. Absent scopes mean all. Throws a Refusal with its reason. */
export async function demoToken(state: SupervisorState, user = "ada", scope?: string): Promise<string> {
  const provider = state.addresses["sign-in"];
  if (!provider) throw new Refusal("This mesh has no OIDC provider of its own.");
  const form = { grant_type: "password", client_id: cliClient, username: user, password: demoPassword };
  const response = await fetch(`${provider}/token`, {
    method: "POST",
    body: new URLSearchParams({ ...form, ...(scope === undefined ? {} : { scope }) }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string; error?: string };
  if (!answer.access_token) throw new Refusal(`No token for ${user}: ${answer.error_description ?? answer.error}.`);
  return answer.access_token;
}
