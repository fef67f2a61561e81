//! Events of readings, written to the log as ingestion writes them: what all devices of a partition measured in a while.

use crate::Outcome;
use crate::device::{celsius, id, now_us};
use crate::logged::topic;
use buffa::bytes::Bytes;
use buffa::{Message as _, MessageField, MessageName as _};
use buffa_types::google::protobuf::Timestamp;
use larder_contract::proto::larder::telemetry::v1::{DeviceReadings, ReadingsIngested};
use larder_events::{Batch, Event, EventLog, dataschema, encode_event, partition_of};
use std::collections::BTreeMap;
use std::time::Instant;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
    url: String,
    devices: u32,
    /// How often each device measures, in milliseconds.
    every_ms: u32,
    /// What is measured in so many milliseconds goes into one event of each partition.
    event_ms: u32,
    /// How long all of it takes, by the time of measurement, which ends now.
    seconds: u32,
}

#[derive(Default, serde::Serialize)]
pub(crate) struct Filled {
    readings: u64,
    events: u64,
    bytes: u64,
    /// Of appending, each event when the one before it in its partition was on disk.
    seconds: f64,
}

pub(crate) async fn fill(options: &Options) -> Outcome<Filled> {
    let log = EventLog::open(&options.url, "bench")?;
    let count = log.partitions(topic()).await?;
    let mut partitions: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for device in 0..options.devices {
        let name = format!("devices/{}", id(device));
        partitions
            .entry(partition_of(&name, count))
            .or_default()
            .push(name);
    }
    let events = options.seconds * 1000 / options.event_ms;
    let each = options.event_ms / options.every_ms;
    let begin_us = now_us() - i64::from(options.seconds) * 1_000_000;
    let mut filled = Filled::default();
    for number in 0..events {
        let from_us = begin_us + i64::from(number * options.event_ms) * 1000;
        let mut batches = Vec::new();
        for (partition, devices) in &partitions {
            let value = event(options, devices, from_us, i64::from(number * each))?;
            filled.readings += u64::from(each) * devices.len() as u64;
            filled.events += 1;
            filled.bytes += value.len() as u64;
            batches.push(Batch {
                topic: topic().to_owned(),
                partition: *partition,
                producer: format!("bench-{begin_us}"),
                records: vec![(u64::from(number) + 1, value)],
            });
        }
        let begun = Instant::now();
        log.append(&batches).await?;
        filled.seconds += begun.elapsed().as_secs_f64();
    }
    Ok(filled)
}

/// What devices have measured since a time, each after so many readings before.
fn event(options: &Options, devices: &[String], from_us: i64, before: i64) -> Outcome<Bytes> {
    let (every_us, each) = (
        i64::from(options.every_ms) * 1000,
        i64::from(options.event_ms / options.every_ms),
    );
    let readings = |device: &String| DeviceReadings {
        device: device.clone(),
        sequences: (0..each).map(|at| before + at + 1).collect(),
        measure_times_us: (0..each).map(|at| from_us + at * every_us).collect(),
        celsius: (0..each).map(|at| celsius(before + at)).collect(),
        ..Default::default()
    };
    let taken_us = from_us + i64::from(options.event_ms) * 1000;
    let message = ReadingsIngested {
        lead_device: devices[0].clone(),
        devices: devices.iter().map(readings).collect(),
        ingest_time: MessageField::some(Timestamp {
            seconds: taken_us / 1_000_000,
            nanos: i32::try_from(taken_us % 1_000_000 * 1000)?,
            ..Default::default()
        }),
        ..Default::default()
    };
    let event = Event {
        id: uuid::Uuid::new_v4().to_string(),
        source: "ingestion".to_owned(),
        type_name: ReadingsIngested::FULL_NAME.to_owned(),
        subject: message.lead_device.clone(),
        time_ms: taken_us / 1000,
        dataschema: dataschema(),
        data: message.encode_to_vec().into(),
        ..Default::default()
    };
    Ok(encode_event(&event)?)
}
