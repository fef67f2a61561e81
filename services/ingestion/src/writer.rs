//! Writes one partition: what waits while an append is on its way goes into the next one, all in one event.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use larder_events::{Batch, EventLog, LogError};
use larder_platform::{Error, log};
use prometheus::IntGauge;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::Instant;

use crate::event::{Columns, Gathering};
use crate::metrics::EVENTS;
use crate::seen::Seen;

/// What ingestion needs of the event log.
pub trait Log: Send + Sync + 'static {
    /// How many partitions the topic has.
    fn partitions(&self, topic: &str) -> impl Future<Output = Result<u32, LogError>> + Send;

    /// Appends a batch. Once it returns, its records are durable; a repeat is skipped.
    fn append(&self, batch: &Batch) -> impl Future<Output = Result<(), LogError>> + Send;
}

impl Log for EventLog {
    async fn partitions(&self, topic: &str) -> Result<u32, LogError> {
        Self::partitions(self, topic).await
    }

    async fn append(&self, batch: &Batch) -> Result<(), LogError> {
        Self::append(self, std::slice::from_ref(batch))
            .await
            .map(drop)
    }
}

/// What one device sent, waiting to become durable.
pub(crate) struct Submission {
    /// The name of the device that spoke, which gives the partition.
    pub(crate) lead: String,
    pub(crate) columns: Vec<Columns>,
    /// Of the request that brought it.
    pub(crate) traceparent: Option<String>,
    /// Room for its readings.
    pub(crate) room: Room,
    pub(crate) done: oneshot::Sender<Outcome>,
}

/// Room for readings, given back when they are durable or given up, or when who brought them has left.
pub(crate) struct Room {
    permit: OwnedSemaphorePermit,
    waiting: IntGauge,
}

impl Room {
    pub(crate) fn new(permit: OwnedSemaphorePermit, waiting: &IntGauge) -> Self {
        let waiting = waiting.clone();
        waiting.add(readings(&permit));
        Self { permit, waiting }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.waiting.sub(readings(&self.permit));
    }
}

fn readings(permit: &OwnedSemaphorePermit) -> i64 {
    i64::try_from(permit.num_permits()).unwrap_or(i64::MAX)
}

/// Durable, or why not.
pub(crate) type Outcome = Result<(), Arc<str>>;

impl Submission {
    fn end(self, outcome: Outcome) {
        drop(self.room);
        // Who asked may have left.
        let _ = self.done.send(outcome);
    }
}

/// How long the log may be out of reach before those who wait are told: well below the deadline of a batch.
const PATIENCE: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Writer<L> {
    pub(crate) log: Arc<L>,
    pub(crate) topic: &'static str,
    pub(crate) partition: u32,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

impl<L: Log> Writer<L> {
    /// Runs until the other end of the queue is gone.
    pub(crate) async fn run(self, mut queue: mpsc::Receiver<Submission>) {
        // A series of numbers of its own for each life of the process: none has to be remembered.
        let producer = format!("ingestion-{}", uuid::Uuid::new_v4().simple());
        let (mut number, mut left) = (0, None);
        loop {
            let Some(first) = (match left.take() {
                Some(left) => Some(left),
                None => queue.recv().await,
            }) else {
                return;
            };
            number += 1;
            let (gathering, gathered) = gather(first, &mut queue, &mut left);
            let outcome = self.append(gathering, &producer, number).await;
            if let Err(error) = &outcome {
                log::warn(
                    "readings were not appended",
                    &[("error", error.to_string().into())],
                );
                // What came meanwhile would only wait for the same.
                let mut all = gathered;
                all.extend(left.take());
                all.extend(std::iter::from_fn(|| queue.try_recv().ok()));
                let why: Arc<str> = error.to_string().into();
                for submission in all {
                    submission.end(Err(Arc::clone(&why)));
                }
                continue;
            }
            EVENTS.inc();
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            for columns in gathered.iter().flat_map(|submission| &submission.columns) {
                seen.add(&columns.device, &columns.sequences);
            }
            drop(seen);
            for submission in gathered {
                submission.end(Ok(()));
            }
        }
    }

    async fn append(&self, gathering: Gathering, producer: &str, number: u64) -> Result<(), Error> {
        let batch = Batch {
            topic: self.topic.to_owned(),
            partition: self.partition,
            producer: producer.to_owned(),
            records: vec![(number, gathering.finish()?)],
        };
        let end = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            // A try that is given up may have been heard all the same. Its repeat is skipped by the log, and without one those
            // who send it again are known to whoever reads.
            let tried = tokio::time::timeout_at(end, self.log.append(&batch)).await;
            match tried {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) if error.is_unavailable() && Instant::now() + pause < end => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err("the event log does not answer".into()),
            }
        }
    }
}

/// Takes all that waits, as far as one event has room. What has none stays `left`.
fn gather(
    first: Submission,
    queue: &mut mpsc::Receiver<Submission>,
    left: &mut Option<Submission>,
) -> (Gathering, VecDeque<Submission>) {
    let mut gathering = Gathering::default();
    let mut gathered = VecDeque::new();
    let mut next = Some(first);
    while let Some(submission) = next.take() {
        if !gathering.add(&submission.lead, &submission.columns) {
            *left = Some(submission);
            break;
        }
        gathering.follow(submission.traceparent.as_deref());
        gathered.push_back(submission);
        next = queue.try_recv().ok();
    }
    (gathering, gathered)
}
