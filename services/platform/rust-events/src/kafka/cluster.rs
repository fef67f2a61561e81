//! A Kafka cluster as the engine sees it: connections to its nodes, and who leads which partition.

use super::address::{self, Address, Node};
use super::codes::{Failure, UNKNOWN_TOPIC, check};
use super::connection::{ANSWER, Connection};
use super::login::log_in;
use super::tls;
use super::versions::Versioned;
use crate::log::{AddressError, LogError};
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{FindCoordinatorRequest, MetadataRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;

const CONNECT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);
/// How long leaders may take to be known, as after the creation of a topic.
const SETTLE: Duration = Duration::from_secs(5);

/// Clones share their connections.
#[derive(Clone)]
pub(super) struct Cluster(Arc<Inner>);

struct Inner {
    address: Address,
    client_name: String,
    tls: Option<TlsConnector>,
    known: Mutex<Known>,
    shared: Mutex<HashMap<Node, Arc<Shared>>>,
    /// For requests that wait, which nobody makes now: a node answers those of one connection one after the other.
    idle: Mutex<HashMap<Node, Vec<Connection>>>,
}

#[derive(Default)]
struct Shared {
    /// So many dials have failed.
    failures: AtomicU64,
    /// What became of the last one. Held by who dials.
    last: tokio::sync::Mutex<Option<Result<Arc<Connection>, LogError>>>,
}

#[derive(Default)]
struct Known {
    /// The nodes that are there, as far as any of them said.
    places: HashMap<i32, Node>,
    /// The nodes that lead a topic's partitions, by partition.
    leaders: HashMap<String, Arc<[i32]>>,
    coordinators: HashMap<String, i32>,
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
}

impl Cluster {
    /// Does not connect.
    pub(super) fn open(url: &str, client_name: &str) -> Result<Self, AddressError> {
        let address = address::parse(url)?;
        let tls = address.tls.as_ref().map(tls::connector).transpose()?;
        Ok(Self(Arc::new(Inner {
            address,
            client_name: client_name.to_owned(),
            tls,
            known: Mutex::default(),
            shared: Mutex::default(),
            idle: Mutex::default(),
        })))
    }

