//! What others hear, in the words of the contract.

use crate::batch_average::Batch;
use crate::excursion::{EndReason, Excursion};
use crate::pane::Pane;
use crate::source::Change;
use crate::temperature::{degrees, mean};
use crate::window::{Key, Kind, summary};
use buffa::{EnumValue, Message, MessageField, MessageName};
use buffa_types::google::protobuf::{Duration, Timestamp};
use larder_contract::proto::larder::coldchain::v1 as contract;
use larder_events::{Event, OutgoingEvent, dataschema, topic_of};
use std::time::{SystemTime, UNIX_EPOCH};

/// Of windows, so that an event stays well below the largest.
const MOST_WINDOWS: usize = 2000;

/// What a batch of a partition has to tell of windows and batches: as many events as it takes.
pub(crate) fn windows_closed(
    source: u32,
    watermark_us: i64,
    windows: &[(Key, Pane, i32)],
    batches: &[Batch],
    about: &About,
) -> Vec<OutgoingEvent> {
    let windows: Vec<contract::Window> = windows
        .iter()
        .filter_map(|(key, pane, revision)| window(key, pane, *revision))
        .collect();
    let batches: Vec<contract::BatchAverage> = batches.iter().map(batch_average).collect();
    let count = windows
        .len()
        .div_ceil(MOST_WINDOWS)
        .max(batches.len().div_ceil(MOST_WINDOWS));
    let part = |length: usize, at: usize| {
        (at * MOST_WINDOWS).min(length)..((at + 1) * MOST_WINDOWS).min(length)
    };
    (0..count)
        .map(|at| {
            let message = contract::WindowsClosed {
                source: format!("sources/{source}"),
                windows: windows[part(windows.len(), at)].to_vec(),
                batches: batches[part(batches.len(), at)].to_vec(),
                watermark: time(watermark_us),
                ..Default::default()
            };
            about.event(
                &message.source,
                None,
                &uuid::Uuid::new_v4().to_string(),
                &message,
            )
        })
        .collect()
}

pub(crate) fn excursion_changed(change: &Change, about: &About) -> OutgoingEvent {
    let Change { excursion, history } = change;
    let name = &excursion.name;
    let message = contract::ExcursionChanged {
        excursion: name.clone(),
        current: MessageField::some(current(excursion, history)),
        ..Default::default()
    };
    let version = excursion.version.unsigned_abs();
    about.event(name, Some(version), &format!("{name}/{version}"), &message)
}

/// What caused events.
pub(crate) struct About {
    /// When, in milliseconds since 1970.
    pub time_ms: i64,
    /// Of the trace, if there is one.
    pub traceparent: Option<String>,
}

impl About {
    /// Nothing but time.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let time_ms = i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        Self {
            time_ms,
            traceparent: None,
        }
    }

    fn event<M: Message + MessageName>(
        &self,
        subject: &str,
        aggregate_version: Option<u64>,
        id: &str,
        message: &M,
    ) -> OutgoingEvent {
        let event = Event {
            id: id.to_owned(),
            source: "aggregator".into(),
            type_name: M::FULL_NAME.into(),
            subject: subject.to_owned(),
            time_ms: self.time_ms,
            dataschema: dataschema(),
            aggregate_version,
            traceparent: self.traceparent.clone(),
            data: message.encode_to_vec().into(),
            ..Event::default()
        };
        OutgoingEvent {
            topic: topic_of::<M>().name.clone(),
            event,
        }
    }
}

fn window(key: &Key, pane: &Pane, revision: i32) -> Option<contract::Window> {
    let summary = summary(pane, key.kind)?;
    let kind = match key.kind {
        Kind::Tumbling => contract::WindowKind::WINDOW_KIND_TUMBLING,
        Kind::Sliding => contract::WindowKind::WINDOW_KIND_SLIDING,
    };
    Some(contract::Window {
        subject: key.subject.clone(),
        kind: EnumValue::Known(kind),
        start_time: time(key.start_us),
        end_time: time(key.end_us()),
        count: summary.count,
        min_celsius: summary.min,
        max_celsius: summary.max,
        mean_celsius: summary.mean,
        p95_celsius: summary.p95,
        time_above_limit: summary.above_us.map_or_else(MessageField::none, duration),
        revision,
        ..Default::default()
    })
}

fn batch_average(batch: &Batch) -> contract::BatchAverage {
    contract::BatchAverage {
        batch: batch.number,
        count: i32::try_from(batch.count).unwrap_or(i32::MAX),
        mean_celsius: mean(batch.sum, batch.count),
        start_time: time(batch.start_us),
        end_time: time(batch.end_us),
        ..Default::default()
    }
}

fn current(excursion: &Excursion, history: &[(i64, f64)]) -> contract::Excursion {
    use contract::ExcursionEndReason as Reason;
    let (state, reason) = match excursion.end.map(|end| end.reason) {
        None => (
            contract::ExcursionState::EXCURSION_STATE_OPEN,
            Reason::EXCURSION_END_REASON_UNSPECIFIED,
        ),
        Some(reason) => (
            contract::ExcursionState::EXCURSION_STATE_CLOSED,
            match reason {
                EndReason::Recovered => Reason::EXCURSION_END_REASON_RECOVERED,
                EndReason::Moved => Reason::EXCURSION_END_REASON_SENSOR_MOVED,
                EndReason::Silent => Reason::EXCURSION_END_REASON_SENSOR_SILENT,
            },
        ),
    };
    let sample = |(time_us, celsius): &(i64, f64)| contract::TemperatureSample {
        time: time(*time_us),
        celsius: *celsius,
        ..Default::default()
    };
    contract::Excursion {
        name: excursion.name.clone(),
        device: excursion.device.clone(),
        subject: excursion.subject.clone(),
        storage_class: EnumValue::from(excursion.class),
        state: EnumValue::Known(state),
        limit_celsius: degrees(excursion.limit),
        start_time: time(excursion.start_us),
        end_time: excursion
            .end
            .map_or_else(MessageField::none, |end| time(end.time_us)),
        peak_celsius: degrees(excursion.peak),
        time_above_limit: duration(excursion.above_us),
        history: history.iter().map(sample).collect(),
        version: excursion.version,
        end_reason: EnumValue::Known(reason),
        ..Default::default()
    }
}

fn time<P: buffa::ProtoBox<Timestamp>>(us: i64) -> MessageField<Timestamp, P> {
    let nanos = i32::try_from(us.rem_euclid(1_000_000) * 1000).unwrap_or_default();
    MessageField::some(Timestamp {
        seconds: us.div_euclid(1_000_000),
        nanos,
        ..Default::default()
    })
}

fn duration<P: buffa::ProtoBox<Duration>>(us: i64) -> MessageField<Duration, P> {
    let nanos = i32::try_from(us % 1_000_000 * 1000).unwrap_or_default();
    MessageField::some(Duration {
        seconds: us / 1_000_000,
        nanos,
        ..Default::default()
    })
}
