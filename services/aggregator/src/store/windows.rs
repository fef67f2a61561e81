//! Panes and windows as they are kept.

use super::odd;
use crate::pane::{PANE_US, Pane};
use crate::recent::Recent;
use crate::sketch::Sketch;
use crate::source::PaneKey;
use crate::window::{Key, Kind};
use larder_events::{Row, StoreError, Tx};
use std::collections::{BTreeMap, HashMap};

const PANES: &str = "
select p.subject, p.start_us, p.count, p.min, p.max, p.sum, p.limited, p.above, p.sketch
from unnest($1::text[], $2::bigint[]) as k (subject, start_us)
join panes p on p.subject = k.subject and p.start_us = k.start_us and p.source = $3";

const KEEP_PANES: &str = "
insert into panes (subject, start_us, source, count, min, max, sum, limited, above, sketch)
select subject, start_us, $3, count, min, max, sum, limited, above, sketch
from unnest($1::text[], $2::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bytea[])
  as n (subject, start_us, count, min, max, sum, limited, above, sketch)
on conflict (subject, start_us, source) do update
  set count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum, limited = excluded.limited,
    above = excluded.above, sketch = excluded.sketch";

const PANES_BETWEEN: &str = "
select subject, start_us from panes
where source = $1 and start_us >= $2 and start_us < $3 and (subject like 'devices/%') = $4";

// Whoever holds a window's row is the one to tell of it now. In one order, so that two who tell of the same do not wait for each other.
const OPEN_TOLD: &str = "
insert into told (subject, kind, start_us)
select * from unnest($1::text[], $2::smallint[], $3::bigint[]) order by 1, 2, 3 on conflict do nothing";

const HOLD_TOLD: &str = "
select t.subject, t.kind, t.start_us, t.revision, t.count
from unnest($1::text[], $2::smallint[], $3::bigint[]) as k (subject, kind, start_us)
join told t using (subject, kind, start_us) order by 1, 2, 3 for update of t";

const PANES_OF: &str = "
select k.subject, k.kind, k.start_us, p.count, p.min, p.max, p.sum, p.limited, p.above, p.sketch
from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[]) as k (subject, kind, start_us, end_us)
join panes p on p.subject = k.subject and p.start_us >= k.start_us and p.start_us < k.end_us";

const KEEP_TOLD: &str = "
update told t set revision = n.revision, count = n.count
from unnest($1::text[], $2::smallint[], $3::bigint[], $4::int[], $5::bigint[]) as n (subject, kind, start_us, revision, count)
where t.subject = n.subject and t.kind = n.kind and t.start_us = n.start_us";

/// Puts what a batch has added to what there is. `recent` are panes as they were written last, and gets these.
pub(crate) async fn add_panes(
    tx: &Tx<'_>,
    source: u32,
    added: BTreeMap<PaneKey, Pane>,
    recent: &mut Recent<PaneKey, Pane>,
) -> Result<(), StoreError> {
    let source = source.cast_signed();
    let mut panes = added;
    let (mut subjects, mut starts) = (Vec::new(), Vec::new());
    for (key, pane) in &mut panes {
        if let Some(before) = recent.take(key) {
            pane.merge(&before);
        } else {
            subjects.push(key.0.as_str());
            starts.push(key.1);
        }
    }
    if !subjects.is_empty() {
        let rows = tx.query(PANES, &[&subjects, &starts, &source]).await?;
        for row in rows {
            if let Some(pane) = panes.get_mut(&(row.get(0), row.get(1))) {
                pane.merge(&pane_at(&row, 2)?);
            }
        }
    }
    let (subjects, starts): (Vec<&str>, Vec<i64>) = panes
        .keys()
        .map(|(subject, start_us)| (subject.as_str(), start_us))
        .unzip();
    let column = |of: fn(&Pane) -> i64| panes.values().map(of).collect::<Vec<i64>>();
    let sketches: Vec<Vec<u8>> = panes.values().map(|pane| pane.sketch.encode()).collect();
    let numbers: [Vec<i64>; 6] = [
        column(|pane| pane.count),
        column(|pane| pane.min),
        column(|pane| pane.max),
        column(|pane| pane.sum),
        column(|pane| pane.limited),
        column(|pane| pane.above),
    ];
    let [count, min, max, sum, limited, above] = &numbers;
    tx.execute(
        KEEP_PANES,
        &[
            &subjects, &starts, &source, count, min, max, sum, limited, above, &sketches,
        ],
    )
    .await?;
    for (key, pane) in panes {
        recent.put(key, pane, 1);
    }
    Ok(())
}

