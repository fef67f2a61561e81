//! This crate and `@larder/events` on one log and one database: each understands what the other has written.

use super::{Server, new_topic};
use bytes::Bytes;
use larder_events::testing::{TestPostgres, root, take_lease, until};
use larder_events::{
    Batch, ConsumeOptions, Database, Delivered, Event, EventLog, HandleError, Handler,
    INBOX_MIGRATIONS, OUTBOX_MIGRATIONS, OutgoingEvent, Relay, Tx, consume, dead_topic,
    encode_event, migrate, partition_of, write_events,
};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Runs the other language until it ends. Returns the lines that it printed for us.
pub(crate) async fn other(args: &[&str]) -> Vec<serde_json::Value> {
    let node = root().join("node_modules/.bin/node");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other/main.ts");
    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
    let run = move || {
        Command::new(node)
            .arg(script)
            .args(args)
            .output()
            .expect("node runs")
    };
    let done = tokio::task::spawn_blocking(run).await.unwrap();
    let output = String::from_utf8(done.stdout).unwrap();
    assert!(
        done.status.success(),
        "{output}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let lines = output
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line));
    lines.filter(|line| line.get("level").is_none()).collect()
}

fn event(id: u64, key: &str) -> Event {
    Event {
        id: id.to_string(),
        source: "test".into(),
        type_name: "larder.test.v1.Tested".into(),
        subject: key.into(),
        time_ms: 1_700_000_000_123,
        dataschema: "larder:contract/0.0.0".into(),
        data: Bytes::from_static(&[1, 2]),
        ..Event::default()
    }
}

/// Keeps what it gets; what has no number for an id is hopeless the first time.
#[derive(Default)]
struct Seen(Mutex<Vec<(u32, Event)>>);

impl Handler for Seen {
    type State = u32;

    async fn open(&self, _: &Tx<'_>, partition: u32) -> Result<u32, HandleError> {
        Ok(partition)
    }

    async fn handle(
        &self,
        partition: &mut u32,
        _: &Tx<'_>,
        batch: &[Delivered],
    ) -> Result<(), HandleError> {
        for (index, one) in batch.iter().enumerate() {
            if one.event.subject == "bad"
                && !one
                    .event
                    .extensions
                    .iter()
                    .any(|(name, _)| name == "onlyfor")
            {
                return Err(HandleError::Hopeless {
                    index,
                    reason: "bad".into(),
                });
            }
        }
        self.0
            .lock()
            .unwrap()
            .extend(batch.iter().map(|one| (*partition, one.event.clone())));
        Ok(())
    }
}

async fn consume_until(
    (log, topic): (&EventLog, &str),
    db: &Database,
    seen: &Arc<Seen>,
    done: impl AsyncFnMut() -> bool,
) {
    let stop = CancellationToken::new();
    let consuming = tokio::spawn({
        let (log, db, seen, stop) = (log.clone(), db.clone(), Arc::clone(seen), stop.clone());
        let options = ConsumeOptions::new(topic, "g");
        async move {
            consume(&log, &db, options, seen, &stop).await.unwrap();
        }
    });
    until("what was waited for is consumed", done).await;
    stop.cancel();
    consuming.await.unwrap();
}

