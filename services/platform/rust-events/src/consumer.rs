//! Consuming a topic: every event has its effect exactly once, in the order of its key.

use crate::contract::PayloadError;
use crate::dead_letter::keep_letters;
use crate::delivery::Delivery;
use crate::event::Event;
use crate::inbox::{Place, epoch_of};
use crate::log::{EventLog, LogError};
use crate::membership::{Lease, Member, Share};
use crate::outbox::WriteError;
use crate::store::{Database, Session, StoreError, Tx};
use crate::topic::topic_of;
use buffa::MessageName;
use larder_platform::log as journal;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const RETRY: Duration = Duration::from_millis(200);

/// An event as a handler gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The event. Its `traceparent` is of the span in which it is handled, where spans are exported.
    pub event: Event,
    /// Its place in the partition.
    pub offset: u64,
    /// When it was appended, by the log's clock, in milliseconds since 1970.
    pub appended_ms: i64,
    /// 1 for the first delivery.
    pub attempt: u32,
}

/// Why events could not be handled.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// The event at this place of the batch. No further delivery will help: it goes to the dead-letter topic at once.
    #[error("{reason}")]
    Hopeless {
        /// In the batch.
        index: usize,
        /// What the letter says.
        reason: String,
    },
    /// The event at this place of the batch: nobody here can read it, and it goes to the dead-letter topic at once. See `payload`.
    #[error("{reason}")]
    Unreadable {
        /// In the batch.
        index: usize,
        /// What the letter says.
        reason: String,
        /// What is wrong about it.
        why: Unreadable,
    },
    /// All of them, as far as is known: they are tried again, one by one.
    #[error("{0}")]
    Failed(String),
    /// The database. No fault of any event, if it is away.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HandleError {
    /// For the event at this place of the batch.
    #[must_use]
    pub fn payload(index: usize, error: &PayloadError) -> Self {
        let why = match error {
            PayloadError::Unknown { version: true, .. } => Unreadable::UnknownVersion,
            PayloadError::Unknown { .. } => Unreadable::UnknownType,
            PayloadError::Format { .. } => Unreadable::Malformed,
        };
        Self::Unreadable {
            index,
            reason: error.to_string(),
            why,
        }
    }

    /// The place of the one event that no further delivery will help, and why not.
    pub(crate) const fn hopeless(&self) -> Option<(usize, &'static str)> {
        match self {
            Self::Hopeless { index, .. } => Some((*index, "rejected")),
            Self::Unreadable { index, why, .. } => Some((*index, why.name())),
            Self::Failed(_) | Self::Store(_) => None,
        }
    }
}

/// Why an event cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Of another type than its reader expects.
    UnknownType,
    /// Of a version to come.
    UnknownVersion,
    /// Its bytes are not what they should be.
    Malformed,
}

impl Unreadable {
    const fn name(self) -> &'static str {
        match self {
            Self::UnknownType => "unknown type",
            Self::UnknownVersion => "unknown version",
            Self::Malformed => "unreadable",
        }
    }
}

impl From<WriteError> for HandleError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => Self::Store(error),
            WriteError::Event(error) => Self::Failed(error.to_string()),
        }
    }
}

/// Why a consumer ended.
#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    /// See `LogError`.
    #[error(transparent)]
    Log(#[from] LogError),
    /// See `StoreError`.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A handler panicked.
    #[error("a handler panicked: {0}")]
    Panicked(String),
}

impl ConsumeError {
    /// Whether it may go on later.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        match self {
            Self::Log(error) => error.is_unavailable(),
            Self::Store(error) => error.is_unavailable(),
            Self::Panicked(_) => false,
        }
    }
}

/// Brings about the effects of events.
pub trait Handler: Send + Sync + 'static {
    /// What is known of one partition between its batches, so that it need not be read again each time.
    type State: Send + Sync;

    /// The state as the database holds it: when a partition comes to this member, and after every batch that did not commit.
    fn open(
        &self,
        tx: &Tx<'_>,
        partition: u32,
    ) -> impl Future<Output = Result<Self::State, HandleError>> + Send;

    /// Brings about the effects of a batch, all or none. What it does through `tx` stands together with the offset behind the batch, or not
    /// at all; if it does not, `state` is thrown away.
    fn handle(
        &self,
        state: &mut Self::State,
        tx: &Tx<'_>,
        batch: &[Delivered],
    ) -> impl Future<Output = Result<(), HandleError>> + Send;

    /// Whether there is something to look after that time alone brings about. Asked about once a second while nothing comes, and all
    /// that is in the log has been handled.
    fn is_due(&self, _state: &Self::State) -> bool {
        false
    }

    /// Looks after it, all or nothing, as the owner of the partition. Returns whether anything of it is to stand: if not, the transaction
    /// is rolled back, and `state` goes on.
    fn idle(
        &self,
        _state: &mut Self::State,
        _tx: &Tx<'_>,
    ) -> impl Future<Output = Result<bool, HandleError>> + Send {
        std::future::ready(Ok(false))
    }

    /// Called after the commit.
    fn committed(&self, _session: &Session) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// How a topic is consumed.
