//! The leases of a group in Valkey: functions in the server, by its clock.

use super::connection::Connection;
use super::engine::RedisLog;
use super::entries::{natural, number};
use super::functions::Call;
use super::keys;
use crate::leases::{Acquired, Alive};
use crate::log::LogError;
use redis::Value;
use std::time::Duration;

/// The members and leases of one group on one topic, where all members see the same: each call is one step, by the log's clock.
#[derive(Clone)]
pub(crate) struct RedisLeases {
    connection: Connection,
    topic: String,
    group: String,
}

impl RedisLeases {
    pub(crate) fn new(log: &RedisLog, topic: &str, group: &str) -> Self {
        Self {
            connection: log.connection().clone(),
            topic: topic.to_owned(),
            group: group.to_owned(),
        }
    }

    /// Says that a member lives for so long.
    pub(crate) async fn beat(&self, member: &str, lease: Duration) -> Result<Alive, LogError> {
        let answer = self
            .call(
                "beat",
                keys::members(&self.topic, &self.group),
                [member.into(), ms(lease)],
            )
            .await?;
        let (first, members): (String, Vec<String>) =
            redis::from_redis_value(answer).map_err(|error| {
                LogError::Refused(format!(
                    "the server answers a beat with something else: {error}"
                ))
            })?;
        let first_gone = first.parse().ok().filter(|ms| *ms > 0);
        Ok(Alive {
            members,
            first_gone: first_gone.map(Duration::from_millis),
        })
    }

    /// Takes a lease under an epoch above `floor` and above every earlier one, unless another member has it.
    pub(crate) async fn acquire(
        &self,
        member: &str,
        lease: Duration,
        partition: u32,
        floor: u64,
    ) -> Result<Acquired, LogError> {
        let args = [member.into(), ms(lease), floor.to_string()];
        let answer = number(&self.call("acquire", self.key(partition), args).await?)?;
        Ok(match u64::try_from(answer) {
            Ok(epoch) => Acquired::Epoch(epoch),
            Err(_) => Acquired::Elsewhere(Duration::from_millis(answer.unsigned_abs())),
        })
    }

    /// Extends leases, or with no time gives them back: partitions, with the epochs. Returns of each whether it was still the member's.
    pub(crate) async fn extend(
        &self,
        member: &str,
        lease: Duration,
        held: &[(u32, u64)],
    ) -> Result<Vec<bool>, LogError> {
        let call = |(partition, epoch): &(u32, u64)| Call {
            name: "extend",
            keys: vec![self.key(*partition)],
            args: [member.into(), ms(lease), epoch.to_string()]
                .map(String::into_bytes)
                .into(),
            read_only: false,
        };
        let calls: Vec<Call> = held.iter().map(call).collect();
        let answers = self.connection.call(&calls).await?;
        answers
            .iter()
            .map(|answer| Ok(natural(answer)? == 1))
            .collect()
    }

    pub(crate) async fn leave(&self, member: &str) -> Result<(), LogError> {
        let key = keys::members(&self.topic, &self.group);
        let mut remove = redis::cmd("ZREM");
        remove.arg(&key).arg(member);
        self.connection.run(remove, &key).await.map(drop)
    }

    async fn call<const N: usize>(
        &self,
        name: &'static str,
        key: String,
        args: [String; N],
    ) -> Result<Value, LogError> {
        let args = args.map(String::into_bytes).into();
        let answers = self
            .connection
            .call(&[Call {
                name,
                keys: vec![key],
                args,
                read_only: false,
            }])
            .await?;
        Ok(answers.into_iter().next().unwrap_or(Value::Nil))
    }

    fn key(&self, partition: u32) -> String {
        keys::lease(&self.topic, partition, &self.group)
    }
}

fn ms(duration: Duration) -> String {
    duration.as_millis().to_string()
}
