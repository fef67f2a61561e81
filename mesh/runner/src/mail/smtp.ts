// The SMTP side of the inbox.
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { Inbox } from "./inbox.ts";

const mostBytes = 1 << 20;

/** Takes mail from anyone who reaches `listen` (`host:port`), up to 1 MiB each. Returns when it listens. */
export async function startSmtp(inbox: Inbox, listen: string): Promise<{ close(): void; port: number }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: mostBytes,
    onData(stream, session, done) {
      simpleParser(stream)
        .then(async (mail) => {
          if (stream.sizeExceeded) throw Object.assign(new Error("the mail is too large"), { responseCode: 552 });
          await inbox.add({
            from: mail.from?.text ?? "",
            // The envelope says who gets it; headers may say something else.
            to: session.envelope.rcptTo.map(({ address }) => address),
            subject: mail.subject ?? "",
            text: mail.text ?? "",
            html: mail.html || "",
            messageId: mail.messageId ?? "",
          });
          done();
        })
        .catch(done);
    },
  });
  const at = listen.lastIndexOf(":");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(listen.slice(at + 1)), listen.slice(0, at), resolve);
  });
  const address = server.server.address();
  return { close: () => server.close(), port: typeof address === "object" && address ? address.port : 0 };
}
