// What the notification service keeps in PostgreSQL.
import { coalesce, type Database, type Tx } from "@larder/store";
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
  const message = coalesce<string, MessageRow | undefined>(async (ids) => {
    const { rows } = await db.query<MessageRow>(
      "messages_by_id",
      `select ${columns} from messages where id = any($1::uuid[])`,
      [ids],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  });

  const settle = coalesce<{ id: string; state: "SENT" | "FAILED" }, void>(async (batch) => {
    await db.query(
      "settle",
      `update messages m set state = s.state from unnest($1::uuid[], $2::text[]) as s (id, state)
       where m.id = s.id and m.state = 'QUEUED'`,
      [batch.map(({ id }) => id), batch.map(({ state }) => state)],
    );
    return batch.map(() => undefined);
  });

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

    /**
     * Writes an e-mail down in the transaction of its event. Answers its id, or undefined for a customer who wants no e-mail
     * and for an event that has one.
     */
    async writeEmail(
      tx: Tx,
      about: { customer: string; event: string; order: string },
      recipient: string,
      letter: Letter,
    ) {
      const { rows } = await tx.query<{ id: string }>(
        "write_email",
        `insert into messages (id, customer_id, event_id, channel, recipient, subject, body_text, body_html, order_id)
         select uuidv7(), $1, $2, 'EMAIL', $3, $4, $5, $6, $7
         where coalesce((select email from preferences where customer_id = $1), $8) on conflict do nothing returning id`,
        [about.customer, about.event, recipient, letter.subject, letter.text, letter.html, about.order, usual.email],
      );
      return rows[0]?.id;
    },

    message,

    /** Newest first; `before` is the id of the last message of the page before. */
    async messages(customer: string, limit: number, before: string | undefined): Promise<MessageRow[]> {
      const { rows } = await db.query<MessageRow>(
        "messages",
        `select ${columns} from messages where customer_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
        [customer, before ?? null, limit],
      );
      return rows;
    },

    settle: (id: string, state: "SENT" | "FAILED"): Promise<void> => settle({ id, state }),

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
