//! A value that processes change one after the other, each knowing what the one before made of it: a topic of one partition, whose newest
//! batch holds the value as it was and the command that changes it. What the command does depends on the time at which it was appended.

use super::cluster::{Cluster, Settling};
use super::codes::Failure;
use super::requests::Spot;
use super::settings::{REGISTER, Settings, ensure_topic};
use super::tail::{Newest, Put, Tail};
use crate::log::LogError;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

/// Losing it in a crash of the machine is no harm, so it need not wait for the disk.
const UNFLUSHED: Settings = &[("flush.messages", "9223372036854775807")];

/// What can be kept in a register.
pub(super) trait Value: Serialize + DeserializeOwned + Default + Clone {
    type Command: Serialize + DeserializeOwned;
    type Answer;
    /// What a command makes of it, by the time at which it was appended: the new value, and an answer.
    fn change(self, command: &Self::Command, time_ms: i64) -> (Self, Self::Answer);
}

pub(super) struct Register {
    cluster: Cluster,
    tail: Mutex<Tail>,
}

impl Register {
    /// Creates the topic of a register unless it is there.
    pub(super) async fn open(cluster: &Cluster, topic: &str) -> Result<Self, LogError> {
        ensure_topic(cluster, topic, 1, REGISTER, UNFLUSHED).await?;
        Ok(Self {
            cluster: cluster.clone(),
            tail: Mutex::new(Tail::new(Spot::new(topic, 0))),
        })
    }

    /// Changes the value, one call after the other.
    pub(super) async fn run<V: Value>(&self, command: &V::Command) -> Result<V::Answer, LogError> {
        let mut tail = self.tail.lock().await;
        let mut settling = Settling::begin();
        loop {
            match self.attempt::<V>(&mut tail, command).await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => settling.lost(tail.spot())?,
                Err(Failure::Log(error)) => return Err(error),
                Err(Failure::Elsewhere(why)) => self.cluster.again(&mut settling, why).await?,
            }
        }
    }

    /// None: another was faster.
    async fn attempt<V: Value>(
        &self,
        tail: &mut Tail,
        command: &V::Command,
    ) -> Result<Option<V::Answer>, Failure> {
        tail.ready(&self.cluster).await?;
        let before = tail
            .newest()
            .map(value::<V>)
            .transpose()?
            .unwrap_or_default();
        let note = serde_json::to_string(&(&before, command)).map_err(|error| odd(&error))?;
        let put = Put {
            values: &[Bytes::new()],
            note: &note,
            key: Some("value"),
        };
        let appended = tail.put(&self.cluster, put).await?;
        Ok(appended.map(|time_ms| before.change(command, time_ms).1))
    }
}

fn value<V: Value>(newest: &Newest) -> Result<V, LogError> {
    let (before, command): (V, V::Command) =
        serde_json::from_str(&newest.note).map_err(|error| odd(&error))?;
    Ok(before.change(&command, newest.time_ms).0)
}

fn odd(error: &serde_json::Error) -> LogError {
    LogError::Refused(format!("a register holds something else: {error}"))
}
