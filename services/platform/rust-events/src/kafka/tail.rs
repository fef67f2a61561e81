//! The end of one partition, as those who write it see it: what they append stands where they expected it, or not at all.
//!
//! Kafka takes a batch of a producer only if its sequence follows that of the producer's last batch. All our processes write under one
//! producer id, so that this holds among them: a batch gets in only if its writer knew everything that stands before it. Of two batches of
//! the same length at the same place the broker takes the second for a repetition of the first, and says that all is well: each has a tag,
//! and its writer reads it back.

use super::batch::{Batch, NewBatch, encode};
use super::cluster::Cluster;
use super::codes::{Failure, OUT_OF_SEQUENCE, check};
use super::requests::{PRODUCER, Spot, fetch, next_sequence, produce, range_of};
use crate::log::LogError;
use bytes::Bytes;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Nodes forget a producer's sequence a day after its last batch, and take any then. Who knows the end for longer than this looks again.
const FRESH: Duration = Duration::from_secs(3600);

const TAG: &[u8] = b"larder.tag";
const NOTE: &[u8] = b"larder.note";

/// What is known of it, which another writer may have made old.
pub(super) struct Tail {
    spot: Spot,
    /// Until when that is relied on. None: it has to be read.
    known: Option<Instant>,
    end: u64,
    sequence: i32,
    newest: Option<Newest>,
}

/// What is known of our newest batch.
#[derive(Debug, Clone)]
pub(super) struct Newest {
    /// What its writer noted with it.
    pub(super) note: String,
    /// When it was appended, by the log's clock, in milliseconds since 1970.
    pub(super) time_ms: i64,
    /// The offset of its last record.
    pub(super) last: u64,
}

/// What is to be appended.
pub(super) struct Put<'a> {
    /// At least one.
    pub(super) values: &'a [Bytes],
    /// Stands with the batch, for the next writer.
    pub(super) note: &'a str,
    /// Of each record. None: it has none.
    pub(super) key: Option<&'a str>,
}

impl Tail {
    pub(super) const fn new(spot: Spot) -> Self {
        Self {
            spot,
            known: None,
            end: 0,
            sequence: 0,
            newest: None,
        }
    }

    pub(super) const fn spot(&self) -> &Spot {
        &self.spot
    }

    /// The offset that the next record gets.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    pub(super) const fn newest(&self) -> Option<&Newest> {
        self.newest.as_ref()
    }

    /// Reads what stands at the end, unless that is known.
    pub(super) async fn ready(&mut self, cluster: &Cluster) -> Result<(), Failure> {
        if self.known.is_some_and(|end| Instant::now() < end) {
            Ok(())
        } else {
            self.read(cluster).await
        }
    }

    /// Reads what stands at the end.
    pub(super) async fn read(&mut self, cluster: &Cluster) -> Result<(), Failure> {
        self.known = None;
        let end = Instant::now() + FRESH;
        // First: a batch that gets in between makes the sequence too low, and the next append fails.
        let sequence = next_sequence(cluster, &self.spot).await?;
        let range = range_of(cluster, &self.spot).await?;
        self.end = range.next;
        self.newest = None;
        let mut seen = None;
        // What others have written, such as tools, is passed over.
        let mut at = range.next;
        while at > range.earliest && self.newest.is_none() {
            let found = fetch(cluster, &self.spot, at - 1, Duration::ZERO).await?;
            let batches = found.unwrap_or_default();
            // It was dropped meanwhile, or a new leader does not show it yet. Without it no number would be known.
            let first = batches.first().ok_or_else(|| {
                let Spot { topic, partition } = &self.spot;
                Failure::Elsewhere(format!("the end of {topic}/{partition} cannot be read yet"))
            })?;
            // Where compaction has left nothing, what comes behind is read once more.
            at = first.first_offset.min(at - 1);
            for batch in batches.iter().filter(|batch| batch.producer == PRODUCER) {
                self.learn(batch);
                seen = Some(batch.next_sequence());
            }
        }
        // A batch that its leader has and that is not yet on enough other nodes cannot be read: who wrote after it would not know it.
        let expected = seen.or((range.next == 0).then_some(0));
        if let (Some(sequence), Some(expected)) = (sequence, expected)
            && sequence != expected
        {
            let Spot { topic, partition } = &self.spot;
            let why = format!("a batch for {topic}/{partition} is on its way");
            return Err(Failure::Elsewhere(why));
        }
        // A node that has forgotten it takes any: only by this one do all go on from the same.
        self.sequence = sequence.or(expected).unwrap_or(0);
        self.known = Some(end);
        Ok(())
    }

    /// Appends if the tail is what it was taken for; it must be ready. Returns the time, by the log's clock, in milliseconds since 1970, or
    /// none if nothing was appended. With `Elsewhere` it may have been, as by a node that then ceased to lead: the tail is to be read again,
    /// and shows it; so it is after `Unavailable`, and after a future that was dropped.
    pub(super) async fn put(
        &mut self,
        cluster: &Cluster,
        Put { values, note, key }: Put<'_>,
    ) -> Result<Option<i64>, Failure> {
        self.known = None;
        let end = Instant::now() + FRESH;
        let tag = uuid::Uuid::new_v4();
        let batch = NewBatch {
            producer: PRODUCER,
            sequence: self.sequence,
            time_ms: now(),
            key: key.map(str::as_bytes),
            values,
            headers: &[(TAG, tag.as_bytes()), (NOTE, note.as_bytes())],
        };
        let offset = match produce(cluster, &self.spot, encode(&batch)).await? {
            Ok(offset) => offset,
            Err(code) if OUT_OF_SEQUENCE.contains(&code) => return Ok(None),
            Err(code) => {
                check(code, &format!("topic {}", self.spot.topic))?;
                return Ok(None);
            }
        };
        let stands = self.read_back(cluster, offset).await?;
        if stands
            .header(TAG)
            .is_none_or(|found| found != &tag.as_bytes()[..])
        {
            return Ok(None);
        }
        let time = stands.max_timestamp;
        // Tools may have written in front of it.
        if stands.first_offset == self.end {
            self.learn(&stands);
            self.sequence = stands.next_sequence();
            self.known = Some(end);
        }
        Ok(Some(time))
    }

    async fn read_back(&self, cluster: &Cluster, offset: u64) -> Result<Batch, LogError> {
        let found = fetch(cluster, &self.spot, offset, Duration::ZERO).await;
        // It was appended all the same: this must not look like an append that may be repeated.
        let batches = found.map_err(Failure::definite)?.unwrap_or_default();
        batches.into_iter().next().ok_or_else(|| {
            let Spot { topic, partition } = &self.spot;
            LogError::Unavailable(format!(
                "offset {offset} of {topic}/{partition} cannot be read back"
            ))
        })
    }

    fn learn(&mut self, batch: &Batch) {
        let note = batch.header(NOTE).map(|note| String::from_utf8_lossy(note));
        self.newest = Some(Newest {
            note: note.unwrap_or_default().into_owned(),
            time_ms: batch.max_timestamp,
            last: batch.last_offset,
        });
        self.end = self.end.max(batch.last_offset + 1);
    }
}

/// By this machine's clock; the log puts its own in its place.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0))
}

#[cfg(test)]
mod tests;
