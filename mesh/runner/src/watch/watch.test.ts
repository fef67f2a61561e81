// Watching through the real edge, with the cold chain and the inbox of the test's own.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import { ExcursionEndReason, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { type ExcursionReport, ExcursionReportSchema } from "@larder/contract/larder/dashboard/v1/cold_chain_pb.js";
import { RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import { Code, rpcError } from "@larder/platform";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startGateway, type TestGateway } from "../../../../services/gateway/testing.ts";
import { Refusal } from "../refusal.ts";
import { inWords, type News, newsOf } from "./news.ts";
import { type WatchOptions, watch } from "./watch.ts";

vi.setConfig({ testTimeout: 60_000 });

const report = (
  change: { state?: ExcursionState; end?: ExcursionEndReason; percent?: number; risk?: number; shipment?: number } = {},
) =>
  create(ExcursionReportSchema, {
    excursion: {
      name: "excursions/e1",
      device: "devices/van-7",
      subject: "shipments/7",
      state: change.state ?? ExcursionState.OPEN,
      limitCelsius: 7,
      peakCelsius: 12.34,
      startTime: { seconds: 60n },
      ...(change.state === ExcursionState.CLOSED && {
        endTime: { seconds: 120n },
        endReason: change.end ?? ExcursionEndReason.RECOVERED,
      }),
    },
    markdowns:
      change.percent === undefined
        ? []
        : [
            {
              product: "products/milk",
              percent: change.percent,
              spoilageRisk: change.risk ?? 0.5,
              model: "models/m-1",
            },
          ],
    ...(change.shipment !== undefined && {
      shipment: { shipment: "shipments/7", spoilageRisk: change.shipment, model: "models/m-1" },
    }),
  });

const kinds = (after: ExcursionReport, before?: ExcursionReport) => newsOf(after, before).map(({ kind }) => kind);

test.each([
  ["an excursion that was not known", report(), undefined, ["opened"]],
  ["the same once more", report(), report(), []],
  ["one that is over", report({ state: ExcursionState.CLOSED }), report(), ["closed"]],
  ["one that is over before it was known", report({ state: ExcursionState.CLOSED }), undefined, ["closed"]],
  ["a first markdown", report({ percent: 30 }), report(), ["score", "markdown"]],
  ["another percentage for the same risk", report({ percent: 40 }), report({ percent: 30 }), ["markdown"]],
  ["another risk for the same percentage", report({ percent: 30, risk: 0.6 }), report({ percent: 30 }), ["score"]],
  ["a markdown that ends", report({ percent: 0 }), report({ percent: 30 }), ["markdown"]],
  ["a shipment at risk", report({ shipment: 0.7 }), report(), ["score"]],
  ["the same shipment", report({ shipment: 0.7 }), report({ shipment: 0.7 }), []],
])("%s is news of what is new", (_what, after, before, expected) => {
  expect(kinds(after, before)).toEqual(expected);
});

test("news are lines for a person", () => {
  const lines = newsOf(report({ state: ExcursionState.CLOSED, percent: 30, shipment: 0.7 }), report()).map(inWords);
  expect(lines).toEqual([
    "cold again  shipments/7: devices/van-7 since 1970-01-01T00:02:00.000Z, at most 12.3 °C",
    "score       products/milk spoils with probability 0.50, says models/m-1",
    "markdown    products/milk: 30 % off",
    "score       shipments/7 spoils with probability 0.70, says models/m-1",
  ]);
});

test.each([
  [ExcursionEndReason.SENSOR_SILENT, "SENSOR_SILENT", "no sensor   shipments/7"],
  [ExcursionEndReason.SENSOR_MOVED, "SENSOR_MOVED", "taken away  shipments/7"],
  [ExcursionEndReason.UNSPECIFIED, "UNSPECIFIED", "over        shipments/7"],
  [99 as ExcursionEndReason, "UNSPECIFIED", "over        shipments/7"],
])("nothing is told to be cold again that ended with the reason %s", (end, reason, line) => {
  const [news] = newsOf(report({ state: ExcursionState.CLOSED, end }), report());
  expect(news).toMatchObject({ kind: "closed", reason });
  expect(news && inWords(news).startsWith(line)).toBe(true);
});

let gateway: TestGateway;
let inbox: Server;
let mails: { to: string[]; subject: string }[] = [];
let heard: Partial<Record<News["kind"], PromiseWithResolvers<void>>> = {};
const asked: { token: string; subjects: string[] }[] = [];

