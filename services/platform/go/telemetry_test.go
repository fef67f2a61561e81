package platform

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"context"
	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

func TestLinesAreWrittenInOrderAfterAMoment(t *testing.T) {
	written := &lines{}
	buffer := &logBuffer{out: written}
	logger := newLogger(buffer, Config{LogLevel: slog.LevelWarn, Build: "b"}, "w")
	logger.Info("too quiet")
	logger.Warn("one", "n", 1)
	logger.Error("two")
	eventually(t, "both lines are written", func() bool { return len(written.read(t)) == 2 })
	log := written.read(t)
	if log[0]["message"] != "one" || log[0]["level"] != "warn" || log[0]["n"] != 1.0 || log[1]["level"] != "error" || log[1]["build"] != "b" {
		t.Errorf("%v", log)
	}
	if at, ok := log[0]["time"].(string); !ok || !strings.HasSuffix(at, "Z") {
		t.Errorf("time %v", log[0]["time"])
	}
}

func TestManyLinesDoNotWait(t *testing.T) {
	var written bytes.Buffer
	buffer := &logBuffer{out: &written, armed: true} // armed: the timer never comes
	for written.Len() == 0 {
		if _, err := buffer.Write(bytes.Repeat([]byte("x"), 1<<10)); err != nil {
			t.Fatal(err)
		}
		if buffer.lines.Len() > logLimit {
			t.Fatalf("%d bytes wait", buffer.lines.Len())
		}
	}
}

func TestSpansAreRecordedAsTheEnvironmentSays(t *testing.T) {
	before := otel.GetTracerProvider()
	defer otel.SetTracerProvider(before)
	config := testConfig()
	config.OTLPEndpoint = "unix://" + t.TempDir() + "/nobody.sock"
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", config.OTLPEndpoint)
	t.Setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
	t.Setenv("OTEL_TRACES_SAMPLER_ARG", "0")
	tracer, stop, err := startTracing(t.Context(), config, "shop")
	if err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]bool{"": false, "00": false, "01": true} {
		headers := propagation.MapCarrier{}
		if flags != "" {
			headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-" + flags
		}
		if _, span := tracer.Start(traceContext.Extract(t.Context(), headers), "call"); span.IsRecording() != want {
			t.Errorf("flags %q: recording is %v", flags, span.IsRecording())
		}
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestASpanOfACallIsAChildOfTheCallers(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	shop := run(t, &shop{getProduct: func(context.Context, *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		return nil, context.DeadlineExceeded
	}}, testConfig())
	shop.tracer = provider.Tracer("test")
	ctx := with(t.Context(), "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if err := shop.get(ctx, "products/a"); err == nil {
		t.Fatal("no error")
	}
	ended := spans.Ended()
	if len(ended) != 1 {
		t.Fatalf("%d spans", len(ended))
	}
	span := ended[0]
	if span.Name() != getProduct || span.SpanContext().TraceID().String() != "0af7651916cd43dd8448eb211c80319c" ||
		span.Parent().SpanID().String() != "b7ad6b7169203331" || span.Status().Description != "DEADLINE_EXCEEDED" {
		t.Errorf("%s of %s under %s: %v", span.Name(), span.SpanContext().TraceID(), span.Parent().SpanID(), span.Status())
	}
	if line := shop.log.read(t)[0]; line["trace_id"] != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("logged %v", line)
	}
}
