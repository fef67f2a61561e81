// What a browser sees of the inbox, and the same as JSON: / and /mails/<id>, /api/mails?to=<part of an address>.
import type { RequestListener, ServerResponse } from "node:http";
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

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const text = (value: string): string => value.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

function page(response: ServerResponse, title: string, body: string, status = 200): void {
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      // A mail is somebody else's text: it may show itself, and do nothing.
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
    })
    .end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2b24; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d7dfda; }
  iframe { width: 100%; height: 28rem; border: 1px solid #d7dfda; } pre { white-space: pre-wrap; }
  dt { float: left; clear: left; width: 4rem; color: #567; }
</style>
<h1>${text(title)}</h1>
${body}
</html>
`);
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
