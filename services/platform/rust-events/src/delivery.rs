//! One partition under one lease: events in order, a batch at a time; what fails comes again, and at last goes to the dead letters.

mod attempt;

use crate::consumer::{ConsumeError, ConsumeOptions, Handler};
use crate::effect::{Hold, Idle, Interrupted};
use crate::inbox::{MOVED_CHANNEL, Place, claim};
use crate::log::{EventLog, LogError};
use crate::membership::Lease;
use crate::oddities::Oddities;
use crate::reader::Reader;
use crate::store::Database;
use larder_platform::log as journal;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

const RETRY: Duration = Duration::from_millis(200);
const OUT_OF_RANGE_RETRY: Duration = Duration::from_secs(5);
const NOTE_EVERY: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

/// An event that no further delivery will help.
struct Hopeless {
    offset: u64,
    reason: String,
    why: &'static str,
}

pub(crate) struct Delivery<'a, H: Handler> {
    log: &'a EventLog,
    db: &'a Database,
    options: &'a ConsumeOptions,
    handler: &'a H,
    place: Place,
    lease: Lease,
    /// Whether the database was asked where the group is.
    is_known: bool,
    next: u64,
    /// Deliveries of the event at `next` that have failed, or were begun by an owner who never came to an end.
    attempts: u32,
    reason: String,
    /// Up to here events are delivered one by one: one of them made a batch fail.
    alone: u64,
    /// The one that did, and that no further delivery will help.
    hopeless: Option<Hopeless>,
    oddities: Oddities,
    noted: Option<u64>,
    noted_at: Instant,
}

impl<'a, H: Handler> Delivery<'a, H> {
    pub(crate) fn new(
        log: &'a EventLog,
        db: &'a Database,
        options: &'a ConsumeOptions,
        handler: &'a H,
        place: Place,
        lease: Lease,
    ) -> Self {
        Self {
            log,
            db,
            options,
            handler,
            place,
            lease,
            is_known: false,
            next: 0,
            attempts: 0,
            reason: "the process ended while the event was handled".into(),
            alone: 0,
            hopeless: None,
            oddities: Oddities::default(),
            noted: None,
            noted_at: Instant::now(),
        }
    }

    /// Delivers until the lease ends, or another owner is found to have taken over.
    pub(crate) async fn run(mut self) -> Result<(), ConsumeError> {
        let over = self.lease.over.clone();
        let mut hold = None;
        while !over.is_cancelled() {
            let step = async {
                if hold.is_none() {
                    hold = Some(self.begin().await?);
                }
                match &mut hold {
                    Some(hold) => self.step(hold).await,
                    None => Ok(()),
                }
            };
            match step.await {
                Ok(()) => {}
                Err(Interrupted::Fenced) => {
                    self.warn(
                        "consumer was replaced",
                        vec![("epoch", json!(self.lease.epoch))],
                    );
                    break;
                }
                Err(Interrupted::Log(error @ LogError::OutOfRange { .. })) => {
                    journal::error(
                        "consumer needs events that are gone",
                        &self.fields(vec![("error", json!(error.to_string()))]),
                    );
                    hold = None;
                    self.pause(OUT_OF_RANGE_RETRY).await;
                }
                // Database or log: no fault of any event, and no delivery counts.
                Err(Interrupted::Log(error)) if error.is_unavailable() => {
                    hold = self.interrupted(&error.to_string()).await;
                }
                Err(Interrupted::Store(error)) if error.is_unavailable() => {
                    hold = self.interrupted(&error.to_string()).await;
                }
                Err(Interrupted::Log(error)) => return Err(error.into()),
                Err(Interrupted::Store(error)) => return Err(error.into()),
                Err(Interrupted::Failed(error)) => {
                    // Not while a batch is handled: the state cannot be opened.
                    hold = self.interrupted(&error.to_string()).await;
                }
            }
        }
        self.note().await;
        Ok(())
    }

    async fn interrupted<S>(&self, error: &str) -> Option<Hold<S>> {
        self.warn("consumer interrupted", vec![("error", json!(error))]);
        self.pause(RETRY).await;
        None
    }

