//! The way of checked readings into the log, with room for so many and no more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{partition_of, topic_of};
use larder_platform::RpcError;
use tokio::sync::{OnceCell, Semaphore, mpsc, oneshot};

use crate::config::Config;
use crate::device::Device;
use crate::errors::log_unavailable;
use crate::event::Columns;
use crate::metrics::{PENDING, READINGS};
use crate::reading::{Reading, Refused};
use crate::seen::{Seen, Window};
use crate::writer::{Log, Outcome, Submission, Writer};

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
    room: Arc<Semaphore>,
    remembered: usize,
}

struct Partition {
    queue: mpsc::Sender<Submission>,
    seen: Arc<Mutex<Seen>>,
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
            room: Arc::new(Semaphore::new(config.max_pending_readings)),
            remembered: config.remembered_devices,
        })
    }

    /// The partition of a device, and so of its probes. The first who asks starts the writers.
    async fn partition(&self, device: &Device) -> Result<&Partition, RpcError> {
        let start = async {
            let asked = tokio::time::timeout(PATIENCE, self.log.partitions(topic())).await;
            let count = asked.map_err(log_unavailable)?.map_err(log_unavailable)?;
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
        readings: impl Iterator<Item = Reading<'a>>,
        now_us: i64,
    ) -> Result<Sorted, RpcError> {
        let partition = self.partition(device).await?;
        let mut sorted = Sorted::default();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut repeated = 0;
        let mut spoke = ("", Window::default());
        let seen = partition
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (place, reading) in readings.enumerate() {
            let time_us = match reading.check(device, now_us) {
                Ok(time_us) => time_us,
                Err(why) => {
                    sorted.refused.push((place, why));
                    continue;
                }
            };
            sorted.accepted += 1;
            // Most batches are of one device.
            if spoke.0 != reading.device {
                spoke = (reading.device, seen.of(reading.device));
            }
            if spoke.1.has(reading.sequence) {
                repeated += 1;
                continue;
            }
            let last = sorted
                .columns
                .last()
                .is_some_and(|it| it.device == reading.device);
            let at = if last {
                sorted.columns.len() - 1
            } else {
                *places.entry(reading.device).or_insert_with(|| {
                    sorted.columns.push(Columns {
                        device: reading.device.to_owned(),
                        ..Columns::default()
                    });
                    sorted.columns.len() - 1
                })
            };
            sorted.columns[at].push(reading.sequence, time_us, reading.celsius);
        }
        drop(seen);
        let outcomes = [
            ("taken", sorted.accepted - repeated),
            ("repeated", repeated),
            ("refused", sorted.refused.len()),
        ];
        for (outcome, count) in outcomes {
            READINGS.with_label_values(&[outcome]).inc_by(count as u64);
        }
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
        PENDING.add(i64::from(permits));
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
