// What a browser sees of the inbox, and the same as JSON: / and /mails/<id>, /api/mails?to=<part of an address>.
import type { RequestListener } from "node:http";
import { json, page, text } from "../page.ts";
import type { Inbox, Mail } from "./inbox.ts";

export function inboxPages(inbox: Inbox): RequestListener {
  return async (request, response) => {
    const url = new URL(request.url ?? "/", "http://inbox");
    const to = url.searchParams.get("to") ?? undefined;
    const shown = /^\/mails\/([\w-]+)$/.exec(url.pathname)?.[1];
    const mail = shown === undefined ? undefined : await inbox.find(shown);
    if (url.pathname === "/") page(response, "Inbox", list(await inbox.list(to)));
    else if (url.pathname === "/api/mails") json(response, await inbox.list(to));
    else if (mail) page(response, mail.subject, whole(mail));
    else page(response, "Not found", "<p>There is no such mail.</p>", 404);
  };
}

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
