// What a browser sees of the traces, and the same as JSON: / and /traces/<id>, /api/traces and /api/traces/<id>.
import type { RequestListener } from "node:http";
import { json, page, text } from "../page.ts";
import { type Filter, limits, type PlacedSpan, type Summary, type Trace, type TraceStore } from "./store.ts";

export function tracePages(store: TraceStore): RequestListener {
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://traces");
    const [, api, id] = /^(\/api)?\/traces(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    const refuse = (status: number, message: string) => {
      if (url.pathname.startsWith("/api/")) json(response, { error: message }, status);
      else page(response, "Traces", `<p>${text(message)}</p><p><a href="/">All traces</a></p>`, status);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "This can only be read.");
    if (id !== undefined) {
      const trace = store.find(id);
      if (!trace) return refuse(404, "There is no such trace: it is not sampled, not complete yet, or gone.");
      return api ? json(response, trace) : page(response, trace.root, whole(trace), 200, STYLE);
    }
    if (!api && url.pathname !== "/") return refuse(404, "There is no such page.");
    const filter = filterOf(url.searchParams);
    if (typeof filter === "string") return refuse(400, filter);
    const found = store.list(filter);
    if (api) json(response, found);
    else page(response, "Traces", `${form(url.searchParams, store)}${list(found)}${held(store)}`, 200, STYLE);
  };
}

const MOST_LISTED = 1000;

/** The filter that the parameters say, or what is wrong with them. An empty parameter is none. */
function filterOf(params: URLSearchParams): Filter | string {
  const given = (name: string) => params.get(name) || undefined;
  const number = (name: string) => (given(name) === undefined ? undefined : Number(given(name)));
  const [errors, minMs, limit] = [given("errors"), number("min_ms"), number("limit")];
  if (errors !== undefined && errors !== "1") return "errors is 1 or left out";
  if (minMs !== undefined && !(minMs >= 0 && Number.isFinite(minMs))) return "min_ms is a number of milliseconds";
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= MOST_LISTED))
    return `limit is a number from 1 to ${MOST_LISTED}`;
  return { service: given("service"), method: given("method"), errors: errors === "1", minMs, limit };
}

function form(params: URLSearchParams, store: TraceStore): string {
  const value = (name: string) => text(params.get(name) ?? "");
  const option = (name: string) => `<option${params.get("service") === name ? " selected" : ""}>${text(name)}</option>`;
  return `<form action="/">
<label>Service <select name="service"><option value="">all</option>${store.services().map(option).join("")}</select></label>
<label>Method <input name="method" value="${value("method")}" placeholder="PlaceOrder"></label>
<label>At least <input name="min_ms" value="${value("min_ms")}" size="5" inputmode="decimal"> ms</label>
<label><input type="checkbox" name="errors" value="1"${params.get("errors") ? " checked" : ""}> with errors</label>
<button>Show</button></form>`;
}

const list = (traces: readonly Summary[]): string =>
  traces.length === 0
    ? "<p>No such traces. An order that is always traced: <code>npx larder demo</code></p>"
    : `<table><thead><tr><th>Start<th>First method<th>Services<th>Spans<th>Took</thead><tbody>${traces
        .map(
          ({ id, root, service, start, durationMs, services, spans, errors }) =>
            `<tr${errors ? ' class="error"' : ""}><td><time>${text(start)}</time><td><a href="/traces/${id}">${text(root)}</a><br><small>${text(service)}</small>
<td>${services.map(text).join(", ")}<td>${spans}${errors ? `, <b>${errors} failed</b>` : ""}<td>${took(durationMs)}`,
        )
        .join("")}</tbody></table>`;

function held(store: TraceStore): string {
  const { traces, spans, bytes } = store.held;
  return `<p><small>Traces held: ${traces}, with ${spans} spans in ${(bytes / 2 ** 20).toFixed(1)} MiB; the oldest go beyond ${limits.spans} spans or ${limits.bytes / 2 ** 20} MiB.</small></p>`;
}

const whole = (trace: Trace): string => `<p><a href="/">Traces</a> · <a href="/api/traces/${trace.id}">JSON</a></p>
<p>${text(trace.start)} · ${took(trace.durationMs)} · ${trace.spans} spans of ${trace.services.map(text).join(", ")}${
  trace.errors ? ` · <b>${trace.errors} failed</b>` : ""
}<br><code>${trace.id}</code></p>
<ol>${trace.tree.map((span) => row(span, trace.durationMs)).join("")}</ol>`;

const DEEPEST_SHOWN = 20;

function row(span: PlacedSpan, wholeMs: number): string {
  const percent = (ms: number) => (wholeMs > 0 ? Math.min(100, Math.max(0, (ms / wholeMs) * 100)) : 0).toFixed(2);
  const indent = Math.min(span.depth, DEEPEST_SHOWN) * 0.8;
  return `<li${span.error ? ' class="error"' : ""}><details><summary><span class="name" style="padding-left:${indent}rem"><b>${text(span.service)}</b> ${text(span.name)}${
    span.error ? ` <b>${text(span.message || "failed")}</b>` : ""
  }</span><span class="lane"><i class="${span.kind}" style="left:${percent(span.offsetMs)}%;width:${percent(span.durationMs)}%"></i></span><span class="took">${took(span.durationMs)}</span></summary>
${pairs([["began after", took(span.offsetMs)], ["kind", span.kind], ["span", span.spanId], ["parent", span.parentSpanId || "none"], ...Object.entries(span.attributes)])}${span.events
  .map(({ name, attributes }) => `<p>${text(name)}</p>${pairs(Object.entries(attributes))}`)
  .join("")}</details></li>`;
}

const pairs = (entries: readonly (readonly [string, unknown])[]): string =>
  `<table>${entries
    .map(([key, value]) => `<tr><th>${text(key)}<td>${text(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join("")}</table>`;

const took = (ms: number): string =>
  ms < 10_000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(1)} s`;

const STYLE = `  form label { margin-right: 1rem; } form { margin-bottom: 1rem; } ol { list-style: none; padding: 0; }
  summary { display: flex; gap: .6rem; align-items: center; border-bottom: 1px solid #d7dfda; cursor: pointer; }
  .name { flex: 0 0 55%; overflow-wrap: anywhere; font-size: .85rem; } .took { flex: 0 0 5rem; text-align: right; }
  .lane { flex: 1; position: relative; height: .8rem; background: #eef2f0; }
  .lane i { position: absolute; top: 0; bottom: 0; min-width: 2px; background: #1f6f4a; }
  .lane .client { background: #9cc4b0; } .lane .consumer { background: #c78a1f; }
  .error, .error a { color: #a3261b; } .error i { background: #a3261b !important; }
`;