pub(crate) async fn each_reads_what_the_other_has_written<S: Server>() {
    let (server, postgres) = tokio::join!(S::start(), TestPostgres::start());
    let (log, topic) = (server.log(), &new_topic());
    let url = postgres.create_database("shop").await;
    let db = Database::open(&url, "test").unwrap();
    migrate(&db, &[INBOX_MIGRATIONS]).await.unwrap();
    assert_eq!(log.create_topic(topic, 3).await.unwrap(), 3);

    other(&["produce", &server.url(), topic, "20"]).await;
    let seen = Arc::new(Seen::default());
    consume_until((&log, topic), &db, &seen, async || {
        seen.0.lock().unwrap().len() == 20
    })
    .await;
    for (partition, event) in seen.0.lock().unwrap().drain(..) {
        let id: u64 = event.id.parse().unwrap();
        assert_eq!(
            partition,
            partition_of(&event.subject, 3),
            "both place a key in one partition"
        );
        assert_eq!(
            (event.time_ms, event.aggregate_version),
            (1_700_000_000_000 + id.cast_signed(), Some(id))
        );
        assert_eq!(event.extensions, [("a1".to_owned(), "ä".to_owned())]);
        assert_eq!(event.data, Bytes::from(vec![1, u8::try_from(id).unwrap()]));
    }

    let bad = event(21, "bad");
    let records = vec![(1, encode_event(&bad).unwrap())];
    let partition = partition_of(&bad.subject, 3);
    log.append(&[Batch {
        topic: topic.clone(),
        partition,
        producer: "p".into(),
        records,
    }])
    .await
    .unwrap();
    let printed = other(&["consume", &server.url(), topic, &url, "21"]).await;
    let line = printed.iter().find(|line| line["id"] == "21").unwrap();
    assert_eq!(
        *line,
        serde_json::json!({"id": "21", "subject": "bad", "time": 1_700_000_000_123_i64, "data": [1, 2]})
    );

    // What is given up here is listed and replayed there, and comes back here alone.
    consume_until((&log, topic), &db, &seen, async || {
        log.range(&dead_topic(topic), partition)
            .await
            .is_ok_and(|range| range.next == 1)
    })
    .await;
    let letters = other(&["replay", &server.url(), topic]).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (
            &letters[0]["id"],
            &letters[0]["group"],
            &letters[0]["reason"]
        ),
        (&"21".into(), &"g".into(), &"bad".into())
    );
    consume_until((&log, topic), &db, &seen, async || {
        seen.0
            .lock()
            .unwrap()
            .iter()
            .any(|(_, event)| event.id == "21")
    })
    .await;
}

pub(crate) async fn relays_of_both_take_turns_on_one_outbox<S: Server>() {
    let (server, postgres) = tokio::join!(S::start(), TestPostgres::start());
    let (log, topic) = (server.log(), &new_topic());
    let url = postgres.create_database("shop").await;
    let db = Database::open(&url, "test").unwrap();
    migrate(&db, &[OUTBOX_MIGRATIONS]).await.unwrap();
    let session = db.session().await.unwrap();
    let tx = session.begin().await.unwrap();
    let events: Vec<_> = (0..10)
        .map(|id| OutgoingEvent {
            topic: topic.clone(),
            event: event(id, "k"),
        })
        .collect();
    write_events(&tx, &events).await.unwrap();
    tx.commit().await.unwrap();
    other(&["outbox", &server.url(), topic, &url, "10", "15", "15"]).await;
    other(&["outbox", &server.url(), topic, &url, "15", "20"]).await;
    let stop = CancellationToken::new();
    let relaying = tokio::spawn({
        let (relay, stop) = (Relay::new(db, log.clone()), stop.clone());
        async move { relay.run(&stop).await.unwrap() }
    });
    let all = async || {
        let mut all = Vec::new();
        for partition in 0..log.partitions(topic).await.unwrap() {
            for record in log
                .read(topic, partition, 0, 1000, Duration::ZERO)
                .await
                .unwrap()
            {
                all.push(
                    larder_events::decode_event(&record.value)
                        .unwrap()
                        .id
                        .parse::<u64>()
                        .unwrap(),
                );
            }
        }
        all.sort_unstable();
        all
    };
    until("all are in the log", async || all().await.len() >= 20).await;
    stop.cancel();
    relaying.await.unwrap();
    assert_eq!(all().await, (0..20).collect::<Vec<_>>());
}

pub(crate) async fn each_respects_a_lease_of_the_other<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    log.create_topic(topic, 2).await.unwrap();
    let hour = Duration::from_secs(3600);
    let take = async |partition, member| {
        let taken = take_lease(&log, (topic, partition), ("g", member), hour).await;
        taken.unwrap()
    };
    assert_eq!(take(0, "rust").await, Some(1));
    // It asks for both, in their order, and ends with the first that it gets, without giving it back.
    let held = other(&["hold", &server.url(), topic, "g", "typescript"]).await;
    assert_eq!(held, [serde_json::json!({"partition": 1, "epoch": 1})]);
    assert_eq!(take(1, "rust").await, None);
    // Whoever comes back under its name goes on at once, under a later epoch than the other has seen.
    assert_eq!(take(1, "typescript").await, Some(2));
    let again = other(&["hold", &server.url(), topic, "g", "rust"]).await;
    assert_eq!(again, [serde_json::json!({"partition": 0, "epoch": 2})]);
}
