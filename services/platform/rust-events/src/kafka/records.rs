//! Records of Kafka's batches as readers see them.

use super::batch::Batch;
use crate::log::{LogError, Record};
use bytes::Bytes;

/// More offsets in a row that hold nothing are not believed: each takes memory.
pub(super) const MOST_EMPTY: u64 = 1 << 20;

/// The records of batches from an offset on, without gaps: an offset that holds nothing for readers, such as the end of a transaction that
/// a tool has made, stands as a record without bytes.
pub(super) fn records_of(from: u64, batches: Vec<Batch>) -> Result<Vec<Record>, LogError> {
    let mut records = Vec::new();
    let mut next = from;
    let mut add = |offset: u64, time_ms: i64, value: Bytes| {
        if offset.saturating_sub(next) > MOST_EMPTY {
            return Err(LogError::Unavailable(format!(
                "Kafka has nothing at offset {next}, and goes on at {offset}"
            )));
        }
        let holes = (next..offset).map(|hole| (hole, Bytes::new()));
        let this = (offset >= next).then_some((offset, value));
        for (offset, value) in holes.chain(this) {
            records.push(Record {
                offset,
                time_ms,
                value,
            });
            next = offset + 1;
        }
        Ok(())
    };
    for batch in batches {
        let (last, time_ms) = (batch.last_offset, batch.max_timestamp);
        if last < from {
            return Err(LogError::Unavailable(format!(
                "Kafka answers with offset {last} for a read from {from} on"
            )));
        }
        for record in batch.records() {
            add(
                record.offset,
                record.time_ms,
                record.value.unwrap_or_default(),
            )?;
        }
        add(last, time_ms, Bytes::new())?;
    }
    Ok(records)
}
