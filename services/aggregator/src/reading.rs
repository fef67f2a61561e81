//! Readings as they come in events, checked.

use crate::temperature::micro;
use larder_contract::proto::larder::telemetry::v1::{DeviceReadings, ReadingsIngested};
use std::ops::Range;

/// What sensors may say, in millionths of a degree: that of the contract of ingestion.
const LEAST: f64 = -100.0;
const MOST: f64 = 150.0;
/// No clock of a device that ingestion takes is further ahead, with an hour for clocks that differ.
const AHEAD_US: i64 = 65 * 60 * 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Counts the readings of the device, from 1.
    pub sequence: u64,
    /// When it was measured, in microseconds since 1970.
    pub time_us: i64,
    /// In millionths of a degree.
    pub micro: i64,
}

/// The readings of one event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ingested {
    /// When they were taken, in microseconds since 1970.
    pub time_us: i64,
    /// By device, in order of arrival.
    pub devices: Vec<(String, Vec<Reading>)>,
    /// Those that no sensor can have sent: no number, no temperature, no time of these days.
    pub impossible: u64,
}

/// Why an event of readings makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadingsError {
    #[error("the event does not say when its readings were taken")]
    NoTime,
    #[error("the readings of {0} are not in columns of one length")]
    Columns(String),
    #[error("the event has readings of nobody")]
    NoDevice,
}

/// Takes the readings out of an event. Those measured outside of `kept_us` are left out as impossible: nothing is kept of that time.
///
/// # Errors
/// If it was not written as the contract says. Single readings that make no sense are left out and counted.
pub(crate) fn ingested(
    event: &ReadingsIngested,
    kept_us: &Range<i64>,
) -> Result<Ingested, ReadingsError> {
    let time = event.ingest_time.as_option().ok_or(ReadingsError::NoTime)?;
    let time_us = time
        .seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(time.nanos / 1000));
    let mut found = Ingested {
        time_us,
        ..Ingested::default()
    };
    for DeviceReadings {
        device,
        sequences,
        measure_times_us,
        celsius,
        ..
    } in &event.devices
    {
        if device.is_empty() {
            return Err(ReadingsError::NoDevice);
        }
        if sequences.len() != celsius.len() || measure_times_us.len() != celsius.len() {
            return Err(ReadingsError::Columns(device.clone()));
        }
        let mut readings = Vec::with_capacity(celsius.len());
        for ((sequence, time), celsius) in sequences.iter().zip(measure_times_us).zip(celsius) {
            let possible = *sequence > 0
                && (LEAST..=MOST).contains(celsius)
                && kept_us.contains(time)
                && *time <= time_us.saturating_add(AHEAD_US);
            if possible {
                let micro = micro(*celsius);
                readings.push(Reading {
                    sequence: sequence.unsigned_abs(),
                    time_us: *time,
                    micro,
                });
            } else {
                found.impossible += 1;
            }
        }
        found.devices.push((device.clone(), readings));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use buffa::MessageField;
    use buffa_types::google::protobuf::Timestamp;

    const ALWAYS: Range<i64> = 0..i64::MAX;

    fn event(devices: Vec<DeviceReadings>) -> ReadingsIngested {
        let ingest_time = MessageField::some(Timestamp {
            seconds: 1000,
            ..Timestamp::default()
        });
        ReadingsIngested {
            devices,
            ingest_time,
            ..ReadingsIngested::default()
        }
    }

    fn column(readings: &[(i64, i64, f64)]) -> DeviceReadings {
        DeviceReadings {
            device: "devices/a".into(),
            sequences: readings.iter().map(|reading| reading.0).collect(),
            measure_times_us: readings.iter().map(|reading| reading.1).collect(),
            celsius: readings.iter().map(|reading| reading.2).collect(),
            ..DeviceReadings::default()
        }
    }

    #[test]
    fn readings_are_taken_out_of_their_columns() {
        let found = ingested(
            &event(vec![column(&[
                (1, 999_000_000, 4.5),
                (2, 1_000_000_000, -18.25),
            ])]),
            &ALWAYS,
        )
        .unwrap();
        assert_eq!(found.time_us, 1_000_000_000);
        let expected = [(1, 999_000_000, 4_500_000), (2, 1_000_000_000, -18_250_000)];
        let expected = expected.map(|(sequence, time_us, micro)| Reading {
            sequence,
            time_us,
            micro,
        });
        assert_eq!(found.devices, [("devices/a".to_owned(), expected.to_vec())]);
    }

    #[test]
    fn what_no_sensor_can_have_sent_is_left_out_alone() {
        let good = (7, 1_000_000_000, 1.0);
        let impossible = [
            (0, good.1, 1.0),
            (-1, good.1, 1.0),
            (1, good.1, f64::NAN),
            (1, good.1, f64::INFINITY),
            (1, good.1, 150.1),
            (1, good.1, -100.1),
            (1, good.1 + AHEAD_US + 1, 1.0),
            (1, i64::MAX, 1.0),
            (1, 4, 1.0),
            (1, i64::MIN, 1.0),
        ];
        for one in impossible {
            let found = ingested(&event(vec![column(&[one, good])]), &(5..i64::MAX)).unwrap();
            assert_eq!(
                (found.impossible, found.devices[0].1.len()),
                (1, 1),
                "{one:?}"
            );
        }
    }

    #[test]
    fn an_event_that_makes_no_sense_is_refused() {
        let mut short = column(&[(1, 5, 1.0)]);
        short.celsius.push(2.0);
        assert_eq!(
            ingested(&event(vec![short]), &ALWAYS),
            Err(ReadingsError::Columns("devices/a".into()))
        );
        assert_eq!(
            ingested(&event(vec![DeviceReadings::default()]), &ALWAYS),
            Err(ReadingsError::NoDevice)
        );
        let timeless = ReadingsIngested {
            ingest_time: MessageField::none(),
            ..event(vec![])
        };
        assert_eq!(ingested(&timeless, &ALWAYS), Err(ReadingsError::NoTime));
    }
}
