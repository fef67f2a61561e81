//! One connection to a node: requests go out as they come, and answers come back in that order.

use super::address::Node;
use super::answer::decoded;
use super::versions::Versioned;
use crate::log::LogError;
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use kafka_protocol::messages::RequestHeader;
use kafka_protocol::protocol::{Encodable as _, StrBytes};
use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf,
};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

/// What takes longer is taken for lost.
pub(super) const ANSWER: Duration = Duration::from_secs(5);
/// Requests that may wait to be sent.
const WAITING: usize = 64;
/// A fetch brings up to eight megabytes, and one batch of whatever size. What claims to be larger is no answer.
const LARGEST_ANSWER: usize = 64 << 20;
const STRANGE: &str = "answers something else";
const SILENT: &str = "does not answer";

/// What a connection runs on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// How often a connection was lost; clones count together.
#[derive(Clone, Default)]
pub(super) struct Losses(Arc<AtomicU64>);

impl Losses {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

struct Outgoing {
    bytes: Bytes,
    asked: Asked,
}

/// A request without an answer as yet.
struct Asked {
    id: i32,
    answer: oneshot::Sender<Bytes>,
    /// When its answer is overdue.
    end: Instant,
}

/// Ends with what holds it.
pub(super) struct Connection {
    requests: mpsc::Sender<Outgoing>,
    working: AbortHandle,
    /// Why it came to an end, where there is more to say than that it did.
    why: Arc<OnceLock<String>>,
    losses: Losses,
    /// When the login is old. None: never.
    old: Option<Instant>,
    next: AtomicI32,
    client_name: StrBytes,
    node: Node,
}

impl Connection {
    /// `losses` counts its end, unless it is dropped.
    pub(super) fn over(
        stream: impl Stream,
        node: &Node,
        client_name: &str,
        losses: &Losses,
    ) -> Self {
        let (requests, outgoing) = mpsc::channel(WAITING);
        let why = Arc::default();
        let work = work(stream, outgoing, Arc::clone(&why), losses.clone());
        Self {
            requests,
            working: tokio::spawn(work).abort_handle(),
            why,
            losses: losses.clone(),
            old: None,
            next: AtomicI32::new(0),
            client_name: StrBytes::from_string(client_name.to_owned()),
            node: node.clone(),
        }
    }

    /// The node hangs up on who asks later than this after a login. None: it does not. Shortly before that, another connection is to be used.
    pub(super) fn limit(&mut self, session: Option<Duration>) {
        self.old = session.map(|session| Instant::now() + session * 4 / 5);
    }

    /// Whether the other side is there, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        !self.requests.is_closed()
    }

    /// Whether it is of use for more requests. Those that are on their way come to their end in any case.
    pub(super) fn is_fresh(&self) -> bool {
        self.is_open() && self.old.is_none_or(|old| Instant::now() < old)
    }

    /// Asks. Error codes are in the answer. A connection on which one answer does not come within `limit` is of no further use to anybody,
    /// whether or not who asked still waits for it.
    pub(super) async fn ask<R: Versioned>(
        &self,
        request: &R,
        limit: Duration,
    ) -> Result<R::Response, LogError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let bytes = self.encoded(request, id)?;
        let (answer, answered) = oneshot::channel();
        let end = Instant::now() + limit;
        let asked = Asked { id, answer, end };
        // What cannot be sent any more is dropped, and its answer is not waited for.
        drop(self.requests.send(Outgoing { bytes, asked }).await);
        if let Ok(bytes) = answered.await {
            return decoded::<R>(bytes).ok_or_else(|| {
                self.working.abort();
                self.lost(STRANGE)
            });
        }
        let why = self.why.get().map(String::as_str);
        Err(self.lost(why.unwrap_or("has closed the connection")))
    }

    fn lost(&self, why: &str) -> LogError {
        self.losses.add();
        let Node { host, port } = &self.node;
        LogError::Unavailable(format!("{host}:{port} {why}"))
    }

    fn encoded<R: Versioned>(&self, request: &R, id: i32) -> Result<Bytes, LogError> {
        let header = RequestHeader::default()
            .with_request_api_key(R::KEY as i16)
            .with_request_api_version(R::VERSION)
            .with_correlation_id(id)
            .with_client_id(Some(self.client_name.clone()));
        let mut bytes = BytesMut::new();
        bytes.put_u32(0);
        header
            .encode(&mut bytes, R::header_version(R::VERSION))
            .and_then(|()| request.encode(&mut bytes, R::VERSION))
            .map_err(|error| LogError::Refused(format!("a request cannot be written: {error}")))?;
        let length = u32::try_from(bytes.len() - 4)
            .map_err(|_| LogError::Refused("a request is too long".into()))?;
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        Ok(bytes.freeze())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.working.abort();
    }
}

/// The requests without an answer, in their order.
#[derive(Default)]
struct Open {
    asked: Mutex<VecDeque<Asked>>,
    more: Notify,
}

impl Open {
    fn asked(&self) -> MutexGuard<'_, VecDeque<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until one of the two directions ends, or an answer does not come. Whoever still waits for one learns of it by the end of its sender.
async fn work(
    stream: impl Stream,
    outgoing: mpsc::Receiver<Outgoing>,
    why: Arc<OnceLock<String>>,
    losses: Losses,
) {
    let (reading, writing) = tokio::io::split(stream);
    let open = Open::default();
    let ended = tokio::select! {
        ended = write(writing, outgoing, &open) => ended,
        ended = read(reading, &open) => ended,
        late = watch(&open) => Err(late),
    };
    if let Err(error) = ended
        && error.kind() != ErrorKind::UnexpectedEof
    {
        why.get_or_init(|| error.to_string());
    }
    losses.add();
}

/// Until the oldest request has waited too long.
async fn watch(open: &Open) -> Error {
    loop {
        let oldest = open.asked().front().map(|asked| asked.end);
        match oldest {
            Some(end) if end <= Instant::now() => return Error::new(ErrorKind::TimedOut, SILENT),
            Some(end) => sleep_until(end).await,
            None => open.more.notified().await,
        }
    }
}

async fn write<S: Stream>(
    mut stream: WriteHalf<S>,
    mut outgoing: mpsc::Receiver<Outgoing>,
    open: &Open,
) -> IoResult<()> {
    while let Some(Outgoing { bytes, asked }) = outgoing.recv().await {
        open.asked().push_back(asked);
        open.more.notify_one();
        stream.write_all(&bytes).await?;
        stream.flush().await?;
    }
    Ok(())
}

async fn read<S: Stream>(mut stream: ReadHalf<S>, open: &Open) -> IoResult<()> {
    let strange = || Error::new(ErrorKind::InvalidData, STRANGE);
    loop {
        let length = usize::try_from(stream.read_u32().await?).unwrap_or(usize::MAX);
        if !(4..=LARGEST_ANSWER).contains(&length) {
            return Err(strange());
        }
        let mut bytes = BytesMut::zeroed(length);
        stream.read_exact(&mut bytes).await?;
        let Asked { id, answer, .. } = open.asked().pop_front().ok_or_else(strange)?;
        if id != (&bytes[..4]).get_i32() {
            return Err(strange());
        }
        // Who asked may have gone.
        drop(answer.send(bytes.freeze()));
    }
}

#[cfg(test)]
mod tests;
