// What the notification service keeps in PostgreSQL.
import type { Database, Tx } from "@larder/store";

export type Channel = "EMAIL" | "SMS";

export interface PreferencesRow {
  readonly email: boolean;
  readonly sms: boolean;
}

/** A message as it is written down. */
export interface Draft {
  readonly customer: string;
  /** The id of the event behind it, or of what several events tell of: there is one message of it for each channel. */
  readonly event: string;
  readonly order: string;
  readonly channel: Channel;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  /** Empty where there is none. */
  readonly html: string;
}

/** A message that waits to be sent. */
export interface MessageToSend extends Pick<Draft, "event" | "recipient" | "subject" | "text" | "html"> {
  readonly id: string;
  readonly createTime: Date;
}

export interface MessageRow {
  readonly id: string;
  readonly channel: Channel;
  readonly subject: string;
  readonly orderId: string;
  readonly state: "QUEUED" | "SENT" | "FAILED";
  readonly createTime: Date;
}

/** What became of a try to send the message of an event. */
export interface Tried {
  readonly event: string;
  /** QUEUED: it is to be tried again. */
  readonly state: "QUEUED" | "SENT" | "FAILED";
}

/** What holds for a customer who never said anything. */
const usual: PreferencesRow = { email: true, sms: false };

export type Store = ReturnType<typeof notificationStore>;

export function notificationStore(db: Database) {
  return {
    async preferences(customer: string): Promise<PreferencesRow> {
      const { rows } = await db.query<PreferencesRow>(
        "preferences",
        "select email, sms from preferences where customer_id = $1",
        [customer],
      );
      return rows[0] ?? usual;
    },

    /** Changes the fields that are given and answers all. */
    async setPreferences(customer: string, changes: Partial<PreferencesRow>): Promise<PreferencesRow> {
      const { rows } = await db.query<PreferencesRow>(
        "set_preferences",
        `insert into preferences as p (customer_id, email, sms)
         values ($1, coalesce($2::boolean, $4), coalesce($3::boolean, $5))
         on conflict (customer_id) do update
         set email = coalesce($2::boolean, p.email), sms = coalesce($3::boolean, p.sms) returning email, sms`,
        [customer, changes.email ?? null, changes.sms ?? null, usual.email, usual.sms],
      );
      return rows[0] ?? usual;
    },

    /** Writes messages down in the transaction of their events. Answers those that are new and wanted by their customers. */
    async write(tx: Tx, drafts: readonly Draft[]): Promise<Pick<Draft, "event" | "channel">[]> {
      if (drafts.length === 0) return [];
      const { rows } = await tx.query<Pick<Draft, "event" | "channel">>(
        "write_messages",
        `insert into messages (id, customer_id, event_id, order_id, channel, recipient, subject, body_text, body_html)
         select uuidv7(), d.* from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
           as d (customer_id, event_id, order_id, channel, recipient, subject, body_text, body_html)
         left join preferences p on p.customer_id = d.customer_id
         where case d.channel when 'EMAIL' then coalesce(p.email, $9) else coalesce(p.sms, $10) end
         on conflict do nothing returning event_id as event, channel`,
        [
          drafts.map(({ customer }) => customer),
          drafts.map(({ event }) => event),
          drafts.map(({ order }) => order),
          drafts.map(({ channel }) => channel),
          drafts.map(({ recipient }) => recipient),
          drafts.map(({ subject }) => subject),
          drafts.map(({ text }) => text),
          drafts.map(({ html }) => html),
          usual.email,
          usual.sms,
        ],
      );
      return rows;
    },

    /** Those messages of the events that are still to be sent. */
    async toSend(channel: Channel, events: readonly string[]): Promise<MessageToSend[]> {
      const { rows } = await db.query<MessageToSend>(
        "messages_to_send",
        `select id, event_id as event, recipient, subject, body_text as text, body_html as html, create_time as "createTime" from messages
         where event_id = any($1) and channel = $2 and state = 'QUEUED'`,
        [events, channel],
      );
      return rows;
    },

    /** Keeps what became of tries; answers how often each message has been tried. */
    async settle(channel: Channel, tried: readonly Tried[]): Promise<Map<string, number>> {
      const { rows } = await db.query<{ event: string; tries: number }>(
        "settle_messages",
        `update messages m set state = t.state, tries = m.tries + 1 from unnest($1::text[], $2::text[]) as t (event_id, state)
         where m.event_id = t.event_id and m.channel = $3 and m.state = 'QUEUED' returning m.event_id as event, m.tries`,
        [tried.map(({ event }) => event), tried.map(({ state }) => state), channel],
      );
      return new Map(rows.map(({ event, tries }) => [event, tries]));
    },

    /** Newest first; `before` is the id of the last message of the page before. */
    async messages(customer: string, limit: number, before: string | undefined): Promise<MessageRow[]> {
      const { rows } = await db.query<MessageRow>(
        "messages",
        `select id, channel, subject, order_id as "orderId", state, create_time as "createTime" from messages
         where customer_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
        [customer, before ?? null, limit],
      );
      return rows;
    },

    /** The events whose messages have waited for longer than this. */
    async waiting(channel: Channel, olderThanSeconds: number): Promise<string[]> {
      const { rows } = await db.query<{ event: string }>(
        "waiting_messages",
        `select event_id as event from messages where state = 'QUEUED' and channel = $1
           and create_time < now() - make_interval(secs => $2)
         order by create_time limit 1000`,
        [channel, olderThanSeconds],
      );
      return rows.map(({ event }) => event);
    },

    ping: () => db.ping(),
    close: () => db.close(),
  };
}
