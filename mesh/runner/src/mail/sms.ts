// The SMS gateway of a mesh on one machine: takes text messages by a signed webhook, and keeps the newest thousand.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";

export interface Sms {
  /** The sender's id, by which repeats are told. */
  readonly id: string;
  /** When it came in (RFC 3339). */
  readonly time: string;
  readonly to: string;
  readonly text: string;
}

export interface SmsInbox {
  /** Keeps a message, unless one of its id is there. */
  add(sms: Sms): void;
  /** Newest first; only those to a number that holds `to`, where it is given. */
  list(to?: string): readonly Sms[];
}

const mostKept = 1000;
const mostBytes = 10_000;
const oldestSeconds = 300;

/** Opens the inbox in `folder`. */
export function openSmsInbox(folder: string): SmsInbox {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "sms");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  // What follows the last end of a line was cut off when the process or the machine went down.
  let kept = lines.slice(0, -1).map((line) => JSON.parse(line) as Sms);
  let inFile = 0;
  const clear = () => {
    kept = kept.slice(-mostKept);
    inFile = kept.length;
    writeFileSync(`${file}.next`, kept.map((sms) => `${JSON.stringify(sms)}\n`).join(""), { mode: 0o600 });
    renameSync(`${file}.next`, file);
  };
  clear();
  return {
    add(sms) {
      if (kept.some(({ id }) => id === sms.id)) return;
      appendFileSync(file, `${JSON.stringify(sms)}\n`);
      kept.push(sms);
      if (++inFile >= 2 * mostKept) clear();
    },
    list: (to) =>
      kept
        .filter((sms) => !to || sms.to.includes(to))
        .reverse()
        .slice(0, mostKept),
  };
}

/**
 * Whether a header `t=<seconds>,<key id>=<hex>,...` signs the body with one of the keys (`id:secret,id:secret`), at a time that is
 * not more than five minutes from now.
 */
export function isSigned(header: string, body: string, keys: string, now = Date.now()): boolean {
  const parts = header.split(",").map((part) => part.split("=") as [string, string?]);
  const seconds = Number(parts.find(([name]) => name === "t")?.[1] ?? Number.NaN);
  if (!(Math.abs(now / 1000 - seconds) <= oldestSeconds)) return false;
  return keys.split(",").some((key) => {
    const [id = "", secret = ""] = key.split(":");
    const given = Buffer.from(parts.find(([name]) => name === id)?.[1] ?? "", "hex");
    const right = createHmac("sha256", secret).update(`${seconds}.${body}`).digest();
    return secret !== "" && given.length === right.length && timingSafeEqual(given, right);
  });
}

/** Answers one call of the webhook: 200 taken, 401 not signed, 400 no text message, 413 too long. */
export async function takeSms(inbox: SmsInbox, keys: string, request: IncomingMessage, response: ServerResponse) {
  const end = (status: number, text: string) => response.writeHead(status).end(`${text}\n`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  if (size > mostBytes) return end(413, "the message is too long");
  const body = Buffer.concat(chunks).toString();
  if (!isSigned(String(request.headers["larder-signature"] ?? ""), body, keys)) return end(401, "not signed");
  const sms = smsIn(body);
  if (!sms) return end(400, "no text message");
  inbox.add(sms);
  return end(200, "taken");
}

function smsIn(body: string): Sms | undefined {
  try {
    const { id, to, text } = JSON.parse(body) as Record<string, unknown>;
    if (typeof id !== "string" || typeof text !== "string" || typeof to !== "string") return undefined;
    if (!id || !/^\+[1-9]\d{6,14}$/.test(to)) return undefined;
    return { id, time: new Date().toISOString(), to, text };
  } catch {
    return undefined;
  }
}
