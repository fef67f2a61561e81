//! The log on a real Valkey: what every engine must do.

use bytes::Bytes;
use larder_events::testing::{TestValkey, until};
use larder_events::{Appended, Batch, EventLog, LogError, MAX_EVENT_BYTES};
use std::time::Duration;

fn batch(topic: &str, producer: &str, records: &[(u64, &'static str)]) -> Batch {
    let records = records
        .iter()
        .map(|(sequence, text)| (*sequence, Bytes::from_static(text.as_bytes())))
        .collect();
    Batch {
        topic: topic.into(),
        partition: 0,
        producer: producer.into(),
        records,
    }
}

async fn texts(log: &EventLog, topic: &str, offset: u64) -> Vec<String> {
    let records = log
        .read(topic, 0, offset, 500, Duration::ZERO)
        .await
        .unwrap();
    records
        .into_iter()
        .map(|record| String::from_utf8(record.value.to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn the_log_keeps_records_in_order_and_skips_what_it_has_seen() {
    let mut valkey = TestValkey::start(&[]).await;
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    assert_eq!(log.create_topic("t", 3).await.unwrap(), 3);
    assert_eq!(
        log.create_topic("t", 5).await.unwrap(),
        3,
        "a topic keeps its partitions"
    );

    let first = batch("t", "a", &[(1, "a1"), (2, "a2")]);
    assert_eq!(
        log.append(std::slice::from_ref(&first)).await.unwrap(),
        [Appended {
            next: 2,
            skipped: 0
        }]
    );
    assert_eq!(
        log.append(&[first]).await.unwrap(),
        [Appended {
            next: 2,
            skipped: 2
        }],
        "a repeat is skipped"
    );
    let other = batch("t", "b", &[(1, "b1")]);
    assert_eq!(
        log.append(&[other]).await.unwrap(),
        [Appended {
            next: 3,
            skipped: 0
        }],
        "another producer has numbers of its own"
    );
    let cut = batch("t", "a", &[(2, "a2"), (5, "a5"), (6, "a6")]);
    assert_eq!(
        log.append(&[cut]).await.unwrap(),
        [Appended {
            next: 5,
            skipped: 1
        }],
        "what is new of a batch goes in"
    );
    assert_eq!(texts(&log, "t", 0).await, ["a1", "a2", "b1", "a5", "a6"]);
    assert_eq!(
        texts(&log, "t", 1).await,
        ["a2", "b1", "a5", "a6"],
        "from the middle of an entry"
    );

    valkey.restart().await;
    // The connection is found to be lost by the first call, and made anew by the next.
    until("the log answers again", async || log.ping().await.is_ok()).await;
    assert_eq!(
        texts(&log, "t", 0).await,
        ["a1", "a2", "b1", "a5", "a6"],
        "what was acknowledged survives a kill"
    );
}

#[tokio::test]
async fn nothing_of_a_bad_batch_is_appended() {
    let valkey = TestValkey::start(&[]).await;
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    let good = batch("t", "a", &[(1, "a1")]);
    for records in [
        vec![],
        vec![(2, Bytes::new()), (2, Bytes::new())],
        vec![(2, Bytes::new()), (1, Bytes::new())],
    ] {
        let bad = Batch {
            records,
            ..batch("t", "b", &[])
        };
        assert!(matches!(
            log.append(&[good.clone(), bad]).await,
            Err(LogError::NoBatch(_))
        ));
    }
    let large = Batch {
        records: vec![(1, vec![0; MAX_EVENT_BYTES + 1].into())],
        ..batch("t", "b", &[])
    };
    assert!(matches!(
        log.append(&[good.clone(), large]).await,
        Err(LogError::TooLarge { .. })
    ));
    assert_eq!(log.range("t", 0).await.unwrap().next, 0);
    let largest = Batch {
        records: vec![(1, vec![0; MAX_EVENT_BYTES].into())],
        ..good
    };
    assert_eq!(log.append(&[largest]).await.unwrap()[0].next, 1);
}

#[tokio::test]
async fn a_read_waits_for_what_comes_and_misses_nothing() {
    let valkey = TestValkey::start(&[]).await;
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    assert!(
        log.read("t", 0, 0, 10, Duration::from_millis(1))
            .await
            .unwrap()
            .is_empty()
    );
    let waiting = tokio::spawn({
        let log = log.clone();
        async move {
            loop {
                let found = log
                    .read("t", 0, 0, 10, Duration::from_secs(20))
                    .await
                    .unwrap();
                if !found.is_empty() {
                    return found;
                }
            }
        }
    });
    log.append(&[batch("t", "a", &[(1, "a1")])]).await.unwrap();
    assert_eq!(waiting.await.unwrap()[0].value, "a1");
    // A read that was given up holds up no other, and takes nothing from it.
    let given_up = log.read("t", 0, 1, 10, Duration::from_secs(20));
    assert!(
        tokio::time::timeout(Duration::from_millis(20), given_up)
            .await
            .is_err()
    );
    log.append(&[batch("t", "a", &[(2, "a2")])]).await.unwrap();
    assert_eq!(
        log.read("t", 0, 1, 10, Duration::from_secs(20))
            .await
            .unwrap()[0]
            .value,
        "a2"
    );
}

#[tokio::test]
async fn offsets_that_are_not_there_are_told() {
    let valkey = TestValkey::start(&[]).await;
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    for sequence in 1..=3 {
        log.append(&[batch("t", "a", &[(sequence, "x")])])
            .await
            .unwrap();
    }
    assert!(matches!(
        log.read("t", 0, 4, 10, Duration::ZERO).await,
        Err(LogError::OutOfRange { offset: 4, .. })
    ));
    valkey.ask(&["XDEL", "t:{0}", "1-1"]).await;
    assert_eq!(
        log.read("t", 0, 0, 10, Duration::ZERO).await.unwrap().len(),
        1,
        "a gap is not read over"
    );
    assert!(matches!(
        log.read("t", 0, 1, 10, Duration::ZERO).await,
        Err(LogError::OutOfRange { offset: 1, .. })
    ));
    valkey.ask(&["FLUSHALL"]).await;
    assert!(matches!(
        log.read("t", 0, 3, 10, Duration::ZERO).await,
        Err(LogError::OutOfRange { offset: 3, .. })
    ));
}

#[tokio::test]
async fn what_a_group_still_needs_is_not_trimmed() {
    let valkey = TestValkey::start(&[]).await;
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    for sequence in 1..=3 {
        log.append(&[batch("t", "a", &[(sequence, "x")])])
            .await
            .unwrap();
    }
    let groups = ["g".to_owned()];
    let young = Duration::from_secs(3600);
    // What was appended in this very millisecond is as old as no time.
    until("a millisecond is over", async || {
        log.trim("t", 0, Duration::ZERO, &groups).await.unwrap() == 0
    })
    .await;
    assert_eq!(log.noted("t", 0, "g").await.unwrap(), None);
    log.note("t", 0, "g", 2).await.unwrap();
    assert_eq!(log.noted("t", 0, "g").await.unwrap(), Some(2));
    assert_eq!(
        log.trim("t", 0, young, &groups).await.unwrap(),
        0,
        "what is young stays"
    );
    until("what is old goes", async || {
        log.trim("t", 0, Duration::ZERO, &groups).await.unwrap() == 2
    })
    .await;
    assert_eq!(log.range("t", 0).await.unwrap().earliest, 2);
}

#[tokio::test]
async fn a_server_that_cannot_is_unavailable_and_one_that_may_not_says_so() {
    let consumer = "-@all +hello +ping +client|setname (+get %R~t:partitions) (+fcall_ro +hmget +xrange +xrevrange +xread %R~t:{*} %R~t:{*}:state)";
    let valkey = TestValkey::start(&[("reader", consumer)]).await;
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    log.create_topic("t", 1).await.unwrap();
    log.append(&[batch("t", "a", &[(1, "a1")])]).await.unwrap();
    let reader = EventLog::open(&valkey.url_of("reader"), "test").unwrap();
    assert_eq!(
        texts(&reader, "t", 0).await,
        ["a1"],
        "the functions are loaded by another"
    );
    assert!(matches!(
        reader.append(&[batch("t", "r", &[(1, "r1")])]).await,
        Err(LogError::Forbidden(_))
    ));
    assert!(matches!(
        reader.read("u", 0, 0, 1, Duration::ZERO).await,
        Err(LogError::Forbidden(_))
    ));

    valkey.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let full = log
        .append(&[batch("t", "a", &[(2, "a2")])])
        .await
        .unwrap_err();
    assert!(full.is_unavailable(), "{full}");
    valkey.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    valkey.ask(&["SET", "u:{0}", "no stream"]).await;
    let wrong = log
        .append(&[batch("u", "a", &[(1, "a1")])])
        .await
        .unwrap_err();
    assert!(
        matches!(&wrong, LogError::Refused(why) if why.contains("WRONGTYPE")),
        "{wrong}"
    );

    valkey.pause();
    let silent = log
        .read("t", 0, 1, 10, Duration::from_millis(10))
        .await
        .unwrap_err();
    assert!(silent.is_unavailable(), "{silent}");
    valkey.resume();
    let nobody = EventLog::open("redis+unix:///nowhere/s", "test").unwrap();
    assert!(nobody.ping().await.unwrap_err().is_unavailable());
}
