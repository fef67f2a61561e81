// The mails themselves: one JSON file each, the newest thousand kept.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
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
  add(mail: Omit<Mail, "id" | "time">): Promise<void>;
  /** Newest first; only those to an address that holds `to`, where it is given. */
  list(to?: string): readonly Mail[];
  find(id: string): Mail | undefined;
}

const mostKept = 1000;

/** Opens the inbox in `folder`. Mail with the Message-ID of one that is there already is dropped: it is a repeat. */
export async function openInbox(folder: string): Promise<Inbox> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const read = files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as Mail);
  const mails = (await Promise.all(read)).sort((a, b) => (a.time < b.time ? 1 : -1));
  const fileOf = ({ id }: Mail) => join(folder, `${id}.json`);

  return {
    async add(mail) {
      if (mail.messageId && mails.some(({ messageId }) => messageId === mail.messageId)) return;
      const kept = { ...mail, id: randomUUID(), time: new Date().toISOString() };
      mails.unshift(kept);
      await writeFile(`${fileOf(kept)}.new`, JSON.stringify(kept), { mode: 0o600 });
      await rename(`${fileOf(kept)}.new`, fileOf(kept));
      for (const old of mails.splice(mostKept)) await rm(fileOf(old), { force: true });
    },
    list: (to) => (to ? mails.filter((mail) => mail.to.some((address) => address.includes(to))) : mails),
    find: (id) => mails.find((mail) => mail.id === id),
  };
}
