//! Takes events from the outbox to the log: exactly once each, in the order of their keys. The same statements on the same tables as
//! `@larder/events` uses, so that relays of both languages may take turns.
//!
//! One session per relay holds an advisory lock on each lane it works on. Events get their numbers in a commit of their own before they
//! are appended, so that whoever has to append them again after a crash does it under the same numbers, and the log skips them. Rows are
//! taken by what is there, never from the highest id seen on: a lower id may become visible later.

use crate::log::{Batch, EventLog, LogError};
use crate::metrics::count_relayed;
use crate::outbox::{OUTBOX_CHANNEL, RelayWaker};
use crate::store::{Database, Session, StoreError};
use larder_platform::log as journal;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use tokio_postgres::Row;
use tokio_util::sync::CancellationToken;

const LANES: usize = 4;
const LOCK_CLASS: i32 = 1_869_968_504; // That of `@larder/events`.
const MOST: i64 = 500;
/// The least time between the starts of two rounds: what is written meanwhile goes along.
const LINGER: Duration = Duration::from_millis(10);
const POLL: Duration = Duration::from_secs(1);
const CLEAN_UP_AFTER: Duration = Duration::from_millis(100);
const RETRY: Duration = Duration::from_millis(200);
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// A relay that is alive asks every second. One that was stopped loses its lanes to others; when it wakes, the log skips what it appends again.
const SILENCE: &str = "set idle_session_timeout = '5s'";

const TAKE_LANES: &str =
    "select lane from outbox_state where lane <> all($1) and pg_try_advisory_lock($2, lane)";

const PENDING: &str = "
select s.producer::text, o.id, o.topic, o.key_hash, o.event,
       s.next_sequence - cardinality(s.pending) + p.position - 1 as sequence, s.lane
from outbox_state s cross join unnest(s.pending) with ordinality as p(id, position) join outbox o on o.id = p.id
where s.lane = any($1) order by o.id";

// One statement and one commit for: the last round's events have been appended and go; the next ones get numbers.
const NEXT: &str = "
with gone as (
  delete from outbox where id = any($2)
), next as (
  select id, lane, topic, key_hash, event from outbox where lane = any($1) and id <> all($2) order by id limit $3
), numbered as (
  select lane, array_agg(id order by id) as ids from next group by lane
), state as (
  update outbox_state s
  set pending = coalesce(n.ids, '{}'), next_sequence = s.next_sequence + coalesce(cardinality(n.ids), 0)
  from outbox_state before left join numbered n on n.lane = before.lane
  where s.lane = before.lane and s.lane = any($1) and (s.pending <> '{}' or n.ids is not null)
  returning s.lane, s.producer, s.next_sequence - cardinality(s.pending) as first
)
select producer::text, id, topic, key_hash, event, first + row_number() over (partition by lane order by id) - 1 as sequence, lane
from state join next using (lane) order by id";

// The last round's events go when there is nothing to take with them. This need not wait for the disk: what a crash of the database takes
// back is appended again, and skipped by the log.
const CLEAN_UP: &str = "
with gone as (
  delete from outbox where id = any($2)
)
update outbox_state set pending = '{}'
where lane = any($1) and pending <> '{}' and set_config('synchronous_commit', 'off', true) is not null";

const RENUMBER: &str = "
update outbox_state set producer = gen_random_uuid() where lane = any($1) returning lane, producer::text";

struct Numbered {
    producer: String,
    id: i64,
    topic: String,
    key_hash: u32,
    event: Vec<u8>,
    sequence: u64,
    lane: i16,
}

impl From<Row> for Numbered {
    fn from(row: Row) -> Self {
        Self {
            producer: row.get(0),
            id: row.get(1),
            topic: row.get(2),
            key_hash: row.get::<_, i32>(3).cast_unsigned(),
            event: row.get(4),
            sequence: row.get::<_, i64>(5).cast_unsigned(),
            lane: row.get(6),
        }
    }
}

/// A relay for the outbox of a database. Several may run, in one or more processes: each works on the lanes that no other holds.
pub struct Relay {
    db: Database,
    log: EventLog,
    waker: RelayWaker,
}

impl Relay {
    /// Does not connect.
    #[must_use]
    pub fn new(db: Database, log: EventLog) -> Self {
        Self {
            db,
            log,
            waker: RelayWaker::default(),
        }
    }

    /// To be called by whoever writes events.
    #[must_use]
    pub fn waker(&self) -> RelayWaker {
        self.waker.clone()
    }

    /// Relays until it is told to stop; goes on by itself when database or log come back.
    ///
    /// # Errors
    /// If the database refuses for another reason than an outage.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let mut pause = RETRY;
        while !stop.is_cancelled() {
            let outcome = match self.db.session().await {
                Ok(session) => {
                    Work {
                        relay: self,
                        session,
                        lanes: Vec::new(),
                    }
                    .serve(stop)
                    .await
                }
                Err(error) => Err(error),
            };
            self.waker.has_all.store(false, Ordering::Relaxed);
            match outcome {
                Ok(()) => return Ok(()),
                Err(error) if error.is_unavailable() => {
                    journal::warn(
                        "outbox relay interrupted",
                        &[("error", json!(error.to_string()))],
                    );
                }
                Err(error) => return Err(error),
            }
            sleep(pause, stop).await;
            pause = (pause * 2).min(LONGEST_RETRY);
        }
        Ok(())
    }
}

/// A relay at work, on one session.
struct Work<'a> {
    relay: &'a Relay,
    session: Session,
    lanes: Vec<i16>,
}

