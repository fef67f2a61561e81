// The mails themselves: one file each, as they came in, the newest thousand kept. A mail is taken apart when somebody reads it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Mail {
  readonly id: string;
  /** When it came in (RFC 3339). */
  readonly time: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Empty where the mail has none. */
  readonly html: string;
  /** The Message-ID header, by which a sender's repeats are told. */
  readonly messageId: string;
}

export interface Inbox {
  /** Keeps a mail as it was sent. `to` are the recipients of its envelope: headers may say something else. */
  add(to: readonly string[], raw: Buffer): void;
  /** Newest first; only those to an address that holds `to`, where it is given. */
  list(to?: string): Promise<readonly Mail[]>;
  find(id: string): Promise<Mail | undefined>;
}

interface Kept {
  /** When the mail came in, in milliseconds since the epoch, and a number that rises while the process lives. */
  readonly id: string;
  readonly to: readonly string[];
  readonly messageId: string;
  mail?: Promise<Mail | undefined>;
}

const mostKept = 1000;
const suffix = ".eml";

/** Opens the inbox in `folder`. Mail with the Message-ID of one that is there already is dropped: it is a repeat. */
export function openInbox(folder: string): Inbox {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = ({ id }: Kept) => join(folder, `${id}${suffix}`);
  const keptIn = (name: string): Kept => {
    const head = headOf(readFileSync(join(folder, name)));
    return { id: name.slice(0, -suffix.length), to: recipientsIn(head), messageId: messageIdIn(head) };
  };
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  const mails = names.sort().reverse().map(keptIn);
  const known = new Set(mails.map(({ messageId }) => messageId));
  let number = 0;

  const read = (kept: Kept): Promise<Mail | undefined> => {
    kept.mail ??= readFile(fileOf(kept)).then(
      (bytes) => parse(kept, bytes),
      // It was dropped meanwhile.
      () => undefined,
    );
    return kept.mail;
  };

  return {
    add(to, raw) {
      const messageId = messageIdIn(headOf(raw));
      if (messageId && known.has(messageId)) return;
      const kept: Kept = { id: `${Date.now()}-${String(number++).padStart(9, "0")}`, to, messageId };
      // Files this small cost less when they are written at once than when threads are woken for each step.
      const next = join(folder, "next");
      writeFileSync(next, Buffer.concat([Buffer.from(`${firstLine}${JSON.stringify(to)}\r\n`), raw]), { mode: 0o600 });
      renameSync(next, fileOf(kept));
      mails.unshift(kept);
      known.add(messageId);
      for (const old of mails.splice(mostKept)) {
        known.delete(old.messageId);
        rmSync(fileOf(old), { force: true });
      }
    },
    async list(to) {
      const wanted = to ? mails.filter((kept) => kept.to.some((address) => address.includes(to))) : mails;
      return (await Promise.all(wanted.map(read))).filter((mail) => mail !== undefined);
    },
    async find(id) {
      const kept = mails.find((each) => each.id === id);
      return kept && read(kept);
    },
  };
}

/** The line in a file before what was sent: a header with the recipients. */
const firstLine = "X-Envelope-To: ";

const headOf = (bytes: Buffer): string => {
  const end = bytes.indexOf("\r\n\r\n");
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
};

const messageIdIn = (head: string): string => /^message-id:\s*(\S+)/im.exec(head)?.[1] ?? "";

const recipientsIn = (head: string): string[] => JSON.parse(head.slice(firstLine.length, head.indexOf("\r\n")));

async function parse({ id, to, messageId }: Kept, bytes: Buffer): Promise<Mail> {
  // Dear to load, and not needed to take mail in.
  const { simpleParser } = await import("mailparser");
  const unreadable = { from: undefined, subject: "A mail that cannot be read", text: bytes.toString(), html: "" };
  const { from, subject, text, html } = await simpleParser(bytes).catch(() => unreadable);
  return {
    id,
    time: new Date(Number.parseInt(id, 10)).toISOString(),
    from: from?.text ?? "",
    to,
    subject: subject ?? "",
    text: text ?? "",
    html: html || "",
    messageId,
  };
}
