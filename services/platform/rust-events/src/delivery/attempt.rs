//! What becomes of events that are delivered: handled, to be tried again, or gone to the dead letters.

use super::{Delivery, Hopeless, LONGEST_BACKOFF};
use crate::consumer::{Delivered, HandleError, Handler};
use crate::dead_letter::{bury, is_for};
use crate::effect::{Effect, Hold, Interrupted};
use crate::inbox::{advance, begin};
use crate::log::Record;
use crate::metrics::{Outcome, count_deliveries, count_parked};
use crate::reader::Reader;
use larder_platform::log as journal;
use serde_json::json;

impl<H: Handler> Delivery<'_, H> {
    pub(super) async fn deliver(
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
}
