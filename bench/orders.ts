// PlaceOrder, over all users, products and slots of the demo data, so that no row is hotter than in a shop.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import { WalletService } from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { OrderService, PlaceOrderResponseSchema } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { ListSlotsResponseSchema, ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { Mesh } from "@larder/runner";
import { assertionSigner } from "../services/gateway/assertion.ts";
import { type Caller, dialService, newRequestId } from "./calls.ts";

const root = join(import.meta.dirname, "..");
const load = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
// Dora's wallet is nearly empty on purpose.
const users = (load("services/customer/seed/customers.json") as { id: string }[])
  .map(({ id }) => id)
  .filter((id) => id !== "dora");
const products = (load("services/catalog/seed/products.json") as { id: string; priceMinor: number }[])
  .filter(({ priceMinor }) => priceMinor < 300)
  .map(({ id }) => `products/${id}`);

/** Makes one order after the other. */
export interface Orders {
  /** Straight to OrderService; fails unless the answer is CONFIRMED. */
  place(order: Caller): Promise<void>;
  /** Through the edge, with a token. */
  placeAtEdge(edge: Caller): Promise<void>;
}

export async function orders(mesh: Mesh, tokenOf: (user: string) => Promise<string>): Promise<Orders> {
  const sign = await assertionSigner(join(mesh.paths.run, "gateway-0", "user-key.pem"));
  const slots = await slotsOf(mesh);
  await fillWallets(mesh);
  const tokens = new Map(await Promise.all(users.map(async (user) => [user, await tokenOf(user)] as const)));
  let next = 0;
  const basket = () => {
    const n = next++;
    return {
      user: users[n % users.length] ?? "ada",
      request: {
        requestId: newRequestId(),
        lines: [{ product: products[n % products.length] ?? "", quantity: 1 }],
        slot: slots[n % slots.length] ?? "",
      },
    };
  };
  const confirmed = (bytes: Buffer) => {
    const state = fromBinary(PlaceOrderResponseSchema, bytes).order?.state;
    if (state !== OrderState.CONFIRMED) throw new Error(`the order is ${OrderState[state ?? 0]}`);
  };
  return {
    async place(order) {
      const { user, request } = basket();
      const metadata = new Metadata();
      metadata.set("x-larder-user", await sign({ subject: user, scopes: [] }, []));
      confirmed(await order.call(OrderService.method.placeOrder, request, metadata));
    },
    async placeAtEdge(edge) {
      const { user, request } = basket();
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${tokens.get(user)}`);
      confirmed(await edge.call(StorefrontService.method.placeOrder, request, metadata));
    },
  };
}

/** What limits a customer must not limit the measurement. */
async function fillWallets(mesh: Mesh): Promise<void> {
  const customer = dialService(mesh, "customer");
  const amount = { currencyCode: "EUR", units: 1_000_000n };
  for (const user of users) {
    const request = { requestId: newRequestId(), customer: `customers/${user}`, amount };
    await customer.call(WalletService.method.deposit, request);
  }
  customer.close();
}

async function slotsOf(mesh: Mesh): Promise<string[]> {
  const shipping = dialService(mesh, "shipping");
  const answer = await shipping.call(ShippingService.method.listSlots, { pageSize: 200 });
  shipping.close();
  // A slot that begins while the bench runs would refuse its orders.
  const soon = BigInt(Math.floor(Date.now() / 1000) + 3600);
  return fromBinary(ListSlotsResponseSchema, answer).slots.flatMap(({ name, startTime }) =>
    startTime && startTime.seconds > soon ? [name] : [],
  );
}
