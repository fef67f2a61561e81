// The pages of the mail catcher and of the trace store: one look, no script, and nothing that was sent to us taken for HTML.
import type { ServerResponse } from "node:http";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text as it stands in HTML, in attributes too. */
export const text = (value: string): string => value.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

/** Answers with a page. `title` is text, `body` is HTML, `style` further CSS. */
export function page(response: ServerResponse, title: string, body: string, status = 200, style = ""): void {
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      // What is shown is somebody else's text: it may show itself, and do nothing.
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'",
    })
    .end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2b24; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d7dfda; }
  iframe { width: 100%; height: 28rem; border: 1px solid #d7dfda; } pre { white-space: pre-wrap; }
  dt { float: left; clear: left; width: 4rem; color: #567; }
${style}</style>
<h1>${text(title)}</h1>
${body}
</html>
`);
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
