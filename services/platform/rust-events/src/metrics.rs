//! What consumers and relays count, at the default registry of `prometheus`, under the names and labels that all languages share.

use crate::inbox::Place;
use prometheus::{IntCounterVec, IntGaugeVec, register_int_counter_vec, register_int_gauge_vec};
use std::sync::LazyLock;

static DELIVERIES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    counter(
        "larder_consumer_deliveries_total",
        "Deliveries of events, by what became of them.",
        &["topic", "group", "what"],
    )
});

static PARKED: LazyLock<IntCounterVec> = LazyLock::new(|| {
    counter(
        "larder_consumer_parked_total",
        "Events put aside in the dead-letter topic, by why.",
        &["topic", "group", "why"],
    )
});

static ODDITIES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    counter(
        "larder_consumer_oddities_total",
        "Events that were handled though something is odd about them.",
        &["topic", "group", "what"],
    )
});

static LETTERS: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "larder_dead_letters",
        "Records of dead-letter topics: letters, and marks that settle them.",
        &["topic"]
    )
    .expect("one of that name")
});

static OUTBOX: LazyLock<IntCounterVec> = LazyLock::new(|| {
    counter(
        "larder_outbox_events_total",
        "Events taken from the outbox to the log.",
        &["what"],
    )
});

fn counter(name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    register_int_counter_vec!(name, help, labels).expect("one of that name")
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    Handled,
    /// It was not for this group, or had been handled before: it was passed over.
    Repeated,
    /// It will be delivered again.
    Failed,
    /// It will not.
    Dead,
}

pub(crate) fn count_deliveries(place: &Place, outcome: Outcome, count: usize) {
    let what = match outcome {
        Outcome::Handled => "handled",
        Outcome::Repeated => "repeated",
        Outcome::Failed => "failed",
        Outcome::Dead => "dead",
    };
    if count > 0 {
        DELIVERIES
            .with_label_values(&[&place.topic, &place.group, what])
            .inc_by(count as u64);
    }
}

pub(crate) fn count_parked(place: &Place, why: &str) {
    PARKED
        .with_label_values(&[&place.topic, &place.group, why])
        .inc();
}

pub(crate) fn count_oddity(place: &Place, what: &str) {
    ODDITIES
        .with_label_values(&[&place.topic, &place.group, what])
        .inc();
}

/// How many records a dead-letter topic holds.
pub(crate) fn tell_letters(dead_topic: &str, records: u64) {
    LETTERS
        .with_label_values(&[dead_topic])
        .set(i64::try_from(records).unwrap_or(i64::MAX));
}

/// Events that a relay appended, and those that the log had already seen.
pub(crate) fn count_relayed(appended: u64, skipped: u64) {
    OUTBOX.with_label_values(&["appended"]).inc_by(appended);
    OUTBOX.with_label_values(&["skipped"]).inc_by(skipped);
}
