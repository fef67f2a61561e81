//! The log's calls, as requests to a cluster.

use super::appending::Appending;
use super::cluster::{Cluster, Settling};
use super::codes::Failure;
use super::offsets::{commit_offset, committed_offset};
use super::reader::Reader;
use super::requests::{Spot, delete_records, offset_at, range_of};
use super::settings::{TOPIC, ensure_topic};
use super::tail::{Put, Tail, now};
use crate::log::{AddressError, Appended, Batch, DEFAULT_PARTITIONS, LogError, Range, Record};
use futures::future::join_all;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// See `EventLog`.
#[derive(Clone)]
pub(crate) struct KafkaLog {
    cluster: Cluster,
    reader: Arc<Reader>,
    /// Held by who appends: appends of one process to one partition would only get in each other's way.
    tails: Arc<Mutex<HashMap<Spot, Arc<tokio::sync::Mutex<Tail>>>>>,
    /// Topics that are known to be as they must.
    checked: Arc<Mutex<HashSet<String>>>,
    /// How far the log's clock is ahead of ours, as of the last append, in milliseconds. None before that.
    ahead: Arc<Mutex<Option<i64>>>,
}

/// What became of a batch of Kafka.
enum Round {
    /// There was none left to append.
    Last,
    Appended,
    /// Others have appended meanwhile.
    Lost,
}

impl KafkaLog {
    pub(crate) fn open(url: &str, client_name: &str) -> Result<Self, AddressError> {
        let cluster = Cluster::open(url, client_name)?;
        Ok(Self {
            reader: Arc::new(Reader::new(&cluster)),
            cluster,
            tails: Arc::default(),
            checked: Arc::default(),
            ahead: Arc::default(),
        })
    }

    pub(super) const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    pub(crate) async fn create_topic(&self, topic: &str, partitions: u32) -> Result<u32, LogError> {
        let is_checked = locked(&self.checked, |checked| checked.contains(topic));
        let known = if is_checked {
            self.cluster.settled(|| self.cluster.leaders(topic)).await?
        } else {
            None
        };
        let leaders = match known {
            Some(leaders) => leaders,
            None => ensure_topic(&self.cluster, topic, partitions, TOPIC, &[]).await?,
        };
        locked(&self.checked, |checked| checked.insert(topic.to_owned()));
        Ok(u32::try_from(leaders.len()).unwrap_or(u32::MAX))
    }

    pub(crate) async fn partitions(&self, topic: &str) -> Result<u32, LogError> {
        self.create_topic(topic, DEFAULT_PARTITIONS).await
    }

    pub(crate) async fn append(&self, batches: &[Batch]) -> Result<Vec<Appended>, LogError> {
        let topics: HashSet<&str> = batches.iter().map(|batch| batch.topic.as_str()).collect();
        for topic in topics {
            self.partitions(topic).await?;
        }
        let mut parts: BTreeMap<Spot, Appending<'_>> = BTreeMap::new();
        for (index, batch) in batches.iter().enumerate() {
            let spot = Spot::new(&batch.topic, batch.partition);
            parts.entry(spot).or_default().add(index, batch);
        }
        let mut appended = vec![
            Appended {
                next: 0,
                skipped: 0
            };
            batches.len()
        ];
        let parts = parts
            .into_iter()
            .map(|(spot, part)| self.append_to(spot, part));
        for done in join_all(parts).await {
            let (next, skipped) = done?;
            for (index, skipped) in skipped {
                appended[index] = Appended { next, skipped };
            }
        }
        Ok(appended)
    }

    /// Returns the end of the partition, and what was skipped of each batch.
    async fn append_to(
        &self,
        spot: Spot,
        mut part: Appending<'_>,
    ) -> Result<(u64, BTreeMap<usize, u64>), LogError> {
        let tail = locked(&self.tails, |tails| {
            let tail = tails.entry(spot.clone());
            Arc::clone(tail.or_insert_with(|| Arc::new(Tail::new(spot).into())))
        });
        let mut tail = tail.lock().await;
        let mut settling = Settling::begin();
        loop {
            match self.round(&mut tail, &mut part).await {
                Ok(Round::Last) => return Ok((tail.end(), part.skipped())),
                Ok(Round::Appended) => settling = Settling::begin(),
                Ok(Round::Lost) => settling.lost(tail.spot())?,
                Err(Failure::Log(error)) => return Err(error),
                Err(Failure::Elsewhere(why)) => self.cluster.again(&mut settling, why).await?,
            }
        }
    }

