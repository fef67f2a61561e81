//! The members and leases of one group on one topic, where all members see the same: each call is one step, by the log's clock.

use crate::kafka::KafkaLeases;
use crate::log::{Engine, EventLog, LogError};
use crate::redis::RedisLeases;
use std::time::Duration;

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

    /// Says that a member lives for so long. Returns the members that are alive, sorted.
    pub(crate) async fn beat(
        &self,
        member: &str,
        lease: Duration,
    ) -> Result<Vec<String>, LogError> {
        match self {
            Self::Redis(leases) => leases.beat(member, lease).await,
            Self::Kafka(leases) => leases.beat(member, lease).await,
        }
    }

    /// Takes a lease under an epoch above `floor` and above every earlier one. Returns it; none if another member has the lease.
    pub(crate) async fn acquire(
        &self,
        member: &str,
        lease: Duration,
        partition: u32,
        floor: u64,
    ) -> Result<Option<u64>, LogError> {
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