    /// The nodes that lead a topic's partitions, by partition. None if there is no such topic.
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
        let leaders: Arc<[i32]> = found.partitions.iter().map(|one| one.leader_id.0).collect();
        if !leaders
            .iter()
            .all(|leader| known.places.contains_key(leader))
        {
            return Err(Failure::Elsewhere(format!("{topic} has no leader yet")));
        }
        known.leaders.insert(topic.to_owned(), Arc::clone(&leaders));
        Ok(Some(leaders))
    }

    /// The node that leads a partition.
    pub(super) async fn leader(&self, topic: &str, partition: u32) -> Result<i32, Failure> {
        let Some(leaders) = self.leaders(topic).await? else {
            return Err(Failure::Elsewhere(format!("there is no topic {topic}")));
        };
        let leader = leaders.get(partition as usize).copied();
        leader.ok_or_else(|| {
            let count = leaders.len();
            LogError::Refused(format!(
                "{topic} has {count} partitions, and no {partition}"
            ))
            .into()
        })
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
        self.forget();
        if Instant::now() > settling.end {
            return Err(LogError::Unavailable(why));
        }
        sleep(settling.pause).await;
        settling.pause = (settling.pause * 2).min(Duration::from_millis(200));
        Ok(())
    }

    fn forget(&self) {
        let mut known = self.known();
        known.leaders.clear();
        known.coordinators.clear();
    }

    /// When a node is lost, others may come to lead what it led: the next call asks who.
    fn or_forget<T>(&self, done: Result<T, LogError>) -> Result<T, LogError> {
        if done.as_ref().is_err_and(LogError::is_unavailable) {
            self.forget();
        }
        done
    }

    /// Asks a node. None: any, of which several may come to be asked.
    pub(super) async fn send<R: Versioned>(
        &self,
        node: Option<i32>,
        request: &R,
    ) -> Result<R::Response, Failure> {
        let ask = async |place: &Node| self.to(place).await?.ask(request, ANSWER).await;
        if let Some(node) = node {
            let answer = ask(&self.place(node)?).await;
            return Ok(self.or_forget(answer)?);
        }
        let mut last = LogError::Unavailable("no node is known".into());
        for place in self.places() {
            match ask(&place).await {
                Err(error) if error.is_unavailable() => last = error,
                done => return Ok(done?),
            }
        }
        Err(last.into())
    }

    /// The same on a connection of its own, for a request that waits in the node. A future that is dropped closes that connection.
    pub(super) async fn wait<R: Versioned>(
        &self,
        node: i32,
        request: &R,
    ) -> Result<R::Response, Failure> {
        let place = self.place(node)?;
        let idle = lock(&self.0.idle).get_mut(&place).and_then(Vec::pop);
        let connection = match idle {
            Some(connection) if connection.is_open() => connection,
            _ => self.or_forget(self.dial(&place).await)?,
        };
        let answer = self.or_forget(connection.ask(request, ANSWER).await)?;
        lock(&self.0.idle)
            .entry(place)
            .or_default()
            .push(connection);
        Ok(answer)
    }

    pub(super) async fn ping(&self) -> Result<(), LogError> {
        let request = MetadataRequest::default()
            .with_topics(Some(Vec::new()))
            .with_allow_auto_topic_creation(false);
        let answered = self.send(None, &request).await;
        answered.map(drop).map_err(Failure::definite)
    }

    /// The nodes that may be asked, first those to which there is a connection: a dial to one that has gone takes its time.
    fn places(&self) -> Vec<Node> {
        let mut places: Vec<Node> = self.known().places.values().cloned().collect();
        places.extend(self.0.address.nodes.iter().cloned());
        let mut seen = HashSet::new();
        places.retain(|place| seen.insert(place.clone()));
        let shared = lock(&self.0.shared);
        let is_open = |place: &Node| {
            let last = shared.get(place).and_then(|one| one.last.try_lock().ok());
            matches!(last.as_deref(), Some(Some(Ok(connection))) if connection.is_open())
        };
        places.sort_by_cached_key(|place| !is_open(place));
        places
    }

    async fn to(&self, place: &Node) -> Result<Arc<Connection>, LogError> {
        let shared = Arc::clone(lock(&self.0.shared).entry(place.clone()).or_default());
        let failures = shared.failures.load(Ordering::Acquire);
        let mut last = shared.last.lock().await;
        match &*last {
            Some(Ok(connection)) if connection.is_open() => return Ok(Arc::clone(connection)),
            // Who waited for another's dial has its failure: dials one after the other would take for ever.
            Some(Err(error)) if shared.failures.load(Ordering::Acquire) > failures => {
                return Err(error.clone());
            }
            _ => {}
        }
        let dialled = self.dial(place).await.map(Arc::new);
        if dialled.is_err() {
            shared.failures.fetch_add(1, Ordering::Release);
        }
        last.insert(dialled).clone()
    }

    async fn dial(&self, place: &Node) -> Result<Connection, LogError> {
        let address = &self.0.address;
        // The nodes that others name are as good as those in the address.
        address
            .check_secrecy(&place.host)
            .map_err(|AddressError(why)| LogError::Refused(why))?;
        let Node { host, port } = place;
        let connected = timeout(CONNECT, self.stream(place))
            .await
            .unwrap_or_else(|_| {
                Err(LogError::Unavailable(format!(
                    "{host}:{port} does not answer"
                )))
            });
        let opened = match connected {
            Ok(connection) => match &address.login {
                Some(login) => log_in(&connection, login, place).await.map(|()| connection),
                None => Ok(connection),
            },
            Err(error) => Err(error),
        };
        if opened.is_err() {
            // Where nobody listens the answer comes at once: whoever tries again without a pause must not keep the machine busy.
            sleep(PAUSE).await;
        }
        opened
    }

    async fn stream(&self, place: &Node) -> Result<Connection, LogError> {
        let Node { host, port } = place;
        let away = |error: std::io::Error| LogError::Unavailable(format!("{host}:{port}: {error}"));
        let stream = TcpStream::connect((host.as_str(), *port))
            .await
            .map_err(away)?;
        stream.set_nodelay(true).map_err(away)?;
        let name = &self.0.client_name;
        Ok(match &self.0.tls {
            Some(tls) => Connection::over(tls::secured(tls, place, stream).await?, place, name),
            None => Connection::over(stream, place, name),
        })
    }

    fn place(&self, node: i32) -> Result<Node, Failure> {
        let place = self.known().places.get(&node).cloned();
        place.ok_or_else(|| Failure::Elsewhere(format!("node {node} is not known")))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.0.known)
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
