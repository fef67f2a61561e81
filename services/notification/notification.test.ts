// From an event to a letter in an inbox: a real PostgreSQL, a real event log, a real queue and a real mail server.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  BatchGetCustomersResponseSchema,
  type CustomerService,
} from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { Channel, DeliveryState } from "@larder/contract/larder/notification/v1/notification_pb.js";
import {
  ListMessagesRequestSchema,
  UpdatePreferencesRequestSchema,
} from "@larder/contract/larder/notification/v1/notification_service_pb.js";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import {
  ShipmentAtRiskSchema,
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import {
  deadTopic,
  type EventLog,
  inboxMigrations,
  newEvent,
  type OutgoingEvent,
  openEventLog,
  openRelay,
  outboxMigrations,
  topicOf,
  writeEvent,
} from "@larder/events";
import { eventsIn, startValkey, type TestValkey } from "@larder/events/testing";
import { Call, type Client } from "@larder/platform";
import { type Database, migrate, openDatabase } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { fromCents } from "@larder/types";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openSmsInbox, type SmsInbox, takeSms } from "../../mesh/runner/src/mail/sms.ts";
import { notificationHandler } from "./handler.ts";
import { openQueue, type Queue } from "./queue.ts";
import { type Channels, emailCarrier, entriesOf, sending } from "./sender.ts";
import { smsCarrier } from "./sms.ts";
import { notificationStore, type Store } from "./store.ts";
import { subscriptions } from "./subscriptions.ts";

// Waits on conditions that take a retry or two.
vi.setConfig({ testTimeout: 30_000 });

let postgres: TestPostgres;
let valkey: TestValkey;
let db: Database;
let store: Store;
let log: EventLog;
let queue: Queue;
let smtp: SMTPServer;
/** The code with which recipients are refused; 0: they are taken. */
let refuseMail = 0;
const inbox: string[] = [];
const ending = new AbortController();
let running: Promise<unknown>;
let channels: Channels;
let texts: SmsInbox;
let folder: string;
let gateway: Server;

const customers = {
  async batchGetCustomers({ names = [] }: { names?: string[] }) {
    const customers = names.map((name) => ({
      name,
      displayName: "Ada",
      email: `${name.slice("customers/".length)}@example.test`,
      // A number from a name.
      phone: name === "customers/hana" ? "" : `+32255501${String(name.length).padStart(2, "0")}`,
    }));
    return create(BatchGetCustomersResponseSchema, { customers });
  },
} as unknown as Client<typeof CustomerService>;

