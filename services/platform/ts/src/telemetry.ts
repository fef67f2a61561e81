// What a service says about itself: one JSON line an event, metrics for Prometheus, and spans where somebody wants them.

import { write, writeSync } from "node:fs";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { Platform } from "./config.ts";
import { currentCall } from "./context.ts";
import type { CallSpan, SpanOf, Tracing } from "./tracing.ts";

const LEVELS = { debug: 0, info: 1, warn: 2, error: 3 } as const;
export type LogLevel = keyof typeof LEVELS;
/** Only plain values: a message or a request cannot slip into the log. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

let threshold: number = LEVELS.info;
let head = "";

/** Writes one line. `message` is constant text; what varies stands in the fields. */
function line(level: LogLevel, message: string, fields: LogFields = {}): void {
  if (LEVELS[level] < threshold) return;
  const call = currentCall();
  const request = call ? { method: call.method, request_id: call.requestId, trace_id: traceId(call.traceparent) } : {};
  writeLine(level, message, JSON.stringify({ ...request, ...fields }).slice(1));
}

export const log = {
  debug: (message: string, fields?: LogFields) => line("debug", message, fields),
  info: (message: string, fields?: LogFields) => line("info", message, fields),
  warn: (message: string, fields?: LogFields) => line("warn", message, fields),
  error: (message: string, fields?: LogFields) => line("error", message, fields),
};

/** True if lines of this level are written at all. */
export const logs = (level: LogLevel): boolean => LEVELS[level] >= threshold;

/** `rest` is the inside of a JSON object with its closing brace, so that the hot path can put it together itself. */
export function writeLine(level: LogLevel, message: string, rest: string): void {
  const start = `{"time":"${timestamp()}","level":"${level}","message":"${message}"${head}`;
  output.add(rest === "}" ? `${start}}\n` : `${start},${rest}\n`);
}

let stamped = 0;
let stamp = "";
function timestamp(): string {
  const now = Date.now();
  if (now !== stamped) stamp = new Date(now).toISOString();
  stamped = now;
  return stamp;
}

export const traceId = (traceparent: string | undefined): string | undefined => traceparent?.slice(3, 35);

// A write costs as much as handling a request, and wakes a thread and then this one again: it is to carry many lines, but none is to wait
// for long.
const FLUSH_MS = 100;
const FLUSH_BYTES = 64 << 10;

/**
 * Standard output without waiting for it: lines gather for a moment and go out in one write. What is left
 * goes out when the process exits. If the reader of the pipe falls too far behind, lines are dropped and counted.
 */
const output = {
  gathered: [] as string[],
  size: 0,
  dropped: 0,
  timer: undefined as NodeJS.Timeout | undefined,
  pending: undefined as Buffer | undefined,
  writing: false,

  add(text: string): void {
    if (output.size > 4 << 20) {
      output.dropped += 1;
      return;
    }
    output.gathered.push(text);
    output.size += text.length;
    if (output.size > FLUSH_BYTES) output.flush();
    else if (!output.writing) output.timer ??= setTimeout(output.flush, FLUSH_MS);
  },

  flush(): void {
    output.timer = undefined;
    if (output.writing) return;
    output.pending ??= output.take();
    output.writing = output.pending !== undefined;
    if (output.pending) write(1, output.pending, output.written);
  },

  written(error: NodeJS.ErrnoException | null, bytes: number): void {
    output.writing = false;
    const rest = error && error.code !== "EAGAIN" ? undefined : output.pending?.subarray(bytes || 0);
    output.pending = rest?.length ? rest : undefined;
    if (error?.code === "EAGAIN" || (!output.pending && output.size > 0))
      output.timer ??= setTimeout(output.flush, FLUSH_MS);
    else if (output.pending) output.flush();
  },

  take(): Buffer | undefined {
    if (output.gathered.length === 0) return undefined;
    if (output.dropped > 0)
      output.gathered.push(
        `${JSON.stringify({ level: "warn", message: "log lines dropped", lines: output.dropped })}\n`,
      );
    const bytes = Buffer.from(output.gathered.join(""));
    output.gathered = [];
    output.size = 0;
    output.dropped = 0;
    return bytes;
  },
};

/** Resolves when all lines are out. */
export async function flushLogs(): Promise<void> {
  output.flush();
  while (output.pending || output.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

// For an exit that did not wait. A write under way is left to itself: here it cannot be known how far it got.
process.on("exit", () => {
  const bytes = output.take();
  try {
    if (bytes) writeSync(1, bytes);
  } catch {
    // Nobody reads any more.
  }
});

/** The metrics of this process. Services register theirs here. */
export const metrics = new Registry();

const labelNames = ["service", "method", "code"] as const;
export const handled = new Counter({
  name: "larder_rpc_server_handled_total",
  help: "Calls answered, by code.",
  labelNames,
  registers: [metrics],
});
export const duration = new Histogram({
  name: "larder_rpc_server_duration_seconds",
  help: "Time from the request to the answer.",
  labelNames: ["service", "method"],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [metrics],
});

let tracing: Tracing | undefined;

/** Begins a span, as `Tracing.begin` does; undefined unless an exporter is configured. */
export const beginSpan = (what: SpanOf, name: string, parent: string | undefined): CallSpan | undefined =>
  tracing?.begin(what, name, parent);

// The delay of the event loop is told as each scrape finds it. A histogram of it would wake the process a hundred times a second, which
// is most of what an idle one does.
function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: 24 * 3_600_000 });
  for (const name of HISTOGRAM_OF_DELAYS) metrics.removeSingleMetric(`nodejs_eventloop_lag_${name}_seconds`);
}

const HISTOGRAM_OF_DELAYS = ["min", "max", "mean", "stddev", "p50", "p90", "p99"];

/** Names this process in its logs and metrics, and starts the export of spans if OTEL_EXPORTER_OTLP_ENDPOINT is set. */
export async function startTelemetry(platform: Platform, workload: string): Promise<void> {
  threshold = LEVELS[platform.logLevel];
  head = `,"workload":${JSON.stringify(workload)},"build":${JSON.stringify(platform.build)}`;
  metrics.setDefaultLabels({ workload, version: platform.build });
  if (!metrics.getSingleMetric("process_cpu_seconds_total")) collectProcessMetrics();
  // Loaded only where it is wanted: the SDK takes longer to load than the rest of the kit.
  if (platform.otlpEndpoint) tracing ??= (await import("./tracing.ts")).startTracing(workload, platform.build);
}

/** Sends what spans there are. */
export async function stopTelemetry(): Promise<void> {
  await tracing?.stop();
  tracing = undefined;
}