beforeAll(async () => {
  gateway = await startGateway(
    {
      async getQuote({ lines }) {
        const adjustments = [
          { kind: RuleKind.BULK, description: "many" },
          {
            kind: RuleKind.MARKDOWN,
            description: "30 % off",
            amount: { currencyCode: "EUR", units: -1n, nanos: -500_000_000 },
          },
        ];
        return { quote: { lines: lines.map(({ product }) => ({ product, adjustments })) } };
      },
    },
    undefined,
    {
      async *watchReadings({ subjects, resumeToken }) {
        asked.push({ token: resumeToken, subjects });
        if (subjects.includes("rooms/wrong"))
          throw rpcError("dashboard", Code.INVALID_ARGUMENT, "INVALID_REQUEST", "no such subject");
        // An error that follows an answer at once may overtake it.
        if (resumeToken === "") {
          yield {
            points: [{ subject: "rooms/a", point: { meanCelsius: 4 } }],
            excursions: [report()],
            resumeToken: "two",
          };
          await heard.opened?.promise;
          throw rpcError("dashboard", Code.UNAVAILABLE, "", "gone for a moment");
        }
        if (resumeToken === "two") {
          const after = report({ percent: 30, shipment: 0.7, state: ExcursionState.CLOSED });
          yield { excursions: [after], resumeToken: "three" };
          await heard.closed?.promise;
          throw rpcError("dashboard", Code.UNAVAILABLE, "", "gone once more");
        }
        throw rpcError("dashboard", Code.OUT_OF_RANGE, "RESUME_TOKEN_EXPIRED", "too late");
      },
    },
  );
  inbox = createServer((_request, response) => response.end(JSON.stringify(mails)));
  await new Promise<void>((resolve) => inbox.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await gateway.close();
  inbox.close();
  inbox.closeAllConnections();
});

function options(news: News[], change: Partial<WatchOptions> = {}): WatchOptions {
  heard = { opened: Promise.withResolvers(), closed: Promise.withResolvers() };
  asked.length = 0;
  const { tell = (each: News) => void news.push(each), ...rest } = change;
  return {
    shop: gateway.url,
    mail: `http://127.0.0.1:${(inbox.address() as AddressInfo).port}`,
    subjects: [],
    readings: false,
    products: 3,
    staffToken: async () => "nora:coldchain.read",
    customerToken: async () => "ada:orders.read,orders.write",
    tell: (each) => {
      tell(each);
      heard[each.kind]?.resolve();
    },
    complain: () => {},
    ...rest,
  };
}

test("what happens is told in its order, over a break, with the new quote and the letter", async () => {
  const news: News[] = [];
  const ending = new AbortController();
  const complaints: string[] = [];
  const tell = (each: News) => {
    news.push(each);
    if (each.kind === "quote")
      mails = [
        { to: ["ada@example.test"], subject: "Your Larder order 7 is confirmed" },
        { to: ["ada@example.test"], subject: "Your Larder order 7 became too warm" },
      ];
    if (each.kind === "mail") ending.abort();
  };
  await watch(options(news, { tell, readings: true, complain: (message) => complaints.push(message) }), ending.signal);
  const first = news.slice(0, 8).map(({ kind }) => kind);
  expect(first).toEqual(
    ["reading", "opened", "closed", "score", "markdown", "quote", "score", "mail"].slice(0, first.length),
  );
  expect(news.find(({ kind }) => kind === "quote")).toEqual({
    kind: "quote",
    product: "products/milk",
    description: "30 % off",
    amount: "-1.50 EUR",
  });
  expect(news.at(-1)).toEqual({
    kind: "mail",
    shipment: "shipments/7",
    to: ["ada@example.test"],
    subject: "Your Larder order 7 became too warm",
  });
  expect(asked.slice(0, 2).map(({ token }) => token)).toEqual(["", "two"]);
  expect(complaints[0]).toContain("trying again");
});

test("of many products that are marked down the first ones are told of, and the shipment all the same", async () => {
  const news: News[] = [];
  const ending = new AbortController();
  const tell = (each: News) => {
    news.push(each);
    if (each.kind === "score" && each.of === "shipments/7") ending.abort();
  };
  await watch(options(news, { tell, products: 0 }), ending.signal);
  expect(news.map(({ kind }) => kind)).toEqual(["opened", "closed", "score"]);
});

test("a token that has expired is left out of the next try", async () => {
  const ending = new AbortController();
  const watching = watch(options([]), ending.signal);
  await expect
    .poll(() => asked.map(({ token }) => token), { timeout: 30_000 })
    .toEqual(expect.arrayContaining(["", "two", "three"]));
  await expect.poll(() => asked.filter(({ token }) => token === "").length, { timeout: 30_000 }).toBeGreaterThan(1);
  ending.abort();
  await watching;
});

test("what calling again does not mend is refused at once", async () => {
  const never = new AbortController().signal;
  const wrong = watch(options([], { subjects: ["rooms/wrong"] }), never);
  await expect(wrong).rejects.toThrow(new Refusal("INVALID_ARGUMENT: no such subject"));
  await expect(watch(options([], { staffToken: async () => "ada:orders.read" }), never)).rejects.toThrow(
    "coldchain.read",
  );
});