beforeAll(async () => {
  [postgres, valkey] = await Promise.all([startPostgres(), startValkey()]);
  db = openDatabase(await postgres.createDatabase("notification"));
  await migrate(db, inboxMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  store = notificationStore(db);
  log = openEventLog(valkey.url);
  queue = openQueue(valkey.url, "email");
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo: (_address, _session, done) =>
      done(refuseMail ? Object.assign(new Error("not now"), { responseCode: refuseMail }) : null),
    onData: async (stream, _session, done) => {
      let text = "";
      for await (const chunk of stream) text += chunk;
      inbox.push(text);
      done();
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  const { port } = smtp.server.address() as { port: number };
  const carrier = emailCarrier(`smtp://127.0.0.1:${port}`, "Larder <orders@larder.example>");
  folder = mkdtempSync(join(tmpdir(), "sms-"));
  texts = openSmsInbox(folder);
  const secret = "s".repeat(32);
  gateway = createServer((request, response) => takeSms(texts, `test:${secret}`, request, response));
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  const sms = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  channels = {
    EMAIL: { queue, carrier },
    SMS: { queue: openQueue(valkey.url, "sms"), carrier: smsCarrier(sms, [{ id: "test", secret }]) },
  };
  const relay = openRelay(db, log);
  running = Promise.all([
    ...subscriptions(log, db, store, customers, channels).map((subscribe) => subscribe(ending.signal)),
    ...entriesOf(channels).map(([channel, way]) => way.queue.work(sending(store, channel, way.carrier), ending.signal)),
    relay.run(ending.signal),
  ]);
});

afterAll(async () => {
  ending.abort();
  await running;
  for (const [, { queue, carrier }] of entriesOf(channels)) {
    queue.close();
    carrier.close();
  }
  await log.close();
  await db.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  gateway.close();
  gateway.closeAllConnections();
  rmSync(folder, { recursive: true });
  await Promise.all([postgres.stop(), valkey.stop()]);
});

const lettersTo = (customer: string) => inbox.filter((text) => text.includes(`To: ${customer}@example.test`));
const arrives = (customer: string, count = 1) =>
  expect.poll(() => lettersTo(customer).length, { timeout: 20_000 }).toBe(count);

const tell = (schema: typeof OrderConfirmedSchema | typeof OrderCancelledSchema, customer: string, order: string) =>
  db.transaction(async (tx) => {
    const fields = { order: `orders/${order}`, customer: `customers/${customer}` };
    const event =
      schema === OrderConfirmedSchema
        ? newEvent(OrderConfirmedSchema, { ...fields, total: fromCents(500), slot: "slots/2026-11-23-08" })
        : newEvent(OrderCancelledSchema, { ...fields, refunded: true });
    await writeEvent(tx, event);
  });

/** Tells of a shipment that left and was handed over, as often as that is told. */
const tellDelivery = (customer: string, order: string, ...events: ("left" | "there")[]) =>
  db.transaction(async (tx) => {
    const fields = { shipment: `shipments/${order}`, order: `orders/${order}`, customer: `customers/${customer}` };
    const told: Record<(typeof events)[number], OutgoingEvent> = {
      left: newEvent(ShipmentDispatchedSchema, { ...fields, slot: "slots/2026-11-23-08" }),
      there: newEvent(ShipmentDeliveredSchema, fields),
    };
    for (const event of events) await writeEvent(tx, told[event]);
  });

const as = (customer: string) => {
  const call = new Call({ method: "test" });
  call.user = { subject: customer, scopes: [] };
  return call;
};
const messagesOf = async (customer: string) =>
  (await notificationHandler(store).listMessages(create(ListMessagesRequestSchema), as(customer))).messages ?? [];

test("a confirmed order becomes one letter, which its customer can see", async () => {
  await tell(OrderConfirmedSchema, "ada", "a1");
  await arrives("ada");
  expect(lettersTo("ada")[0]).toContain("a1 is confirmed");
  await expect.poll(async () => (await messagesOf("ada"))[0]?.state, { timeout: 10_000 }).toBe(2);
  expect(await messagesOf("ada")).toMatchObject([{ order: "orders/a1" }]);
  expect(await messagesOf("bela")).toEqual([]);
});

test("a cancelled order becomes a letter of its own", async () => {
  await tell(OrderCancelledSchema, "carl", "c1");
  await arrives("carl");
  expect(lettersTo("carl")[0]).toContain("will not be delivered");
});

test("an order on its way becomes a letter, and one that was delivered another; what is told twice none", async () => {
  await tellDelivery("karl", "k1", "left", "left", "there", "there", "left");
  await arrives("karl", 2);
  // Whatever comes of the repeats has come before a letter of an order that was told of behind them.
  await tellDelivery("lena", "k1", "left", "there");
  await arrives("lena", 2);
  expect(
    lettersTo("karl")
      .map((text) => /^Subject: .* (is .*)$/m.exec(text)?.[1]?.trim())
      .sort(),
  ).toEqual(["is delivered", "is on its way"]);
  for (const text of lettersTo("karl")) for (const type of ["text/plain", "text/html"]) expect(text).toContain(type);
  expect(await messagesOf("karl")).toHaveLength(2);
});

/** Tells that an order became too warm; again under another id each time. */
const tellRisk = (customer: string, excursion: string, flagged = true) =>
  db.transaction(async (tx) => {
    const order = `orders/${customer}-1`;
    const fields = { shipment: `shipments/${customer}-1`, order, customer: `customers/${customer}` };
    const flag = { excursion: `excursions/${excursion}`, spoilageRisk: 0.27, peakCelsius: 12.5 };
    await writeEvent(tx, newEvent(ShipmentAtRiskSchema, { ...fields, ...(flagged && { flag }) }));
  });

test("goods that became too warm become one letter for each excursion and customer, however often that is told", async () => {
  for (const excursion of ["warm-1", "warm-1", "warm-2", "warm-1"]) await tellRisk("mona", excursion);
  // The same excursion of another customer's goods, and behind it one that says nothing.
  await tellRisk("nils", "warm-1");
  await tellRisk("nils", "warm-0", false);
  await arrives("mona", 2);
  await arrives("nils");
  const dead = async () => (await eventsIn(log, deadTopic(topicOf(ShipmentAtRiskSchema).name))).length;
  await expect.poll(dead, { timeout: 20_000 }).toBe(1);
  expect(await messagesOf("mona")).toHaveLength(2);
  expect(await messagesOf("nils")).toMatchObject([
    { order: "orders/nils-1", subject: expect.stringContaining("warm") },
  ]);
});

test("who wants no e-mail gets none", async () => {
  const change = create(UpdatePreferencesRequestSchema, {
    preferences: { email: false },
    updateMask: { paths: ["email"] },
  });
  const { preferences } = await notificationHandler(store).updatePreferences(change, as("dora"));
  expect(preferences).toMatchObject({ email: false, sms: false });
  await tell(OrderConfirmedSchema, "dora", "d1");
  await tell(OrderConfirmedSchema, "emil", "e1");
  await arrives("emil");
  expect(await messagesOf("dora")).toEqual([]);
  const wrong = create(UpdatePreferencesRequestSchema, { preferences: {}, updateMask: { paths: ["name"] } });
  await expect(notificationHandler(store).updatePreferences(wrong, as("dora"))).rejects.toThrow(
    expect.objectContaining({ reason: "UPDATE_MASK_INVALID" }),
  );
});

test("who wants text messages and has a telephone gets one beside the letter", async () => {
  for (const customer of ["gus", "hana"]) {
    const wanted = create(UpdatePreferencesRequestSchema, {
      preferences: { sms: true },
      updateMask: { paths: ["sms"] },
    });
    await notificationHandler(store).updatePreferences(wanted, as(customer));
    await tell(OrderConfirmedSchema, customer, `order-${customer}`);
  }
  await arrives("gus");
  await arrives("hana");
  await expect.poll(() => texts.list().length, { timeout: 20_000 }).toBe(1);
  expect(texts.list()).toMatchObject([{ to: "+3225550113", text: expect.stringContaining("Total 5.00 EUR") }]);
  await tellDelivery("gus", "order-gus", "left");
  await arrives("gus", 2);
  await expect.poll(() => texts.list().length, { timeout: 20_000 }).toBe(2);
  expect(texts.list().map(({ text }) => text)).toContainEqual(expect.stringContaining("on its way"));
  await tellRisk("gus", "warm-3");
  await tellRisk("gus", "warm-3");
  await arrives("gus", 3);
  await expect.poll(() => texts.list().length, { timeout: 20_000 }).toBe(3);
  expect(texts.list().map(({ text }) => text)).toContainEqual(expect.stringContaining("too warm (12.5 C)"));
  const sent = async () => (await messagesOf("gus")).map(({ channel, state }) => [channel, state]).sort();
  await expect.poll(sent, { timeout: 10_000 }).toEqual([
    [Channel.EMAIL, DeliveryState.SENT],
    [Channel.EMAIL, DeliveryState.SENT],
    [Channel.EMAIL, DeliveryState.SENT],
    [Channel.SMS, DeliveryState.SENT],
    [Channel.SMS, DeliveryState.SENT],
    [Channel.SMS, DeliveryState.SENT],
  ]);
  expect(await messagesOf("hana")).toHaveLength(1);
});

test("a letter that is refused for good is given up, and holds up no other", async () => {
  refuseMail = 550;
  await tell(OrderConfirmedSchema, "ida", "i1");
  const state = async () => (await messagesOf("ida"))[0]?.state;
  await expect.poll(state, { timeout: 10_000 }).toBe(DeliveryState.FAILED);
  refuseMail = 0;
  await tell(OrderConfirmedSchema, "jan", "j1");
  await arrives("jan");
  expect(lettersTo("ida")).toEqual([]);
});

test("a mail server that refuses for a while delays a letter and does not lose it", async () => {
  refuseMail = 450;
  await tell(OrderConfirmedSchema, "fatou", "f1");
  await expect.poll(async () => (await messagesOf("fatou")).length, { timeout: 10_000 }).toBe(1);
  refuseMail = 0;
  await arrives("fatou");
});

test("a queue that was lost is filled again from the table", async () => {
  refuseMail = 450;
  await tell(OrderConfirmedSchema, "goran", "g1");
  await expect.poll(async () => (await store.waiting("EMAIL", 0)).length, { timeout: 10_000 }).toBe(1);
  await valkey.empty();
  refuseMail = 0;
  queue.add(await store.waiting("EMAIL", 0));
  await arrives("goran");
});
