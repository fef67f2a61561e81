// Spans, by OpenTelemetry. Loaded only if an exporter is configured.

import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Call } from "./context.ts";
import { Code } from "./errors.ts";

/** A span of a call, in or out. */
export interface CallSpan {
  /** What the other side of an outgoing call must be told. */
  readonly traceparent: string;
  /** Runs a function inside the span, so that spans of stores and queues become its children. */
  run<T>(fn: () => T): T;
  end(code: Code): void;
}

export interface Tracing {
  /** The span of a request; the request's trace context becomes the span's. */
  server(call: Call): CallSpan;
  /** The span of an outgoing call: a child of what is in progress, unless it is detached. */
  client(method: string, detached: boolean): CallSpan;
  /** Sends what there is, then stops. */
  stop(): Promise<void>;
}

/** Exports to where the OTEL_EXPORTER_OTLP_* variables say, sampled as the OTEL_TRACES_SAMPLER variables say. */
export function startTracing(workload: string, build: string): Tracing {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": workload, "service.version": build }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = provider.getTracer("@larder/platform");

  const begin = (method: string, kind: SpanKind, parent: Context): CallSpan => {
    const attributes = {
      "rpc.system": "grpc",
      "rpc.service": method.split("/")[0],
      "rpc.method": method.split("/")[1],
    };
    const span = tracer.startSpan(method, { kind, attributes }, parent);
    const inside = trace.setSpan(parent, span);
    return {
      traceparent: traceparentOf(span),
      run: (fn) => context.with(inside, fn),
      end(code) {
        span.setAttribute("rpc.grpc.status_code", code);
        if (failed(code, kind)) span.setStatus({ code: SpanStatusCode.ERROR, message: Code[code] });
        span.end();
      },
    };
  };

  return {
    server(call) {
      const carrier = call.traceparent ? { traceparent: call.traceparent } : {};
      const span = begin(call.method, SpanKind.SERVER, propagation.extract(ROOT_CONTEXT, carrier));
      call.traceparent = span.traceparent;
      return span;
    },
    client: (method, detached) => begin(method, SpanKind.CLIENT, detached ? ROOT_CONTEXT : context.active()),
    stop: () => provider.shutdown(),
  };
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
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
const failed = (code: Code, kind: SpanKind) => (kind === SpanKind.SERVER ? SERVER_FAULTS.has(code) : code !== Code.OK);
