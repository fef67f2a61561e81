//! What consumers and relays count: the same as in TypeScript.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc)]

use larder_events::testing::{TestPostgres, TestValkey, until};
use larder_events::{
    Batch, ConsumeOptions, Database, Delivered, Event, EventLog, HandleError, Handler,
    INBOX_MIGRATIONS, OUTBOX_MIGRATIONS, OutgoingEvent, PayloadError, Relay, Tx, consume, migrate,
    write_events,
};
use larder_platform::CancellationToken;
use std::collections::BTreeSet;
use std::sync::Arc;

const TOPIC: &str = "test.metrics.v1";

/// Takes everything but what is to be refused, or not known.
struct Picky;

impl Handler for Picky {
    type State = ();

    async fn open(&self, _: &Tx<'_>, _: u32) -> Result<(), HandleError> {
        Ok(())
    }

    async fn handle(
        &self,
        (): &mut (),
        _: &Tx<'_>,
        batch: &[Delivered],
    ) -> Result<(), HandleError> {
        for (index, one) in batch.iter().enumerate() {
            match one.event.subject.as_str() {
                "refused" => {
                    return Err(HandleError::Hopeless {
                        index,
                        reason: "no".into(),
                    });
                }
                "unknown" => {
                    let why = PayloadError::Unknown {
                        expected: "a".into(),
                        found: "b".into(),
                        version: true,
                    };
                    return Err(HandleError::payload(index, &why));
                }
                "failing" => return Err(HandleError::Failed("not today".into())),
                _ => {}
            }
        }
        Ok(())
    }
}

fn event(subject: &str, version: u64, time_ms: i64, only_for: Option<&str>) -> Event {
    Event {
        id: uuid::Uuid::new_v4().to_string(),
        source: "test".into(),
        type_name: "larder.test.v1.Test".into(),
        subject: subject.into(),
        dataschema: "larder:contract/0.1.0".into(),
        aggregate_version: Some(version),
        time_ms,
        extensions: only_for
            .map(|group| ("onlyfor".to_owned(), group.to_owned()))
            .into_iter()
            .collect(),
        ..Event::default()
    }
}

/// The metrics of events, each as `name{labels} value`.
fn told() -> BTreeSet<String> {
    let families = prometheus::gather();
    let text = prometheus::TextEncoder::new()
        .encode_to_string(&families)
        .unwrap();
    let ours = text.lines().filter(|line| line.starts_with("larder_"));
    ours.map(str::to_owned).collect()
}

/// How many deliveries were the last of their event.
fn ended() -> u64 {
    let told = told();
    let last = told.iter().filter(|line| {
        line.starts_with("larder_consumer_deliveries_total") && !line.contains(r#"what="failed""#)
    });
    last.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// The names of metrics of events in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = ["larder_consumer_", "larder_outbox_", "larder_dead_"];
    words
        .filter(|word| ours.iter().any(|start| word.starts_with(start)))
        .map(str::to_owned)
        .collect()
}

fn source_of_the_twin() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/src");
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|it| it == "ts"))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

#[tokio::test]
async fn deliveries_dead_letters_and_the_outbox_are_counted() {
    let (valkey, postgres) = (TestValkey::start(&[]).await, TestPostgres::start().await);
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    let db = Database::open(&postgres.create_database("shop").await, "test").unwrap();
    migrate(&db, &[OUTBOX_MIGRATIONS, INBOX_MIGRATIONS])
        .await
        .unwrap();
    log.create_topic(TOPIC, 1).await.unwrap();

    let stop = CancellationToken::new();
    let relaying = tokio::spawn({
        let (relay, stop) = (Relay::new(db.clone(), log.clone()), stop.clone());
        async move { relay.run(&stop).await }
    });
    let events = [
        event("a", 2, 0, None),
        event("refused", 1, 0, None),
        event("a", 1, 0, None),
        event("failing", 1, 0, None),
        event("b", 1, 32_503_680_000_000, None),
        event("unknown", 1, 0, None),
        event("c", 1, 0, Some("others")),
    ];
    let session = db.session().await.unwrap();
    let tx = session.begin().await.unwrap();
    let outgoing = events.map(|event| OutgoingEvent {
        topic: TOPIC.into(),
        event,
    });
    write_events(&tx, &outgoing).await.unwrap();
    tx.commit().await.unwrap();
    until("the events are in the log", async || {
        log.range(TOPIC, 0).await.unwrap().next == 7
    })
    .await;
    let unreadable = Batch {
        topic: TOPIC.into(),
        partition: 0,
        producer: "nobody".into(),
        records: vec![(1, bytes::Bytes::from_static(b"nonsense"))],
    };
    log.append(&[unreadable]).await.unwrap();
    let options = ConsumeOptions {
        max_deliveries: 2,
        backoff: std::time::Duration::ZERO,
        ..ConsumeOptions::new(TOPIC, "picky")
    };
    let consuming = tokio::spawn({
        let (log, db, stop) = (log.clone(), db.clone(), stop.clone());
        async move { consume(&log, &db, options, Arc::new(Picky), &stop).await }
    });
    let expected = [
        r#"larder_consumer_deliveries_total{group="picky",topic="test.metrics.v1",what="dead"} 4"#,
        r#"larder_consumer_deliveries_total{group="picky",topic="test.metrics.v1",what="failed"} 5"#,
        r#"larder_consumer_deliveries_total{group="picky",topic="test.metrics.v1",what="handled"} 3"#,
        r#"larder_consumer_deliveries_total{group="picky",topic="test.metrics.v1",what="repeated"} 1"#,
        r#"larder_consumer_oddities_total{group="picky",topic="test.metrics.v1",what="from the future"} 1"#,
        r#"larder_consumer_oddities_total{group="picky",topic="test.metrics.v1",what="out of order"} 1"#,
        r#"larder_consumer_parked_total{group="picky",topic="test.metrics.v1",why="failed too often"} 1"#,
        r#"larder_consumer_parked_total{group="picky",topic="test.metrics.v1",why="rejected"} 1"#,
        r#"larder_consumer_parked_total{group="picky",topic="test.metrics.v1",why="unknown version"} 1"#,
        r#"larder_consumer_parked_total{group="picky",topic="test.metrics.v1",why="unreadable"} 1"#,
        r#"larder_outbox_events_total{what="appended"} 7"#,
        r#"larder_outbox_events_total{what="skipped"} 0"#,
    ]
    .map(str::to_owned);
    until("all events have come to their end", async || ended() == 8).await;
    // How many letters there were when somebody looked depends on when.
    let counted: Vec<_> = told()
        .into_iter()
        .filter(|line| !line.starts_with("larder_dead_letters"))
        .collect();
    assert_eq!(counted, expected);
    until("the letters are counted", async || {
        told()
            .iter()
            .any(|line| line.starts_with(r#"larder_dead_letters{topic="test.metrics.v1.dead"} "#))
    })
    .await;
    stop.cancel();
    consuming.await.unwrap().unwrap();
    relaying.await.unwrap().unwrap();

    let all: Vec<_> = told().into_iter().collect();
    assert_eq!(names(&all.join(" ")), names(&source_of_the_twin()));
}
