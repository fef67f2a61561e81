// The traces of the last while, in bounded memory: spans stay as the bytes that came, and are read again when somebody looks.
import { Malformed, type Received, readSpan, type Span, spansIn } from "./span.ts";

/** What is kept at most. What is over it makes the oldest traces go. */
export const limits = {
  spans: 20_000,
  /** Of all spans as they came; what else they cost is at most as much again. */
  bytes: 8 << 20,
  /** Of one trace: the rest of it is refused. */
  spansOfTrace: 2000,
  /** Of one span: a larger one is refused. */
  spanBytes: 64 << 10,
};

export interface Summary {
  readonly id: string;
  /** The name of its first span, which no other here is the parent of: the method that a caller from outside called. */
  readonly root: string;
  /** Of that span. */
  readonly service: string;
  /** RFC 3339. */
  readonly start: string;
  /** From the start of its first span to the end of its last. */
  readonly durationMs: number;
  /** Sorted. */
  readonly services: readonly string[];
  readonly spans: number;
  /** How many of them failed. */
  readonly errors: number;
}

/** A span of a trace, in its place beneath its parent. */
export interface PlacedSpan extends Omit<Span, "traceId"> {
  readonly service: string;
  /** 0 for one whose parent is not here. */
  readonly depth: number;
  /** Since the start of the trace. */
  readonly offsetMs: number;
}

export interface Trace extends Summary {
  /** Each parent before its children, these in the order in which they began. */
  readonly tree: readonly PlacedSpan[];
}

/** Which traces are asked for; absent members let all pass. */
export interface Filter {
  /** One that took part. */
  readonly service?: string | undefined;
  /** A part of the name of one of its spans, in any case. */
  readonly method?: string | undefined;
  /** Only those in which a span failed. */
  readonly errors?: boolean | undefined;
  readonly minMs?: number | undefined;
  /** The most that are returned. */
  readonly limit?: number | undefined;
}

/** What became of an export request. */
export interface Taken {
  readonly rejected: number;
  /** Why, of the last one; empty where none was. */
  readonly reason: string;
}

/** As much of a span as tells which is above which. */
type Above = Pick<Span, "spanId" | "parentSpanId" | "name">;

interface Kept {
  readonly id: string;
  readonly spans: Map<string, Received>;
  readonly services: Set<string>;
  readonly names: Set<string>;
  bytes: number;
  /** The farthest ancestor of the earliest span. */
  root: Above | undefined;
  start: number;
  end: number;
  errors: number;
}

export class TraceStore {
  /** In the order in which their first spans came. */
  readonly #traces = new Map<string, Kept>();
  readonly #limits: typeof limits;
  #spans = 0;
  #bytes = 0;

  constructor(most: Partial<typeof limits> = {}) {
    this.#limits = { ...limits, ...most };
  }

