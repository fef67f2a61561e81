//! What is left to append to one partition, and what became of it.

use super::numbers::Numbers;
use super::tail::Tail;
use crate::log::{Batch, LogError};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};

/// One batch of Kafka holds about so many bytes of records, and at least one record.
const BATCH_BYTES: usize = 1 << 20;
/// What a record takes beside its bytes, at most.
const RECORD_BYTES: usize = 32;

struct Waiting<'a> {
    /// Its place in the call.
    batch: usize,
    producer: &'a str,
    sequence: u64,
    value: &'a Bytes,
}

/// What the next append has.
pub(super) struct Next {
    pub(super) values: Vec<Bytes>,
    /// The numbers that are known with it.
    pub(super) note: String,
}

#[derive(Default)]
pub(super) struct Appending<'a> {
    /// Records that were left out, by the place of their batch in the call.
    skipped: BTreeMap<usize, u64>,
    waiting: VecDeque<Waiting<'a>>,
}

impl<'a> Appending<'a> {
    pub(super) fn add(
        &mut self,
        batch: usize,
        Batch {
            producer, records, ..
        }: &'a Batch,
    ) {
        self.skipped.insert(batch, 0);
        let records = records.iter().map(|(sequence, value)| Waiting {
            batch,
            producer,
            sequence: *sequence,
            value,
        });
        self.waiting.extend(records);
    }

    /// The next records that the partition has not seen; its tail must be known. None: all is done.
    pub(super) fn next(&mut self, tail: &Tail) -> Result<Option<Next>, LogError> {
        let mut numbers = Numbers::of(tail.newest().map(|newest| newest.note.as_str()))?;
        let mut sent = VecDeque::new();
        let mut bytes = 0;
        while let Some(one) = self.waiting.front() {
            if numbers.has(one.producer, one.sequence) {
                *self.skipped.entry(one.batch).or_default() += 1;
                self.waiting.pop_front();
                continue;
            }
            bytes += one.value.len() + RECORD_BYTES;
            if !sent.is_empty() && bytes > BATCH_BYTES {
                break;
            }
            numbers.add(one.producer, one.sequence);
            sent.extend(self.waiting.pop_front());
        }
        let values: Vec<Bytes> = sent.iter().map(|one| one.value.clone()).collect();
        // Until it is known to stand in the log, it waits.
        sent.append(&mut self.waiting);
        self.waiting = sent;
        let note = numbers.to_note();
        Ok((!values.is_empty()).then_some(Next { values, note }))
    }

    /// So many of what `next` gave stand in the log.
    pub(super) fn done(&mut self, count: usize) {
        self.waiting.drain(..count);
    }

    pub(super) fn skipped(self) -> BTreeMap<usize, u64> {
        self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::batch::{NewBatch, encode};
    use crate::kafka::requests::{MAX_BATCH_BYTES, Spot};

    #[test]
    fn very_many_small_records_are_several_batches_that_a_node_takes() {
        let records = (1..=400_000).map(|n| (n, Bytes::from_static(b"x")));
        let all = Batch {
            topic: "t".into(),
            partition: 0,
            producer: "p".into(),
            records: records.collect(),
        };
        let tail = Tail::new(Spot::new("t", 0));
        let mut part = Appending::default();
        part.add(0, &all);
        let mut count = 0;
        while let Some(next) = part.next(&tail).unwrap() {
            let batch = encode(&NewBatch {
                producer: 1,
                sequence: 0,
                time_ms: 0,
                key: None,
                values: &next.values,
                headers: &[(b"note", next.note.as_bytes())],
            });
            assert!(i32::try_from(batch.len()).unwrap() <= MAX_BATCH_BYTES);
            part.done(next.values.len());
            count += next.values.len();
        }
        assert_eq!(count, 400_000);
    }
}