    /// Learns from the database where the group is: under this lease it may have committed more than it knows.
    async fn begin(&mut self) -> Result<Hold<H::State>, Interrupted> {
        let range = self
            .log
            .range(&self.place.topic, self.place.partition)
            .await?;
        let session = self.db.session().await?;
        session
            .execute_all(&format!("listen {MOVED_CHANNEL}"))
            .await?;
        let progress = claim(&session, &self.place, self.lease.epoch, range.earliest)
            .await?
            .ok_or(Interrupted::Fenced)?;
        if !self.is_known {
            // A batch in which an earlier owner died says nothing about any one of its events.
            let was_batch = progress.attempted_until > progress.next + 1;
            (self.alone, self.attempts) = if was_batch {
                (progress.attempted_until, 0)
            } else {
                (0, progress.attempts)
            };
        } else if progress.next != self.next {
            self.attempts = 0;
        }
        self.is_known = true;
        self.next = progress.next;
        let reader = Reader::start(
            self.log,
            &self.place.topic,
            self.place.partition,
            self.next,
            self.options.batch,
        );
        Ok(Hold {
            session,
            reader,
            state: None,
        })
    }

    async fn step(&mut self, hold: &mut Hold<H::State>) -> Result<(), Interrupted> {
        let bad = self.hopeless.as_ref().map(|bad| bad.offset);
        let max = match bad {
            // Also what stands before one that is bad: it may fail too.
            _ if bad == Some(self.next) || self.next < self.alone || self.attempts > 0 => 1,
            Some(offset) if offset > self.next => {
                usize::try_from(offset - self.next).unwrap_or(usize::MAX)
            }
            _ => self.options.batch,
        };
        let over = self.lease.over.clone();
        let records = tokio::select! {
            records = hold.reader.take(max.min(self.options.batch)) => records?,
            () = hold.session.notified() => return self.look_for_owner(hold).await,
            // So that what is noted is right when nothing comes.
            () = tokio::time::sleep(NOTE_EVERY) => Vec::new(),
            () = over.cancelled() => Vec::new(),
        };
        if records.is_empty() {
            self.note().await;
            return if over.is_cancelled() {
                Ok(())
            } else {
                self.idle(hold).await
            };
        }
        self.deliver(hold, &records).await
    }

    /// Lets the handler look after what time alone brings about.
    async fn idle(&self, hold: &mut Hold<H::State>) -> Result<(), Interrupted> {
        if hold
            .state
            .as_ref()
            .is_some_and(|state| !self.handler.is_due(state))
        {
            return Ok(());
        }
        let Place {
            topic, partition, ..
        } = &self.place;
        // Time that is spent on what came meanwhile is not time in which nothing came.
        if self.log.range(topic, *partition).await?.next != self.next {
            return Ok(());
        }
        let idle = Idle {
            place: &self.place,
            epoch: self.lease.epoch,
            at: self.next,
        };
        if idle.pass(self.handler, hold).await? {
            self.handler.committed(&hold.session).await;
        }
        Ok(())
    }

    /// Without an event to deliver it would not come to know of a later owner.
    async fn look_for_owner(&self, hold: &Hold<H::State>) -> Result<(), Interrupted> {
        let progress = claim(&hold.session, &self.place, self.lease.epoch, self.next).await?;
        progress.map(drop).ok_or(Interrupted::Fenced)
    }

    async fn move_to(&mut self, next: u64) {
        self.next = next;
        self.attempts = 0;
        if self.noted_at.elapsed() >= NOTE_EVERY {
            self.note().await;
        }
    }

    /// A note that is lost only makes the log keep events longer, until the next one.
    async fn note(&mut self) {
        self.noted_at = Instant::now();
        let Place {
            group,
            topic,
            partition,
        } = &self.place;
        if self.noted != Some(self.next)
            && self
                .log
                .note(topic, *partition, group, self.next)
                .await
                .is_ok()
        {
            self.noted = Some(self.next);
        }
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.lease.over.cancelled() => {}
        }
    }

    fn warn(&self, message: &str, fields: Vec<(&'static str, Value)>) {
        journal::warn(message, &self.fields(fields));
    }

    fn fields(&self, more: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
        let Place {
            group,
            topic,
            partition,
        } = &self.place;
        let mut fields = vec![
            ("topic", json!(topic)),
            ("group", json!(group)),
            ("partition", json!(partition)),
        ];
        fields.extend(more);
        fields
    }
}
