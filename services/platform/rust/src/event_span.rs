//! The span of an event that is handled.

use crate::telemetry::{Span, tracing};

/// A part of the trace of what caused the event. One that is dropped ends too.
pub struct EventSpan(Span);

impl EventSpan {
    /// Begins it beneath the span that `traceparent` (a W3C trace context) names; without one, or with one that cannot be read, it is the
    /// first of a trace. None unless spans are exported.
    #[must_use]
    pub fn begin(topic: &str, traceparent: Option<&str>) -> Option<Self> {
        Some(Self(tracing()?.begin_event(topic, traceparent)))
    }

    /// What whoever goes on with the work must be told.
    #[must_use]
    pub fn traceparent(&self) -> Option<String> {
        self.0.traceparent()
    }

    /// Ends it. `failed` names the code of what came of the event otherwise than well.
    pub fn end(&self, failed: Option<&'static str>) {
        self.0.end_event(failed);
    }
}
