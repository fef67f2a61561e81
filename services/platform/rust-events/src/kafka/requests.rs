//! The requests that the engine makes, each to the node that leads the partition.

use super::batch::{Batch, decode, sequence_after};
use super::cluster::{Cluster, topic_name};
use super::codes::{Failure, OFFSET_OUT_OF_RANGE, TOPIC_EXISTS, check};
use crate::log::{LogError, Range};
use bytes::Bytes;
use kafka_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kafka_protocol::messages::delete_records_request::{
    DeleteRecordsPartition, DeleteRecordsTopic,
};
use kafka_protocol::messages::describe_producers_request::TopicRequest;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{
    BrokerId, CreateTopicsRequest, DeleteRecordsRequest, DescribeProducersRequest, FetchRequest,
    ListOffsetsRequest, ProduceRequest,
};
use kafka_protocol::protocol::StrBytes;
use std::time::Duration;

/// A partition of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) topic: String,
    pub(super) partition: u32,
}

/// The most bytes that a batch may have: one event of the largest size, or many small ones, and what is said about them.
pub(super) const MAX_BATCH_BYTES: i32 = 2 << 20;

/// The producer id under which all processes write: see `tail`. Brokers count theirs up from 0 and give out none as high.
pub(super) const PRODUCER: i64 = 0x6c61_7264_6572_0000;

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const READ_UNCOMMITTED: i8 = 0;
const ACKS_ALL: i16 = -1;
/// The node's own limit: below that of the connection, which would have to be made anew.
const ANSWER_MS: i32 = 4000;
/// As many as the cluster gives by default.
const REPLICAS: i16 = -1;

impl Spot {
    pub(super) fn new(topic: &str, partition: u32) -> Self {
        let topic = topic.to_owned();
        Self { topic, partition }
    }

    pub(super) fn index(&self) -> i32 {
        i32::try_from(self.partition).unwrap_or(i32::MAX)
    }

    fn what(&self) -> String {
        format!("topic {}", self.topic)
    }
}

/// Creates a topic unless it is there.
pub(super) async fn create_topic(
    cluster: &Cluster,
    topic: &str,
    partitions: u32,
    settings: impl Iterator<Item = (&str, &str)>,
) -> Result<(), Failure> {
    let text = |text: &str| StrBytes::from_string(text.to_owned());
    let configs = settings.map(|(name, value)| {
        CreatableTopicConfig::default()
            .with_name(text(name))
            .with_value(Some(text(value)))
    });
    let wanted = CreatableTopic::default()
        .with_name(topic_name(topic))
        .with_num_partitions(i32::try_from(partitions).unwrap_or(i32::MAX))
        .with_replication_factor(REPLICAS)
        .with_configs(configs.collect());
    let request = CreateTopicsRequest::default()
        .with_topics(vec![wanted])
        .with_timeout_ms(ANSWER_MS);
    let answer = cluster.send(None, &request).await?;
    let found = must(answer.topics.into_iter().next())?;
    if found.error_code == TOPIC_EXISTS {
        return Ok(());
    }
    check(found.error_code, &format!("topic {topic}"))
}

/// Appends a batch. Returns the offset of its first record, as the node says, or the code of what went wrong.
pub(super) async fn produce(
    cluster: &Cluster,
    spot: &Spot,
    batch: Bytes,
) -> Result<Result<u64, i16>, Failure> {
    let node = cluster.leader(&spot.topic, spot.partition).await?;
    let data = PartitionProduceData::default()
        .with_index(spot.index())
        .with_records(Some(batch));
    let topic = TopicProduceData::default()
        .with_name(topic_name(&spot.topic))
        .with_partition_data(vec![data]);
    let request = ProduceRequest::default()
        .with_acks(ACKS_ALL)
        .with_timeout_ms(ANSWER_MS)
        .with_topic_data(vec![topic]);
    // It waits for other nodes and for the disk.
    let answer = cluster.wait(node, request).await?;
    let topic = must(answer.responses.into_iter().next())?;
    let found = must(topic.partition_responses.into_iter().next())?;
    if found.error_code != 0 {
        return Ok(Err(found.error_code));
    }
    Ok(Ok(must(u64::try_from(found.base_offset).ok())?))
}

