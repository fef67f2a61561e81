// The mails themselves, as they came in: one file that is added to, of which the newest thousand count. A mail is taken apart
// when somebody reads it.
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
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

/** What stands before a mail in the file, as a line of JSON. */
interface Entry {
  /** When the mail came in, in milliseconds since the epoch, and a number that rises while the process lives. */
  readonly id: string;
  readonly to: readonly string[];
  readonly messageId: string;
  /** Of the mail as it was sent, in bytes. */
  readonly size: number;
}

interface Kept extends Entry {
  /** Where its bytes begin in the file. */
  at: number;
  mail?: Promise<Mail>;
}

const mostKept = 1000;

/** Opens the inbox in `folder`. Mail with the Message-ID of one that is there already is dropped: it is a repeat. */
export function openInbox(folder: string): Inbox {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = join(folder, "mails");
  let file = openSync(name, "a+", 0o600);
  const before = entriesIn(readFileSync(file));
  let { end } = before;
  // Whatever follows was cut off when the process or the machine went down.
  ftruncateSync(file, end);
  let inFile = before.kept.length;
  const mails = before.kept.slice(-mostKept).reverse();
  const known = new Set(mails.map(({ messageId }) => messageId));
  let number = 0;

  const bytesOf = ({ at, size }: Kept): Buffer => {
    const bytes = Buffer.alloc(size);
    readSync(file, bytes, 0, size, at);
    return bytes;
  };
  const read = (kept: Kept): Promise<Mail> => {
    kept.mail ??= parse(kept, bytesOf(kept));
    return kept.mail;
  };
  const append = (entry: Entry, bytes: Buffer): number => {
    const line = lineOf(entry);
    try {
      appendFileSync(file, Buffer.concat([line, bytes]));
    } catch (error) {
      ftruncateSync(file, end);
      throw error;
    }
    end += line.length + bytes.length;
    return end - bytes.length;
  };
  // Another file takes over, which holds only what is kept.
  const clear = () => {
    const all = mails.toReversed().map((kept) => ({ kept, line: lineOf(kept), bytes: bytesOf(kept) }));
    writeFileSync(`${name}.next`, Buffer.concat(all.flatMap(({ line, bytes }) => [line, bytes])), { mode: 0o600 });
    renameSync(`${name}.next`, name);
    closeSync(file);
    file = openSync(name, "a+", 0o600);
    end = 0;
    for (const { kept, line, bytes } of all) {
      kept.at = end + line.length;
      end = kept.at + bytes.length;
    }
    inFile = mails.length;
  };

  return {
    add(to, raw) {
      const messageId = messageIdIn(raw);
      if (messageId && known.has(messageId)) return;
      const id = `${Date.now()}-${String(number++).padStart(9, "0")}`;
      const entry = { id, to, messageId, size: raw.length };
      mails.unshift({ ...entry, at: append(entry, raw) });
      known.add(messageId);
      for (const old of mails.splice(mostKept)) known.delete(old.messageId);
      if (++inFile >= 2 * mostKept) clear();
    },
    list: (to) => Promise.all(mails.filter((kept) => !to || kept.to.some((address) => address.includes(to))).map(read)),
    async find(id) {
      const kept = mails.find((each) => each.id === id);
      return kept && read(kept);
    },
  };
}

const lineOf = ({ id, to, messageId, size }: Entry): Buffer =>
  Buffer.from(`${JSON.stringify({ id, to, messageId, size })}\n`);

/** The whole entries in the file, and where they end. */
function entriesIn(bytes: Buffer): { kept: Kept[]; end: number } {
  const kept: Kept[] = [];
  for (let end = 0; ; ) {
    const line = bytes.indexOf("\n", end);
    if (line < 0) return { kept, end };
    const entry: Entry = JSON.parse(bytes.toString("utf8", end, line));
    if (line + 1 + entry.size > bytes.length) return { kept, end };
    kept.push({ ...entry, at: line + 1 });
    end = line + 1 + entry.size;
  }
}

function messageIdIn(raw: Buffer): string {
  const end = raw.indexOf("\r\n\r\n");
  return /^message-id:\s*(\S+)/im.exec(raw.toString("latin1", 0, end < 0 ? raw.length : end))?.[1] ?? "";
}

async function parse({ id, to, messageId }: Entry, bytes: Buffer): Promise<Mail> {
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
