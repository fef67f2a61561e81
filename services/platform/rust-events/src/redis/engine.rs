//! The log's calls, as functions of the server.

use super::connection::Connection;
use super::entries::{frame, natural, number, records_of};
use super::functions::Call;
use super::keys;
use crate::log::{AddressError, Appended, Batch, DEFAULT_PARTITIONS, LogError, Range, Record};
use redis::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Entries hold one record to some hundreds. How many to ask for is guessed from those that were read last.
const MOST_ENTRIES: usize = 100;
const FIRST_GUESS: usize = 50;

/// A server that does not answer a read this long after its time is taken for dead.
const SILENCE: Duration = Duration::from_secs(2);

/// See `EventLog`.
#[derive(Clone)]
pub(crate) struct RedisLog {
    connection: Connection,
    topics: Arc<Mutex<HashMap<String, Known>>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    partitions: Option<u32>,
    /// Records per entry, lately.
    density: Option<usize>,
}

impl RedisLog {
    pub(crate) fn open(url: &str, client_name: &str) -> Result<Self, AddressError> {
        Ok(Self {
            connection: Connection::open(url, client_name)?,
            topics: Arc::default(),
        })
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) async fn create_topic(&self, topic: &str, partitions: u32) -> Result<u32, LogError> {
        let key = keys::partitions(topic);
        let mut get = redis::cmd("GET");
        get.arg(&key);
        // Most users may only look.
        let answer = match self.connection.run(get, &key).await? {
            Value::Nil => {
                let args = vec![partitions.to_string().into_bytes()];
                self.one(Call {
                    name: "create_topic",
                    keys: vec![key],
                    args,
                    read_only: false,
                })
                .await?
            }
            value => value,
        };
        let actual = u32::try_from(number(&answer)?).map_err(|_| {
            LogError::Refused(format!("{topic} has a strange number of partitions"))
        })?;
        self.know(topic, |known| known.partitions = Some(actual));
        Ok(actual)
    }

    pub(crate) async fn partitions(&self, topic: &str) -> Result<u32, LogError> {
        match self.known(topic).partitions {
            Some(partitions) => Ok(partitions),
            None => self.create_topic(topic, DEFAULT_PARTITIONS).await,
        }
    }

    pub(crate) async fn append(&self, batches: &[Batch]) -> Result<Vec<Appended>, LogError> {
        let calls: Vec<Call> = batches.iter().map(|batch| append_call(batch, 0)).collect();
        let answers = self.connection.call(&calls).await?;
        let mut appended = Vec::with_capacity(batches.len());
        for (batch, answer) in batches.iter().zip(answers) {
            let (mut next, skipped, seen) = append_answer(&answer)?;
            let mut left_out = u64::try_from(skipped).unwrap_or_default();
            if skipped < 0 {
                // The log has seen the first part of the batch only: it was cut in other places the time before.
                let from = batch
                    .records
                    .partition_point(|(sequence, _)| *sequence <= seen);
                let again = self.one(append_call(batch, from)).await?;
                let (after, rest_skipped, _) = append_answer(&again)?;
                next = after;
                left_out = from as u64 + u64::try_from(rest_skipped).unwrap_or_default();
            }
            appended.push(Appended {
                next,
                skipped: left_out,
            });
        }
        Ok(appended)
    }

