// What is left after a storm: waits until the shop is at rest, and reads everything that can be known of it from outside.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import {
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
  ShipmentFailedSchema,
  ShipmentPickingStartedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import { decodeEvent, type EventLog, openEventLog, openLetters, recordsOf } from "@larder/events";
import pg from "pg";
import { type Declared, declaredTopics } from "../../mesh/runner/src/cli/event-log.ts";
import type { Mesh } from "../../mesh/runner/src/index.ts";
import { keptOf } from "../coldchain/kept.ts";
import { checkLedger } from "../ledger/ledger.ts";
import { leaksInLogs, leaksInTraces, secretsOf } from "./secrets.ts";
import type { Shop } from "./shop.ts";
import type { Weather } from "./storm.ts";
import type { EventSeen, Evidence, Handled, LetterRow, OrderRow } from "./verdict.ts";

const LOOK_MS = 500;
/** Groups whose consumers, in Rust, handle events by the batch and keep no row for each. */
const WITHOUT_ROWS: ReadonlySet<string> = new Set(["aggregator"]);
const KINDS: Readonly<Record<string, string>> = {
  [OrderConfirmedSchema.typeName]: "confirmed",
  [OrderCancelledSchema.typeName]: "cancelled",
  [ShipmentPickingStartedSchema.typeName]: "picking",
  [ShipmentDispatchedSchema.typeName]: "dispatched",
  [ShipmentDeliveredSchema.typeName]: "delivered",
  [ShipmentFailedSchema.typeName]: "failed",
};

