//! A Kafka cluster as the engine sees it: connections to its nodes, and who leads which partition.

use super::address::{self, Node};
use super::codes::{Failure, UNKNOWN_TOPIC, check};
use super::nodes::{Nodes, lock};
use super::requests::Spot;
use super::versions::Versioned;
use crate::log::{AddressError, LogError};
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{FindCoordinatorRequest, MetadataRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long leaders may take to be known, as after the creation of a topic.
const SETTLE: Duration = Duration::from_secs(5);
/// In place of a node that leads a partition.
const NOBODY: i32 = -1;

/// Clones share their connections.
#[derive(Clone)]
pub(super) struct Cluster(Arc<Inner>);

struct Inner {
    nodes: Nodes,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The nodes that are there, as far as any of them said.
    places: HashMap<i32, Node>,
    /// The nodes that lead a topic's partitions, by partition.
    leaders: HashMap<String, Arc<[i32]>>,
    coordinators: HashMap<String, i32>,
    /// So many nodes had been lost when it was learnt.
    losses: u64,
}

impl Known {
    fn forget(&mut self) {
        self.leaders.clear();
        self.coordinators.clear();
    }
}

/// How long what is elsewhere is looked for.
pub(super) struct Settling {
    end: Instant,
    pause: Duration,
}

impl Settling {
    pub(super) fn begin() -> Self {
        let end = Instant::now() + SETTLE;
        let pause = Duration::from_millis(10);
        Self { end, pause }
    }

    /// Another writer was faster, which is no reason to wait; fails after a while.
    pub(super) fn lost(&self, Spot { topic, partition }: &Spot) -> Result<(), LogError> {
        if Instant::now() <= self.end {
            return Ok(());
        }
        let why = format!("others append to {topic}/{partition} all the time");
        Err(LogError::Unavailable(why))
    }
}

impl Cluster {
    /// Does not connect.
    pub(super) fn open(url: &str, client_name: &str) -> Result<Self, AddressError> {
        let nodes = Nodes::open(address::parse(url)?, client_name)?;
        let known = Mutex::default();
        Ok(Self(Arc::new(Inner { nodes, known })))
    }

    /// The nodes that lead a topic's partitions, by partition; of one that has no leader now, none that is there. None if there is no such topic.
    pub(super) async fn leaders(&self, topic: &str) -> Result<Option<Arc<[i32]>>, Failure> {
        if let Some(leaders) = self.known().leaders.get(topic) {
            return Ok(Some(Arc::clone(leaders)));
        }
        let asked = MetadataRequestTopic::default().with_name(Some(topic_name(topic)));
        let request = MetadataRequest::default()
            .with_topics(Some(vec![asked]))
            .with_allow_auto_topic_creation(false);
        let answer = self.send(None, &request).await?;
        let places: HashMap<i32, Node> = answer
            .brokers
            .iter()
            .map(|one| Ok((one.node_id.0, node_of(&one.host, one.port)?)))
            .collect::<Result<_, LogError>>()?;
        let mut known = self.known();
        // Those that have gone are not asked any more.
        known.places = places;
        let Some(mut found) = answer.topics.into_iter().next() else {
            return Ok(None);
        };
        if found.error_code == UNKNOWN_TOPIC {
            return Ok(None);
        }
        check(found.error_code, &format!("topic {topic}"))?;
        found.partitions.sort_by_key(|one| one.partition_index);
        let is_there = |leader: &i32| known.places.contains_key(leader);
        let leaders = found.partitions.iter().map(|one| one.leader_id.0);
        let leaders: Arc<[i32]> = leaders
            .map(|leader| if is_there(&leader) { leader } else { NOBODY })
            .collect();
        // A partition without a leader holds up no other, and is asked for again.
        if !leaders.contains(&NOBODY) {
            known.leaders.insert(topic.to_owned(), Arc::clone(&leaders));
        }
        Ok(Some(leaders))
    }

    /// The node that leads a partition.
    pub(super) async fn leader(&self, topic: &str, partition: u32) -> Result<i32, Failure> {
        let Some(leaders) = self.leaders(topic).await? else {
            return Err(Failure::Elsewhere(format!("there is no topic {topic}")));
        };
        match leaders.get(partition as usize) {
            Some(&NOBODY) => {
                let why = format!("{topic}/{partition} has no leader now");
                Err(Failure::Elsewhere(why))
            }
            Some(leader) => Ok(*leader),
            None => {
                let count = leaders.len();
                let why = format!("{topic} has {count} partitions, and no {partition}");
                Err(LogError::Refused(why).into())
            }
        }
    }

    /// The node that keeps a group's offsets.
    pub(super) async fn coordinator(&self, group: &str) -> Result<i32, Failure> {
        if let Some(node) = self.known().coordinators.get(group) {
            return Ok(*node);
        }
        let keys = vec![StrBytes::from_string(group.to_owned())];
        let request = FindCoordinatorRequest::default().with_coordinator_keys(keys);
        let answer = self.send(None, &request).await?;
        let Some(found) = answer.coordinators.into_iter().next() else {
            let why = format!("group {group} has no coordinator yet");
            return Err(Failure::Elsewhere(why));
        };
        check(found.error_code, &format!("group {group}"))?;
        let mut known = self.known();
        let node = node_of(&found.host, found.port)?;
        known.places.insert(found.node_id.0, node);
        known.coordinators.insert(group.to_owned(), found.node_id.0);
        Ok(found.node_id.0)
    }

    /// Repeats what is elsewhere until it succeeds; after a while that is an outage.
    pub(super) async fn settled<T, F>(&self, work: impl Fn() -> F) -> Result<T, LogError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut settling = Settling::begin();
        loop {
            match work().await {
                Ok(done) => return Ok(done),
                Err(Failure::Log(error)) => return Err(error),
                Err(Failure::Elsewhere(why)) => self.again(&mut settling, why).await?,
            }
        }
    }

    /// Forgets who leads what, and waits a little; fails after a while.
    pub(super) async fn again(&self, settling: &mut Settling, why: String) -> Result<(), LogError> {
        self.known().forget();
        if Instant::now() > settling.end {
            return Err(LogError::Unavailable(why));
        }
        sleep(settling.pause).await;
        settling.pause = (settling.pause * 2).min(Duration::from_millis(200));
        Ok(())
    }

    /// Asks a node. None: any, of which several may come to be asked.
    pub(super) async fn send<R: Versioned>(
        &self,
        node: Option<i32>,
        request: &R,
    ) -> Result<R::Response, Failure> {
        let nodes = &self.0.nodes;
        if let Some(node) = node {
            return Ok(nodes.ask(&self.place(node)?, request).await?);
        }
        let mut last = LogError::Unavailable("no node is known".into());
        for place in self.places() {
            match nodes.ask(&place, request).await {
                Err(error) if error.is_unavailable() => last = error,
                done => return Ok(done?),
            }
        }
        Err(last.into())
    }

    /// The same for a request that waits in the node, and must not hold up others meanwhile. It goes on when who asked has gone.
    pub(super) async fn wait<R: Versioned>(
        &self,
        node: i32,
        request: R,
    ) -> Result<R::Response, Failure> {
        let place = self.place(node)?;
        Ok(self.0.nodes.ask_apart(&place, request).await?)
    }

    pub(super) async fn ping(&self) -> Result<(), LogError> {
        let request = MetadataRequest::default()
            .with_topics(Some(Vec::new()))
            .with_allow_auto_topic_creation(false);
        let answered = self.send(None, &request).await;
        answered.map(drop).map_err(Failure::definite)
    }

    /// The nodes that may be asked, those first that are likely to answer.
    fn places(&self) -> Vec<Node> {
        let mut places: Vec<Node> = self.known().places.values().cloned().collect();
        places.extend(self.0.nodes.named().iter().cloned());
        let mut seen = HashSet::new();
        places.retain(|place| seen.insert(place.clone()));
        self.0.nodes.sort(&mut places);
        places
    }

    fn place(&self, node: i32) -> Result<Node, Failure> {
        let place = self.known().places.get(&node).cloned();
        place.ok_or_else(|| Failure::Elsewhere(format!("node {node} is not known")))
    }

    /// What is known since a node was last lost: others may have come to lead what it led.
    fn known(&self) -> MutexGuard<'_, Known> {
        let mut known = lock(&self.0.known);
        let losses = self.0.nodes.losses();
        if known.losses != losses {
            known.forget();
            known.losses = losses;
        }
        known
    }
}

pub(super) fn topic_name(topic: &str) -> TopicName {
    TopicName(StrBytes::from_string(topic.to_owned()))
}

fn node_of(host: &str, port: i32) -> Result<Node, LogError> {
    let port = u16::try_from(port)
        .map_err(|_| LogError::Unavailable(format!("{host} has a port that is none")))?;
    let host = host.to_owned();
    Ok(Node { host, port })
}

#[cfg(test)]
mod tests;
