// PricingService: the catalogue's prices and the rules make a quote.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import type { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import { type Client, type Handler, RpcError } from "@larder/platform";
import { fromCents, idOf, nameOf, toCents } from "@larder/types";
import { couponInvalid, notOwner, productNotFound } from "./errors.ts";
import { type Adjustment, CouponInvalid, type Item, type PricedBasket, priceBasket } from "./rules.ts";
import type { Store } from "./store.ts";

const kinds = {
  bulk: RuleKind.BULK,
  coupon: RuleKind.COUPON,
  segment: RuleKind.SEGMENT,
  schedule: RuleKind.SCHEDULE,
  markdown: RuleKind.MARKDOWN,
} as const;

export function pricingHandler(
  store: Store,
  catalog: Client<typeof CatalogService>,
  clock: () => Date = () => new Date(),
): Handler<typeof PricingService> {
  return {
    async quote({ customer, lines, coupons }, context) {
      const subject = context.user?.subject;
      if (subject && customer && idOf(customer) !== subject) throw notOwner(customer);
      const [{ rules, markdowns, segmentsOf }, items] = await Promise.all([store.knowledge(), look(catalog, lines)]);
      const buyer = { segments: segmentsOf(customer ? idOf(customer) : (subject ?? "")), coupons };
      const now = clock();
      try {
        const basket = priceBasket(items, rules, buyer, now, markdowns);
        return { quote: { ...toQuote(basket), quoteTime: timestampFromDate(now) } };
      } catch (error) {
        throw error instanceof CouponInvalid ? couponInvalid(error.code, error.message) : error;
      }
    },
  };
}

async function look(
  catalog: Client<typeof CatalogService>,
  lines: readonly { product: string; quantity: number }[],
): Promise<Item[]> {
  try {
    const { products } = await catalog.batchGetProducts({ names: lines.map(({ product }) => product) });
    return products.map((product, index) => ({
      product: product.name,
      displayName: product.displayName,
      category: product.category,
      unitCents: toCents(product.price),
      quantity: lines[index]?.quantity ?? 0,
    }));
  } catch (error) {
    if (error instanceof RpcError && error.reason === "PRODUCT_NOT_FOUND")
      throw productNotFound(error.metadata.name ?? "a product");
    throw error;
  }
}

const toQuote = (basket: PricedBasket) => ({
  lines: basket.lines.map(({ item, adjustments, totalCents }) => ({
    product: item.product,
    displayName: item.displayName,
    quantity: item.quantity,
    unitPrice: fromCents(item.unitCents),
    adjustments: adjustments.map(toAdjustment),
    total: fromCents(totalCents),
  })),
  adjustments: basket.adjustments.map(toAdjustment),
  subtotal: fromCents(basket.subtotalCents),
  discount: fromCents(basket.discountCents),
  total: fromCents(basket.totalCents),
});

const toAdjustment = ({ rule, cents }: Adjustment) => ({
  rule: nameOf("rules", rule.id),
  kind: kinds[rule.kind],
  description: rule.description,
  amount: fromCents(cents),
});
