//! Records of Kafka's batches as readers see them.

use super::batch::Batch;
use crate::log::Record;
use bytes::Bytes;

/// The records of batches from an offset on, without gaps: an offset that holds nothing for readers, such as the end of a transaction that
/// a tool has made, stands as a record without bytes.
pub(super) fn records_of(from: u64, batches: Vec<Batch>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut next = from;
    let mut add = |until: u64, time_ms: i64, value: Bytes| {
        while next < until {
            let value = Bytes::new();
            records.push(Record {
                offset: next,
                time_ms,
                value,
            });
            next += 1;
        }
        if next == until {
            records.push(Record {
                offset: next,
                time_ms,
                value,
            });
            next += 1;
        }
    };
    for batch in batches {
        let (last, time_ms) = (batch.last_offset, batch.max_timestamp);
        for record in batch.records() {
            add(
                record.offset,
                record.time_ms,
                record.value.unwrap_or_default(),
            );
        }
        add(last, time_ms, Bytes::new());
    }
    records
}
