//! What the log has of readings.

use crate::Outcome;
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{EventLog, Record, topic_of};
use std::time::Duration;

/// Where ingestion writes.
pub(crate) fn topic() -> &'static str {
    &topic_of::<ReadingsIngested>().name
}

/// How many records are read at once.
const MOST: usize = 500;

/// The records of each partition, in their order.
pub(crate) async fn logged(url: &str) -> Outcome<Vec<Vec<Record>>> {
    let log = EventLog::open(url, "bench")?;
    let mut all = Vec::new();
    for partition in 0..log.partitions(topic()).await? {
        let mut found: Vec<Record> = Vec::new();
        loop {
            let from = found.last().map_or(0, |last| last.offset + 1);
            let more = log
                .read(topic(), partition, from, MOST, Duration::ZERO)
                .await?;
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        all.push(found);
    }
    Ok(all)
}
