// Calls that traces saw: OTLP in JSON, as one document or one in each line (what the collector's file exporter writes).

import { InputError } from "../input-error.ts";
import type { Grant } from "./grants.ts";

interface Attribute {
  readonly key?: string;
  readonly value?: { readonly stringValue?: string };
}

interface Span {
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number | string;
  readonly attributes?: readonly Attribute[];
}

interface TracesData {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly Span[] }[];
  }[];
}

const client: ReadonlySet<unknown> = new Set([3, "SPAN_KIND_CLIENT"]);
const server: ReadonlySet<unknown> = new Set([2, "SPAN_KIND_SERVER"]);

/**
 * The calls of a file. A caller is the `service.name` of a client span, or of what a server span's parent belongs to.
 * Throws InputError with the line of what is no OTLP in JSON.
 */
export function callsInTraces(text: string, name: string): Grant[] {
  const spans = documents(text, name).flatMap(({ resourceSpans = [] }) =>
    resourceSpans.flatMap(({ resource, scopeSpans = [] }) =>
      scopeSpans.flatMap(({ spans = [] }) =>
        spans.map((span) => ({ span, service: attribute(resource?.attributes, "service.name") ?? "" })),
      ),
    ),
  );
  const services = new Map(spans.map(({ span, service }) => [span.spanId, service]));
  const calls = new Map<string, Grant>();
  for (const { span, service } of spans) {
    const method = methodOf(span);
    if (method === undefined) continue;
    const parent = span.parentSpanId ? services.get(span.parentSpanId) : undefined;
    const caller = client.has(span.kind) ? service : server.has(span.kind) && parent !== service ? parent : undefined;
    if (caller) calls.set(`${caller} ${method}`, { caller, method, place: name });
  }
  return [...calls.values()];
}

/** By the conventions of OpenTelemetry, old (`rpc.service` and `rpc.method`) and new (both in one). */
function methodOf({ name, attributes }: Span): string | undefined {
  if (attribute(attributes, "rpc.system") === undefined && attribute(attributes, "rpc.system.name") === undefined) {
    return undefined;
  }
  const service = attribute(attributes, "rpc.service");
  const method = attribute(attributes, "rpc.method") ?? name?.replace(/^\//, "");
  if (method === undefined) return undefined;
  return service === undefined || method.includes("/") ? method : `${service}/${method}`;
}

const attribute = (attributes: readonly Attribute[] | undefined, key: string): string | undefined =>
  attributes?.find((one) => one.key === key)?.value?.stringValue;

function documents(text: string, name: string): TracesData[] {
  const whole = parsed(text);
  if (whole) return [whole];
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const document = parsed(line);
    if (!document) throw new InputError(`${name}:${i + 1}: is no OTLP trace in JSON ({"resourceSpans": […]})`);
    return [document];
  });
}

function parsed(text: string): TracesData | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "resourceSpans" in value ? (value as TracesData) : undefined;
  } catch {
    return undefined;
  }
}
