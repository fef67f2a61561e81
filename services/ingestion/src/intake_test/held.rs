//! A log that can be held up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use buffa::{Message as _, MessageName as _};
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{Batch, LogError, decode_event};
use tokio::sync::Semaphore;

use crate::writer::Log;

/// Takes as many batches as it is let, and fails as often as it is told.
#[derive(Default)]
struct State {
    let_go: Option<Semaphore>,
    /// It does not say how many partitions it has.
    is_silent: bool,
    asked: AtomicUsize,
    failures: AtomicUsize,
    tries: AtomicUsize,
    batches: Mutex<Vec<Batch>>,
}

/// Clones are one log.
#[derive(Clone, Default)]
pub(super) struct Held(Arc<State>);

impl Held {
    pub(super) fn up() -> Self {
        Self(Arc::new(State {
            let_go: Some(Semaphore::new(0)),
            ..State::default()
        }))
    }

    pub(super) fn failing(times: usize) -> Self {
        Self(Arc::new(State {
            failures: AtomicUsize::new(times),
            ..State::default()
        }))
    }

    pub(super) fn silent() -> Self {
        Self(Arc::new(State {
            is_silent: true,
            ..State::default()
        }))
    }

    pub(super) fn let_go(&self, batches: usize) {
        self.0.let_go.as_ref().unwrap().add_permits(batches);
    }

    pub(super) fn tries(&self) -> usize {
        self.0.tries.load(Ordering::SeqCst)
    }

    /// How often it was asked for its partitions.
    pub(super) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Fails no more.
    pub(super) fn recover(&self) {
        self.0.failures.store(0, Ordering::SeqCst);
    }

    pub(super) fn batches(&self) -> MutexGuard<'_, Vec<Batch>> {
        self.0.batches.lock().unwrap()
    }

    pub(super) fn events(&self) -> Vec<ReadingsIngested> {
        let batches = self.batches();
        let of = |batch: &Batch| {
            let event = decode_event(&batch.records[0].1).unwrap();
            let message = ReadingsIngested::decode(&mut &event.data[..]).unwrap();
            assert_eq!(
                (event.type_name.as_str(), event.source.as_str()),
                (ReadingsIngested::FULL_NAME, "ingestion")
            );
            assert_eq!(event.subject, message.lead_device);
            message
        };
        batches.iter().map(of).collect()
    }
}

impl Log for Held {
    async fn partitions(&self, topic: &str) -> Result<u32, LogError> {
        assert_eq!(topic, crate::intake::topic());
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        if self.0.is_silent {
            std::future::pending::<()>().await;
        }
        Ok(1)
    }

    async fn append(&self, batch: &Batch) -> Result<(), LogError> {
        self.0.tries.fetch_add(1, Ordering::SeqCst);
        if let Some(let_go) = &self.0.let_go {
            let_go.acquire().await.unwrap().forget();
        }
        let left = self
            .0
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if left.is_ok() {
            return Err(LogError::Unavailable("away".to_owned()));
        }
        self.batches().push(batch.clone());
        Ok(())
    }
}
