package platform

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// logBuffer gathers lines for a few milliseconds and writes them in one go: a write for each request would cost more
// than the rest of the log. Exit writes what is left.
type logBuffer struct {
	mu    sync.Mutex
	lines bytes.Buffer
	armed bool
	out   io.Writer
}

const (
	logDelay = 5 * time.Millisecond
	logLimit = 64 << 10
)

var stdout = &logBuffer{out: os.Stdout}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines.Write(line)
	if b.lines.Len() > logLimit {
		b.flush()
	} else if !b.armed {
		b.armed = true
		time.AfterFunc(logDelay, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.armed = false
			b.flush()
		})
	}
	return len(line), nil
}

// flush drops the lines that cannot be written: there is nowhere to say so.
func (b *logBuffer) flush() { _, _ = b.lines.WriteTo(b.out) }

func flushLog() {
	stdout.mu.Lock()
	defer stdout.mu.Unlock()
	stdout.flush()
}

// newLogger writes one JSON line an event, in the form that all kits share.
func newLogger(out io.Writer, config Config, workload string) *slog.Logger {
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: config.LogLevel, ReplaceAttr: sharedNames})
	return slog.New(handler).With("workload", workload, "build", config.Build)
}

var levelNames = map[slog.Level]slog.Value{
	slog.LevelDebug: slog.StringValue("debug"), slog.LevelInfo: slog.StringValue("info"),
	slog.LevelWarn: slog.StringValue("warn"), slog.LevelError: slog.StringValue("error"),
}

func sharedNames(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return attr
	}
	switch attr.Key {
	case slog.TimeKey:
		attr.Value = slog.TimeValue(attr.Value.Time().UTC())
	case slog.MessageKey:
		attr.Key = "message"
	case slog.LevelKey:
		if level, ok := attr.Value.Any().(slog.Level); ok {
			attr.Value = levelNames[level]
		}
	}
	return attr
}

// metrics are what every service counts of its calls.
type metrics struct {
	registry *prometheus.Registry
	handled  *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMetrics(workload, build string) *metrics {
	registry := prometheus.NewRegistry()
	common := prometheus.Labels{"workload": workload, "version": build}
	m := &metrics{
		registry: registry,
		handled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "larder_rpc_server_handled_total", Help: "Calls answered, by code.", ConstLabels: common,
		}, []string{"service", "method", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "larder_rpc_server_duration_seconds", Help: "Time from the request to the answer.", ConstLabels: common,
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}, []string{"service", "method"}),
	}
	registry.MustRegister(m.handled, m.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

const tracerName = "larder.example/platform/go"

// startTracing exports spans if an endpoint is set. Otherwise there is no tracer, and only the trace of
// the caller travels on.
func startTracing(ctx context.Context, config Config, workload string) (trace.Tracer, func(context.Context) error, error) {
	if config.OTLPEndpoint == "" {
		return nil, func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, nil, err
	}
	about := resource.NewSchemaless(attribute.String("service.name", workload), attribute.String("service.version", config.Build))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	otel.SetTracerProvider(provider)
	return otel.Tracer(tracerName), provider.Shutdown, nil
}

// spanOf names a method in its spans, as all kits do.
func spanOf(service, method string) trace.SpanStartEventOption {
	return trace.WithAttributes(attribute.String("rpc.system", "grpc"), attribute.String("rpc.service", service), attribute.String("rpc.method", method))
}

var traceContext = propagation.TraceContext{}
