//! One partition under one lease: events in order, a batch at a time; what fails comes again, and at last goes to the dead letters.

use crate::consumer::{ConsumeError, ConsumeOptions, Delivered, HandleError, Handler};
use crate::dead_letter::{bury, is_for};
use crate::effect::{Effect, Hold, Idle, Interrupted};
use crate::inbox::{MOVED_CHANNEL, Place, advance, begin, claim};
use crate::log::{EventLog, LogError, Record};
use crate::membership::Lease;
use crate::metrics::{Outcome, count_deliveries, count_parked};
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

    async fn deliver(
        &mut self,
        hold: &mut Hold<H::State>,
        records: &[Record],
    ) -> Result<(), Interrupted> {
        let (first, last) = (&records[0], &records[records.len() - 1]);
        if let Some(bad) = self.hopeless.take_if(|bad| bad.offset == first.offset) {
            self.reason = bad.reason;
            count_deliveries(&self.place, Outcome::Failed, 1);
            return self.give_up(hold, first, bad.why).await;
        }
        if self.is_exhausted() {
            return self.give_up(hold, first, "failed too often").await;
        }
        let until = last.offset + 1;
        self.mark(hold, self.attempts + 1, until).await?;
        let effect = Effect {
            place: &self.place,
            epoch: self.lease.epoch,
            records,
            attempt: self.attempts + 1,
        };
        match effect.bring_about(self.handler, hold).await {
            Ok(batch) => {
                self.tell(&batch);
                self.move_to(until).await;
                self.handler.committed(&hold.session).await;
                Ok(())
            }
            Err(Interrupted::Failed(error)) => {
                hold.state = None;
                // What was taken comes again.
                hold.reader = Reader::start(
                    self.log,
                    &self.place.topic,
                    self.place.partition,
                    self.next,
                    self.options.batch,
                );
                self.failed(hold, records, error).await
            }
            Err(other) => Err(other),
        }
    }

    /// Counts events that were handled, and looks for odd ones among them.
    fn tell(&mut self, batch: &[Delivered]) {
        let ours = batch
            .iter()
            .filter(|one| is_for(&one.event, &self.place.group));
        let mut handled = 0;
        for one in ours {
            self.oddities.look(&self.place, one);
            handled += 1;
        }
        count_deliveries(&self.place, Outcome::Handled, handled);
        count_deliveries(&self.place, Outcome::Repeated, batch.len() - handled);
    }

    async fn failed(
        &mut self,
        hold: &Hold<H::State>,
        records: &[Record],
        error: HandleError,
    ) -> Result<(), Interrupted> {
        let first = &records[0];
        let reason = error.to_string();
        if let Some((index, why)) = error.hopeless()
            && self.options.max_deliveries > 0
        {
            // What stands before it is handled as ever.
            let offset = first.offset + index as u64;
            self.hopeless = Some(Hopeless {
                offset,
                reason,
                why,
            });
            return Ok(());
        }
        if records.len() > 1 {
            // A commit that was refused does not say by which of its events.
            self.alone = first.offset + records.len() as u64;
            return Ok(());
        }
        if self.lease.over.is_cancelled() {
            // It may have failed because it was told to stop. What it is owed is the count from before.
            return self.mark(hold, self.attempts, first.offset + 1).await;
        }
        self.attempts += 1;
        count_deliveries(&self.place, Outcome::Failed, 1);
        let fields = vec![
            ("offset", json!(first.offset)),
            ("attempt", json!(self.attempts)),
            ("error", json!(reason)),
        ];
        self.warn("event delivery failed", fields);
        self.reason = reason;
        if !self.is_exhausted() {
            let grown = self
                .options
                .backoff
                .saturating_mul(5_u32.saturating_pow(self.attempts - 1));
            self.pause(grown.min(LONGEST_BACKOFF)).await;
        }
        Ok(())
    }

    const fn is_exhausted(&self) -> bool {
        self.options.max_deliveries > 0 && self.attempts >= self.options.max_deliveries
    }

    /// If this fails in between, it is done again: the letter is appended once, and the offset moves once.
    async fn give_up(
        &mut self,
        hold: &Hold<H::State>,
        record: &Record,
        why: &'static str,
    ) -> Result<(), Interrupted> {
        let attempts = self.attempts.max(1);
        bury(self.log, &self.place, record, attempts, &self.reason).await?;
        let tx = hold.session.begin().await?;
        if !advance(
            &tx,
            &self.place,
            self.lease.epoch,
            self.next,
            record.offset + 1,
        )
        .await?
        {
            return Err(Interrupted::Fenced);
        }
        tx.commit().await?;
        let fields = vec![
            ("offset", json!(record.offset)),
            ("attempts", json!(attempts)),
            ("why", json!(why)),
            ("reason", json!(self.reason)),
        ];
        journal::error("event went to the dead-letter topic", &self.fields(fields));
        count_parked(&self.place, why);
        count_deliveries(&self.place, Outcome::Dead, 1);
        self.move_to(record.offset + 1).await;
        Ok(())
    }

    /// Records that a delivery begins, so that one which ends the process is counted too.
    async fn mark(
        &self,
        hold: &Hold<H::State>,
        attempts: u32,
        until: u64,
    ) -> Result<(), Interrupted> {
        let is_owner = begin(
            &hold.session,
            &self.place,
            self.lease.epoch,
            self.next,
            attempts,
            until,
        )
        .await?;
        if is_owner {
            Ok(())
        } else {
            Err(Interrupted::Fenced)
        }
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
