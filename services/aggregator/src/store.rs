//! What the aggregator keeps: everything is read and written in the transaction of a batch.

mod devices;
mod windows;

pub(crate) use devices::{devices_of, keep_devices, mark_open, unheard};
pub(crate) use windows::{add_panes, panes_between, panes_from, tell};

use crate::excursion::Attachment;
use crate::source::{NOWHERE_US, Source};
use larder_events::{Row, StoreError, Tx};
use std::collections::HashMap;

/// One partition of readings, with what it has told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stand {
    pub source: Source,
    pub told_us: Option<i64>,
    pub told_together_us: Option<i64>,
}

const SOURCE: &str = "select state::text, told_us, told_together_us from sources where source = $1";

const KEEP_SOURCE: &str = "
insert into sources (source, watermark_us, told_us, told_together_us, state) values ($1, $2, $3, $4, $5::text::jsonb)
on conflict (source) do update set watermark_us = excluded.watermark_us, told_us = excluded.told_us,
  told_together_us = excluded.told_together_us, state = excluded.state";

// One that is far behind the others is silent: it holds up nobody, and what it brings later is late.
const OTHERS: &str = "
select min(watermark_us) filter (where watermark_us > greatest((select max(watermark_us) from sources), $2) - $3),
       max(watermark_us)
from sources where source <> $1";

const ATTACHMENTS: &str = "
select device, subject, storage_class, since_us from attachments where device = any($1) and subject <> ''";

// Of two attachments of one device the later one counts.
const KEEP_ATTACHMENT: &str = "
insert into attachments (device, subject, storage_class, since_us) values ($1, $2, $3, $4)
on conflict (device) do update
  set subject = excluded.subject, storage_class = excluded.storage_class, since_us = excluded.since_us
  where attachments.since_us <= excluded.since_us";

fn odd(what: &str) -> StoreError {
    StoreError::Migration(format!(
        "{what} in the database cannot be read by this build"
    ))
}

pub(crate) async fn stand_of(tx: &Tx<'_>, source: u32) -> Result<Stand, StoreError> {
    let rows = tx.query(SOURCE, &[&source.cast_signed()]).await?;
    let Some(row) = rows.first() else {
        return Ok(Stand::default());
    };
    let state: String = row.get(0);
    let source = serde_json::from_str(&state).map_err(|_| odd("the state of a source"))?;
    Ok(Stand {
        source,
        told_us: Some(row.get(1)),
        told_together_us: Some(row.get(2)),
    })
}

pub(crate) async fn keep_stand(
    tx: &Tx<'_>,
    source: u32,
    watermark_us: i64,
    stand: &Stand,
) -> Result<(), StoreError> {
    let state = serde_json::to_string(&stand.source).map_err(|_| odd("a state"))?;
    let (told, together) = (
        stand.told_us.unwrap_or(NOWHERE_US),
        stand.told_together_us.unwrap_or(NOWHERE_US),
    );
    tx.execute(
        KEEP_SOURCE,
        &[
            &source.cast_signed(),
            &watermark_us,
            &told,
            &together,
            &state,
        ],
    )
    .await
    .map(drop)
}

/// The lowest watermark of all partitions that are not silent. `own_us`: that of this one, which is not stored yet.
pub(crate) async fn together_us(
    tx: &Tx<'_>,
    source: u32,
    own_us: i64,
    silence_us: i64,
) -> Result<i64, StoreError> {
    let rows = tx
        .query(OTHERS, &[&source.cast_signed(), &own_us, &silence_us])
        .await?;
    let row = rows
        .first()
        .map(|row| (row.get::<_, Option<i64>>(0), row.get::<_, Option<i64>>(1)));
    let Some((Some(lowest_us), Some(highest_us))) = row else {
        return Ok(own_us);
    };
    Ok(if own_us > highest_us - silence_us {
        own_us.min(lowest_us)
    } else {
        lowest_us
    })
}

pub(crate) async fn attachments_of(
    tx: &Tx<'_>,
    names: &[&str],
) -> Result<HashMap<String, Attachment>, StoreError> {
    let rows = tx.query(ATTACHMENTS, &[&names]).await?;
    let attachment = |row: &Row| Attachment {
        subject: row.get(1),
        class: row.get(2),
        since_us: row.get(3),
    };
    Ok(rows
        .iter()
        .map(|row| (row.get(0), attachment(row)))
        .collect())
}

/// An empty subject: from then on to nothing.
pub(crate) async fn attach(tx: &Tx<'_>, device: &str, to: &Attachment) -> Result<(), StoreError> {
    tx.execute(
        KEEP_ATTACHMENT,
        &[&device, &to.subject, &to.class, &to.since_us],
    )
    .await
    .map(drop)
}

/// The days whose panes are kept, counted since 1970, are partitions of their own: makes those that are missing, and drops those before the
/// first. Returns how many were dropped.
pub(crate) async fn keep_days(tx: &Tx<'_>, first: i64, last: i64) -> Result<usize, StoreError> {
    let mut dropped = 0;
    // Two instances that start together must not get in each other's way.
    tx.execute_all("select pg_advisory_xact_lock(7234011902)")
        .await?;
    for (table, full) in [("panes", PANES_FULL), ("told", TOLD_FULL)] {
        for day in first..=last {
            let (from, to) = (day * DAY_US, (day + 1) * DAY_US);
            let sql = format!(
                "create table if not exists {table}_{day} partition of {table} for values from ({from}) to ({to}) with (fillfactor = {full})"
            );
            tx.execute_all(&sql).await?;
        }
        for row in tx.query(DAYS, &[&table]).await? {
            let name: String = row.get(0);
            let day = name
                .rsplit('_')
                .next()
                .and_then(|day| day.parse::<i64>().ok());
            if day.is_some_and(|day| day < first) {
                tx.execute_all(&format!("drop table {name}")).await?;
                dropped += 1;
            }
        }
    }
    Ok(dropped)
}

// Percent of a page that new rows fill. A pane is written again with every batch that has readings of it, a window once: where the new row
// has room beside the old one, no index learns of it.
const PANES_FULL: u8 = 50;
const TOLD_FULL: u8 = 80;

const DAYS: &str =
    "select inhrelid::regclass::text from pg_inherits where inhparent = to_regclass($1)";

pub(crate) const DAY_US: i64 = 86_400_000_000;