/// The panes of a partition that begin in a stretch of time, of single devices or of what they are attached to.
pub(crate) async fn panes_between(
    tx: &Tx<'_>,
    source: u32,
    from_us: i64,
    to_us: i64,
    of_devices: bool,
) -> Result<Vec<PaneKey>, StoreError> {
    let rows = tx
        .query(
            PANES_BETWEEN,
            &[&source.cast_signed(), &from_us, &to_us, &of_devices],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Windows with all that is in them, and their revision: those of the keys that hold more than was told of them. They count as told.
pub(crate) async fn tell(tx: &Tx<'_>, keys: &[&Key]) -> Result<Vec<(Key, Pane, i32)>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (subjects, kinds, starts) = columns(keys.iter().copied());
    tx.execute(OPEN_TOLD, &[&subjects, &kinds, &starts]).await?;
    let mut before = HashMap::new();
    for row in tx.query(HOLD_TOLD, &[&subjects, &kinds, &starts]).await? {
        before.insert(key_at(&row)?, (row.get::<_, i32>(3), row.get::<_, i64>(4)));
    }
    // After the rows are held: what others have committed until now is seen.
    let ends: Vec<i64> = keys.iter().map(|key| key.end_us()).collect();
    let mut wholes: BTreeMap<Key, Pane> = BTreeMap::new();
    for row in tx
        .query(PANES_OF, &[&subjects, &kinds, &starts, &ends])
        .await?
    {
        wholes
            .entry(key_at(&row)?)
            .or_default()
            .merge(&pane_at(&row, 3)?);
    }
    let mut told = Vec::new();
    for (key, pane) in wholes {
        let (revision, count) = before.get(&key).copied().unwrap_or_default();
        if pane.count != count {
            told.push((key, pane, revision + 1));
        }
    }
    let (subjects, kinds, starts) = columns(told.iter().map(|(key, _, _)| key));
    let revisions: Vec<i32> = told.iter().map(|(_, _, revision)| *revision).collect();
    let counts: Vec<i64> = told.iter().map(|(_, pane, _)| pane.count).collect();
    tx.execute(
        KEEP_TOLD,
        &[&subjects, &kinds, &starts, &revisions, &counts],
    )
    .await?;
    Ok(told)
}

fn columns<'a>(keys: impl Iterator<Item = &'a Key>) -> (Vec<&'a str>, Vec<i16>, Vec<i64>) {
    let (mut subjects, mut kinds, mut starts) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        subjects.push(key.subject.as_str());
        kinds.push(code_of(key.kind));
        starts.push(key.start_us);
    }
    (subjects, kinds, starts)
}

const fn code_of(kind: Kind) -> i16 {
    match kind {
        Kind::Tumbling => 1,
        Kind::Sliding => 2,
    }
}

fn key_at(row: &Row) -> Result<Key, StoreError> {
    let code: i16 = row.get(1);
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| code_of(*kind) == code)
        .ok_or_else(|| odd("a window"))?;
    Ok(Key {
        subject: row.get(0),
        kind,
        start_us: row.get(2),
    })
}

/// From a column on.
fn pane_at(row: &Row, at: usize) -> Result<Pane, StoreError> {
    Ok(Pane {
        count: row.get(at),
        min: row.get(at + 1),
        max: row.get(at + 2),
        sum: row.get(at + 3),
        limited: row.get(at + 4),
        above: row.get(at + 5),
        sketch: Sketch::decode(row.get(at + 6)).ok_or_else(|| odd("a pane"))?,
    })
}

/// Panes that may be part of a window which ends at a time begin no earlier than this.
pub(crate) const fn panes_from(end_us: i64) -> i64 {
    end_us - Kind::Sliding.length_us() - PANE_US
}
