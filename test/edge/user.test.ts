// On whose behalf: the user of a call is the user of its token, whatever else the request says, and inside the mesh nobody
// reads what belongs to another user, not even a workload that may call.

import { readFileSync } from "node:fs";
import { create, type DescMethod, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { WalletService } from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { OrderService } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import {
  GetProfileRequestSchema,
  type GetProfileResponse,
  GetQuoteRequestSchema,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { identityOf } from "../contract.ts";
import { sharedMesh } from "../mesh.ts";
import { assertion } from "../users.ts";
import { type Answer, framed, Wire } from "../wire.ts";
import { allBooks, as, confirmedOrder, methods, product, responseOf } from "./shop.ts";
import { type Headers, sharedWays, type Way } from "./ways.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
/** An order of ada's. */
let order: string;
let before: string;

beforeAll(async () => {
  order = (await confirmedOrder(mesh, ways[0] as Way, "ada")).name;
  before = await allBooks(mesh);
});

afterAll(async () => {
  expect(await allBooks(mesh)).toBe(before);
});

describe("from outside, an assertion of a user", () => {
  test("does not stand for a token", async () => {
    const forged = { "x-larder-user": await assertion(mesh, "bela", "profile.read") };
    for (const way of ways) {
      const { code } = await way.call(methods.getProfile, create(GetProfileRequestSchema), forged);
      expect({ way: way.name, code }).toEqual({ way: way.name, code: "UNAUTHENTICATED" });
    }
  });

  test("does not change whose token it is", async () => {
    const headers = { ...(await as(mesh, "ada")), "x-larder-user": await assertion(mesh, "bela", "profile.read") };
    for (const way of ways) {
      const outcome = await way.call(methods.getProfile, create(GetProfileRequestSchema), headers);
      expect(responseOf<GetProfileResponse>(outcome).customer?.name, way.name).toBe("customers/ada");
    }
  });

  test("gives nobody the prices of a user", async () => {
    const request = create(GetQuoteRequestSchema, { lines: [{ product, quantity: 2 }] });
    const quote = async (way: Way, headers: Headers): Promise<string[]> => {
      const { response } = await way.call(methods.getQuote, request, headers);
      const { quote } = response as {
        quote?: { adjustments: { rule: string }[]; lines: { adjustments: { rule: string }[] }[] };
      };
      return [...(quote?.adjustments ?? []), ...(quote?.lines.flatMap((line) => line.adjustments) ?? [])].map(
        ({ rule }) => rule,
      );
    };
    // Bela is one of the staff, whose price is another one.
    const forged = { "x-larder-user": await assertion(mesh, "bela") };
    for (const way of ways) {
      const anybody = await quote(way, {});
      expect(await quote(way, await as(mesh, "bela")), way.name).not.toEqual(anybody);
      expect(await quote(way, forged), way.name).toEqual(anybody);
    }
  });
});

/** Calls a method of a workload as the gateway, on behalf of whoever the assertion names. */
async function asGateway<M extends DescMethod>(
  callee: string,
  method: M,
  request: MessageInitShape<M["input"]>,
  user: string | undefined,
): Promise<Answer> {
  const { certificate: cert, key } = await mesh.certificate(identityOf("gateway").id);
  const port = (await mesh.inboundPort(callee)) ?? 0;
  const wire = await Wire.tls(port, `${callee}.larder.svc.cluster.local:50051`, { cert, key, ca: mesh.bundle });
  const body = framed(toBinary(method.input, create(method.input, request)));
  const headers = user === undefined ? {} : { "x-larder-user": user };
  const answer = await wire.call(`/${method.parent.typeName}/${method.name}`, headers, body);
  wire.close();
  return answer;
}

describe("inside, a workload that may call, on behalf of another user,", () => {
  const { getOrder, cancelOrder, watchOrder } = OrderService.method;

  test.each([
    ["reads no order", getOrder],
    ["cancels no order", cancelOrder],
    ["watches no order", watchOrder],
  ])("%s", async (_what, method) => {
    const answer = await asGateway("order", method, { name: order }, await assertion(mesh, "bela"));
    expect(answer).toMatchObject({ code: "NOT_FOUND", reason: "ORDER_NOT_FOUND" });
    expect(await allBooks(mesh)).toBe(before);
  });

  test("reads no account", async () => {
    const { getCustomer } = CustomerService.method;
    const ask = (user: string | undefined) => asGateway("customer", getCustomer, { name: "customers/ada" }, user);
    expect((await ask(await assertion(mesh, "ada"))).code).toBe("OK");
    expect(await ask(await assertion(mesh, "bela"))).toMatchObject({ code: "PERMISSION_DENIED", reason: "NOT_OWNER" });
  });

  test("gets no prices", async () => {
    const request = { customer: "customers/ada", lines: [{ product, quantity: 1 }] };
    const ask = (user: string) => asGateway("pricing", PricingService.method.quote, request, user);
    expect((await ask(await assertion(mesh, "ada"))).code).toBe("OK");
    expect(await ask(await assertion(mesh, "bela"))).toMatchObject({ code: "PERMISSION_DENIED", reason: "NOT_OWNER" });
  });

  test("is the user of its assertion, of which there must be a valid one", async () => {
    expect((await asGateway("order", getOrder, { name: order }, await assertion(mesh, "ada"))).code).toBe("OK");
    const bad = [undefined, "nonsense", await assertion(mesh, "ada", "", "-60s"), await forged("ada")];
    for (const user of bad) {
      expect((await asGateway("order", getOrder, { name: order }, user)).code).toBe("UNAUTHENTICATED");
      expect((await asGateway("customer", WalletService.method.getWallet, {}, user)).code).toBe("UNAUTHENTICATED");
    }
  });
});

/** An assertion like the gateway's, under the name of its key, by another key. */
async function forged(user: string): Promise<string> {
  const { privateKey } = await generateKeyPair("ES256");
  return new SignJWT({ scope: "" })
    .setProtectedHeader({ alg: "ES256", kid: kidOfTrust() })
    .setIssuer("larder-gateway")
    .setAudience("larder-internal")
    .setSubject(user)
    .setExpirationTime("60s")
    .sign(privateKey);
}

/** The id of the key by which assertions are checked. */
function kidOfTrust(): string {
  const { keys } = JSON.parse(readFileSync(mesh.run("trust", "user-jwks.json"), "utf8"));
  return keys[0].kid;
}
