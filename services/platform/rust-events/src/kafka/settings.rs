//! What the engine needs of its topics: it creates them so, and works with none that is set up otherwise. The manifests for a cluster say the
//! same.

use super::cluster::Cluster;
use super::codes::{Failure, TOPIC_FORBIDDEN, check};
use super::requests::create_topic;
use crate::log::LogError;
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::protocol::StrBytes;
use std::sync::Arc;

pub(super) type Settings = &'static [(&'static str, &'static str)];

/// The broker unpacks what other tools have compressed: readers need not know how, nor take as much memory as it may come to.
const PLAIN: (&str, &str) = ("compression.type", "uncompressed");

/// Of a topic of events. Records stay until `trim`: Kafka itself would drop them whether somebody needs them or not.
pub(super) const TOPIC: Settings = &[
    ("cleanup.policy", "delete"),
    ("retention.ms", "-1"),
    ("retention.bytes", "-1"),
    ("message.timestamp.type", "LogAppendTime"),
    PLAIN,
    (MAX_BATCH, "2097152"),
];

/// Of a register. All records have one key: compaction keeps the newest.
pub(super) const REGISTER: Settings = &[
    ("cleanup.policy", "compact"),
    ("segment.bytes", "1048576"),
    ("segment.ms", "600000"),
    ("message.timestamp.type", "LogAppendTime"),
    PLAIN,
];

/// How often a register is tidied up is a matter of taste; and nobody minds a topic that takes more.
const FREE: [&str; 2] = ["segment.bytes", "segment.ms"];
const MAX_BATCH: &str = "max.message.bytes";

const TOPIC_RESOURCE: i8 = 2;

/// Creates a topic unless it is there, and looks whether it is as it must be: what is not known yet may be there all the same. `more`
/// counts for one that is created only. The nodes that lead its partitions, in their order.
pub(super) async fn ensure_topic(
    cluster: &Cluster,
    topic: &str,
    partitions: u32,
    settings: Settings,
    more: Settings,
) -> Result<Arc<[i32]>, LogError> {
    if cluster.settled(|| cluster.leaders(topic)).await?.is_none() {
        let all = || settings.iter().chain(more).copied();
        cluster
            .settled(|| create_topic(cluster, topic, partitions, all()))
            .await?;
    }
    let look = || async {
        let leaders = cluster.leaders(topic).await?;
        let leaders =
            leaders.ok_or_else(|| Failure::Elsewhere(format!("{topic} is not known yet")))?;
        check_settings(cluster, topic, settings).await?;
        Ok(leaders)
    };
    cluster.settled(look).await
}

/// Fails with every setting on which the engine cannot rely; whoever runs the log may set them right while others wait. Does nothing where
/// it may not look.
async fn check_settings(cluster: &Cluster, topic: &str, settings: Settings) -> Result<(), Failure> {
    let wanted = || settings.iter().filter(|(name, _)| !FREE.contains(name));
    let keys = wanted().map(|(name, _)| StrBytes::from_static_str(name));
    let asked = DescribeConfigsResource::default()
        .with_resource_type(TOPIC_RESOURCE)
        .with_resource_name(StrBytes::from_string(topic.to_owned()))
        .with_configuration_keys(Some(keys.collect()));
    let request = DescribeConfigsRequest::default().with_resources(vec![asked]);
    let answer = cluster.send(None, &request).await?;
    let Some(found) = answer.results.into_iter().next() else {
        return Ok(());
    };
    if found.error_code == TOPIC_FORBIDDEN {
        return Ok(());
    }
    check(found.error_code, &format!("topic {topic}"))?;
    let actual = |name: &str| {
        let config = found.configs.iter().find(|config| config.name == *name);
        config
            .and_then(|config| config.value.as_deref())
            .unwrap_or("")
    };
    let wrong: Vec<String> = wanted()
        .map(|(name, value)| (name, value, actual(name)))
        .filter(|(name, value, found)| !is_right(name, value, found))
        .map(|(name, value, found)| format!("{name}={found}, not {value}"))
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let why = format!("topic {topic} has {}", wrong.join("; "));
    Err(LogError::Unavailable(why).into())
}

fn is_right(name: &str, wanted: &str, found: &str) -> bool {
    let bytes = |text: &str| text.parse::<u64>().unwrap_or(0);
    wanted == found || (name == MAX_BATCH && bytes(found) >= bytes(wanted))
}
