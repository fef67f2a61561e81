// What runs in the browser: a page of the shop as somebody would write it, with clients of Connect and the generated
// package, and an OIDC sign-in with PKCE. The suite calls it by the functions that it leaves in the window.

import { type CallOptions, type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";

type Protocol = "Connect" | "gRPC-Web";

declare global {
  var shop: typeof functions;
}

/** The parts of a browser that are used here; the program is otherwise checked as one for Node. */
interface Window {
  readonly location: { readonly search: string; assign(url: string): void };
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}
const window = globalThis as unknown as Window;

const clientId = "larder-console";
const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Leaves for the sign-in page of the issuer, which sends the browser back to `callback`. */
async function signIn(issuer: string, callback: string): Promise<void> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  window.sessionStorage.setItem("verifier", verifier);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: callback,
    scope: "openid orders.read orders.write profile.read",
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  window.location.assign(`${issuer}/auth?${query}`);
}

/** Back from the issuer: the access token for the code in the address. */
async function tokenFor(issuer: string, callback: string): Promise<string> {
  const code = new URLSearchParams(window.location.search).get("code") ?? "";
  const code_verifier = window.sessionStorage.getItem("verifier") ?? "";
  const form = { grant_type: "authorization_code", client_id: clientId, redirect_uri: callback, code, code_verifier };
  const answer = await fetch(`${issuer}/token`, { method: "POST", body: new URLSearchParams(form) });
  const { access_token, error } = (await answer.json()) as { access_token?: string; error?: string };
  if (!access_token) throw new Error(error ?? `the issuer answered ${answer.status}`);
  return access_token;
}

function storefront(protocol: Protocol, baseUrl: string): Client<typeof StorefrontService> {
  const create = protocol === "Connect" ? createConnectTransport : createGrpcWebTransport;
  return createClient(StorefrontService, create({ baseUrl }));
}

const as = (token: string): CallOptions => ({ headers: { authorization: `Bearer ${token}` } });

/** Places an order and watches it to its end. Answers with its name, its last state, and the number of views on the way. */
async function order(protocol: Protocol, edge: string, token: string, product: string) {
  const client = storefront(protocol, edge);
  const { slots } = await client.listSlots({ pageSize: 200 });
  const request = { requestId: crypto.randomUUID(), lines: [{ product, quantity: 1 }], slot: slots.at(-1)?.name ?? "" };
  const { order: placed } = await client.placeOrder(request, as(token));
  const name = placed?.name ?? "";
  const states: string[] = [];
  for await (const seen of client.watchOrder({ name }, as(token)))
    states.push(OrderState[seen.order?.state ?? 0] ?? "");
  return { name, state: states.at(-1), views: states.length };
}

/** What the client throws for a call without a token, as text. */
function refusal(protocol: Protocol, edge: string): Promise<string> {
  return storefront(protocol, edge)
    .listOrders({})
    .then(
      () => "nothing was refused",
      (error: Error) => error.message,
    );
}

const functions = { signIn, tokenFor, order, refusal };
globalThis.shop = functions;
