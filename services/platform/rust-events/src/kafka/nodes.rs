//! Connections to the nodes of a cluster: to each of them one that all requests share, and others for requests that wait there.

use super::address::{Address, Node};
use super::connection::{ANSWER, Connection, Losses};
use super::login::log_in;
use super::tls;
use super::versions::Versioned;
use crate::log::{AddressError, LogError};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

const CONNECT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);

/// On its way, or what became of it. Whoever comes meanwhile shares it: dials one after the other would take for ever. It goes on when they
/// have all gone: whoever has less patience than it takes would otherwise never learn that a node has gone.
type Dial = Shared<BoxFuture<'static, Result<Arc<Connection>, LogError>>>;

/// Clones share their connections.
#[derive(Clone)]
pub(super) struct Nodes(Arc<Inner>);

struct Inner {
    dialler: Arc<Dialler>,
    shared: Mutex<HashMap<Node, Dial>>,
    /// For requests that wait, which nobody makes now: a node answers those of one connection one after the other.
    idle: Mutex<HashMap<Node, Vec<Connection>>>,
}

struct Dialler {
    address: Address,
    client_name: String,
    tls: Option<TlsConnector>,
    losses: Losses,
}

impl Nodes {
    /// Does not connect.
    pub(super) fn open(address: Address, client_name: &str) -> Result<Self, AddressError> {
        let tls = address.tls.as_ref().map(tls::connector).transpose()?;
        let dialler = Dialler {
            address,
            client_name: client_name.to_owned(),
            tls,
            losses: Losses::default(),
        };
        Ok(Self(Arc::new(Inner {
            dialler: Arc::new(dialler),
            shared: Mutex::default(),
            idle: Mutex::default(),
        })))
    }

    /// Those that the address names.
    pub(super) fn named(&self) -> &[Node] {
        &self.0.dialler.address.nodes
    }

    /// How often one was lost, or not to be reached.
    pub(super) fn losses(&self) -> u64 {
        self.0.dialler.losses.count()
    }

    /// Asks on the connection that all share.
    pub(super) async fn ask<R: Versioned>(
        &self,
        place: &Node,
        request: &R,
    ) -> Result<R::Response, LogError> {
        self.shared(place).await?.ask(request, ANSWER).await
    }

    /// Asks on a connection of its own. Goes on when who asked has gone, as a dial does.
    pub(super) async fn ask_apart<R: Versioned>(
        &self,
        place: &Node,
        request: R,
    ) -> Result<R::Response, LogError> {
        let (nodes, place) = (self.clone(), place.clone());
        let asking = async move {
            let connection = match nodes.idle(&place) {
                Some(connection) => connection,
                None => nodes.0.dialler.dial(&place).await?,
            };
            let answer = connection.ask(&request, ANSWER).await?;
            let mut idle = lock(&nodes.0.idle);
            idle.entry(place).or_default().push(connection);
            Ok(answer)
        };
        tokio::spawn(asking).await.unwrap_or_else(|_| broken_off())
    }

    /// Puts those first that are likely to answer soon: there is a connection to them. Last come those that did not answer when they were
    /// last dialled: to find that out takes its time.
    pub(super) fn sort(&self, places: &mut [Node]) {
        let shared = lock(&self.0.shared);
        places.sort_by_cached_key(|place| match shared.get(place).map(ended) {
            Some(Some(Ok(connection))) if connection.is_fresh() => 0,
            None | Some(Some(Ok(_))) => 1,
            Some(None) => 2,
            Some(Some(Err(_))) => 3,
        });
    }

    fn shared(&self, place: &Node) -> Dial {
        let mut shared = lock(&self.0.shared);
        let known = shared.get(place).filter(|dial| match ended(dial) {
            None => true,
            Some(Ok(connection)) => connection.is_fresh(),
            Some(Err(_)) => false,
        });
        if let Some(dial) = known {
            return dial.clone();
        }
        let (dialler, to) = (Arc::clone(&self.0.dialler), place.clone());
        let dialling = tokio::spawn(async move { dialler.dial(&to).await.map(Arc::new) });
        let dial = dialling
            .map(|ended| ended.unwrap_or_else(|_| broken_off()))
            .boxed()
            .shared();
        shared.insert(place.clone(), dial.clone());
        dial
    }

    fn idle(&self, place: &Node) -> Option<Connection> {
        let mut idle = lock(&self.0.idle);
        let idle = idle.get_mut(place)?;
        std::iter::from_fn(|| idle.pop()).find(Connection::is_fresh)
    }
}

impl Dialler {
    async fn dial(&self, place: &Node) -> Result<Connection, LogError> {
        let Node { host, port } = place;
        // The nodes that others name are as good as those in the address.
        self.address
            .check_secrecy(host)
            .map_err(|AddressError(why)| LogError::Refused(why))?;
        let silent = |_| {
            Err(LogError::Unavailable(format!(
                "{host}:{port} does not answer"
            )))
        };
        let connected = timeout(CONNECT, self.stream(place)).await;
        let opened = match connected.unwrap_or_else(silent) {
            Ok(connection) => self.logged_in(connection, place).await,
            Err(error) => Err(error),
        };
        if opened.is_err() {
            self.losses.add();
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
        let (name, losses) = (&self.client_name, &self.losses);
        Ok(match &self.tls {
            Some(tls) => {
                let stream = tls::secured(tls, place, stream).await?;
                Connection::over(stream, place, name, losses)
            }
            None => Connection::over(stream, place, name, losses),
        })
    }

    async fn logged_in(
        &self,
        mut connection: Connection,
        place: &Node,
    ) -> Result<Connection, LogError> {
        if let Some(login) = &self.address.login {
            let session = log_in(&connection, login, place).await?;
            connection.limit(session);
        }
        Ok(connection)
    }
}

/// What became of a dial. None: it is on its way.
fn ended(dial: &Dial) -> Option<Result<Arc<Connection>, LogError>> {
    dial.clone().now_or_never()
}

fn broken_off<T>() -> Result<T, LogError> {
    Err(LogError::Unavailable("a request broke off".into()))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
