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
    /// So many of them, at the front, were given to an append of which is not known whether it took place.
    sent: usize,
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
        let (mut bytes, mut found) = (0, 0);
        while let Some(one) = self.waiting.front() {
            if numbers.has(one.producer, one.sequence) {
                // What this call has sent itself was not there before it.
                let before = u64::from(found + sent.len() >= self.sent);
                *self.skipped.entry(one.batch).or_default() += before;
                found += 1;
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
        self.sent = sent.len();
        // Until it is known to stand in the log, it waits.
        sent.append(&mut self.waiting);
        self.waiting = sent;
        let note = numbers.to_note();
        Ok((!values.is_empty()).then_some(Next { values, note }))
    }

    /// So many of what `next` gave stand in the log.
    pub(super) fn done(&mut self, count: usize) {
        self.waiting.drain(..count);
        self.sent = 0;
    }

    /// What `next` gave was not appended: what is found of it is by others.
    pub(super) const fn lost(&mut self) {
        self.sent = 0;
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

    fn ones(records: std::ops::RangeInclusive<u64>) -> Batch {
        Batch {
            topic: "t".into(),
            partition: 0,
            producer: "p".into(),
            records: records.map(|n| (n, Bytes::from_static(b"x"))).collect(),
        }
    }

    /// A tail whose newest batch notes a number of `p`.
    fn tail_after(number: u64) -> Tail {
        let mut tail = Tail::new(Spot::new("t", 0));
        tail.note(&format!(r#"[["p",{number}]]"#));
        tail
    }

    #[test]
    fn what_an_append_of_unknown_outcome_left_in_the_log_was_not_skipped() {
        let all = ones(1..=5);
        let mut part = Appending::default();
        part.add(0, &all);
        // Two were there before; of the others is not known whether they stand.
        assert_eq!(part.next(&tail_after(2)).unwrap().unwrap().values.len(), 3);
        assert!(part.next(&tail_after(5)).unwrap().is_none());
        assert_eq!(part.skipped()[&0], 2);

        let mut part = Appending::default();
        part.add(0, &all);
        assert!(part.next(&tail_after(2)).unwrap().is_some());
        part.lost();
        assert!(part.next(&tail_after(5)).unwrap().is_none());
        assert_eq!(part.skipped()[&0], 5, "others were faster");

        let (first, second) = (ones(1..=3), ones(4..=6));
        let mut part = Appending::default();
        part.add(0, &first);
        assert_eq!(part.next(&tail_after(0)).unwrap().unwrap().values.len(), 3);
        part.done(3);
        part.add(1, &second);
        assert!(part.next(&tail_after(6)).unwrap().is_none());
        assert_eq!(part.skipped()[&1], 3, "these were never sent");
    }

    #[test]
    fn very_many_small_records_are_several_batches_that_a_node_takes() {
        let all = ones(1..=400_000);
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
