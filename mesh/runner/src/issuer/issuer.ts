// How oidc-provider is set up: JWT access tokens for the shop, PKCE for browsers and the command line, a password grant so that
// scripts get a demo user's token in one request, and client credentials for the program of a partner.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { signInPage } from "./interaction.ts";
import { issuerKeys } from "./keys.ts";
import { cliClient, contractScopes, partnerClient, partnerScopes } from "./scopes.ts";
import { findUser, signIn } from "./users.ts";

export interface IssuerOptions {
  /** The issuer, which is also where people reach it. */
  readonly url: string;
  /** Keys are kept here. */
  readonly folder: string;
  /** Where the shop is, for the console's redirect. */
  readonly edgeUrl: string;
  /** The audience of access tokens. */
  readonly audience: string;
}

const hour = 3600;
const resource = "urn:larder:edge";

export async function startIssuer(options: IssuerOptions): Promise<RequestListener> {
  const provider = await newProvider(options);
  const callback = provider.callback();
  const interaction = signInPage(provider);
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/interaction/")) void interaction(request, response);
    else void callback(request, response);
  };
}

async function newProvider({ url, folder, edgeUrl, audience }: IssuerOptions): Promise<Provider> {
  const { signing, cookie } = await issuerKeys(folder);
  const server = (scopes: readonly string[] = contractScopes) => ({
    scope: scopes.join(" "),
    audience,
    accessTokenTTL: hour,
    accessTokenFormat: "jwt" as const,
    jwt: { sign: { alg: "ES256" as const } },
  });
  const client = { token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" } as const;
  const configuration: Configuration = {
    clients: [
      {
        ...client,
        client_id: cliClient,
        application_type: "native",
        grant_types: ["authorization_code", "refresh_token", "password"],
        // A native program listens on any port of the loopback address (RFC 8252, section 7.3).
        redirect_uris: ["http://127.0.0.1/callback"],
      },
      {
        ...client,
        client_id: "larder-console",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: [`${edgeUrl}/console/callback`],
        application_type: "native",
      },
      {
        client_id: partnerClient.id,
        client_secret: partnerClient.secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [signing as never] },
    cookies: { keys: [cookie] },
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    scopes: ["openid", "offline_access", "profile", "email"],
    findAccount: (_context, id) => {
      const user = findUser(id);
      return user && { accountId: id, claims: () => ({ sub: id, name: user.displayName, email: user.email }) };
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        getResourceServerInfo: (_context, _resource, { clientId }) =>
          server(clientId === partnerClient.id ? partnerScopes : contractScopes),
        useGrantedResource: () => true,
      },
    },
    ttl: {
      AccessToken: hour,
      AuthorizationCode: 60,
      IdToken: hour,
      RefreshToken: 24 * hour,
      Session: 24 * hour,
      Grant: 24 * hour,
    },
    interactions: { policy: signInOnly(), url: (_context, { uid }) => `/interaction/${uid}` },
    // Both clients are the shop's own: who signs in has agreed.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ accountId: oidc.session?.accountId, clientId: oidc.client?.clientId });
      grant.addOIDCScope("openid offline_access profile email");
      grant.addResourceScope(resource, findUser(oidc.session?.accountId ?? "")?.scopes.join(" ") ?? "");
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(url, configuration);
  provider.registerGrantType("password", passwordGrant(server), ["username", "password", "scope"]);
  return provider;
}

/**
 * Clients on the loopback address count as native, and would ask for a consent after every sign-in; and whoever asks for more
 * than a user may have would ask again and again, instead of getting what that user may have.
 */
function signInOnly(): interactionPolicy.Prompt[] {
  const policy = interactionPolicy.base();
  for (const check of ["native_client_prompt", "rs_scopes_missing"]) policy.get("consent")?.checks.remove(check);
  return policy;
}

/** RFC 6749, section 4.3, for demo users only. */
const passwordGrant =
  (server: () => object) =>
  async (context: KoaContextWithOIDC): Promise<void> => {
    const { oidc } = context;
    const { username, password, scope } = oidc.params as Record<string, string | undefined>;
    const user = signIn(username, password);
    if (!user) throw new errors.InvalidGrant("user name or password is wrong");
    const asked = scope?.split(" ").filter(Boolean) ?? [...user.scopes];
    const unknown = asked.filter((name) => !contractScopes.includes(name));
    if (unknown.length > 0) throw new errors.InvalidScope("there is no such scope", unknown.join(" "));
    const refused = asked.filter((name) => !user.scopes.includes(name));
    if (refused.length > 0) throw new errors.InvalidScope(`${user.id} may not have it`, refused.join(" "));
    const { AccessToken, ResourceServer } = oidc.provider;
    const token = new AccessToken({
      accountId: user.id,
      client: oidc.client,
      gty: "password",
      scope: asked.join(" "),
    } as never);
    token.resourceServer = new ResourceServer(resource, server() as never);
    const value = await token.save();
    context.body = { access_token: value, expires_in: token.expiration, token_type: "Bearer", scope: token.scope };
  };
