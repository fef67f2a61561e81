//! What comes of it when a server goes away.

use super::shop::{Effects, Shop, append_keys, event, ids};
use super::{Server, batch, new_topic, texts};
use larder_events::testing::until;
use larder_events::{Batch, EventLog, dead_topic};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Appends under rising numbers, each until it is acknowledged, until there are as many as wanted.
async fn append_all(log: EventLog, topic: String, wanted: Arc<AtomicU64>, done: Arc<AtomicU64>) {
    let mut number = 1;
    while number <= wanted.load(Ordering::Relaxed) {
        let one = [batch(&topic, "p", &[(number, &number.to_string())])];
        match log.append(&one).await {
            Ok(_) => {
                done.store(number, Ordering::Relaxed);
                number += 1;
            }
            Err(error) => assert!(error.is_unavailable(), "{error}"),
        }
    }
}

pub(crate) async fn what_was_acknowledged_survives_a_kill_and_nothing_comes_twice<S: Server>() {
    let mut server = S::start().await;
    let (log, topic) = (server.log(), new_topic());
    log.create_topic(&topic, 1).await.unwrap();
    let (wanted, done) = (Arc::new(AtomicU64::new(u64::MAX)), Arc::default());
    let appending = append_all(
        log.clone(),
        topic.clone(),
        wanted.clone(),
        Arc::clone(&done),
    );
    let appending = tokio::spawn(appending);
    let acknowledged = || done.load(Ordering::Relaxed);
    until("some are acknowledged", async || acknowledged() >= 20).await;
    // One is on its way at any time: the kill comes between an append and its acknowledgement.
    server.restart().await;
    let before = acknowledged();
    until("more are acknowledged", async || acknowledged() > before).await;
    wanted.store(0, Ordering::Relaxed);
    appending.await.unwrap();
    let all: Vec<String> = (1..=acknowledged())
        .map(|number| number.to_string())
        .collect();
    assert_eq!(texts(&log, &topic, 0).await, all);
}

pub(crate) async fn a_server_that_says_nothing_is_unavailable<S: Server>() {
    let mut server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    log.append(&[batch(topic, "a", &[(1, "a1")])])
        .await
        .unwrap();
    server.pause();
    let second = [batch(topic, "a", &[(2, "a2")])];
    let appended = log.append(&second).await.unwrap_err();
    let read = log.read(topic, 0, 1, 10, Duration::from_millis(10)).await;
    let read = read.unwrap_err();
    server.resume();
    assert!(
        appended.is_unavailable() && read.is_unavailable(),
        "{appended} {read}"
    );
    // Whether the append that was lost from sight took place is not known: repeated, it stands once.
    until("it is used again when it speaks", async || {
        log.append(&second).await.is_ok()
    })
    .await;
    assert_eq!(texts(&log, topic, 0).await, ["a1", "a2"]);
}

pub(crate) async fn an_outage_of_log_or_database_counts_as_no_delivery<S: Server>() {
    let mut shop = Shop::<S>::open().await;
    append_keys(&shop.log, &shop.topic, 1, &["a"]).await;
    let handler = Arc::new(Effects::default());
    let running = shop.consume("1", &handler);
    until("the first is handled", async || {
        shop.effects().await.len() == 1
    })
    .await;
    shop.server.restart().await;
    until("the log takes more", async || {
        let one = Batch {
            records: vec![(2, event(2, "a"))],
            ..batch(&shop.topic, "p", &[])
        };
        shop.log.append(&[one]).await.is_ok()
    })
    .await;
    until("the second is handled", async || {
        shop.effects().await.len() == 2
    })
    .await;
    for id in 3..=8 {
        shop.postgres.end_sessions("shop").await;
        append_keys(&shop.log, &shop.topic, id, &["a"]).await;
    }
    shop.session = shop.db.session().await.unwrap();
    until("all are handled", async || shop.effects().await.len() == 8).await;
    running.end().await;
    assert_eq!(shop.effects().await, ids(1..=8));
    let letters = shop.log.range(&dead_topic(&shop.topic), 0).await;
    assert_eq!(letters.unwrap().next, 0);
}
