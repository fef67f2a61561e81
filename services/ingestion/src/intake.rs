//! The way of checked readings into the log, with room for so many and no more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{partition_of, topic_of};
use larder_platform::RpcError;
use prometheus::IntGauge;
use tokio::sync::{OnceCell, Semaphore, mpsc, oneshot};

use crate::config::Config;
use crate::device::Device;
use crate::errors::log_unavailable;
use crate::event::Columns;
use crate::metrics::{PENDING, READINGS};
use crate::reading::{Reading, Refused};
use crate::seen::{Seen, Window};
use crate::writer::{Log, Outcome, Room, Submission, Writer};

/// Where readings go.
pub(crate) fn topic() -> &'static str {
    &topic_of::<ReadingsIngested>().name
}

/// How many submissions wait at a partition at most; readings are counted apart.
const QUEUE: usize = 1024;

/// How long to wait for the log to say how many partitions there are.
const PATIENCE: Duration = Duration::from_secs(1);

/// The way into the log, shared by all calls.
pub struct Intake<L> {
    log: Arc<L>,
    partitions: OnceCell<Vec<Partition>>,
    /// How often the log was asked for them in vain.
    failures: AtomicU64,
    room: Arc<Semaphore>,
    /// Counts the readings that have room.
    pub(crate) waiting: IntGauge,
    remembered: usize,
}

struct Partition {
    queue: mpsc::Sender<Submission>,
    seen: Arc<Mutex<Seen>>,
}

impl Partition {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who the readings of a batch are of that is being looked through.
struct Speaking<'a> {
    device: &'a str,
    may: Result<(), Refused>,
    seen: Window,
    /// The place of its columns. None: it has none yet.
    columns: Option<usize>,
}

/// A batch that was looked through.
#[derive(Default)]
pub(crate) struct Sorted {
    columns: Vec<Columns>,
    /// How many of its readings are taken or are repeats.
    pub(crate) accepted: usize,
    /// The places of the others in the batch, and why.
    pub(crate) refused: Vec<(usize, Refused)>,
}

/// A batch on its way. Awaited, it is durable, or says why not.
pub(crate) struct Underway(Option<oneshot::Receiver<Outcome>>);

impl<L: Log> Intake<L> {
    pub fn new(log: L, config: &Config) -> Arc<Self> {
        Arc::new(Self {
            log: Arc::new(log),
            partitions: OnceCell::new(),
            failures: AtomicU64::new(0),
            waiting: PENDING.clone(),
            room: Arc::new(Semaphore::new(config.max_pending_readings)),
            remembered: config.remembered_devices,
        })
    }

    /// The partition of a device, and so of its probes. The first who asks starts the writers.
    async fn partition(&self, device: &Device) -> Result<&Partition, RpcError> {
        let failures = self.failures.load(Ordering::Acquire);
        let start = async {
            // Who waited while another asked in vain does not ask too: one after the other would take for ever.
            if self.failures.load(Ordering::Acquire) > failures {
                return Err(log_unavailable("it was asked for its partitions in vain"));
            }
            let asked = tokio::time::timeout(PATIENCE, self.log.partitions(topic())).await;
            let count = asked
                .map_err(log_unavailable)
                .and_then(|answer| answer.map_err(log_unavailable));
            let count = count.inspect_err(|_| {
                self.failures.fetch_add(1, Ordering::Release);
            })?;
            Ok((0..count)
                .map(|partition| self.start(partition, count))
                .collect())
        };
        let partitions: &Vec<Partition> = self.partitions.get_or_try_init(|| start).await?;
        let count = u32::try_from(partitions.len()).unwrap_or(u32::MAX);
        Ok(&partitions[partition_of(&device.name, count) as usize])
    }

    fn start(&self, partition: u32, of: u32) -> Partition {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let seen = Arc::new(Mutex::new(Seen::new(self.remembered / of as usize)));
        let writer = Writer {
            log: Arc::clone(&self.log),
            topic: topic(),
            partition,
            seen: Arc::clone(&seen),
        };
        tokio::spawn(writer.run(waiting));
        Partition { queue, seen }
    }

    /// Looks through a batch: what is not to be taken, and what was taken before.
    pub(crate) async fn sort<'a>(
        &self,
        device: &Device,
        readings: impl ExactSizeIterator<Item = Reading<'a>>,
        now_us: i64,
    ) -> Result<Sorted, RpcError> {
        let partition = self.partition(device).await?;
        let mut sorted = Sorted::default();
        let mut left = readings.len();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut repeated = 0;
        // Most batches are of one device: what there is to know of it is looked up once.
        let mut spoke: Option<Speaking> = None;
        for (place, reading) in readings.enumerate() {
            let speaking = match &mut spoke {
                Some(speaking) if speaking.device == reading.device => speaking,
                other => {
                    let may = device.speaks_for(reading.device);
                    let seen = may.map(|()| partition.seen().of(reading.device));
                    other.insert(Speaking {
                        device: reading.device,
                        may,
                        seen: seen.unwrap_or_default(),
                        columns: places.get(reading.device).copied(),
                    })
                }
            };
            let time_us = match speaking.may.and_then(|()| reading.check(now_us)) {
                Ok(time_us) => time_us,
                Err(why) => {
                    sorted.refused.push((place, why));
                    continue;
                }
            };
            sorted.accepted += 1;
            if speaking.seen.has(reading.sequence) {
                repeated += 1;
                continue;
            }
            let at = *speaking.columns.get_or_insert_with(|| {
                // For all that are left once only: a batch may be of as many probes as it has readings.
                let readings = std::mem::take(&mut left).saturating_sub(place);
                sorted.columns.push(Columns::of(reading.device, readings));
                places.insert(reading.device, sorted.columns.len() - 1);
                sorted.columns.len() - 1
            });
            sorted.columns[at].push(reading.sequence, time_us, reading.celsius);
        }
        READINGS.taken.inc_by((sorted.accepted - repeated) as u64);
        READINGS.repeated.inc_by(repeated as u64);
        READINGS.refused.inc_by(sorted.refused.len() as u64);
        Ok(sorted)
    }

    /// Puts a batch on its way, once there is room for it. Batches of a device keep the order of these calls.
    pub(crate) async fn submit(
        &self,
        device: &Device,
        columns: Vec<Columns>,
        traceparent: Option<&str>,
    ) -> Result<Underway, RpcError> {
        let count: usize = columns.iter().map(|it| it.sequences.len()).sum();
        if count == 0 {
            return Ok(Underway(None));
        }
        let partition = self.partition(device).await?;
        let permits = u32::try_from(count).map_err(log_unavailable)?;
        let room = Arc::clone(&self.room)
            .acquire_many_owned(permits)
            .await
            .map_err(log_unavailable)?;
        let room = Room::new(room, &self.waiting);
        let (done, underway) = oneshot::channel();
        let submission = Submission {
            lead: device.name.clone(),
            columns,
            traceparent: traceparent.map(str::to_owned),
            room,
            done,
        };
        partition
            .queue
            .send(submission)
            .await
            .map_err(|_| log_unavailable("the writer has ended"))?;
        Ok(Underway(Some(underway)))
    }
}

impl Sorted {
    /// The readings that are to be written.
    pub(crate) fn take(&mut self) -> Vec<Columns> {
        std::mem::take(&mut self.columns)
    }
}

impl Underway {
    pub(crate) async fn durable(self) -> Result<(), RpcError> {
        let Some(underway) = self.0 else {
            return Ok(());
        };
        match underway.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(log_unavailable(why.to_string())),
            Err(gone) => Err(log_unavailable(gone)),
        }
    }
}