    pub(crate) async fn read(
        &self,
        topic: &str,
        partition: u32,
        offset: u64,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Record>, LogError> {
        let entries = max
            .div_ceil(self.known(topic).density.unwrap_or(FIRST_GUESS))
            .clamp(1, MOST_ENTRIES);
        let answer = self
            .one(read_call(topic, partition, offset, entries))
            .await?;
        let (range, found) = read_answer(answer)?;
        let out_of = |range| LogError::OutOfRange {
            topic: topic.to_owned(),
            partition,
            offset,
            range,
        };
        if offset < range.earliest || offset > range.next {
            return Err(out_of(range));
        }
        let records = self.take(topic, offset, found, max)?;
        match records.first() {
            Some(first) if first.offset == offset => return Ok(records),
            // Entries were deleted by other means than `trim`.
            first if offset < range.next => {
                let earliest = first.map_or(range.next, |record| record.offset);
                return Err(out_of(Range { earliest, ..range }));
            }
            _ => {}
        }
        if wait.is_zero() {
            Ok(Vec::new())
        } else {
            self.read_next(topic, partition, offset, (entries, max), wait)
                .await
        }
    }

    /// What comes next, from the end of the partition on. An emptied log would never answer: the next read looks at the offset again.
    async fn read_next(
        &self,
        topic: &str,
        partition: u32,
        offset: u64,
        (entries, max): (usize, usize),
        wait: Duration,
    ) -> Result<Vec<Record>, LogError> {
        let stream = keys::stream(topic, partition);
        let mut command = redis::cmd("XREAD");
        let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
        command
            .arg("COUNT")
            .arg(entries)
            .arg("BLOCK")
            .arg(ms)
            .arg("STREAMS")
            .arg(&stream)
            .arg(format!("{offset}-0"));
        let answer = self
            .connection
            .block(&command, wait + SILENCE, &stream)
            .await?;
        let Value::Array(mut streams) = answer else {
            return Ok(Vec::new());
        };
        let Some(Value::Array(mut parts)) = streams.pop() else {
            return Ok(Vec::new());
        };
        let Some(Value::Array(found)) = parts.pop() else {
            return Ok(Vec::new());
        };
        let records = self.take(topic, offset, found, max)?;
        // Where something is missing, the next read finds out what.
        Ok(
            if records.first().is_some_and(|first| first.offset == offset) {
                records
            } else {
                Vec::new()
            },
        )
    }

    /// The records from an offset on, of whole entries, up to about `max`.
    fn take(
        &self,
        topic: &str,
        from: u64,
        entries: Vec<Value>,
        max: usize,
    ) -> Result<Vec<Record>, LogError> {
        let mut records: Vec<Record> = Vec::new();
        let mut taken = 0;
        for entry in entries {
            if records.len() >= max {
                break;
            }
            let more = records_of(entry)?;
            // A gap is looked into by the next read, which begins in front of it.
            if records
                .last()
                .zip(more.first())
                .is_some_and(|(last, first)| first.offset != last.offset + 1)
            {
                break;
            }
            records.extend(more);
            taken += 1;
        }
        if taken > 0 {
            self.know(topic, |known| {
                known.density = Some((records.len() / taken).max(1));
            });
        }
        records.retain(|record| record.offset >= from);
        Ok(records)
    }

    pub(crate) async fn range(&self, topic: &str, partition: u32) -> Result<Range, LogError> {
        Ok(read_answer(self.one(read_call(topic, partition, 0, 0)).await?)?.0)
    }

    pub(crate) async fn note(
        &self,
        topic: &str,
        partition: u32,
        group: &str,
        offset: u64,
    ) -> Result<(), LogError> {
        let key = keys::noted(topic, partition, group);
        let mut set = redis::cmd("SET");
        set.arg(&key).arg(offset);
        self.connection.run(set, &key).await.map(drop)
    }

    pub(crate) async fn noted(
        &self,
        topic: &str,
        partition: u32,
        group: &str,
    ) -> Result<Option<u64>, LogError> {
        let key = keys::noted(topic, partition, group);
        let mut get = redis::cmd("GET");
        get.arg(&key);
        match self.connection.run(get, &key).await? {
            Value::Nil => Ok(None),
            value => natural(&value).map(Some),
        }
    }

    pub(crate) async fn trim(
        &self,
        topic: &str,
        partition: u32,
        retention: Duration,
        groups: &[String],
    ) -> Result<u64, LogError> {
        let mut all = vec![
            keys::stream(topic, partition),
            keys::state(topic, partition),
        ];
        all.extend(
            groups
                .iter()
                .map(|group| keys::noted(topic, partition, group)),
        );
        let args = vec![retention.as_millis().to_string().into_bytes()];
        natural(
            &self
                .one(Call {
                    name: "trim",
                    keys: all,
                    args,
                    read_only: false,
                })
                .await?,
        )
    }

    pub(crate) async fn ping(&self) -> Result<(), LogError> {
        self.connection
            .run(redis::cmd("PING"), "PING")
            .await
            .map(drop)
    }

    async fn one(&self, call: Call) -> Result<Value, LogError> {
        Ok(self
            .connection
            .call(&[call])
            .await?
            .pop()
            .unwrap_or(Value::Nil))
    }

    fn known(&self, topic: &str) -> Known {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.get(topic).copied().unwrap_or_default()
    }

    fn know(&self, topic: &str, change: impl FnOnce(&mut Known)) {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        change(topics.entry(topic.to_owned()).or_default());
    }
}

/// Of the records from `from` on.
fn append_call(batch: &Batch, from: usize) -> Call {
    let records = &batch.records[from..];
    let ends =
        [records.first(), records.last()].map(|record| record.map_or(0, |(sequence, _)| *sequence));
    let mut args = vec![batch.producer.clone().into_bytes()];
    args.extend(ends.map(|sequence| sequence.to_string().into_bytes()));
    args.push(records.len().to_string().into_bytes());
    args.push(frame(records.iter().map(|(_, value)| value)));
    let keys = vec![
        keys::stream(&batch.topic, batch.partition),
        keys::state(&batch.topic, batch.partition),
    ];
    Call {
        name: "append",
        keys,
        args,
        read_only: false,
    }
}

/// The next offset, the records that were skipped (-1: only a part was seen), and the highest number seen.
fn append_answer(answer: &Value) -> Result<(u64, i64, u64), LogError> {
    match answer {
        Value::Array(parts) if parts.len() == 3 => {
            Ok((natural(&parts[0])?, number(&parts[1])?, natural(&parts[2])?))
        }
        _ => Err(LogError::Refused(
            "the server answers an append with something else".into(),
        )),
    }
}

fn read_call(topic: &str, partition: u32, offset: u64, entries: usize) -> Call {
    let keys = vec![
        keys::stream(topic, partition),
        keys::state(topic, partition),
    ];
    let args = vec![
        offset.to_string().into_bytes(),
        entries.to_string().into_bytes(),
    ];
    Call {
        name: "read",
        keys,
        args,
        read_only: true,
    }
}

fn read_answer(answer: Value) -> Result<(Range, Vec<Value>), LogError> {
    let odd = || LogError::Refused("the server answers a read with something else".into());
    let Value::Array(parts) = answer else {
        return Err(odd());
    };
    let mut parts = parts.into_iter();
    let (earliest, next) = parts.next().zip(parts.next()).ok_or_else(odd)?;
    let range = Range {
        earliest: natural(&earliest)?,
        next: natural(&next)?,
    };
    match parts.next() {
        Some(Value::Array(entries)) => Ok((range, entries)),
        _ => Ok((range, Vec::new())),
    }
}
