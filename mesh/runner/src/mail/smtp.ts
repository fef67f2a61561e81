// The SMTP side of the inbox.
import { SMTPServer } from "smtp-server";
import type { Inbox } from "./inbox.ts";

const mostBytes = 1 << 20;

/** Takes mail from anyone who reaches `listen` (`host:port`), up to 1 MiB each. Returns when it listens. */
export async function startSmtp(inbox: Inbox, listen: string): Promise<{ close(): void; port: number }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: mostBytes,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.once("error", done);
      stream.once("end", () => {
        try {
          if (stream.sizeExceeded) throw Object.assign(new Error("the mail is too large"), { responseCode: 552 });
          inbox.add(
            session.envelope.rcptTo.map(({ address }) => address),
            Buffer.concat(chunks),
          );
          done();
        } catch (error) {
          done(error as Error);
        }
      });
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