/// What a partition holds from an offset on. With a time to wait it waits for something to be there. None if the offset is not in it.
pub(super) async fn fetch(
    cluster: &Cluster,
    spot: &Spot,
    offset: u64,
    wait: Duration,
) -> Result<Option<Vec<Batch>>, Failure> {
    let node = cluster.leader(&spot.topic, spot.partition).await?;
    let wanted = FetchPartition::default()
        .with_partition(spot.index())
        .with_fetch_offset(i64::try_from(offset).unwrap_or(i64::MAX))
        .with_partition_max_bytes(MAX_BATCH_BYTES);
    let topic = FetchTopic::default()
        .with_topic(topic_name(&spot.topic))
        .with_partitions(vec![wanted]);
    let request = FetchRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_max_wait_ms(i32::try_from(wait.as_millis()).unwrap_or(i32::MAX))
        .with_min_bytes(i32::from(!wait.is_zero()))
        .with_max_bytes(MAX_BATCH_BYTES)
        .with_isolation_level(READ_UNCOMMITTED)
        .with_session_epoch(-1)
        .with_topics(vec![topic]);
    let answer = if wait.is_zero() {
        cluster.send(Some(node), &request).await?
    } else {
        cluster.wait(node, request).await?
    };
    check(answer.error_code, "a read")?;
    let topic = must(answer.responses.into_iter().next())?;
    let found = must(topic.partitions.into_iter().next())?;
    if found.error_code == OFFSET_OUT_OF_RANGE {
        return Ok(None);
    }
    check(found.error_code, &spot.what())?;
    Ok(Some(decode(found.records.unwrap_or_default())?))
}

/// The first offset at or after a time, or none.
pub(super) async fn offset_at(
    cluster: &Cluster,
    spot: &Spot,
    time_ms: i64,
) -> Result<Option<u64>, Failure> {
    let found = list_offset(cluster, spot, time_ms.max(0)).await?;
    Ok(u64::try_from(found).ok())
}

pub(super) async fn range_of(cluster: &Cluster, spot: &Spot) -> Result<Range, Failure> {
    // In this order, so that the range holds what it says even if records are dropped in between.
    let next = list_offset(cluster, spot, LATEST).await?;
    let earliest = list_offset(cluster, spot, EARLIEST).await?;
    let earliest = must(u64::try_from(earliest).ok())?;
    let next = must(u64::try_from(next).ok())?.max(earliest);
    Ok(Range { earliest, next })
}

async fn list_offset(cluster: &Cluster, spot: &Spot, timestamp: i64) -> Result<i64, Failure> {
    let node = cluster.leader(&spot.topic, spot.partition).await?;
    let wanted = ListOffsetsPartition::default()
        .with_partition_index(spot.index())
        .with_current_leader_epoch(-1)
        .with_timestamp(timestamp);
    let topic = ListOffsetsTopic::default()
        .with_name(topic_name(&spot.topic))
        .with_partitions(vec![wanted]);
    let request = ListOffsetsRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_isolation_level(READ_UNCOMMITTED)
        .with_topics(vec![topic]);
    let answer = cluster.send(Some(node), &request).await?;
    let topic = must(answer.topics.into_iter().next())?;
    let found = must(topic.partitions.into_iter().next())?;
    check(found.error_code, &spot.what())?;
    Ok(found.offset)
}

/// The sequence that a batch must have to be taken. None: the node remembers none, and takes any.
pub(super) async fn next_sequence(cluster: &Cluster, spot: &Spot) -> Result<Option<i32>, Failure> {
    let node = cluster.leader(&spot.topic, spot.partition).await?;
    let topic = TopicRequest::default()
        .with_name(topic_name(&spot.topic))
        .with_partition_indexes(vec![spot.index()]);
    let request = DescribeProducersRequest::default().with_topics(vec![topic]);
    let answer = cluster.send(Some(node), &request).await?;
    let topic = must(answer.topics.into_iter().next())?;
    let found = must(topic.partitions.into_iter().next())?;
    check(found.error_code, &spot.what())?;
    let ours = found
        .active_producers
        .iter()
        .find(|one| one.producer_id.0 == PRODUCER);
    Ok(ours.map(|ours| sequence_after(ours.last_sequence, 1)))
}

/// Drops what lies before an offset. Returns the earliest offset left.
pub(super) async fn delete_records(
    cluster: &Cluster,
    spot: &Spot,
    before: u64,
) -> Result<u64, Failure> {
    let node = cluster.leader(&spot.topic, spot.partition).await?;
    let partition = DeleteRecordsPartition::default()
        .with_partition_index(spot.index())
        .with_offset(i64::try_from(before).unwrap_or(i64::MAX));
    let topic = DeleteRecordsTopic::default()
        .with_name(topic_name(&spot.topic))
        .with_partitions(vec![partition]);
    let request = DeleteRecordsRequest::default()
        .with_topics(vec![topic])
        .with_timeout_ms(ANSWER_MS);
    let answer = cluster.send(Some(node), &request).await?;
    let topic = must(answer.topics.into_iter().next())?;
    let found = must(topic.partitions.into_iter().next())?;
    check(found.error_code, &spot.what())?;
    must(u64::try_from(found.low_watermark).ok())
}

pub(super) fn must<T>(value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| {
        LogError::Unavailable("an answer of Kafka lacks what was asked for".into()).into()
    })
}
