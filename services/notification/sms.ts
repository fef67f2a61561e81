// Text messages, handed over to a gateway by a webhook that proves who calls.
import { createHmac } from "node:crypto";
import type { Carrier } from "./sender.ts";
import type { Posted } from "./smtp.ts";
import type { MessageToSend } from "./store.ts";

export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

const PATIENCE_MS = 10_000;
// Together they take less than the time for which messages are taken out of the queue.
const AT_A_TIME = 10;

/** What the gateway finds wrong with the message itself. All else is a matter between us and the gateway, and may pass. */
const REFUSALS = [400, 413, 422];

/** One or two keys, `id:secret,id:secret`; undefined for anything else. */
export function parseKeys(text: string): SigningKey[] | undefined {
  const keys = text.split(",").map((each) => /^([a-z0-9]{1,20}):([\x21-\x2b\x2d-\x7e]{32,})$/.exec(each.trim()));
  if (keys.length > 2 || keys.some((found) => !found)) return undefined;
  const found = keys.map((key) => ({ id: key?.[1] ?? "", secret: key?.[2] ?? "" }));
  return new Set(found.map(({ id }) => id)).size === found.length && !found.some(({ id }) => id === "t")
    ? found
    : undefined;
}

/**
 * The header that signs a body: `t=<seconds since the epoch>,<key id>=<HMAC-SHA256 in hex of "<t>.<body>">`, with a signature for
 * each key, so that a receiver needs to know only one of them while keys change.
 */
export function signatureOf(keys: readonly SigningKey[], seconds: number, body: string): string {
  const signatures = keys.map(
    ({ id, secret }) => `${id}=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`,
  );
  return [`t=${seconds}`, ...signatures].join(",");
}

/** Posts each message to `url`. One may be posted again when nobody heard the answer: its id, the event's, stays the same. */
export function smsCarrier(url: string, keys: readonly SigningKey[]): Carrier {
  const post = async ({ event, recipient, text }: MessageToSend): Promise<Posted> => {
    const body = JSON.stringify({ id: event, to: recipient, text });
    const headers = {
      "content-type": "application/json",
      "idempotency-key": event,
      "larder-signature": signatureOf(keys, Math.floor(Date.now() / 1000), body),
    };
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(url, { method: "POST", body, headers, signal, redirect: "manual" });
      await answer.body?.cancel();
      if (answer.ok) return { what: "taken" };
      return { what: REFUSALS.includes(answer.status) ? "refused" : "later", reason: `status ${answer.status}` };
    } catch (error) {
      return { what: "later", reason: String(error) };
    }
  };
  return {
    async send(messages) {
      const posted: Posted[] = [];
      for (let from = 0; from < messages.length; from += AT_A_TIME)
        posted.push(...(await Promise.all(messages.slice(from, from + AT_A_TIME).map(post))));
      return posted;
    },
    close: () => {},
  };
}
