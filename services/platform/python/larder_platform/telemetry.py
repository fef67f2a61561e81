"""What a process says about itself: one JSON log line an event, metrics for Prometheus, spans by OTLP. The same in all kits."""

import asyncio
import json
import logging
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from .call import current_call

if TYPE_CHECKING:
    from grpc import StatusCode
    from opentelemetry.trace import Span

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

LEVELS = {"debug": 10, "info": 20, "warn": 30, "error": 40}

# A series more for each, which no other kit has.
disable_created_metrics()

# Lines gather for a moment and go out in one write, which costs less than one for each request.
_FLUSH_SECONDS = 0.005
_FLUSH_CHARACTERS = 64 << 10

# Only plain values: a message or a request cannot slip into the log.
LogValue = str | float | bool | None


class Log:
    """Writes JSON lines to standard output, in the form that all kits share."""

    def __init__(self, level: str, workload: str, build: str, out: TextIO | None = None) -> None:
        self._threshold = LEVELS[level]
        self._head = f',"workload":{json.dumps(workload)},"build":{json.dumps(build)}'
        self._out = out or sys.stdout
        self._lines: list[str] = []
        self._size = 0
        self._second = -1
        self._stamp = ""

    def debug(self, message: str, **fields: LogValue) -> None:
        """Write what helps to find a fault."""
        self.line("debug", message, fields)

    def info(self, message: str, **fields: LogValue) -> None:
        """Write what is worth knowing. `message` is constant text; what varies stands in the fields."""
        self.line("info", message, fields)

    def warning(self, message: str, **fields: LogValue) -> None:
        """Write what should not last."""
        self.line("warn", message, fields)

    def error(self, message: str, **fields: LogValue) -> None:
        """Write what somebody has to mend."""
        self.line("error", message, fields)

    def writes(self, level: str) -> bool:
        """Tell whether lines of this level are written at all."""
        return LEVELS[level] >= self._threshold

    def line(self, level: str, message: str, fields: dict[str, LogValue]) -> None:
        """Write a line, with the request that it belongs to."""
        if not self.writes(level):
            return
        call = current_call()
        if call:
            fields = {"method": call.method, "request_id": call.request_id, "trace_id": call.trace_id, **fields}
        shown = {name: value for name, value in fields.items() if value is not None}
        self.put(level, message, _json(shown)[1:-1])

    def put(self, level: str, message: str, rest: str) -> None:
        """Write a line whose fields are the inside of a JSON object, so that the hot path can put them together itself."""
        comma = "," if rest else ""
        text = f'{{"time":"{self._timestamp()}","level":"{level}","message":"{message}"{self._head}{comma}{rest}}}\n'
        self._lines.append(text)
        self._size += len(text)
        if self._size > _FLUSH_CHARACTERS:
            self.flush()
        elif len(self._lines) == 1:
            try:
                asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
            except RuntimeError:  # No loop runs: at the very start and end of a process.
                self.flush()

    def flush(self) -> None:
        """Write the lines that have gathered."""
        lines, self._lines, self._size = self._lines, [], 0
        if lines:
            self._out.write("".join(lines))
            self._out.flush()

    def _timestamp(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._stamp = (
                second,
                datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            )
        return f"{self._stamp}.{int((now - second) * 1000):03d}Z"


class LibraryLines(logging.Handler):
    """Passes on what libraries have to warn of, so that a log holds nothing but JSON lines."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as a line."""
        cause = record.exc_info[1] if record.exc_info else None
        text = record.getMessage() if cause is None else f"{record.getMessage()}: {cause!r}"
        level = "error" if record.levelno >= logging.ERROR else "warn"
        self._log.line(level, "from a library", {"library": record.name, "error": text})


class Metrics:
    """What every service counts of its calls. A service registers its own with `registry`."""

    def __init__(self, workload: str, build: str) -> None:
        self.registry = CollectorRegistry()
        self._common = {"workload": workload, "version": build}
        names = [*self._common, "service", "method"]
        self.handled = Counter(
            "larder_rpc_server_handled", "Calls answered, by code.", [*names, "code"], registry=self.registry
        )
        self.duration = Histogram(
            "larder_rpc_server_duration_seconds",
            "Time from the request to the answer.",
            names,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def of_method(self, service: str, method: str) -> "Callable[[StatusCode, float], None]":
        """Return what counts an answer of a method: its code, and the seconds it took."""
        labels = {**self._common, "service": service, "method": method}
        observe = self.duration.labels(**labels).observe
        counters: dict[StatusCode, Callable[[], None]] = {}

        def count(code: "StatusCode", seconds: float) -> None:
            observe(seconds)
            counter = counters.get(code)
            if counter is None:
                counter = counters[code] = self.handled.labels(**labels, code=code.name).inc
            counter()

        return count


class Tracing:
    """Makes the spans of requests, as OTEL_TRACES_SAMPLER, OTEL_BSP_* and OTEL_EXPORTER_OTLP_* say."""

    def __init__(self, workload: str, build: str) -> None:
        # Loaded only where it is wanted: the SDK takes longer to load than the rest of the kit.
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        about = Resource.create({"service.name": workload, "service.version": build})
        self._provider = TracerProvider(resource=about)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("larder_platform")

    def begin(self, method: str, traceparent: str | None) -> "tuple[Span, str]":
        """Begin the span of a request, as a child of its caller's. Return it with the trace context that it lends."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent} if traceparent else {})
        service, _, name = method.partition("/")
        attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}
        span = self._tracer.start_span(method, parent, SpanKind.SERVER, attributes)
        context = span.get_span_context()
        return span, f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"

    @staticmethod
    def end(span: "Span", code: "StatusCode", *, failed: bool) -> None:
        """End a span with the answer that the request got."""
        from opentelemetry.trace import Status, StatusCode

        span.set_attribute("rpc.grpc.status_code", code.value[0])
        if failed:
            span.set_status(Status(StatusCode.ERROR, code.name))
        span.end()

    def stop(self) -> None:
        """Send what spans there are."""
        self._provider.shutdown()


_TRACEPARENT = re.compile(r"[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}")


def trace_context(header: str) -> str | None:
    """Return a W3C trace context if a header is one."""
    return header if header and _TRACEPARENT.fullmatch(header) else None