#[derive(Debug, Clone)]
pub struct ConsumeOptions {
    /// What is consumed.
    pub topic: String,
    /// Consumers of one group share the topic out: by habit the name of the workload.
    pub group: String,
    /// Unique in the group. A process that comes back under the same name takes its partitions over at once.
    pub member: String,
    /// A consumer that is silent for so long loses its partitions to others.
    pub lease: Duration,
    /// About how many events one transaction takes at most. If one fails, they are delivered again, one by one.
    pub batch: usize,
    /// After so many failed deliveries an event goes to the dead-letter topic. 0: never.
    pub max_deliveries: u32,
    /// The time before the second delivery; holds the partition, and grows fivefold up to a minute.
    pub backoff: Duration,
    /// Dead letters of the topic stay for so long, settled or not.
    pub dead_letters: Duration,
}

impl ConsumeOptions {
    /// As `new`, for the topic that carries an event, with as many deliveries as its contract gives it.
    ///
    /// # Panics
    /// As `topic_of`.
    #[must_use]
    pub fn of<M: MessageName>(group: &str) -> Self {
        let topic = topic_of::<M>();
        Self {
            max_deliveries: topic.max_deliveries,
            ..Self::new(&topic.name, group)
        }
    }

    /// A member of a name made up, with a lease of 5 s, batches of 500, 5 deliveries and a first back-off of 0.2 s; dead letters stay 90 days.
    #[must_use]
    pub fn new(topic: &str, group: &str) -> Self {
        Self {
            topic: topic.to_owned(),
            group: group.to_owned(),
            member: uuid::Uuid::new_v4().to_string(),
            lease: Duration::from_secs(5),
            batch: 500,
            max_deliveries: 5,
            backoff: Duration::from_millis(200),
            dead_letters: Duration::from_secs(90 * 24 * 3600),
        }
    }
}

struct Consumer<H> {
    log: EventLog,
    db: Database,
    options: ConsumeOptions,
    handler: Arc<H>,
}

/// Consumes until it is told to stop; goes on by itself when database or log come back. The database must have had `INBOX_MIGRATIONS`.
///
/// # Errors
/// If log or database refuse for another reason than an outage.
pub async fn consume<H: Handler>(
    log: &EventLog,
    db: &Database,
    options: ConsumeOptions,
    handler: Arc<H>,
    stop: &CancellationToken,
) -> Result<(), ConsumeError> {
    let ended = stop.child_token();
    let letters = tokio::spawn({
        let (log, options, ended) = (log.clone(), options.clone(), ended.clone());
        async move {
            if options.max_deliveries > 0 {
                keep_letters(&log, &options.topic, options.dead_letters, &ended).await;
            }
        }
    });
    let member = Member {
        log: log.clone(),
        topic: options.topic.clone(),
        group: options.group.clone(),
        name: options.member.clone(),
        lease: options.lease,
        share: Arc::new(Consumer {
            log: log.clone(),
            db: db.clone(),
            options,
            handler,
        }),
    };
    let mut outcome = Ok(());
    while !stop.is_cancelled() {
        match member.run(stop).await {
            Err(error) if error.is_unavailable() => {
                let fields = [
                    ("topic", json!(member.topic)),
                    ("error", json!(error.to_string())),
                ];
                journal::warn("consumer interrupted", &fields);
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => {}
                    () = stop.cancelled() => {}
                }
            }
            Err(error) => {
                outcome = Err(error);
                break;
            }
            Ok(()) => {}
        }
    }
    ended.cancel();
    drop(letters.await);
    outcome
}

impl<H: Handler> Consumer<H> {
    fn place(&self, partition: u32) -> Place {
        Place {
            group: self.options.group.clone(),
            topic: self.options.topic.clone(),
            partition,
        }
    }
}

impl<H: Handler> Share for Consumer<H> {
    async fn epoch_of(&self, partition: u32) -> Result<u64, ConsumeError> {
        let session = self.db.session().await?;
        Ok(epoch_of(&session, &self.place(partition)).await?)
    }

    async fn work(&self, lease: Lease) -> Result<(), ConsumeError> {
        let place = self.place(lease.partition);
        Delivery::new(
            &self.log,
            &self.db,
            &self.options,
            &*self.handler,
            place,
            lease,
        )
        .run()
        .await
    }
}
