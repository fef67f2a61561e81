// WalletService: contract in, outcome of the database out.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { WalletHoldState } from "@larder/contract/larder/customer/v1/customer_pb.js";
import {
  CaptureRequestSchema,
  DepositRequestSchema,
  HoldRequestSchema,
  type WalletService,
} from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import type { Handler } from "@larder/platform";
import { callerOf, fromCents, idOf, nameOf, pageOf, readPage, subjectOf, toCents, writeOf } from "@larder/types";
import * as errors from "./errors.ts";
import type { Outcome, Store } from "./store.ts";

export function walletHandler(store: Store): Handler<typeof WalletService> {
  const walletOf = async (customer: string) => {
    const wallet = await store.wallet(customer);
    if (!wallet) throw errors.walletNotFound(nameOf("customers", customer));
    return {
      name: nameOf("wallets", customer),
      available: fromCents(wallet.available),
      held: fromCents(wallet.held),
    };
  };

  return {
    async getWallet(_request, context) {
      return { wallet: await walletOf(subjectOf(context)) };
    },

    async listPostings(request, context) {
      const customer = subjectOf(context);
      const scope = `postings:${customer}`;
      const page = readPage("customer", scope, request, { usual: 50, most: 200 });
      if (!(await store.wallet(customer))) throw errors.walletNotFound(nameOf("customers", customer));
      const rows = await store.postings(customer, page.size + 1, page.after);
      const { rows: shown, nextPageToken } = pageOf(scope, page, rows, (row) => row.id);
      return {
        postings: shown.map((row) => ({
          operation: row.operation,
          amount: fromCents(row.cents),
          order: row.orderId && nameOf("orders", row.orderId),
          postTime: timestampFromDate(row.postTime),
        })),
        nextPageToken,
      };
    },

    async hold(request, context) {
      const { requestId, order, customer, amount } = request;
      const write = writeOf(HoldRequestSchema, request, context);
      accept(await store.hold(write, idOf(order), idOf(customer), toCents(amount)), { requestId, customer });
      return { hold: { name: nameOf("holds", idOf(order)), order, customer, amount, state: WalletHoldState.HELD } };
    },

    async capture(request, context) {
      const { requestId, hold } = request;
      const write = writeOf(CaptureRequestSchema, request, context);
      const { outcome, customer, cents } = await store.capture(write, idOf(hold));
      accept(outcome, { requestId, hold });
      return {
        hold: {
          name: hold,
          order: nameOf("orders", idOf(hold)),
          customer: nameOf("customers", customer),
          amount: fromCents(cents),
          state: WalletHoldState.CAPTURED,
        },
      };
    },

    async void({ undoneRequestId, hold }, context) {
      accept(await store.void(callerOf(context), undoneRequestId, idOf(hold)), { requestId: undoneRequestId, hold });
      return {};
    },

    async refund({ undoneRequestId, hold }, context) {
      accept(await store.refund(callerOf(context), undoneRequestId, idOf(hold)), { requestId: undoneRequestId, hold });
      return {};
    },

    async deposit(request, context) {
      const { requestId, customer, amount } = request;
      const write = writeOf(DepositRequestSchema, request, context);
      accept(await store.deposit(write, idOf(customer), toCents(amount)), { requestId, customer });
      return { wallet: await walletOf(idOf(customer)) };
    },
  };
}

function accept(outcome: Outcome, about: { requestId: string; customer?: string; hold?: string }): void {
  switch (outcome) {
    case "OK":
      return;
    case "WALLET_NOT_FOUND":
      throw errors.walletNotFound(about.customer ?? "");
    case "FUNDS_SHORT":
      throw errors.fundsShort(about.customer ?? "");
    case "HOLD_NOT_FOUND":
      throw errors.holdNotFound(about.hold ?? "");
    case "ALREADY_CAPTURED":
      throw errors.alreadyCaptured(about.hold ?? "");
    case "UNDONE":
      throw errors.undone(about.requestId);
    case "REQUEST_ID_REUSED":
      throw errors.requestIdReused(about.requestId);
    default:
      throw new Error(`the database answered ${outcome}`);
  }
}
