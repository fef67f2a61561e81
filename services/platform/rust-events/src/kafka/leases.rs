//! The leases of a group in Kafka: a register of the members and of who holds what. Kafka's own group protocol would stop all members while
//! it shares anew, and knows no lease that is shorter than the cluster allows.

use super::engine::KafkaLog;
use super::register::{Register, Value};
use crate::leases::{Acquired, Alive};
use crate::log::LogError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    member: String,
    epoch: u64,
    /// By the log's clock, in milliseconds since 1970.
    until: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Group {
    /// The latest time that was seen: the log's clock may be set back, this one is not.
    time: i64,
    /// Until when each is taken to be alive.
    members: BTreeMap<String, i64>,
    leases: BTreeMap<u32, Held>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Command {
    member: String,
    #[serde(rename = "leaseMs")]
    lease_ms: i64,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
enum What {
    Beat,
    Leave,
    Acquire {
        partition: u32,
        floor: u64,
    },
    /// Partitions, with the epochs.
    Extend {
        leases: Vec<(u32, u64)>,
    },
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Alive(Alive),
    Acquired(Acquired),
    Extended(Vec<bool>),
    Done,
}

/// See `RedisLeases`.
pub(crate) struct KafkaLeases {
    register: Register,
}

impl KafkaLeases {
    pub(crate) async fn open(log: &KafkaLog, topic: &str, group: &str) -> Result<Self, LogError> {
        let name = format!("{topic}.{group}.leases");
        let register = Register::open(log.cluster(), &name).await?;
        Ok(Self { register })
    }

    pub(crate) async fn beat(&self, member: &str, lease: Duration) -> Result<Alive, LogError> {
        match self.run(member, lease, What::Beat).await? {
            Answer::Alive(alive) => Ok(alive),
            _ => Err(LogError::Refused(
                "a beat was answered with something else".into(),
            )),
        }
    }

    pub(crate) async fn acquire(
        &self,
        member: &str,
        lease: Duration,
        partition: u32,
        floor: u64,
    ) -> Result<Acquired, LogError> {
        let what = What::Acquire { partition, floor };
        match self.run(member, lease, what).await? {
            Answer::Acquired(acquired) => Ok(acquired),
            _ => Err(LogError::Refused(
                "a lease was answered with something else".into(),
            )),
        }
    }

    pub(crate) async fn extend(
        &self,
        member: &str,
        lease: Duration,
        held: &[(u32, u64)],
    ) -> Result<Vec<bool>, LogError> {
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let leases = held.to_vec();
        match self.run(member, lease, What::Extend { leases }).await? {
            Answer::Extended(extended) => Ok(extended),
            _ => Ok(Vec::new()),
        }
    }

    pub(crate) async fn leave(&self, member: &str) -> Result<(), LogError> {
        let left = self.run(member, Duration::ZERO, What::Leave).await;
        left.map(drop)
    }

    async fn run(&self, member: &str, lease: Duration, what: What) -> Result<Answer, LogError> {
        let command = Command {
            member: member.to_owned(),
            lease_ms: i64::try_from(lease.as_millis()).unwrap_or(i64::MAX),
            what,
        };
        self.register.run::<Group>(&command).await
    }
}

impl Value for Group {
    type Command = Command;
    type Answer = Answer;

    fn change(mut self, command: &Command, time_ms: i64) -> (Self, Answer) {
        let Command {
            member,
            lease_ms,
            what,
        } = command;
        self.time = self.time.max(time_ms);
        let until = self.time.saturating_add(*lease_ms);
        let answer = match what {
            What::Beat => {
                self.members.retain(|_, end| *end > self.time);
                self.members.insert(member.clone(), until);
                let others = self.members.iter().filter(|(name, _)| *name != member);
                let first = others.map(|(_, end)| ms(end - self.time)).min();
                Answer::Alive(Alive {
                    members: self.members.keys().cloned().collect(),
                    first_gone: first,
                })
            }
            What::Leave => {
                self.members.remove(member);
                Answer::Done
            }
            What::Acquire { partition, floor } => {
                let held = self.leases.get(partition);
                if let Some(held) = held
                    && held.member != *member
                    && held.until > self.time
                {
                    let rest = ms(held.until - self.time);
                    return (self, Answer::Acquired(Acquired::Elsewhere(rest)));
                }
                let epoch = held.map_or(0, |held| held.epoch).max(*floor) + 1;
                let member = member.clone();
                let held = Held {
                    member,
                    epoch,
                    until,
                };
                self.leases.insert(*partition, held);
                Answer::Acquired(Acquired::Epoch(epoch))
            }
            What::Extend { leases } => {
                let extended = leases.iter().map(|(partition, epoch)| {
                    let held = self.leases.get_mut(partition);
                    let held = held.filter(|held| held.member == *member && held.epoch == *epoch);
                    held.map(|held| held.until = until).is_some()
                });
                Answer::Extended(extended.collect())
            }
        };
        (self, answer)
    }
}

fn ms(rest: i64) -> Duration {
    Duration::from_millis(rest.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(group: &mut Group, time_ms: i64, command: &str) -> Answer {
        let command: Command = serde_json::from_str(command).unwrap();
        let (after, answer) = std::mem::take(group).change(&command, time_ms);
        *group = after;
        answer
    }

    /// The commands are as the twin writes them.
    #[test]
    fn a_lease_has_one_holder_at_a_time_under_an_epoch_that_rises() {
        let mut group = Group::default();
        let acquire = |member: &str, floor| {
            format!(
                r#"{{"what":"acquire","member":"{member}","leaseMs":100,"partition":0,"floor":{floor}}}"#
            )
        };
        let extend = |member: &str, lease, epoch| {
            format!(
                r#"{{"what":"extend","member":"{member}","leaseMs":{lease},"leases":[[0,{epoch}]]}}"#
            )
        };
        let extended = |one| Answer::Extended(vec![one]);
        let taken = |epoch| Answer::Acquired(Acquired::Epoch(epoch));
        let elsewhere = |rest| Answer::Acquired(Acquired::Elsewhere(Duration::from_millis(rest)));
        assert_eq!(change(&mut group, 1000, &acquire("a", 7)), taken(8));
        assert_eq!(change(&mut group, 1050, &acquire("b", 0)), elsewhere(50));
        assert_eq!(
            change(&mut group, 1050, &extend("a", 100, 8)),
            extended(true)
        );
        assert_eq!(change(&mut group, 1149, &acquire("b", 0)), elsewhere(1));
        assert_eq!(change(&mut group, 1150, &acquire("b", 0)), taken(9));
        assert_eq!(
            change(&mut group, 1151, &extend("a", 100, 8)),
            extended(false)
        );
        assert_eq!(
            change(&mut group, 1151, &extend("b", 100, 8)),
            extended(false)
        );
        // Given back.
        assert_eq!(change(&mut group, 1152, &extend("b", 0, 9)), extended(true));
        assert_eq!(change(&mut group, 1152, &acquire("a", 0)), taken(10));
        // A clock that is set back makes no lease longer.
        assert_eq!(change(&mut group, 3, &acquire("b", 0)), elsewhere(100));
        assert_eq!(group.time, 1152);
    }

    #[test]
    fn members_live_as_long_as_they_say() {
        let mut group = Group::default();
        let beat = |member: &str| format!(r#"{{"what":"beat","member":"{member}","leaseMs":100}}"#);
        let alive = |names: &[&str], first_gone: Option<u64>| {
            Answer::Alive(Alive {
                members: names.iter().map(ToString::to_string).collect(),
                first_gone: first_gone.map(Duration::from_millis),
            })
        };
        assert_eq!(change(&mut group, 1000, &beat("b")), alive(&["b"], None));
        assert_eq!(
            change(&mut group, 1050, &beat("a")),
            alive(&["a", "b"], Some(50))
        );
        assert_eq!(change(&mut group, 1100, &beat("a")), alive(&["a"], None));
        let leave = r#"{"what":"leave","member":"a","leaseMs":0}"#;
        assert_eq!(change(&mut group, 1101, leave), Answer::Done);
        assert_eq!(change(&mut group, 1102, &beat("c")), alive(&["c"], None));
    }

    #[test]
    fn the_twin_can_read_what_is_kept() {
        let mut group = Group::default();
        change(
            &mut group,
            5,
            r#"{"what":"acquire","member":"a","leaseMs":10,"partition":3,"floor":0}"#,
        );
        let command = Command {
            member: "a".into(),
            lease_ms: 10,
            what: What::Extend {
                leases: vec![(3, 1)],
            },
        };
        assert_eq!(
            serde_json::to_value((&group, &command)).unwrap(),
            serde_json::json!([
                {"time": 5, "members": {}, "leases": {"3": {"member": "a", "epoch": 1, "until": 15}}},
                {"what": "extend", "member": "a", "leaseMs": 10, "leases": [[3, 1]]}
            ])
        );
    }
}
