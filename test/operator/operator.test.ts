// What whoever operates the shop does with events, by the command line: a poisoned event becomes a dead letter, which is shown, replayed
// once its cause is gone, or dropped; and a consumer is moved.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { type EventLog, encodeEvent, newEvent, openEventLog, partitionOf } from "@larder/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";

const mesh = sharedMesh();
const topic = "larder.order.confirmed.v1";
const larderScript = join(import.meta.dirname, "../../mesh/runner/bin/larder.js");
// Five deliveries take half a minute.
const patience = 180_000;

let log: EventLog;
beforeAll(() => {
  const { eventLog } = JSON.parse(readFileSync(mesh.data("secrets.json"), "utf8")) as { eventLog: string };
  log = openEventLog(`redis+unix://:${eventLog}@${mesh.run("log", "valkey.sock")}`);
});
afterAll(() => log?.close());

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function larder(...args: string[]): Promise<Said> {
  const place = ["--run-folder", mesh.run(), "--data-folder", mesh.data()];
  return new Promise((resolve) => {
    execFile(process.execPath, [larderScript, ...args, ...place], (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await larder(...args, "--json")).out) as T;
}

const append = (partition: number, value: Uint8Array) =>
  log.append([{ topic, partition, producer: randomUUID(), records: [{ sequence: 1n, value }] }]);

/** Confirms, as far as the log knows, an order of a customer; answers its name. */
async function confirm(customer: string): Promise<string> {
  const order = `orders/${randomUUID()}`;
  const message = create(OrderConfirmedSchema, {
    order,
    customer: `customers/${customer}`,
    slot: "slots/2026-11-23-08",
  });
  const event = newEvent(OrderConfirmedSchema, message, { aggregateVersion: 2n });
  await append(partitionOf(order, await log.partitions(topic)), encodeEvent(event));
  return order;
}

interface Shown {
  readonly letter: string;
  readonly group: string;
  readonly attempts: number;
  readonly reason: string;
  readonly origin: string;
  readonly key?: string;
  readonly event?: { readonly payload?: { readonly customer?: string }; readonly bytes?: string };
}

const letterWith = (what: string, wanted: (letter: Shown) => boolean): Promise<Shown> =>
  until(what, async () => (await json<Shown[]>("dlq", "list")).find(wanted), patience);

const messagesOf = async (customer: string): Promise<number> =>
  Number(await mesh.query(`select count(*) from messages where customer_id = '${customer}'`, "notification"));

test("a poisoned event is shown, and replayed once its cause is gone", { timeout: patience }, async () => {
  const customer = `ghost-${randomUUID()}`;
  const order = await confirm(customer);
  const { letter } = await letterWith("the event to be given up", ({ key }) => key === order);
  const shown = await json<Shown[]>("dlq", "show", letter);
  expect(shown).toMatchObject([
    {
      ...{ letter, group: "notification", attempts: 5, reason: expect.stringContaining("CUSTOMER_NOT_FOUND") },
      origin: expect.stringMatching(/^larder\.order\.confirmed\.v1\/\d+\/\d+$/),
      event: { payload: { customer: `customers/${customer}` } },
    },
  ]);
  expect((await larder("dlq", "list")).out).toContain(letter);

  await mesh.query(
    `insert into customers (id, display_name, email, phone) values ('${customer}', 'Gus Ghost', 'gus@example.test', '')`,
    "customer",
  );
  const dry = await larder("dlq", "replay", letter);
  expect(dry).toMatchObject({
    code: 1,
    out: expect.stringContaining("would replay"),
    err: expect.stringContaining("--yes"),
  });
  expect(await messagesOf(customer)).toBe(0);
  expect(await larder("dlq", "replay", letter, "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("replayed"),
  });
  await until("the message to be written", async () => (await messagesOf(customer)) === 1);
  // It is settled, and cannot be replayed again.
  expect(await larder("dlq", "replay", letter, "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining("no open letter"),
  });

  // Another time round, from the log: what was handled is passed over.
  const [, partition, offset] = (shown[0]?.origin ?? "").split("/");
  const back = ["events", "replay", topic, "--group", "notification", "--offset", `${partition}/${offset}`];
  expect(await larder(...back)).toMatchObject({ code: 1, out: expect.stringContaining(`would go to ${offset}`) });
  expect(await larder(...back, "--again", "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining(`to ${offset}`),
  });
  const next = (await log.range(topic, Number(partition))).next;
  const reached = `select count(*) from consumer_offsets where topic = '${topic}' and partition = ${partition} and next_offset >= ${next}`;
  await until("the consumer to come back", async () => Number(await mesh.query(reached, "notification")) === 1);
  expect(await messagesOf(customer)).toBe(1);
});

test("bytes that are no event are shown, cannot be replayed, and are dropped", async () => {
  const junk = new TextEncoder().encode(`no event ${randomUUID()}`);
  await append(0, junk);
  const hex = Buffer.from(junk).toString("hex");
  const { letter } = await letterWith("the bytes to be given up", () => true);
  const [shown] = await json<Shown[]>("dlq", "show", letter);
  expect(shown?.event?.bytes).toBe(hex);
  expect(await larder("dlq", "replay", letter, "--yes")).toMatchObject({
    code: 1,
    out: expect.stringContaining("no event"),
  });
  expect((await larder("dlq", "drop", letter)).code).toBe(1);
  expect((await json<Shown[]>("dlq", "list")).map((each) => each.letter)).toContain(letter);
  expect((await larder("dlq", "drop", letter, "--yes")).code).toBe(0);
  expect(await json<Shown[]>("dlq", "list")).toEqual([]);
  expect((await larder("dlq", "list")).code).toBe(1);
});

test("the last events of a topic are shown with their payload", async () => {
  const order = await confirm("ada");
  const said = await larder("events", "tail", "order.confirmed.v1", "--last", "1", "--json");
  expect(said.code).toBe(0);
  const events = said.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events).toContainEqual(
    expect.objectContaining({ subject: order, payload: expect.objectContaining({ order }) }),
  );
});

test("wrong arguments are 2, what is refused is 1, and neither changes anything", { timeout: patience }, async () => {
  const wrong = [
    ["dlq"],
    ["dlq", "burn"],
    ["dlq", "drop"],
    ["dlq", "drop", "x", "--all"],
    ["dlq", "list", "--yes"],
    ["events", "tail"],
    ["events", "tail", topic, "--last", "some"],
    ["events", "tail", topic, "--yes"],
    ["events", "replay", topic, "--group", "notification"],
    ["events", "replay", topic, "--group", "notification", "--from", "yesterday"],
    ["events", "replay", topic, "--from", "earliest"],
    ["events", "replay", topic, "--group", "notification", "--offset", "0"],
  ];
  const refused = [
    ["dlq", "show", `${topic}/0/999999`],
    ["dlq", "list", "--topic", "nothing"],
    ["events", "tail", "nothing"],
    ["events", "replay", topic, "--group", "pricing", "--from", "earliest", "--yes"],
    ["events", "replay", topic, "--group", "notification", "--offset", "0/999999", "--yes"],
    ["events", "replay", topic, "--group", "notification", "--offset", "99/0", "--yes"],
  ];
  const place = "select string_agg(partition || '/' || epoch, ' ' order by topic, partition) from consumer_offsets";
  const before = await mesh.query(place, "notification");
  for (const args of wrong) expect([args, (await larder(...args)).code]).toEqual([args, 2]);
  for (const args of refused) expect([args, (await larder(...args)).code]).toEqual([args, 1]);
  expect(await mesh.query(place, "notification")).toBe(before);
});
