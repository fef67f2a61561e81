// larder token: an access token of a demo user, or of a partner's program, for curl and grpcurl.

import { cliClient, partnerClient, partnerScopes } from "../issuer/scopes.ts";
import { demoPassword } from "../issuer/users.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "token";
export const summary = "Prints an access token of a demo user, or of a partner's program.";
export const usage = `[--user ada | --partner] [--scope "orders.read orders.write"] ${PLACE_USAGE}
  --user NAME   a customer, who may shop, or nora of the staff, who may look at the cold chain
  --partner     a program that may ask for scores`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on } = parseWords(args, ["user", "scope"], ["partner"], 0);
  const partner = on("partner");
  if (partner && text("user"))
    throw new Refusal("A token is of a user or of a partner: give one of --user and --partner.");
  const state = runningMesh(place);
  console.log(partner ? await partnerToken(state, text("scope")) : await demoToken(state, text("user"), text("scope")));
  return 0;
}

/** A token of a demo user from the provider of a running mesh. Absent scopes mean all of the user's. Throws a Refusal with its reason. */
export function demoToken(state: SupervisorState, user = "ada", scope?: string): Promise<string> {
  const form = { grant_type: "password", client_id: cliClient, username: user, password: demoPassword };
  return token(state, user, { ...form, ...(scope === undefined ? {} : { scope }) });
}

/** A token of the partner's program, as `demoToken` gives those of users. */
export function partnerToken(state: SupervisorState, scope = partnerScopes.join(" ")): Promise<string> {
  const { id, secret } = partnerClient;
  return token(state, id, { grant_type: "client_credentials", client_id: id, client_secret: secret, scope });
}

async function token(state: SupervisorState, user: string, form: Record<string, string>): Promise<string> {
  const provider = state.addresses["sign-in"];
  if (!provider) throw new Refusal("This mesh has no OIDC provider of its own.");
  const response = await fetch(`${provider}/token`, { method: "POST", body: new URLSearchParams(form) });
  const answer = (await response.json()) as { access_token?: string; error_description?: string; error?: string };
  if (!answer.access_token) throw new Refusal(`No token for ${user}: ${answer.error_description ?? answer.error}.`);
  return answer.access_token;
}
