// What the notification service keeps in PostgreSQL.
import type { Database, Queryable, Tx } from "@larder/store";
import type { Letter } from "./letters.ts";

export interface PreferencesRow {
  readonly email: boolean;
  readonly sms: boolean;
}

export interface MessageRow {
  readonly id: string;
  readonly channel: "EMAIL" | "SMS";
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly orderId: string;
  readonly state: "QUEUED" | "SENT" | "FAILED";
  readonly createTime: Date;
}

/** What holds for a customer who never said anything. */
const usual: PreferencesRow = { email: true, sms: false };

const columns = `id, channel, recipient, subject, body_text as "text", body_html as "html", order_id as "orderId", state,
  create_time as "createTime"`;

export type Store = ReturnType<typeof notificationStore>;

export function notificationStore(db: Database) {
  return {
    async preferences(customer: string, in_: Queryable = db): Promise<PreferencesRow> {
      const { rows } = await in_.query<PreferencesRow>(
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

    /** Writes an e-mail down in the transaction of its event. Answers its id, or undefined for an event that has one. */
    async writeEmail(
      tx: Tx,
      about: { customer: string; event: string; order: string },
      recipient: string,
      letter: Letter,
    ) {
      const { rows } = await tx.query<{ id: string }>(
        "write_email",
        `insert into messages (id, customer_id, event_id, channel, recipient, subject, body_text, body_html, order_id)
         values (uuidv7(), $1, $2, 'EMAIL', $3, $4, $5, $6, $7) on conflict do nothing returning id`,
        [about.customer, about.event, recipient, letter.subject, letter.text, letter.html, about.order],
      );
      return rows[0]?.id;
    },

    async message(id: string): Promise<MessageRow | undefined> {
      const { rows } = await db.query<MessageRow>("message", `select ${columns} from messages where id = $1`, [id]);
      return rows[0];
    },

    /** Newest first; `before` is the id of the last message of the page before. */
    async messages(customer: string, limit: number, before: string | undefined): Promise<MessageRow[]> {
      const { rows } = await db.query<MessageRow>(
        "messages",
        `select ${columns} from messages where customer_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
        [customer, before ?? null, limit],
      );
      return rows;
    },

    async settle(id: string, state: "SENT" | "FAILED"): Promise<void> {
      await db.query("settle", "update messages set state = $2 where id = $1 and state = 'QUEUED'", [id, state]);
    },

    /** Messages that have waited for longer than this. */
    async waiting(olderThanSeconds: number): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>(
        "waiting",
        `select id from messages where state = 'QUEUED' and create_time < now() - make_interval(secs => $1)
         order by create_time limit 1000`,
        [olderThanSeconds],
      );
      return rows.map(({ id }) => id);
    },

    ping: () => db.ping(),
    close: () => db.close(),
  };
}