impl Work<'_> {
    async fn serve(mut self, stop: &CancellationToken) -> Result<(), StoreError> {
        self.session
            .execute_all(&format!("listen {OUTBOX_CHANNEL}; {SILENCE}"))
            .await?;
        let mut done: Vec<i64> = Vec::new();
        let mut looked: Option<Instant> = None;
        while !stop.is_cancelled() {
            let started = Instant::now();
            if self.lanes.len() < LANES && looked.is_none_or(|at| started - at >= POLL) {
                looked = Some(started);
                done.extend(self.take_lanes(stop).await?);
            }
            if !self.lanes.is_empty() {
                let rows = self
                    .session
                    .query(NEXT, &[&self.lanes, &done, &MOST])
                    .await?;
                let is_full = i64::try_from(rows.len()) == Ok(MOST);
                done = self
                    .append(rows.into_iter().map(Into::into).collect(), true, stop)
                    .await?;
                if is_full {
                    continue;
                }
            }
            let longest = if done.is_empty() {
                POLL
            } else {
                CLEAN_UP_AFTER
            };
            if self.wait(longest, started, stop).await || done.is_empty() || stop.is_cancelled() {
                continue;
            }
            self.session
                .execute(CLEAN_UP, &[&self.lanes, &done])
                .await?;
            done = Vec::new();
            self.wait(POLL, started, stop).await;
        }
        Ok(())
    }

    /// Locks what is free, and appends what an earlier relay left behind. Returns the ids of those events.
    async fn take_lanes(&mut self, stop: &CancellationToken) -> Result<Vec<i64>, StoreError> {
        let rows = self
            .session
            .query(TAKE_LANES, &[&self.lanes, &LOCK_CLASS])
            .await?;
        let taken: Vec<i16> = rows.iter().map(|row| row.get(0)).collect();
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        self.lanes.extend(&taken);
        self.relay
            .waker
            .has_all
            .store(self.lanes.len() == LANES, Ordering::Relaxed);
        // A statement of its own: it must see what the last owner committed before it let go of the lock.
        let left = self.session.query(PENDING, &[&taken]).await?;
        self.append(left.into_iter().map(Into::into).collect(), false, stop)
            .await
    }

    /// Appends until it succeeds: events are not given up. Returns the ids of those that are in the log, none if it was told to stop before.
    async fn append(
        &self,
        mut rows: Vec<Numbered>,
        mut fresh: bool,
        stop: &CancellationToken,
    ) -> Result<Vec<i64>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut pause = RETRY;
        loop {
            match self.append_once(&rows).await {
                // The log has seen numbers that this session has just given for the first time: the database was set back, as by a
                // restored backup. The events go under new numbers.
                Ok(skipped) if skipped > 0 && fresh => {
                    self.renumber(&mut rows).await?;
                    continue;
                }
                Ok(skipped) => {
                    count_relayed((rows.len() as u64).saturating_sub(skipped), skipped);
                    return Ok(rows.iter().map(|row| row.id).collect());
                }
                Err(error) => {
                    let fields = [
                        ("error", json!(error.to_string())),
                        ("events", json!(rows.len())),
                    ];
                    let tell = if error.is_unavailable() {
                        journal::warn
                    } else {
                        journal::error
                    };
                    tell("outbox events wait for the log", &fields);
                }
            }
            // What was sent may stand in the log all the same.
            fresh = false;
            sleep(pause, stop).await;
            pause = (pause * 2).min(LONGEST_RETRY);
            if self.session.is_lost() {
                return Err(StoreError::Unavailable("the session was lost".into()));
            }
            if stop.is_cancelled() {
                return Ok(Vec::new());
            }
        }
    }

    async fn append_once(&self, rows: &[Numbered]) -> Result<u64, LogError> {
        let mut batches: BTreeMap<(&str, u32, &str), Batch> = BTreeMap::new();
        for row in rows {
            let partition = row.key_hash % self.relay.log.partitions(&row.topic).await?.max(1);
            let batch = batches
                .entry((&row.topic, partition, &row.producer))
                .or_insert_with(|| Batch {
                    topic: row.topic.clone(),
                    partition,
                    producer: row.producer.clone(),
                    records: Vec::new(),
                });
            batch.records.push((row.sequence, row.event.clone().into()));
        }
        let batches: Vec<Batch> = batches.into_values().collect();
        Ok(self
            .relay
            .log
            .append(&batches)
            .await?
            .iter()
            .map(|appended| appended.skipped)
            .sum())
    }

    async fn renumber(&self, rows: &mut [Numbered]) -> Result<(), StoreError> {
        let renewed = self.session.query(RENUMBER, &[&self.lanes]).await?;
        journal::error(
            "outbox was behind the log and got new numbers",
            &[("events", json!(rows.len()))],
        );
        for renewed in renewed {
            let (lane, producer): (i16, String) = (renewed.get(0), renewed.get(1));
            for row in rows.iter_mut().filter(|row| row.lane == lane) {
                row.producer.clone_from(&producer);
            }
        }
        Ok(())
    }

    /// Returns whether there is something to do: whether somebody has said so.
    async fn wait(&self, longest: Duration, started: Instant, stop: &CancellationToken) -> bool {
        let woken = tokio::select! {
            () = self.relay.waker.notify.notified() => true,
            () = self.session.notified() => true,
            () = tokio::time::sleep(longest) => false,
            () = stop.cancelled() => false,
        };
        sleep(LINGER.saturating_sub(started.elapsed()), stop).await;
        woken
    }
}

async fn sleep(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}
