// Sends messages by SMTP. A message may be sent twice when the process dies in between: its Message-ID stays the same,
// by which mail servers and inboxes tell a repeat.
import { createTransport } from "nodemailer";
import { composeMail, mailboxOf } from "./mime.ts";
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
      const { recipient, subject, text, html, createTime } = message;
      const messageId = `<${id}@larder.example>`;
      await transport.sendMail({
        envelope: { from: mailboxOf(sender).address, to: [recipient] },
        // In one piece: composed by the transport, each part would be a write of its own.
        raw: composeMail({ from: sender, to: recipient, subject, text, html, messageId, time: createTime }),
      });
      await store.settle(id, "SENT");
    },
    close: () => transport.close(),
  };
}
