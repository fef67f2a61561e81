// Sends messages by SMTP. A message may be sent twice when the process dies in between: its Message-ID stays the same,
// by which mail servers and inboxes tell a repeat.
import { createTransport } from "nodemailer";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import type { Store } from "./store.ts";

/** Sends the message with this id unless it was sent before. Throws what the mail server answered. */
export function emailSender(store: Store, smtpUrl: string, sender: string) {
  const { hostname, port } = new URL(smtpUrl);
  const transport = createTransport({
    host: hostname,
    port: Number(port || 25),
    pool: true,
    connectionTimeout: 5000,
    socketTimeout: 10_000,
  });
  return {
    async send(id: string): Promise<void> {
      const message = await store.message(id);
      if (message?.state !== "QUEUED" || message.channel !== "EMAIL") return;
      const { recipient, subject, text, html } = message;
      const mail = { from: sender, to: recipient, subject, text, html, messageId: `<${id}@larder.example>` };
      const composed = new MailComposer(mail).compile();
      // In one piece: composed while it is sent, each part would be a write of its own.
      await transport.sendMail({ envelope: composed.getEnvelope(), raw: await composed.build() });
      await store.settle(id, "SENT");
    },
    close: () => transport.close(),
  };
}
