// Spans, by OpenTelemetry. Loaded only if an exporter is configured.

import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { TRACEPARENT } from "./context.ts";
import { Code } from "./errors.ts";

/** A request that came in; a call that goes out; an event that is handled. */
export type SpanOf = "request" | "call" | "event";

export interface CallSpan {
  /** What whoever goes on with the work must be told. */
  readonly traceparent: string;
  /** Whether anybody will see it. */
  readonly recorded: boolean;
  end(code: Code): void;
}

export interface Tracing {
  /**
   * Begins a span beneath the one that `parent` (a W3C traceparent) names; without a parent, or with one that cannot be
   * read, it is the first of a trace. `name` is `package.Service/Method`, or the topic of an event.
   */
  begin(what: SpanOf, name: string, parent: string | undefined): CallSpan;
  /** Sends what there is, then stops. */
  stop(): Promise<void>;
}

/** Exports to where the OTEL_EXPORTER_OTLP_* variables say, sampled as the OTEL_TRACES_SAMPLER variables say. */
export function startTracing(workload: string, build: string): Tracing {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": workload, "service.version": build }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer("@larder/platform");
  const parentBased = (process.env.OTEL_TRACES_SAMPLER || "parentbased_always_on").startsWith("parentbased_");
  return {
    begin(what, name, parent) {
      // Most calls belong to a trace that is not recorded, which is known already: asking the SDK costs as much as a span.
      if (parentBased && parent && UNRECORDED.test(parent))
        return { traceparent: parent, recorded: false, end: nothing };
      const span = tracer.startSpan(name, { kind: KINDS[what], attributes: attributesOf(what, name) }, within(parent));
      return {
        traceparent: traceparentOf(span.spanContext()),
        recorded: span.isRecording(),
        end(code) {
          if (span.isRecording()) {
            if (what !== "event") span.setAttribute("rpc.grpc.status_code", code);
            if (failed(code, what)) span.setStatus({ code: SpanStatusCode.ERROR, message: Code[code] });
          }
          span.end();
        },
      };
    },
    stop: () => provider.shutdown(),
  };
}

const UNRECORDED = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f][02468ace]$/;
const nothing = () => {};

const KINDS: Readonly<Record<SpanOf, SpanKind>> = {
  request: SpanKind.SERVER,
  call: SpanKind.CLIENT,
  event: SpanKind.CONSUMER,
};

// One object for each name: there are few of them, and most spans are not even recorded.
const known: Readonly<Record<SpanOf, Map<string, Readonly<Record<string, string>>>>> = {
  request: new Map(),
  call: new Map(),
  event: new Map(),
};

function attributesOf(what: SpanOf, name: string): Readonly<Record<string, string>> {
  const found = known[what].get(name);
  if (found) return found;
  const [service = "", method = ""] = name.split("/");
  const attributes: Record<string, string> =
    what === "event"
      ? { "messaging.destination.name": name, "messaging.operation.type": "process" }
      : { "rpc.system": "grpc", "rpc.service": service, "rpc.method": method };
  known[what].set(name, attributes);
  return attributes;
}

function within(parent: string | undefined): Context {
  if (!parent || !TRACEPARENT.test(parent)) return ROOT_CONTEXT;
  const [, traceId = "", spanId = "", flags = ""] = parent.split("-");
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

// A server answers a bad request correctly; for the client it is an error all the same.
const SERVER_FAULTS = new Set([
  Code.UNKNOWN,
  Code.DEADLINE_EXCEEDED,
  Code.UNIMPLEMENTED,
  Code.INTERNAL,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);
const failed = (code: Code, what: SpanOf) => (what === "request" ? SERVER_FAULTS.has(code) : code !== Code.OK);