/** Reads the evidence of one shop. */
export class Witness {
  readonly #mesh: Mesh;
  readonly #log: EventLog;
  readonly #passwords: Readonly<Record<string, string>>;
  readonly #received = new Set<string>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
    this.#log = openEventLog(mesh.eventLogUrl(), { clientName: "chaos" });
    this.#passwords = JSON.parse(readFileSync(join(mesh.paths.data, "secrets.json"), "utf8")).databases;
  }

  /** Looks into the inbox of the mail server, which keeps the newest thousand. Nothing while it is away. */
  async look(): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.#mesh.ports.mail}/api/mails`).catch(() => undefined);
    const mails = ((await answer?.json().catch(() => [])) ?? []) as { messageId: string }[];
    for (const { messageId } of mails) this.#received.add(messageId.replace(/^<|@.*$/g, ""));
  }

  /** Waits until nothing is left to do, but no longer than said. Answers what is, by what it is. */
  async rest(withinMs: number): Promise<Record<string, number>> {
    for (const end = performance.now() + withinMs; ; await delay(LOOK_MS)) {
      const left = await this.#left().catch((error: Error) => ({ [error.message]: 1 }));
      if (Object.keys(left).length === 0 || performance.now() > end) return left;
    }
  }

  async #left(): Promise<Record<string, number>> {
    const count = async (workload: string, sql: string) =>
      Number((await this.#rows<{ n: string }>(workload, sql))[0]?.n);
    const left: Record<string, number> = {
      "orders not settled": await count("order", "select count(*) as n from orders where not settled"),
      "letters not sent": await count("notification", "select count(*) as n from messages where state = 'QUEUED'"),
      "children that are not up": this.#down().length,
      ...(await this.outboxes()),
    };
    for (const { name, consumers } of await this.#topics())
      for (const group of consumers) left[`${group} behind in ${name}`] = await this.#behind(name, group);
    return Object.fromEntries(Object.entries(left).filter(([, number]) => number !== 0));
  }

  /** The topics with the consumers that run: not all of them know every event log. */
  async #topics(): Promise<Declared[]> {
    const running = new Set(this.#mesh.state().children.map(({ name }) => name.replace(/-\d+$/, "")));
    return [...(await declaredTopics()).values()].map((topic) => ({
      ...topic,
      consumers: topic.consumers.filter((group) => running.has(group)),
    }));
  }

  /** How many events have not left the outbox of each database that has one. */
  async outboxes(): Promise<Record<string, number>> {
    const left: Record<string, number> = {};
    for (const workload of Object.keys(this.#passwords)) {
      const [{ there } = { there: false }] = await this.#rows<{ there: boolean }>(
        workload,
        "select to_regclass('outbox') is not null as there",
      );
      if (!there) continue;
      const sql = "select (select count(*) from outbox) + (select sum(cardinality(pending)) from outbox_state) as n";
      left[`outbox of ${workload}`] = Number((await this.#rows<{ n: string }>(workload, sql))[0]?.n);
    }
    return left;
  }

  /** Everything that a verdict goes by. */
  async evidence(
    shop: Shop,
    answers: Pick<Evidence, "told" | "strange">,
    weather: Weather,
  ): Promise<Evidence & { readonly traces: number }> {
    await this.look();
    const topics = await this.#topics();
    const events = (await Promise.all(topics.map((topic) => this.#events(topic)))).flat();
    const secrets = secretsOf(join(this.#mesh.paths.run, ".."), shop.tokens.values());
    const spans = await leaksInTraces(this.#mesh.ports.traces, secrets);
    const url = (workload: string) => this.#url(workload);
    const ledger = await checkLedger({
      ...{ order: url("order"), customer: url("customer") },
      ...{ inventory: url("inventory"), shipping: url("shipping") },
    });
    return {
      ...{ ...answers, weather, events },
      orders: await this.#orders(),
      readings: shop.devices && {
        ...shop.devices.books,
        ...(await keptOf((sql, database) => this.#mesh.query(sql, database), this.#log, shop.devices.names, [])),
        attached: [],
      },
      ledger: ledger.findings,
      handled: (await Promise.all(topics.map((topic) => this.#handled(topic, events)))).flat(),
      letters: await this.#rows<LetterRow>(
        "notification",
        "select id, event_id as event, state from messages where channel = 'EMAIL' order by id",
      ),
      received: [...this.#received],
      deadLetters: (await Promise.all(topics.map(({ name }) => openLetters(this.#log, name))))
        .flat()
        .map(({ id, death }) => `${id}: ${death.group}, ${death.reason}`),
      outboxes: await this.outboxes(),
      leaks: [...leaksInLogs(this.#mesh.paths.run, secrets), ...spans.leaks],
      down: this.#down(),
      traces: spans.traces,
    };
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  /** Every order, with the refunds and the shipment of each, which others keep. */
  async #orders(): Promise<OrderRow[]> {
    const orders = await this.#rows<Omit<OrderRow, "shipment" | "refunds">>(
      "order",
      `select id, customer, request_id as "requestId", state, settled from orders order by id`,
    );
    const shipments = await this.#rows<{ id: string; state: string }>(
      "shipping",
      "select order_id as id, state from shipments",
    );
    const refunds = await this.#rows<{ id: string; times: string }>(
      "customer",
      "select order_id as id, count(distinct request_id) as times from postings where operation = 'refund' group by 1",
    );
    const [stateOf, timesOf] = [
      new Map(shipments.map(({ id, state }) => [id, state])),
      new Map(refunds.map(({ id, times }) => [id, Number(times)])),
    ];
    return orders.map((order) => ({
      ...order,
      shipment: stateOf.get(order.id) ?? "",
      refunds: timesOf.get(order.id) ?? 0,
    }));
  }

  async #events({ name, consumers }: Declared): Promise<EventSeen[]> {
    const told = consumers.includes("notification");
    const events: EventSeen[] = [];
    for (let partition = 0; partition < (await this.#log.partitions(name)); partition += 1) {
      for await (const { value } of recordsOf(this.#log, name, partition)) {
        const { id, type, subject } = decodeEvent(value);
        const kind = KINDS[type];
        events.push({
          topic: name,
          id,
          told,
          ...(kind ? { kind, order: subject.replace(/^(orders|shipments)\//, "") } : {}),
        });
      }
    }
    return events;
  }

  /** What each group remembers of a topic: its inbox does not say of which topic an event came. */
  async #handled({ name, consumers }: Declared, events: readonly EventSeen[]): Promise<Handled[]> {
    const ids = new Set(events.filter(({ topic }) => topic === name).map(({ id }) => id));
    return Promise.all(
      consumers.map(async (group) => {
        const sql = `select event_id as id from inbox where group_name = '${group}'`;
        const rows = await this.#rows<{ id: string }>(group, sql);
        const remembered = rows.map(({ id }) => id).filter((id) => ids.has(id));
        const behind = await this.#behind(name, group);
        return { topic: name, group, behind, ...(WITHOUT_ROWS.has(group) ? {} : { events: remembered }) };
      }),
    );
  }

  /** Events that a group has not come to, by its own database: what it noted in the log may be older. */
  async #behind(topic: string, group: string): Promise<number> {
    const sql = `select partition, next_offset as next from consumer_offsets where group_name = '${group}' and topic = '${topic}'`;
    const places = new Map(
      (await this.#rows<{ partition: number; next: string }>(group, sql)).map(({ partition, next }) => [
        partition,
        next,
      ]),
    );
    let behind = 0;
    for (const { partition, next, earliest, behind: noted } of await this.#log.lag(topic, group))
      behind += Math.max(Number(next) - Number(places.get(partition) ?? earliest), Number(noted));
    return behind;
  }

  #down(): string[] {
    return this.#mesh.state().children.flatMap(({ name, state }) => (state === "ready" ? [] : [`${name} is ${state}`]));
  }

  #url(workload: string): string {
    return `postgres://${workload}:${this.#passwords[workload]}@/${workload}?host=${encodeURI(join(this.#mesh.paths.run, "pg"))}`;
  }

  async #rows<Row extends object>(workload: string, sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.#url(workload), application_name: "chaos" });
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
