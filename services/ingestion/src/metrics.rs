//! What ingestion counts besides its calls.

use std::sync::LazyLock;

use prometheus::{
    IntCounter, IntGauge, register_int_counter, register_int_counter_vec, register_int_gauge,
};

/// Readings by what became of them.
pub(crate) struct Readings {
    pub(crate) taken: IntCounter,
    pub(crate) repeated: IntCounter,
    pub(crate) refused: IntCounter,
}

pub(crate) static READINGS: LazyLock<Readings> = LazyLock::new(|| {
    let outcomes = register_int_counter_vec!(
        "larder_ingestion_readings_total",
        "Readings, by what became of them.",
        &["outcome"]
    )
    .expect("one of that name");
    Readings {
        taken: outcomes.with_label_values(&["taken"]),
        repeated: outcomes.with_label_values(&["repeated"]),
        refused: outcomes.with_label_values(&["refused"]),
    }
});

/// Events that are durable.
pub(crate) static EVENTS: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "larder_ingestion_events_total",
        "Events appended to the log."
    )
    .expect("one of that name")
});

/// Readings that wait for the event log.
pub(crate) static PENDING: LazyLock<IntGauge> = LazyLock::new(|| {
    register_int_gauge!(
        "larder_ingestion_pending_readings",
        "Readings that wait for the event log."
    )
    .expect("one of that name")
});
