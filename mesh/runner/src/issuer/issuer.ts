// How oidc-provider is set up: JWT access tokens for the shop, PKCE for browsers and the command line, and a password
// grant so that scripts get a demo user's token in one request.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { signInPage } from "./interaction.ts";
import { issuerKeys } from "./keys.ts";
import { cliClient, contractScopes } from "./scopes.ts";
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
  const server = () => ({
    scope: contractScopes.join(" "),
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
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        getResourceServerInfo: server,
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
      grant.addResourceScope(resource, contractScopes.join(" "));
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(url, configuration);
  provider.registerGrantType("password", passwordGrant(server), ["username", "password", "scope"]);
  return provider;
}

/** Clients on the loopback address count as native, and would ask for a consent after every sign-in. */
function signInOnly(): interactionPolicy.Prompt[] {
  const policy = interactionPolicy.base();
  policy.get("consent")?.checks.remove("native_client_prompt");
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
    const asked = scope?.split(" ").filter(Boolean) ?? [...contractScopes];
    const unknown = asked.filter((name) => !contractScopes.includes(name));
    if (unknown.length > 0) throw new errors.InvalidScope("there is no such scope", unknown.join(" "));
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