  get held(): { traces: number; spans: number; bytes: number } {
    return { traces: this.#traces.size, spans: this.#spans, bytes: this.#bytes };
  }

  /** Takes an ExportTraceServiceRequest. Throws `Malformed` where it is none, and has taken nothing then. */
  add(request: Uint8Array): Taken {
    let [rejected, reason] = [0, ""];
    for (const received of spansIn(request)) {
      const problem = this.#take(received);
      if (!problem) continue;
      rejected += 1;
      reason = problem;
    }
    return { rejected, reason };
  }

  /** Newest first. */
  list({ service, method, errors, minMs = 0, limit = 100 }: Filter = {}): Summary[] {
    const part = method?.toLowerCase();
    const found: Summary[] = [];
    for (const trace of [...this.#traces.values()].reverse()) {
      if (found.length === limit) break;
      if (service && !trace.services.has(service)) continue;
      if (part && ![...trace.names].some((name) => name.toLowerCase().includes(part))) continue;
      if (errors && trace.errors === 0) continue;
      if (trace.end - trace.start < minMs) continue;
      found.push(summaryOf(trace));
    }
    return found;
  }

  find(id: string): Trace | undefined {
    const trace = this.#traces.get(id);
    return trace && { ...summaryOf(trace), tree: treeOf(trace) };
  }

  /** The services that took part in any trace, sorted. */
  services(): string[] {
    return [...new Set([...this.#traces.values()].flatMap((trace) => [...trace.services]))].sort();
  }

  /** Returns why the span is not kept; undefined if it is. */
  #take({ service, bytes }: Received): string | undefined {
    const { spanBytes, spansOfTrace } = this.#limits;
    if (bytes.length > spanBytes) return `a span has ${bytes.length} bytes, at most ${spanBytes} are kept`;
    let span: Span;
    try {
      span = readSpan(bytes);
    } catch (error) {
      if (error instanceof Malformed) return error.message;
      throw error;
    }
    const trace = this.#traces.get(span.traceId) ?? newTrace(span);
    // A repeat, of an export whose answer was lost.
    if (trace.spans.has(span.spanId)) return undefined;
    if (trace.spans.size === spansOfTrace) return `a trace has more than ${spansOfTrace} spans`;
    // Copied: the request, with all the other spans, is to go.
    trace.spans.set(span.spanId, { service, bytes: bytes.slice() });
    note(trace, span, service, bytes.length);
    this.#traces.set(span.traceId, trace);
    this.#spans += 1;
    this.#bytes += bytes.length;
    this.#makeRoom();
    return undefined;
  }

  #makeRoom(): void {
    for (const [id, { spans, bytes }] of this.#traces) {
      if (this.#spans <= this.#limits.spans && this.#bytes <= this.#limits.bytes) return;
      this.#traces.delete(id);
      this.#spans -= spans.size;
      this.#bytes -= bytes;
    }
  }
}

const newTrace = ({ traceId }: Span): Kept => ({
  id: traceId,
  spans: new Map(),
  services: new Set(),
  names: new Set(),
  bytes: 0,
  root: undefined,
  start: Number.POSITIVE_INFINITY,
  end: 0,
  errors: 0,
});

function note(trace: Kept, span: Span, service: string, size: number): void {
  // Spans of one millisecond may look as old as their parents: it is the parents that tell who was called from outside.
  const above = span.start < trace.start || trace.root?.parentSpanId === span.spanId;
  if (above) trace.root = ancestorOf(span, trace.spans);
  trace.start = Math.min(trace.start, span.start);
  trace.end = Math.max(trace.end, span.start + span.durationMs);
  trace.bytes += size;
  trace.services.add(service);
  trace.names.add(span.name);
  if (span.error) trace.errors += 1;
}

/** The farthest ancestor that is here; where parents go in a circle, one of them. */
function ancestorOf(span: Above, spans: ReadonlyMap<string, Received>): Above {
  let ancestor = span;
  for (const seen = new Set<string>(); !seen.has(ancestor.spanId); ) {
    seen.add(ancestor.spanId);
    const parent = spans.get(ancestor.parentSpanId);
    if (parent) ancestor = readSpan(parent.bytes);
  }
  const { spanId, parentSpanId, name } = ancestor;
  return { spanId, parentSpanId, name };
}

const summaryOf = ({ id, root, start, end, services, spans, errors }: Kept): Summary => ({
  id,
  root: root?.name ?? "",
  service: spans.get(root?.spanId ?? "")?.service ?? "",
  start: new Date(Math.min(start, LAST_DATE_MS)).toISOString(),
  durationMs: rounded(end - start),
  services: [...services].sort(),
  spans: spans.size,
  errors,
});

/** The last moment that a Date can name. */
const LAST_DATE_MS = 8.64e15;
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Every span once, whatever the parents say: one that is its own ancestor begins a tree of its own. */
function treeOf({ spans, start }: Kept): PlacedSpan[] {
  const all = [...spans.values()]
    .map(({ service, bytes }) => ({ service, ...readSpan(bytes) }))
    .sort((a, b) => a.start - b.start);
  const children = Map.groupBy(all, ({ parentSpanId }) => (spans.has(parentSpanId) ? parentSpanId : ""));
  const placed = new Map<string, PlacedSpan>();
  const place = (first: (typeof all)[number]) => {
    const waiting = [{ span: first, depth: 0 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { traceId: _, ...span } = next.span;
      if (placed.has(span.spanId)) continue;
      placed.set(span.spanId, { ...span, depth: next.depth, offsetMs: rounded(span.start - start) });
      const depth = next.depth + 1;
      for (const child of (children.get(span.spanId) ?? []).toReversed()) waiting.push({ span: child, depth });
    }
  };
  for (const span of children.get("") ?? []) place(span);
  for (const span of all) place(span);
  return [...placed.values()];
}
