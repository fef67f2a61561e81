//! Writing events in the transaction that causes them.

use crate::event::{EncodeError, Event, encode_event};
use crate::murmur2::key_hash;
use crate::store::{Session, StoreError, Tx};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// The channel on which a writer tells a relay in another process.
pub(crate) const OUTBOX_CHANNEL: &str = "larder_outbox";

/// An event and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// The name of the topic.
    pub topic: String,
    /// What goes there.
    pub event: Event,
}

const WRITE: &str = "insert into outbox (topic, key_hash, event) select * from unnest($1::text[], $2::int[], $3::bytea[])";

/// Why events could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// One of them is no event that the log takes.
    #[error(transparent)]
    Event(#[from] EncodeError),
    /// The database did not take them.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes events: they will be in the log if and only if the transaction commits, those of one key in the order given. After the commit
/// call `RelayWaker::wake`.
///
/// # Errors
/// See `WriteError`.
pub async fn write_events(tx: &Tx<'_>, events: &[OutgoingEvent]) -> Result<(), WriteError> {
    if events.is_empty() {
        return Ok(());
    }
    let topics: Vec<&str> = events.iter().map(|one| one.topic.as_str()).collect();
    let hashes: Vec<i32> = events
        .iter()
        .map(|one| key_hash(&one.event.subject).cast_signed())
        .collect();
    let encoded = events
        .iter()
        .map(|one| encode_event(&one.event))
        .collect::<Result<Vec<_>, _>>()?;
    let bytes: Vec<&[u8]> = encoded.iter().map(AsRef::as_ref).collect();
    tx.execute(WRITE, &[&topics, &hashes, &bytes]).await?;
    Ok(())
}

/// Tells the relay of this process, or those of others, that there are new events.
#[derive(Clone, Default)]
pub struct RelayWaker {
    pub(crate) notify: Arc<Notify>,
    /// The relay of this process works on every lane.
    pub(crate) has_all: Arc<AtomicBool>,
}

impl RelayWaker {
    /// To be called after the commit, not in the transaction: PostgreSQL lets transactions that NOTIFY commit only one after the other.
    pub async fn wake(&self, session: &Session) {
        self.notify.notify_one();
        if !self.has_all.load(Ordering::Relaxed) {
            // If this fails: relays look by themselves, too.
            drop(
                session
                    .query("select pg_notify($1, '')", &[&OUTBOX_CHANNEL])
                    .await,
            );
        }
    }
}
