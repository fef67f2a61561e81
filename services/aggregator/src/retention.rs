//! What is kept, and for how long: a partition of the tables for each day.

use crate::store::{DAY_US, keep_days};
use larder_events::{Database, StoreError};
use larder_platform::{CancellationToken, log};
use serde_json::json;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const EVERY: Duration = Duration::from_secs(3600);
/// So many days are made in advance, so that none is missing should the hourly look be late.
const AHEAD: i64 = 7;

/// The days of which readings are kept.
pub(crate) struct Days {
    db: Database,
    count: i64,
    kept: RwLock<Range<i64>>,
}

impl Days {
    /// None are kept yet: see `keep`.
    pub(crate) const fn new(db: Database, count: i64) -> Self {
        Self {
            db,
            count,
            kept: RwLock::new(0..0),
        }
    }

    /// The times of measurement that may be written, in microseconds since 1970. A window may begin in the day before, which is there too.
    pub(crate) fn kept_us(&self) -> Range<i64> {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Makes the days that are needed, and drops those that are too old.
    pub(crate) async fn keep(&self) -> Result<(), StoreError> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let today = i64::try_from(now.as_secs() / 86_400).unwrap_or_default();
        let (first, last) = (today - self.count, today + AHEAD);
        let kept = (first + 1) * DAY_US..(last + 1) * DAY_US;
        let session = self.db.session().await?;
        let tx = session.begin().await?;
        let dropped = keep_days(&tx, first, last).await?;
        tx.commit().await?;
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
        if dropped > 0 {
            log::info(
                "days of windows have reached the end of their retention",
                &[("tables", json!(dropped))],
            );
        }
        Ok(())
    }

    /// Does so every hour, until it is told to stop.
    pub(crate) async fn keep_on(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.keep().await {
                log::warn(
                    "days of windows are not looked after",
                    &[("error", json!(error.to_string()))],
                );
            }
        }
    }
}