    /// One batch of Kafka.
    async fn round(&self, tail: &mut Tail, part: &mut Appending<'_>) -> Result<Round, Failure> {
        tail.ready(&self.cluster).await?;
        let Some(next) = part.next(tail)? else {
            return Ok(Round::Last);
        };
        let put = Put {
            values: &next.values,
            note: &next.note,
            key: None,
        };
        let Some(time_ms) = tail.put(&self.cluster, put).await? else {
            part.lost();
            return Ok(Round::Lost);
        };
        part.done(next.values.len());
        locked(&self.ahead, |ahead| *ahead = Some(time_ms - now()));
        Ok(Round::Appended)
    }

    pub(crate) async fn read(
        &self,
        topic: &str,
        partition: u32,
        offset: u64,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Record>, LogError> {
        let spot = Spot::new(topic, partition);
        self.reader.read(&spot, offset, max, wait).await
    }

    pub(crate) async fn range(&self, topic: &str, partition: u32) -> Result<Range, LogError> {
        let spot = &Spot::new(topic, partition);
        let ask = || async {
            match self.cluster.leaders(topic).await? {
                Some(_) => range_of(&self.cluster, spot).await,
                None => Ok(Range::default()),
            }
        };
        self.cluster.settled(ask).await
    }

    pub(crate) async fn note(
        &self,
        topic: &str,
        partition: u32,
        group: &str,
        offset: u64,
    ) -> Result<(), LogError> {
        let spot = &Spot::new(topic, partition);
        let note = || commit_offset(&self.cluster, spot, group, offset);
        self.cluster.settled(note).await
    }

    pub(crate) async fn noted(
        &self,
        topic: &str,
        partition: u32,
        group: &str,
    ) -> Result<Option<u64>, LogError> {
        let spot = &Spot::new(topic, partition);
        let ask = || committed_offset(&self.cluster, spot, group);
        self.cluster.settled(ask).await
    }

    pub(crate) async fn trim(
        &self,
        topic: &str,
        partition: u32,
        retention: Duration,
        groups: &[String],
    ) -> Result<u64, LogError> {
        let spot = &Spot::new(topic, partition);
        let trim = || async {
            match self.cluster.leaders(topic).await? {
                Some(_) => self.trim_at(spot, retention, groups).await,
                None => Ok(0),
            }
        };
        self.cluster.settled(trim).await
    }

    async fn trim_at(
        &self,
        spot: &Spot,
        retention: Duration,
        groups: &[String],
    ) -> Result<u64, Failure> {
        // The newest batch knows the numbers of all that went before: one of its records stays. Reading it anew costs little, now and then.
        let mut tail = Tail::new(spot.clone());
        tail.read(&self.cluster).await?;
        let Range { earliest, .. } = range_of(&self.cluster, spot).await?;
        let Some(newest) = tail.newest() else {
            return Ok(earliest);
        };
        let retention = i64::try_from(retention.as_millis()).unwrap_or(i64::MAX);
        let due = self.now(newest.time_ms).saturating_sub(retention);
        let due = offset_at(&self.cluster, spot, due).await?;
        let mut limit = due.unwrap_or(newest.last).min(newest.last);
        for group in groups {
            let noted = committed_offset(&self.cluster, spot, group).await?;
            limit = limit.min(noted.unwrap_or(0));
        }
        if limit > earliest {
            delete_records(&self.cluster, spot, limit).await
        } else {
            Ok(earliest)
        }
    }

    pub(crate) async fn ping(&self) -> Result<(), LogError> {
        self.cluster.ping().await
    }

    /// The time by the log's clock. Who has not appended yet takes that of the newest record: too early, and so nothing goes too soon.
    fn now(&self, newest_ms: i64) -> i64 {
        locked(&self.ahead, |ahead| {
            ahead.map_or(newest_ms, |ahead| now() + ahead)
        })
    }
}

fn locked<T, R>(mutex: &Mutex<T>, with: impl FnOnce(&mut T) -> R) -> R {
    with(&mut mutex.lock().unwrap_or_else(PoisonError::into_inner))
}
