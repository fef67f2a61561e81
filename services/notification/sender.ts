// From a queue to whoever carries its messages: read, sent and settled together.
import { log } from "@larder/platform";
import { Counts, exposeCounter } from "@larder/store";
import { composeMail, mailboxOf } from "./mime.ts";
import type { Handled, Queue } from "./queue.ts";
import { MailServer, type Posted } from "./smtp.ts";
import type { Channel, MessageToSend, Store } from "./store.ts";

/** Hands messages over to the next server; answers for each, in order, what became of it, and never throws. */
export interface Carrier {
  send(messages: readonly MessageToSend[]): Promise<readonly Posted[]>;
  close(): void;
}

/** The ways to a customer that this service has, each with its queue. */
export type Channels = Partial<Record<Channel, { readonly queue: Queue; readonly carrier: Carrier }>>;

export const entriesOf = (channels: Channels) =>
  Object.entries(channels) as [Channel, NonNullable<Channels[Channel]>][];

// After a day nobody wants to read that an order was accepted.
const GIVE_UP_MS = 24 * 3600 * 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;

const counts = new Counts();
exposeCounter("larder_messages_total", "Tries to send a message, by what became of it.", () => counts.read());

/** The time in ms after so many tries until the next one. */
const pauseAfter = (tries: number): number =>
  Math.min(500 * 2 ** Math.min(tries - 1, 20), LONGEST_PAUSE_MS) * (0.8 + 0.4 * Math.random());

/** The handler of a queue that leads to a carrier. Throws while the database is away. */
export function sending(store: Store, channel: Channel, carrier: Carrier) {
  return async (events: readonly string[]): Promise<Handled[]> => {
    const messages = await store.toSend(channel, events);
    const posted = messages.length > 0 ? await carrier.send(messages) : [];
    const tried = messages.map(({ event, createTime }, index) => {
      const result = posted[index] ?? { what: "later", reason: "nobody answered for it" };
      counts.add({ channel, what: result.what });
      if (result.what === "taken") return { event, state: "SENT" as const };
      const given = result.what === "refused" || Date.now() - createTime.getTime() > GIVE_UP_MS;
      log.warn(given ? "message given up" : "message not sent", { channel, event, reason: result.reason });
      return { event, state: given ? ("FAILED" as const) : ("QUEUED" as const) };
    });
    const tries = tried.length > 0 ? await store.settle(channel, tried) : new Map<string, number>();
    const again = new Set(tried.flatMap(({ event, state }) => (state === "QUEUED" ? [event] : [])));
    return events.map((event) => (again.has(event) ? pauseAfter(tries.get(event) ?? 1) : "done"));
  };
}

/**
 * Carries messages as e-mail. A message may be sent twice when the process dies in between: its Message-ID stays the
 * same, by which mail servers and inboxes tell a repeat.
 */
export function emailCarrier(smtpUrl: string, sender: string): Carrier {
  const server = new MailServer(smtpUrl);
  const { address } = mailboxOf(sender);
  return {
    send: (messages) =>
      server.post(
        messages.map(({ id, recipient, subject, text, html, createTime }) => ({
          from: address,
          to: recipient,
          content: composeMail({
            ...{ from: sender, to: recipient, subject, text, html },
            ...{ messageId: `<${id}@larder.example>`, time: createTime },
          }),
        })),
      ),
    close: () => server.close(),
  };
}
