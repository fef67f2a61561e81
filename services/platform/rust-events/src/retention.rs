//! Lets the log forget what is old and no longer needed.

use crate::log::{EventLog, LogError};
use crate::topic::topic_of;
use buffa::MessageName;
use larder_platform::log as journal;
use serde_json::json;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);

/// How long the events of a topic are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Its name.
    pub topic: String,
    /// Younger events stay.
    pub time: Duration,
    /// The groups that must have consumed an event before it goes: those that the contract names.
    pub groups: Vec<String>,
}

impl Retention {
    /// What the contract says about the topic that carries an event; `otherwise` where it leaves the time to the environment.
    ///
    /// # Panics
    /// As `topic_of`.
    #[must_use]
    pub fn of<M: MessageName>(otherwise: Duration) -> Self {
        let topic = topic_of::<M>();
        Self {
            topic: topic.name.clone(),
            time: topic.retention.unwrap_or(otherwise),
            groups: topic.consumers.clone(),
        }
    }
}

/// Trims the topics every minute until it is told to stop: the work of their producer. What is old and still there for a consumer is told
/// in the log of the process.
pub async fn retain(log: &EventLog, topics: &[Retention], stop: &CancellationToken) {
    while !stop.is_cancelled() {
        for topic in topics {
            match trim(log, topic).await {
                // The log is away: what is old now will still be old then.
                Err(error) if !error.is_unavailable() => {
                    let fields = [
                        ("topic", json!(topic.topic)),
                        ("error", json!(error.to_string())),
                    ];
                    journal::error("old events are not looked after", &fields);
                }
                _ => {}
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn trim(
    log: &EventLog,
    Retention {
        topic,
        time,
        groups,
    }: &Retention,
) -> Result<(), LogError> {
    for partition in 0..log.partitions(topic).await? {
        log.trim(topic, partition, *time, groups).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_contract::proto::larder::order::v1::OrderConfirmed;
    use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;

    #[test]
    fn events_stay_as_long_as_the_contract_says_or_else_the_environment() {
        let week = Duration::from_hours(168);
        let readings = Retention::of::<ReadingsIngested>(week);
        assert_eq!(readings.topic, "larder.telemetry.readings.v1");
        assert_eq!(readings.time, Duration::from_hours(24));
        assert_eq!(readings.groups, ["aggregator"]);
        assert_eq!(Retention::of::<OrderConfirmed>(week).time, week);
    }
}
