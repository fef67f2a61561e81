//! The event log as its users see it. Engines stand behind it.

use crate::event::MAX_EVENT_BYTES;
use crate::kafka::{KafkaLog, is_kafka};
use crate::redis::RedisLog;
use bytes::Bytes;
use std::time::Duration;

/// Partitions of a topic that nobody created.
pub(crate) const DEFAULT_PARTITIONS: u32 = 4;

/// What is appended to one partition by one producer, in one step.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Where to.
    pub topic: String,
    /// Where to, within the topic.
    pub partition: u32,
    /// Who numbers the records: unique to one series of numbers.
    pub producer: String,
    /// Numbers and bytes, at least one. Numbers rise within a batch and from batch to batch; there may be gaps. At most 2^53.
    pub records: Vec<(u64, Bytes)>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The offset that the next record of the partition will get.
    pub next: u64,
    /// The records that were left out, because the log had already seen a number as high from this producer.
    pub skipped: u64,
}

/// A record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The place in its partition: 0, 1, 2, ... without gaps.
    pub offset: u64,
    /// When it was appended, by the log's clock, in milliseconds since 1970. Never less than that of the record before.
    pub time_ms: i64,
    /// Its bytes.
    pub value: Bytes,
}

/// The records that a partition holds: from `earliest` up to, but without, `next`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// The oldest offset that is left.
    pub earliest: u64,
    /// The offset that the next record will get.
    pub next: u64,
}

/// Why the log did not do what it was asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached, or cannot take more. It may be asked again.
    #[error("the event log is unavailable: {0}")]
    Unavailable(String),
    /// The contract names this workload neither as producer nor as consumer.
    #[error(
        "the event log allows this workload no access to {0}: see producers and consumers in the contract"
    )]
    Forbidden(String),
    /// What a reader asks for is not in the log: it was trimmed, or the log has lost its data. Needs a person to say where to go on.
    #[error("offset {offset} of {topic}/{partition} is not in the log, which holds {} up to {}", .range.earliest, .range.next)]
    OutOfRange {
        /// Of the read.
        topic: String,
        /// Of the read.
        partition: u32,
        /// That was asked for.
        offset: u64,
        /// That is there.
        range: Range,
    },
    /// A record is larger than the log takes. Nothing of the call was appended.
    #[error("record {sequence} for {topic} has {bytes} bytes; {MAX_EVENT_BYTES} are allowed")]
    TooLarge {
        /// Of the batch.
        topic: String,
        /// The record's number.
        sequence: u64,
        /// That it has.
        bytes: usize,
    },
    /// A batch has no records, or numbers that do not rise. Nothing of the call was appended.
    #[error("a batch for {0} must have records, with numbers that rise")]
    NoBatch(String),
    /// It says no, for a reason of its own. Asking again will not help.
    #[error("the event log refuses: {0}")]
    Refused(String),
}

impl LogError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// An address that no engine understands.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(pub String);

/// A log of topics, each of a fixed number of partitions; a partition keeps its records in order.
///
/// Every method fails with `Unavailable` while the log is out of reach, and with `Forbidden` for what the contract does not allow.
/// What was acknowledged by `append` survives the end of the log's process. Clones share their connections.
#[derive(Clone)]
pub struct EventLog {
    engine: Engine,
}

#[derive(Clone)]
pub(crate) enum Engine {
    Redis(RedisLog),
    Kafka(KafkaLog),
}

/// The same call of whichever engine it is.
macro_rules! on {
    ($self:ident, $engine:ident => $call:expr) => {
        match &$self.engine {
            Engine::Redis($engine) => $call.await,
            Engine::Kafka($engine) => $call.await,
        }
    };
}

impl EventLog {
    /// Opens the log at an address, without connecting: `redis+unix://user:password@/path/of/socket`, `redis://host:port`, or
    /// `kafka://user:password@host:port,host:port`, with TLS `kafkas://`.
    ///
    /// # Errors
    /// For an address that no engine understands.
    pub fn open(url: &str, client_name: &str) -> Result<Self, AddressError> {
        let engine = if is_kafka(url) {
            Engine::Kafka(KafkaLog::open(url, client_name)?)
        } else {
            Engine::Redis(RedisLog::open(url, client_name)?)
        };
        Ok(Self { engine })
    }

    /// Creates the topic unless it is there. Returns the number of its partitions, which never changes.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn create_topic(&self, topic: &str, partitions: u32) -> Result<u32, LogError> {
        on!(self, engine => engine.create_topic(topic, partitions))
    }

    /// The number of partitions. A topic that is not there is created with 4.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn partitions(&self, topic: &str) -> Result<u32, LogError> {
        on!(self, engine => engine.partitions(topic))
    }

    /// Appends each batch, as far as it has not been seen: repeating it is safe. Batches are independent: if one fails, the others may
    /// have been appended. Once it returns, the records are durable.
    ///
    /// # Errors
    /// See `LogError`. With `TooLarge` and `NoBatch` nothing was appended.
    pub async fn append(&self, batches: &[Batch]) -> Result<Vec<Appended>, LogError> {
        check(batches)?;
        on!(self, engine => engine.append(batches))
    }

    /// About `max` records from an offset on; at least one batch as it was appended is returned whole. Waits as long as `wait` if
    /// there is nothing. A read that is dropped takes nothing.
    ///
    /// # Errors
    /// `OutOfRange` if the offset is no longer, or not yet, in the log; see `LogError`.
    pub async fn read(
        &self,
        topic: &str,
        partition: u32,
        offset: u64,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Record>, LogError> {
        on!(self, engine => engine.read(topic, partition, offset, max, wait))
    }

    /// What a partition holds.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn range(&self, topic: &str, partition: u32) -> Result<Range, LogError> {
        on!(self, engine => engine.range(topic, partition))
    }

    /// Notes how far a group has come: for `trim`, and for whoever asks how far it lags. The truth about it is in the consumer's database.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn note(
        &self,
        topic: &str,
        partition: u32,
        group: &str,
        offset: u64,
    ) -> Result<(), LogError> {
        on!(self, engine => engine.note(topic, partition, group, offset))
    }

    /// The offset that a group noted last. None: it never did.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn noted(
        &self,
        topic: &str,
        partition: u32,
        group: &str,
    ) -> Result<Option<u64>, LogError> {
        on!(self, engine => engine.noted(topic, partition, group))
    }

    /// Drops records that are older than the retention, by the log's clock, and that each of the groups has noted as consumed.
    /// Returns the earliest offset left. The newest record of a partition may stay.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn trim(
        &self,
        topic: &str,
        partition: u32,
        retention: Duration,
        groups: &[String],
    ) -> Result<u64, LogError> {
        on!(self, engine => engine.trim(topic, partition, retention, groups))
    }

    /// Fails unless the log answers.
    ///
    /// # Errors
    /// See `LogError`.
    pub async fn ping(&self) -> Result<(), LogError> {
        on!(self, engine => engine.ping())
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn check(batches: &[Batch]) -> Result<(), LogError> {
    for Batch { topic, records, .. } in batches {
        if records.is_empty() || records.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(LogError::NoBatch(topic.clone()));
        }
        if let Some((sequence, value)) = records
            .iter()
            .find(|(_, value)| value.len() > MAX_EVENT_BYTES)
        {
            return Err(LogError::TooLarge {
                topic: topic.clone(),
                sequence: *sequence,
                bytes: value.len(),
            });
        }
    }
    Ok(())
}
