//! Reading on in a partition. A fetch brings whole batches, often more than was asked for: the rest is kept for the next read.

use super::cluster::Cluster;
use super::codes::Failure;
use super::records::records_of;
use super::requests::{Spot, fetch, range_of};
use crate::log::{LogError, Range, Record};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// One wait in the node; longer ones are several.
const WAIT: Duration = Duration::from_secs(1);
/// The most partitions of which records are kept.
const MOST_KEPT: usize = 32;

pub(super) struct Reader {
    cluster: Cluster,
    /// Records that were fetched and not yet read; who was read last comes last.
    kept: Mutex<VecDeque<(Spot, VecDeque<Record>)>>,
}

impl Reader {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let cluster = cluster.clone();
        let kept = Mutex::default();
        Self { cluster, kept }
    }

    /// See `EventLog::read`.
    pub(super) async fn read(
        &self,
        spot: &Spot,
        offset: u64,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Record>, LogError> {
        let end = Instant::now() + wait;
        loop {
            let found = self.take(spot, offset, max);
            if !found.is_empty() {
                return Ok(found);
            }
            let rest = end.saturating_duration_since(Instant::now()).min(WAIT);
            let fetched = self.fetch(spot, offset, rest).await?;
            if fetched.is_empty() && rest.is_zero() {
                return Ok(Vec::new());
            }
            self.keep(spot, fetched);
        }
    }

    async fn fetch(
        &self,
        spot: &Spot,
        offset: u64,
        wait: Duration,
    ) -> Result<VecDeque<Record>, LogError> {
        let ask = || async {
            // A topic that is not there is empty.
            if self.cluster.leaders(&spot.topic).await?.is_some() {
                return fetch(&self.cluster, spot, offset, wait).await;
            }
            if offset > 0 {
                return Ok(None);
            }
            sleep(wait).await;
            Ok(Some(Vec::new()))
        };
        if let Some(batches) = self.cluster.settled(ask).await? {
            return Ok(records_of(offset, batches)?.into());
        }
        let look = || async {
            match self.cluster.leaders(&spot.topic).await? {
                Some(_) => range_of(&self.cluster, spot).await,
                None => Ok::<_, Failure>(Range::default()),
            }
        };
        Err(LogError::OutOfRange {
            topic: spot.topic.clone(),
            partition: spot.partition,
            offset,
            range: self.cluster.settled(look).await?,
        })
    }

    fn keep(&self, spot: &Spot, records: VecDeque<Record>) {
        let mut kept = self.kept();
        kept.retain(|(known, _)| known != spot);
        if !records.is_empty() {
            kept.push_back((spot.clone(), records));
        }
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
    }

    /// Up to `max` records from an offset on, of those that are kept.
    fn take(&self, spot: &Spot, offset: u64, max: usize) -> Vec<Record> {
        let mut kept = self.kept();
        let begins = |records: &VecDeque<Record>| {
            records.front().is_some_and(|first| first.offset == offset)
        };
        let found = kept
            .iter()
            .position(|(known, records)| known == spot && begins(records));
        let Some((spot, mut records)) = found.and_then(|at| kept.remove(at)) else {
            return Vec::new();
        };
        let rest = records.split_off(max.clamp(1, records.len()));
        if !rest.is_empty() {
            kept.push_back((spot, rest));
        }
        records.into()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Spot, VecDeque<Record>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
