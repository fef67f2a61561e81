//! Readings on their way into the log: in columns, by what measured.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use buffa::bytes::Bytes;
use buffa::{Message as _, MessageField, MessageName as _};
use larder_contract::proto::larder::telemetry::v1::{DeviceReadings, ReadingsIngested};
use larder_events::{Event, dataschema, encode_event};
use larder_platform::Error;

/// Readings of one device or probe, in order of arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Columns {
    pub(crate) device: String,
    pub(crate) sequences: Vec<i64>,
    pub(crate) times_us: Vec<i64>,
    pub(crate) celsius: Vec<f64>,
}

impl Columns {
    /// Of a device that is about to bring as many readings.
    pub(crate) fn of(device: &str, readings: usize) -> Self {
        Self {
            device: device.to_owned(),
            sequences: Vec::with_capacity(readings),
            times_us: Vec::with_capacity(readings),
            celsius: Vec::with_capacity(readings),
        }
    }

    pub(crate) fn push(&mut self, sequence: i64, time_us: i64, celsius: f64) {
        self.sequences.push(sequence);
        self.times_us.push(time_us);
        self.celsius.push(celsius);
    }
}

/// How many bytes an event may be estimated at. It is a third below what the log takes.
const MAX_BYTES: usize = 640 << 10;
/// What a reading takes at most: two varints and a double.
const READING_BYTES: usize = 28;
/// What a name and the four fields around it take at most.
const DEVICE_BYTES: usize = 160;

/// The event that is being put together for a partition.
#[derive(Default)]
pub(crate) struct Gathering {
    devices: Vec<DeviceReadings>,
    places: HashMap<String, usize>,
    lead: String,
    traceparent: Option<String>,
    bytes: usize,
}

impl Gathering {
    /// Adds what one device sent, unless the event would get too large by it; the first always has room.
    pub(crate) fn add(&mut self, lead: &str, columns: &[Columns]) -> bool {
        let bytes: usize = columns
            .iter()
            .map(|it| DEVICE_BYTES + READING_BYTES * it.sequences.len())
            .sum();
        if self.bytes > 0 && self.bytes + bytes > MAX_BYTES {
            return false;
        }
        if self.bytes == 0 {
            lead.clone_into(&mut self.lead);
        }
        self.bytes += bytes;
        for added in columns {
            let place = *self.places.entry(added.device.clone()).or_insert_with(|| {
                self.devices.push(DeviceReadings {
                    device: added.device.clone(),
                    ..Default::default()
                });
                self.devices.len() - 1
            });
            let device = &mut self.devices[place];
            device.sequences.extend_from_slice(&added.sequences);
            device.measure_times_us.extend_from_slice(&added.times_us);
            device.celsius.extend_from_slice(&added.celsius);
        }
        true
    }

    /// The event is part of one trace: of the first request, unless another is of a trace that is recorded and that one is not.
    pub(crate) fn follow(&mut self, traceparent: Option<&str>) {
        let known = self.traceparent.as_deref();
        if known.is_none()
            || (!known.is_some_and(is_recorded) && traceparent.is_some_and(is_recorded))
        {
            self.traceparent = traceparent.map(str::to_owned);
        }
    }

    /// The bytes of the event.
    pub(crate) fn finish(self) -> Result<Bytes, Error> {
        let now = SystemTime::now();
        let message = ReadingsIngested {
            lead_device: self.lead.clone(),
            devices: self.devices,
            ingest_time: MessageField::some(now.into()),
            ..Default::default()
        };
        let event = Event {
            id: uuid::Uuid::new_v4().to_string(),
            source: "ingestion".to_owned(),
            type_name: ReadingsIngested::FULL_NAME.to_owned(),
            subject: self.lead,
            time_ms: now_us() / 1000,
            dataschema: dataschema(),
            traceparent: self.traceparent,
            data: message.encode_to_vec().into(),
            ..Default::default()
        };
        Ok(encode_event(&event)?)
    }
}

/// By the last bit of the flags of a W3C trace context.
fn is_recorded(traceparent: &str) -> bool {
    let flags = traceparent.rsplit('-').next();
    flags.is_some_and(|flags| u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1))
}

/// Microseconds since 1970.
pub(crate) fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_events::decode_event;

    #[test]
    fn an_event_follows_the_first_request_that_somebody_looks_at() {
        let trace = |number: u8, flags: &str| format!("00-{number:032x}-{number:016x}-{flags}");
        let (unseen, seen, later) = (trace(1, "00"), trace(2, "01"), trace(3, "01"));
        for (requests, followed) in [
            (vec![None], None),
            (vec![None, Some(&unseen)], Some(&unseen)),
            (
                vec![Some(&unseen), None, Some(&seen), Some(&later)],
                Some(&seen),
            ),
        ] {
            let mut gathering = Gathering::default();
            for request in requests {
                assert!(gathering.add("devices/a", &[]));
                gathering.follow(request.map(String::as_str));
            }
            let event = decode_event(&gathering.finish().unwrap()).unwrap();
            assert_eq!(event.traceparent.as_ref(), followed);
        }
    }
}
