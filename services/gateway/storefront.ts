// StorefrontService: each method is a call or two to the services behind, and never a rule of its own.
import { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { WalletService } from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { NotificationService } from "@larder/contract/larder/notification/v1/notification_service_pb.js";
import { OrderService } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import type { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { type Call, client, type Platform } from "@larder/platform";
import { nameOf } from "@larder/types";
import { given } from "./given.ts";
import type { EdgeHandler } from "./pipeline.ts";

/** The longest that a product page waits for its stock, as the contract says (`within_ms`). */
const stockWithinMs = 100;

export function storefront(platform: Platform): EdgeHandler<typeof StorefrontService> {
  const catalog = client(CatalogService, "catalog", platform);
  const customers = client(CustomerService, "customer", platform);
  const wallets = client(WalletService, "customer", platform);
  const inventory = client(InventoryService, "inventory", platform);
  const notifications = client(NotificationService, "notification", platform);
  const orders = client(OrderService, "order", platform);
  const pricing = client(PricingService, "pricing", platform);
  const shipping = client(ShippingService, "shipping", platform);

  return {
    async listProducts({ category, pageSize, pageToken }, call) {
      const { products, nextPageToken } = await catalog.listProducts({ category, pageSize, pageToken }, { call });
      return { products, nextPageToken };
    },

    async searchProducts({ query, pageSize, pageToken }, call) {
      const { products, nextPageToken } = await catalog.searchProducts({ query, pageSize, pageToken }, { call });
      return { products, nextPageToken };
    },

    async getProduct({ name }, call) {
      const [{ product }, stock] = await Promise.all([
        catalog.getProduct({ name }, { call }),
        inventory.batchGetStock({ products: [name] }, { call, withinMs: stockWithinMs }).catch(() => undefined),
      ]);
      return given({ product, available: stock?.stocks[0]?.available });
    },

    async getQuote({ lines, coupons }, call) {
      const { quote } = await pricing.quote({ customer: customerOf(call), lines, coupons }, { call });
      return given({ quote });
    },

    async listSlots({ pageSize, pageToken }, call) {
      const { slots, nextPageToken } = await shipping.listSlots({ pageSize, pageToken }, { call });
      return { slots, nextPageToken };
    },

    async placeOrder({ requestId, lines, coupons, slot, expectedTotal }, call) {
      const { order } = await orders.placeOrder(given({ requestId, lines, coupons, slot, expectedTotal }), { call });
      return given({ order });
    },

    async getOrder({ name }, call) {
      const { order } = await orders.getOrder({ name }, { call });
      return given({ order });
    },

    async listOrders({ pageSize, pageToken }, call) {
      const page = await orders.listOrders({ pageSize, pageToken }, { call });
      return { orders: page.orders, nextPageToken: page.nextPageToken };
    },

    async *watchOrder({ name, untilDelivered }, call) {
      for await (const { order } of orders.watchOrder({ name, untilDelivered }, { call })) yield given({ order });
    },

    async cancelOrder({ name }, call) {
      const { order } = await orders.cancelOrder({ name }, { call });
      return given({ order });
    },

    async getProfile(_request, call) {
      const [{ customer }, { wallet }, { preferences }] = await Promise.all([
        customers.getCustomer({ name: customerOf(call) }, { call }),
        wallets.getWallet({}, { call }),
        notifications.getPreferences({}, { call }),
      ]);
      return given({ customer, wallet, preferences });
    },

    async listPostings({ pageSize, pageToken }, call) {
      const { postings, nextPageToken } = await wallets.listPostings({ pageSize, pageToken }, { call });
      return { postings, nextPageToken };
    },

    async updatePreferences({ preferences, updateMask }, call) {
      const answer = await notifications.updatePreferences(given({ preferences, updateMask }), { call });
      return given({ preferences: answer.preferences });
    },

    async listMessages({ pageSize, pageToken }, call) {
      const { messages, nextPageToken } = await notifications.listMessages({ pageSize, pageToken }, { call });
      return { messages, nextPageToken };
    },
  };
}

/** The name of the customer who is the user of the token; empty without a token. */
const customerOf = ({ user }: Call): string => (user ? nameOf("customers", user.subject) : "");
