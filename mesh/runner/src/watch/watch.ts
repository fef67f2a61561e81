// What becomes of temperatures, as it happens: excursions and scores from the stream of the edge, the price of what was marked
// down from a new quote, and the letter to the customer from the inbox.
import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { status } from "@grpc/grpc-js";
import { ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import type { ExcursionReport } from "@larder/contract/larder/dashboard/v1/cold_chain_pb.js";
import { RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import { ColdChainService } from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { Mail } from "../mail/inbox.ts";
import { Refusal } from "../refusal.ts";
import { type News, newsOf, readingOf } from "./news.ts";

export interface WatchOptions {
  /** Where the shop is, and the pages of the mail catcher; without those no letters are told of. */
  readonly shop: string;
  readonly mail: string | undefined;
  /** Devices, rooms and shipments; none means all rooms and shipments. */
  readonly subjects: readonly string[];
  /** Also tell of the temperatures themselves. */
  readonly readings: boolean;
  /** Of each excursion only so many products are told of: a room may hold hundreds. */
  readonly products: number;
  readonly staffToken: () => Promise<string>;
  readonly customerToken: () => Promise<string>;
  readonly tell: (news: News) => void;
  /** Told when the shop is away, and that it is there again. */
  readonly complain: (message: string) => void;
}

// The stream says something every 15 seconds.
const SILENCE_MS = 45_000;
const RETRY_MS = 1_000;
const MAIL_MS = 500;

/** The products of each excursion that are told of: those that are heard of first. */
class Shown {
  readonly #most: number;
  readonly #products = new Map<string, Set<string>>();

  constructor(most: number) {
    this.#most = most;
  }

  has(news: News): boolean {
    const product = news.kind === "markdown" ? news.product : news.kind === "score" ? news.of : "";
    if (!product.startsWith("products/") || !("excursion" in news)) return true;
    const shown = this.#products.get(news.excursion) ?? new Set();
    if (shown.size < this.#most) this.#products.set(news.excursion, shown.add(product));
    return shown.has(product);
  }
}

/** What calling again will not mend. */
const FINAL = new Set([Code.Unauthenticated, Code.PermissionDenied, Code.InvalidArgument, Code.Unimplemented]);

/** Watches until the signal aborts. Throws a Refusal for what calling again would not mend. */
export async function watch(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const known = new Map<string, ExcursionReport>();
  const flagged = new Set<string>();
  const shown = new Shown(options.products);
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const letters = tellLetters(options, flagged, end);
  try {
    await follow(options, end, async (report) => {
      const name = report.excursion?.name ?? "";
      const news = newsOf(report, known.get(name));
      known.set(name, report);
      if (report.shipment) flagged.add(report.shipment.shipment);
      for (const each of news) {
        if (!shown.has(each)) continue;
        options.tell(each);
        if (each.kind === "markdown" && each.percent > 0) await tellQuote(options, each.product, end);
      }
    });
  } finally {
    over.abort();
    await letters;
  }
}

/** Hands on every report; after a break it goes on where it was. */
async function follow(
  options: WatchOptions,
  signal: AbortSignal,
  heard: (report: ExcursionReport) => Promise<void>,
): Promise<void> {
  let resumeToken = "";
  let away = false;
  while (!signal.aborted) {
    const silent = new AbortController();
    const watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
    try {
      const chain = createClient(ColdChainService, transport(options.shop, await options.staffToken()));
      const request = { subjects: [...options.subjects], resumeToken };
      for await (const answer of chain.watchReadings(request, { signal: AbortSignal.any([signal, silent.signal]) })) {
        watchdog.refresh();
        if (away) options.complain("The shop is there again.");
        away = false;
        if (options.readings) for (const point of answer.points) options.tell(readingOf(point));
        for (const report of answer.excursions) await heard(report);
        resumeToken = answer.resumeToken;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal) throw error;
      const failure = ConnectError.from(error);
      const { code, rawMessage } = failure;
      const reason = failure.findDetails(ErrorInfoSchema)[0]?.reason ?? "";
      const anew = resumeToken !== "" && reason.startsWith("RESUME_TOKEN_");
      if (anew) resumeToken = "";
      else if (FINAL.has(code)) throw new Refusal(`${status[code]}: ${rawMessage}`);
      if (!away) options.complain(`The shop does not answer (${rawMessage}): trying again.`);
      away = true;
    } finally {
      clearTimeout(watchdog);
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Tells what a new quote says of a product that was marked down. */
async function tellQuote({ shop, customerToken, tell, complain }: WatchOptions, product: string, signal: AbortSignal) {
  try {
    const client = createClient(StorefrontService, transport(shop, await customerToken()));
    const { quote } = await client.getQuote({ lines: [{ product, quantity: 1 }] }, { signal });
    for (const { adjustments } of quote?.lines ?? [])
      for (const { kind, description, amount } of adjustments)
        if (kind === RuleKind.MARKDOWN) tell({ kind: "quote", product, description, amount: inMoney(amount) });
  } catch (error) {
    if (!signal.aborted) complain(`No quote for ${product}: ${ConnectError.from(error).rawMessage}`);
  }
}

/** Tells of letters about shipments whose goods became too warm, until the signal aborts. */
async function tellLetters({ mail, tell }: WatchOptions, flagged: ReadonlySet<string>, signal: AbortSignal) {
  const told = new Set<string>();
  while (mail && !signal.aborted) {
    await sleep(MAIL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted || [...flagged].every((shipment) => told.has(shipment))) continue;
    // While the inbox is away its letters wait.
    const mails = await fetch(`${mail}/api/mails`, { signal }).then(
      (response) => response.json() as Promise<Mail[]>,
      (): Mail[] => [],
    );
    for (const shipment of flagged) {
      const id = shipment.slice(shipment.indexOf("/") + 1);
      const found = mails.find(({ subject }) => subject.includes(id) && subject.includes("too warm"));
      if (!found || told.has(shipment)) continue;
      told.add(shipment);
      tell({ kind: "mail", shipment, to: found.to, subject: found.subject });
    }
  }
}

function transport(baseUrl: string, token: string): Transport {
  const withToken: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  return createGrpcTransport({ baseUrl, interceptors: [withToken] });
}

const inMoney = (money: { units: bigint; nanos: number; currencyCode: string } | undefined): string =>
  money ? `${(Number(money.units) + money.nanos / 1e9).toFixed(2)} ${money.currencyCode}` : "";
