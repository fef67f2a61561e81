// What a browser sees of the inbox, and the same as JSON: / and /mails/<id>, /api/mails?to=<part of an address>; text messages at
// /sms and /api/sms?to=<part of a number>. POST /sms takes them.
import type { RequestListener } from "node:http";
import { json, page, text } from "../page.ts";
import type { Inbox, Mail } from "./inbox.ts";
import { type Sms, type SmsInbox, takeSms } from "./sms.ts";

/** `keys` are those that sign text messages, `id:secret,id:secret`. */
export function inboxPages(inbox: Inbox, sms: SmsInbox, keys: string): RequestListener {
  return async (request, response) => {
    const url = new URL(request.url ?? "/", "http://inbox");
    const to = url.searchParams.get("to") ?? undefined;
    const shown = /^\/mails\/([\w-]+)$/.exec(url.pathname)?.[1];
    const mail = shown === undefined ? undefined : await inbox.find(shown);
    if (url.pathname === "/sms" && request.method === "POST") await takeSms(sms, keys, request, response);
    else if (url.pathname === "/") page(response, "Inbox", `${ways}${list(await inbox.list(to))}`);
    else if (url.pathname === "/sms") page(response, "Text messages", `${ways}${texts(sms.list(to))}`);
    else if (url.pathname === "/api/sms") json(response, sms.list(to));
    else if (url.pathname === "/api/mails") json(response, await inbox.list(to));
    else if (mail) page(response, mail.subject, whole(mail));
    else page(response, "Not found", "<p>There is no such mail.</p>", 404);
  };
}

const ways = `<p><a href="/">E-mail</a> <a href="/sms">Text messages</a></p>`;

const texts = (messages: readonly Sms[]): string =>
  messages.length === 0
    ? "<p>No text message yet. Who wants them says so in the preferences.</p>"
    : `<table><thead><tr><th>Time<th>To<th>Text</thead><tbody>${messages
        .map((sms) => `<tr><td><time>${text(sms.time)}</time><td>${text(sms.to)}<td>${text(sms.text)}`)
        .join("")}</tbody></table>`;

const list = (mails: readonly Mail[]): string =>
  mails.length === 0
    ? "<p>No mail yet. Place an order: <code>npx larder demo</code></p>"
    : `<table><thead><tr><th>Time<th>To<th>Subject</thead><tbody>${mails
        .map(
          ({ id, time, to, subject }) =>
            `<tr><td><time>${text(time)}</time><td>${text(to.join(", "))}<td><a href="/mails/${id}">${text(subject)}</a>`,
        )
        .join("")}</tbody></table>`;

const whole = (mail: Mail): string => `<p><a href="/">Inbox</a></p>
<dl><dt>From<dd>${text(mail.from)}<dt>To<dd>${text(mail.to.join(", "))}<dt>Time<dd>${text(mail.time)}</dl>
${mail.html ? `<iframe sandbox srcdoc="${text(mail.html)}" title="The mail as HTML"></iframe>` : ""}
<pre>${text(mail.text)}</pre>`;
