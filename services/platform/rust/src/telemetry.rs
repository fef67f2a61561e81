//! What a service tells of its calls besides the log: metrics and spans, under the names that all kits share.

use std::borrow::Cow;
use std::sync::OnceLock;

use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{
    SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use prometheus::process_collector::ProcessCollector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use crate::call::TRACE_HEADER;
use crate::errors::Error;
use crate::platform_config::PlatformConfig;

/// What every service counts of its calls, and where it may register more of its own.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) handled: IntCounterVec,
    pub(crate) duration: HistogramVec,
}

const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

impl Metrics {
    pub(crate) fn new(workload: &str, build: &str) -> prometheus::Result<Self> {
        let common = [("workload", workload), ("version", build)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let registry = Registry::new();
        let handled = IntCounterVec::new(
            Opts::new(
                "larder_rpc_server_handled_total",
                "Calls answered, by code.",
            )
            .const_labels(common.clone().into()),
            &["service", "method", "code"],
        )?;
        let duration = HistogramVec::new(
            HistogramOpts::new(
                "larder_rpc_server_duration_seconds",
                "Time from the request to the answer.",
            )
            .const_labels(common.into())
            .buckets(BUCKETS.to_vec()),
            &["service", "method"],
        )?;
        registry.register(Box::new(handled.clone()))?;
        registry.register(Box::new(duration.clone()))?;
        registry.register(Box::new(ProcessCollector::for_self()))?;
        Ok(Self {
            registry,
            handled,
            duration,
        })
    }

    /// The text that `/metrics` answers: these, and what the service registered at the default registry of `prometheus`.
    pub(crate) fn text(&self) -> prometheus::Result<String> {
        let mut all = self.registry.gather();
        all.extend(
            prometheus::gather()
                .into_iter()
                .filter(|family| !family.name().starts_with("process_")),
        );
        TextEncoder::new().encode_to_string(&all)
    }
}

/// Makes spans where an endpoint is set. Otherwise the trace of the caller travels on as it is.
pub(crate) struct Tracing {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

static TRACING: OnceLock<Option<Tracing>> = OnceLock::new();

impl Tracing {
    fn new(workload: &str, build: &str) -> Result<Self, Error> {
        // The endpoint and the rest stand in the OTEL_* variables.
        let exporter = SpanExporter::builder().with_tonic().build()?;
        let about = Resource::builder()
            .with_service_name(workload.to_owned())
            .with_attribute(KeyValue::new("service.version", build.to_owned()))
            .build();
        Ok(Self::by(
            SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_resource(about)
                .build(),
        ))
    }

    pub(crate) fn by(provider: SdkTracerProvider) -> Self {
        let tracer = provider.tracer("larder-platform");
        Self { provider, tracer }
    }

    /// Sends what is left. Blocks.
    pub(crate) fn shutdown(&self) -> Result<(), Error> {
        self.provider.shutdown().map_err(Into::into)
    }

    /// Begins the span of a request, a child of its caller's.
    pub(crate) fn begin(&self, method: &'static str, traceparent: Option<&str>) -> Span {
        let (service, name) = method.split_once('/').unwrap_or((method, ""));
        let about = vec![
            KeyValue::new("rpc.system", "grpc"),
            KeyValue::new("rpc.service", service),
            KeyValue::new("rpc.method", name),
        ];
        self.start(method.into(), SpanKind::Server, about, traceparent)
    }

    /// Begins the span of an event that is handled, a child of what caused it.
    pub(crate) fn begin_event(&self, topic: &str, traceparent: Option<&str>) -> Span {
        let about = vec![
            KeyValue::new("messaging.destination.name", topic.to_owned()),
            KeyValue::new("messaging.operation.type", "process"),
        ];
        self.start(
            topic.to_owned().into(),
            SpanKind::Consumer,
            about,
            traceparent,
        )
    }

    fn start(
        &self,
        name: Cow<'static, str>,
        kind: SpanKind,
        about: Vec<KeyValue>,
        traceparent: Option<&str>,
    ) -> Span {
        let carrier = traceparent.map(|value| (TRACE_HEADER.to_owned(), value.to_owned()));
        let carrier: std::collections::HashMap<_, _> = carrier.into_iter().collect();
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
        let span = self
            .tracer
            .span_builder(name)
            .with_kind(kind)
            .with_attributes(about)
            .start_with_context(&self.tracer, &parent);
        Span(parent.with_span(span))
    }
}

/// Begins to export spans if an endpoint is set. The first call decides. Needs a runtime.
pub(crate) fn start_tracing(
    config: &PlatformConfig,
    workload: &str,
) -> Result<Option<&'static Tracing>, Error> {
    if TRACING.get().is_none() {
        let wanted = config.otlp_endpoint.as_ref();
        let tracing = wanted
            .map(|_| Tracing::new(workload, &config.build))
            .transpose()?;
        return Ok(TRACING.get_or_init(|| tracing).as_ref());
    }
    Ok(tracing())
}

/// Tracing as `start_tracing` has decided.
pub(crate) fn tracing() -> Option<&'static Tracing> {
    TRACING.get().and_then(Option::as_ref)
}

/// The span of a request in progress, or of an event.
pub(crate) struct Span(Context);

impl Span {
    /// The trace context for further calls.
    pub(crate) fn traceparent(&self) -> Option<String> {
        let mut carrier = std::collections::HashMap::new();
        TraceContextPropagator::new().inject_context(&self.0, &mut carrier);
        carrier.remove(TRACE_HEADER)
    }

    /// Ends it with the number of the code; `failed` names one that is the service's fault.
    pub(crate) fn end(&self, code: u32, failed: Option<&'static str>) {
        self.0
            .span()
            .set_attribute(KeyValue::new("rpc.grpc.status_code", i64::from(code)));
        self.end_event(failed);
    }

    /// Ends that of an event; `failed` names the code of what came of it otherwise than well.
    pub(crate) fn end_event(&self, failed: Option<&'static str>) {
        let span = self.0.span();
        if let Some(name) = failed {
            span.set_status(Status::error(name));
        }
        span.end();
    }
}
