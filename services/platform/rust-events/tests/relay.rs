//! The outbox and its relay on a real Valkey and a real PostgreSQL.

use larder_events::testing::{TestPostgres, TestValkey, until};
use larder_events::{
    Batch, Database, Event, EventLog, MAX_EVENT_BYTES, OUTBOX_MIGRATIONS, OutgoingEvent, Relay,
    Session, decode_event, migrate, write_events,
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn event(id: u64, key: &str) -> OutgoingEvent {
    let event = Event {
        id: id.to_string(),
        source: "test".into(),
        type_name: "larder.test.v1.Tested".into(),
        subject: key.into(),
        dataschema: "larder:contract/0.0.0".into(),
        ..Event::default()
    };
    OutgoingEvent {
        topic: "t".into(),
        event,
    }
}

async fn write(session: &Session, ids: std::ops::Range<u64>) {
    for id in ids {
        let tx = session.begin().await.unwrap();
        write_events(&tx, &[event(id, &format!("k{}", id % 7))])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

/// The ids in the log, partition by partition.
async fn logged(log: &EventLog) -> Vec<Vec<u64>> {
    let mut all = Vec::new();
    for partition in 0..log.partitions("t").await.unwrap() {
        let records = log
            .read("t", partition, 0, 10_000, Duration::ZERO)
            .await
            .unwrap();
        all.push(
            records
                .iter()
                .map(|record| decode_event(&record.value).unwrap().id.parse().unwrap())
                .collect(),
        );
    }
    all
}

async fn count(log: &EventLog) -> usize {
    logged(log).await.iter().map(Vec::len).sum()
}

struct Running {
    stop: CancellationToken,
    done: tokio::task::JoinHandle<()>,
}

fn run(relay: Relay) -> Running {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    Running {
        stop,
        done: tokio::spawn(async move { relay.run(&stopped).await.unwrap() }),
    }
}

impl Running {
    async fn end(self) {
        self.stop.cancel();
        self.done.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_in_the_log_once_whatever_happens_to_the_relay() {
    let (mut valkey, postgres) = tokio::join!(TestValkey::start(&[]), TestPostgres::start());
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    let db = Database::open(&postgres.create_database("shop").await, "test").unwrap();
    migrate(&db, &[OUTBOX_MIGRATIONS]).await.unwrap();
    let session = db.session().await.unwrap();

    // What is rolled back never happened.
    let tx = session.begin().await.unwrap();
    write_events(&tx, &[event(999, "k")]).await.unwrap();
    tx.rollback().await.unwrap();

    let relay = Relay::new(db.clone(), log.clone());
    let waker = relay.waker();
    let first = run(relay);
    write(&session, 0..40).await;
    waker.wake(&session).await;
    until("events are relayed", async || count(&log).await == 40).await;

    // Two relays share the lanes; one of them and the log go in the middle of it.
    let second = run(Relay::new(db.clone(), log.clone()));
    write(&session, 40..60).await;
    valkey.restart().await;
    write(&session, 60..80).await;
    first.end().await;
    until("the log answers", async || log.ping().await.is_ok()).await;
    until("all are relayed", async || count(&log).await == 80).await;
    postgres.end_sessions("shop").await;
    let session = db.session().await.unwrap();
    write(&session, 80..100).await;
    until("the relay is back", async || count(&log).await == 100).await;
    second.end().await;

    let mut all: Vec<u64> = Vec::new();
    for partition in logged(&log).await {
        for key in 0..7 {
            let of_key: Vec<u64> = partition
                .iter()
                .copied()
                .filter(|id| id % 7 == key)
                .collect();
            assert!(
                of_key.is_sorted(),
                "events of a key stay in order: {of_key:?}"
            );
        }
        all.extend(partition);
    }
    all.sort_unstable();
    assert_eq!(all, (0..100).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_were_given_before_a_crash_are_used_after_it() {
    let (valkey, postgres) = tokio::join!(TestValkey::start(&[]), TestPostgres::start());
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    let db = Database::open(&postgres.create_database("shop").await, "test").unwrap();
    migrate(&db, &[OUTBOX_MIGRATIONS]).await.unwrap();
    let session = db.session().await.unwrap();
    write(&session, 0..1).await;
    // A relay gave the event its number, appended it, and died before it could say so.
    let rows = session
        .query("select id, key_hash, lane, event from outbox", &[])
        .await
        .unwrap();
    let (id, hash, lane): (i64, i32, i16) = (rows[0].get(0), rows[0].get(1), rows[0].get(2));
    let sql = "update outbox_state set pending = array[$1::bigint], next_sequence = 2 where lane = $2 returning producer::text";
    let producer: String = session.query(sql, &[&id, &lane]).await.unwrap()[0].get(0);
    let partition = hash.cast_unsigned() % log.partitions("t").await.unwrap();
    let records = vec![(1, rows[0].get::<_, Vec<u8>>(3).into())];
    log.append(&[Batch {
        topic: "t".into(),
        partition,
        producer,
        records,
    }])
    .await
    .unwrap();

    let relay = run(Relay::new(db.clone(), log.clone()));
    until("the outbox is empty", async || {
        session
            .query("select count(*) from outbox", &[])
            .await
            .unwrap()[0]
            .get::<_, i64>(0)
            == 0
    })
    .await;
    assert_eq!(count(&log).await, 1, "it was not appended twice");

    // A database that was set back gives numbers that the log has seen.
    relay.end().await;
    session
        .execute(
            "update outbox_state set next_sequence = 1, pending = '{}'",
            &[],
        )
        .await
        .unwrap();
    let relay = run(Relay::new(db.clone(), log.clone()));
    write(&session, 7..8).await;
    until("it goes in under a new number", async || {
        count(&log).await == 2
    })
    .await;
    relay.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_log_does_not_take_is_refused_with_its_transaction() {
    let postgres = TestPostgres::start().await;
    let db = Database::open(&postgres.create_database("shop").await, "test").unwrap();
    migrate(&db, &[OUTBOX_MIGRATIONS]).await.unwrap();
    let session = db.session().await.unwrap();
    let mut large = event(1, "k");
    large.event.data = vec![0; MAX_EVENT_BYTES].into();
    let tx = session.begin().await.unwrap();
    assert!(write_events(&tx, &[event(0, "k"), large]).await.is_err());
    tx.rollback().await.unwrap();
    let left = session
        .query("select count(*) from outbox", &[])
        .await
        .unwrap();
    assert_eq!(left[0].get::<_, i64>(0), 0);
}
