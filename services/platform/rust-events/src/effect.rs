//! The effects of a batch and the offset behind it, in one transaction.

use crate::consumer::{Delivered, HandleError, Handler, Unreadable};
use crate::dead_letter::is_for;
use crate::event::decode_event;
use crate::inbox::{Place, advance};
use crate::log::{LogError, Record};
use crate::reader::Reader;
use crate::store::{Session, StoreError, Tx};
use larder_platform::EventSpan;

/// What keeps a batch from having its effects.
pub(crate) enum Interrupted {
    /// Another owner has taken over: whatever this one does must not count.
    Fenced,
    Log(LogError),
    Store(StoreError),
    /// The effects could not be brought about.
    Failed(HandleError),
}

impl Interrupted {
    /// The code that the span of an event shows.
    const fn code(&self) -> &'static str {
        match self {
            Self::Fenced => "ABORTED",
            Self::Log(error) if error.is_unavailable() => "UNAVAILABLE",
            Self::Store(error) if error.is_unavailable() => "UNAVAILABLE",
            Self::Log(_) | Self::Store(_) | Self::Failed(_) => "UNKNOWN",
        }
    }
}

impl From<LogError> for Interrupted {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<HandleError> for Interrupted {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::Store(error) if error.is_unavailable() => Self::Store(error),
            error => Self::Failed(error),
        }
    }
}

/// What goes with one connection to the database.
pub(crate) struct Hold<S> {
    pub(crate) session: Session,
    pub(crate) reader: Reader,
    /// None: to be opened.
    pub(crate) state: Option<S>,
}

/// A batch at the place where it begins, under the epoch of a lease.
pub(crate) struct Effect<'a> {
    pub(crate) place: &'a Place,
    pub(crate) epoch: u64,
    /// At least one.
    pub(crate) records: &'a [Record],
    /// 1 for the first delivery.
    pub(crate) attempt: u32,
}

impl Effect<'_> {
    /// Brings it about, and returns the events of the batch; if it fails nothing of it stands.
    pub(crate) async fn bring_about<H: Handler>(
        &self,
        handler: &H,
        hold: &mut Hold<H::State>,
    ) -> Result<Vec<Delivered>, Interrupted> {
        let mut batch = self.decoded()?;
        let spans = self.spans(&mut batch);
        let outcome = self.commit(handler, hold, &batch).await;
        let failed = outcome.as_ref().err().map(Interrupted::code);
        for span in spans {
            span.end(failed);
        }
        outcome.map(|()| batch)
    }

    /// One for each event that is for the group. What handling it leads to stands beneath.
    fn spans(&self, batch: &mut [Delivered]) -> Vec<EventSpan> {
        let mut spans = Vec::new();
        for Delivered { event, .. } in batch {
            if !is_for(event, &self.place.group) {
                continue;
            }
            if let Some(span) = EventSpan::begin(&self.place.topic, event.traceparent.as_deref()) {
                event.traceparent = span.traceparent();
                spans.push(span);
            }
        }
        spans
    }

    async fn commit<H: Handler>(
        &self,
        handler: &H,
        hold: &mut Hold<H::State>,
        batch: &[Delivered],
    ) -> Result<(), Interrupted> {
        let tx = hold.session.begin().await?;
        match self.within(&tx, handler, &mut hold.state, batch).await {
            Ok(()) => Ok(tx.commit().await.map_err(HandleError::from)?),
            Err(error) => {
                // Where that fails the connection goes, and with it the transaction.
                drop(tx.rollback().await);
                Err(error)
            }
        }
    }

    fn decoded(&self) -> Result<Vec<Delivered>, HandleError> {
        let decoded = self.records.iter().enumerate().map(|(index, record)| {
            let event = decode_event(&record.value).map_err(|error| HandleError::Unreadable {
                index,
                reason: error.to_string(),
                why: Unreadable::Malformed,
            })?;
            Ok(Delivered {
                event,
                offset: record.offset,
                appended_ms: record.time_ms,
                attempt: self.attempt,
            })
        });
        decoded.collect()
    }

    async fn within<H: Handler>(
        &self,
        tx: &Tx<'_>,
        handler: &H,
        state: &mut Option<H::State>,
        batch: &[Delivered],
    ) -> Result<(), Interrupted> {
        let state = opened(state, handler, tx, self.place.partition).await?;
        let ours: Vec<usize> = (0..batch.len())
            .filter(|at| is_for(&batch[*at].event, &self.place.group))
            .collect();
        let chosen: Vec<Delivered>;
        let batch = if ours.len() == batch.len() {
            batch
        } else {
            chosen = ours.iter().map(|at| batch[*at].clone()).collect();
            &chosen
        };
        handler
            .handle(state, tx, batch)
            .await
            .map_err(|mut error| {
                use HandleError::{Hopeless, Unreadable};
                if let Hopeless { index, .. } | Unreadable { index, .. } = &mut error {
                    *index = ours.get(*index).copied().unwrap_or(*index);
                }
                error
            })?;
        let (from, until) = (
            self.records[0].offset,
            self.records[self.records.len() - 1].offset + 1,
        );
        let is_owner = advance(tx, self.place, self.epoch, from, until).await?;
        if is_owner {
            Ok(())
        } else {
            Err(Interrupted::Fenced)
        }
    }
}

/// What time alone brings about, with nothing to deliver, under the epoch of a lease.
pub(crate) struct Idle<'a> {
    pub(crate) place: &'a Place,
    pub(crate) epoch: u64,
    /// Where the group is.
    pub(crate) at: u64,
}

impl Idle<'_> {
    /// Brings it about. False: there was nothing.
    pub(crate) async fn pass<H: Handler>(
        &self,
        handler: &H,
        hold: &mut Hold<H::State>,
    ) -> Result<bool, Interrupted> {
        let tx = hold.session.begin().await?;
        match self.within(&tx, handler, &mut hold.state).await {
            Ok(true) => {
                tx.commit().await.map_err(HandleError::from)?;
                Ok(true)
            }
            Ok(false) => {
                tx.rollback().await?;
                Ok(false)
            }
            Err(error) => {
                // Where that fails the connection goes, and with it the transaction.
                drop(tx.rollback().await);
                Err(error)
            }
        }
    }

    async fn within<H: Handler>(
        &self,
        tx: &Tx<'_>,
        handler: &H,
        state: &mut Option<H::State>,
    ) -> Result<bool, Interrupted> {
        let state = opened(state, handler, tx, self.place.partition).await?;
        if !handler.is_due(state) || !handler.idle(state, tx).await? {
            return Ok(false);
        }
        // From where the group is to there: who was replaced finds that it is no owner.
        if advance(tx, self.place, self.epoch, self.at, self.at).await? {
            Ok(true)
        } else {
            Err(Interrupted::Fenced)
        }
    }
}

async fn opened<'a, H: Handler>(
    state: &'a mut Option<H::State>,
    handler: &H,
    tx: &Tx<'_>,
    partition: u32,
) -> Result<&'a mut H::State, HandleError> {
    match state {
        Some(state) => Ok(state),
        None => Ok(state.insert(handler.open(tx, partition).await?)),
    }
}
