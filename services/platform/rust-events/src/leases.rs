//! The members and leases of one group on one topic, where all members see the same: each call is one step, by the log's clock.

use crate::kafka::KafkaLeases;
use crate::log::{Engine, EventLog, LogError};
use crate::redis::RedisLeases;
use std::time::Duration;

/// Who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alive {
    /// Sorted.
    pub members: Vec<String>,
    /// When the first of the others is taken for dead, unless it says something before. None: there is no other.
    pub first_gone: Option<Duration>,
}

/// What came of asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acquired {
    /// It was taken under this epoch.
    Epoch(u64),
    /// Another member has it for so long, unless it extends it.
    Elsewhere(Duration),
}

pub(crate) enum Leases {
    Redis(RedisLeases),
    Kafka(KafkaLeases),
}

impl Leases {
    pub(crate) async fn open(log: &EventLog, topic: &str, group: &str) -> Result<Self, LogError> {
        Ok(match log.engine() {
            Engine::Redis(log) => Self::Redis(RedisLeases::new(log, topic, group)),
            Engine::Kafka(log) => Self::Kafka(KafkaLeases::open(log, topic, group).await?),
        })
    }

    /// Says that a member lives for so long.
    pub(crate) async fn beat(&self, member: &str, lease: Duration) -> Result<Alive, LogError> {
        match self {
            Self::Redis(leases) => leases.beat(member, lease).await,
            Self::Kafka(leases) => leases.beat(member, lease).await,
        }
    }

    /// Takes a lease under an epoch above `floor` and above every earlier one, unless another member has it.
    pub(crate) async fn acquire(
        &self,
        member: &str,
        lease: Duration,
        partition: u32,
        floor: u64,
    ) -> Result<Acquired, LogError> {
        match self {
            Self::Redis(leases) => leases.acquire(member, lease, partition, floor).await,
            Self::Kafka(leases) => leases.acquire(member, lease, partition, floor).await,
        }
    }

    /// Extends leases, or with no time gives them back: partitions, with the epochs. Returns of each whether it was still the member's.
    pub(crate) async fn extend(
        &self,
        member: &str,
        lease: Duration,
        held: &[(u32, u64)],
    ) -> Result<Vec<bool>, LogError> {
        match self {
            Self::Redis(leases) => leases.extend(member, lease, held).await,
            Self::Kafka(leases) => leases.extend(member, lease, held).await,
        }
    }

    pub(crate) async fn leave(&self, member: &str) -> Result<(), LogError> {
        match self {
            Self::Redis(leases) => leases.leave(member).await,
            Self::Kafka(leases) => leases.leave(member).await,
        }
    }
}
