//! How far a group has come, noted as any consumer group's, so that the tools of Kafka show it.

use super::cluster::{Cluster, topic_name};
use super::codes::{Failure, check};
use super::requests::{Spot, must};
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::{GroupId, OffsetCommitRequest, OffsetFetchRequest};
use kafka_protocol::protocol::StrBytes;

pub(super) async fn commit_offset(
    cluster: &Cluster,
    spot: &Spot,
    group: &str,
    offset: u64,
) -> Result<(), Failure> {
    let node = cluster.coordinator(group).await?;
    let partition = OffsetCommitRequestPartition::default()
        .with_partition_index(spot.index())
        .with_committed_offset(i64::try_from(offset).unwrap_or(i64::MAX))
        .with_committed_leader_epoch(-1)
        .with_committed_metadata(Some(StrBytes::new()));
    let topic = OffsetCommitRequestTopic::default()
        .with_name(topic_name(&spot.topic))
        .with_partitions(vec![partition]);
    let request = OffsetCommitRequest::default()
        .with_group_id(group_id(group))
        .with_generation_id_or_member_epoch(-1)
        .with_topics(vec![topic]);
    let answer = cluster.send(Some(node), &request).await?;
    let topic = must(answer.topics.into_iter().next())?;
    let found = must(topic.partitions.into_iter().next())?;
    check(found.error_code, &what(group, spot))
}

/// None: the group keeps none there.
pub(super) async fn committed_offset(
    cluster: &Cluster,
    spot: &Spot,
    group: &str,
) -> Result<Option<u64>, Failure> {
    let node = cluster.coordinator(group).await?;
    let topic = OffsetFetchRequestTopics::default()
        .with_name(topic_name(&spot.topic))
        .with_partition_indexes(vec![spot.index()]);
    let asked = OffsetFetchRequestGroup::default()
        .with_group_id(group_id(group))
        .with_topics(Some(vec![topic]));
    let request = OffsetFetchRequest::default().with_groups(vec![asked]);
    let answer = cluster.send(Some(node), &request).await?;
    let found = must(answer.groups.into_iter().next())?;
    check(found.error_code, &format!("group {group}"))?;
    let topic = found.topics.into_iter().next();
    let Some(found) = topic.and_then(|topic| topic.partitions.into_iter().next()) else {
        return Ok(None);
    };
    check(found.error_code, &what(group, spot))?;
    Ok(u64::try_from(found.committed_offset).ok())
}

fn group_id(group: &str) -> GroupId {
    GroupId(StrBytes::from_string(group.to_owned()))
}

fn what(group: &str, spot: &Spot) -> String {
    format!("group {group} on topic {}", spot.topic)
}
