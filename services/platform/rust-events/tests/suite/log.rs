//! The log itself.

use super::{Server, batch, new_topic, texts};
use bytes::Bytes;
use larder_events::testing::until;
use larder_events::{Appended, Batch, LogError, MAX_EVENT_BYTES};
use std::time::Duration;

const fn appended(next: u64, skipped: u64) -> [Appended; 1] {
    [Appended { next, skipped }]
}

pub(crate) async fn the_log_keeps_records_in_order_and_skips_what_it_has_seen<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    assert_eq!(log.create_topic(topic, 3).await.unwrap(), 3);
    assert_eq!(
        log.create_topic(topic, 5).await.unwrap(),
        3,
        "a topic keeps its partitions"
    );

    let first = [batch(topic, "a", &[(1, "a1"), (2, "a2")])];
    assert_eq!(log.append(&first).await.unwrap(), appended(2, 0));
    assert_eq!(
        log.append(&first).await.unwrap(),
        appended(2, 2),
        "a repeat is skipped"
    );
    let other = [batch(topic, "b", &[(1, "b1")])];
    assert_eq!(
        log.append(&other).await.unwrap(),
        appended(3, 0),
        "another producer has numbers of its own"
    );
    let cut = [batch(topic, "a", &[(2, "a2"), (5, "a5"), (6, "a6")])];
    assert_eq!(
        log.append(&cut).await.unwrap(),
        appended(5, 1),
        "what is new of a batch goes in"
    );
    assert_eq!(texts(&log, topic, 0).await, ["a1", "a2", "b1", "a5", "a6"]);
    assert_eq!(
        texts(&log, topic, 1).await,
        ["a2", "b1", "a5", "a6"],
        "from the middle of an entry"
    );

    let several = [
        Batch {
            partition: 1,
            ..batch(topic, "a", &[(1, "x")])
        },
        batch(topic, "c", &[(1, "c1")]),
        batch(topic, "c", &[(1, "c1"), (2, "c2")]),
    ];
    let answers = log.append(&several).await.unwrap();
    assert_eq!(
        answers.iter().map(|one| one.skipped).collect::<Vec<_>>(),
        [0, 0, 1],
        "each batch is told of by itself"
    );
    assert_eq!(texts(&log, topic, 5).await, ["c1", "c2"]);
    assert_eq!(log.range(topic, 1).await.unwrap().next, 1);
}

pub(crate) async fn nothing_of_a_bad_batch_is_appended<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    let good = batch(topic, "a", &[(1, "a1")]);
    for records in [
        vec![],
        vec![(2, Bytes::new()), (2, Bytes::new())],
        vec![(2, Bytes::new()), (1, Bytes::new())],
    ] {
        let bad = Batch {
            records,
            ..batch(topic, "b", &[])
        };
        assert!(matches!(
            log.append(&[good.clone(), bad]).await,
            Err(LogError::NoBatch(_))
        ));
    }
    let large = Batch {
        records: vec![(1, vec![0; MAX_EVENT_BYTES + 1].into())],
        ..batch(topic, "b", &[])
    };
    assert!(matches!(
        log.append(&[good.clone(), large]).await,
        Err(LogError::TooLarge { .. })
    ));
    assert_eq!(log.range(topic, 0).await.unwrap().next, 0);
    let largest = Bytes::from(vec![7; MAX_EVENT_BYTES]);
    let three = Batch {
        records: (1..=3).map(|number| (number, largest.clone())).collect(),
        ..good
    };
    assert_eq!(log.append(&[three]).await.unwrap(), appended(3, 0));
    let mut read = 0;
    while read < 3 {
        let found = log.read(topic, 0, read, 1, Duration::ZERO).await.unwrap();
        assert!(found.iter().all(|record| record.value == largest));
        read += found.len() as u64;
    }
}

pub(crate) async fn a_read_waits_for_what_comes_and_misses_nothing<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    let nothing = log.read(topic, 0, 0, 10, Duration::from_millis(1)).await;
    assert!(nothing.unwrap().is_empty());
    let waiting = tokio::spawn({
        let (log, topic) = (log.clone(), topic.clone());
        async move {
            loop {
                let found = log.read(&topic, 0, 0, 10, Duration::from_secs(20)).await;
                let found = found.unwrap();
                if !found.is_empty() {
                    return found;
                }
            }
        }
    });
    log.append(&[batch(topic, "a", &[(1, "a1")])])
        .await
        .unwrap();
    assert_eq!(waiting.await.unwrap()[0].value, "a1");
    // A read that was given up holds up no other, and takes nothing from it.
    let given_up = log.read(topic, 0, 1, 10, Duration::from_secs(20));
    let given_up = tokio::time::timeout(Duration::from_millis(20), given_up).await;
    assert!(given_up.is_err());
    log.append(&[batch(topic, "a", &[(2, "a2")])])
        .await
        .unwrap();
    let found = log.read(topic, 0, 1, 10, Duration::from_secs(20)).await;
    assert_eq!(found.unwrap()[0].value, "a2");
}

pub(crate) async fn an_offset_that_is_not_there_is_told<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    for offset in [1, 4] {
        assert!(matches!(
            log.read(topic, 0, offset, 10, Duration::ZERO).await,
            Err(LogError::OutOfRange { offset: told, .. }) if told == offset
        ));
        for sequence in 1..=3 {
            let one = batch(topic, "a", &[(sequence, "x")]);
            log.append(&[one]).await.unwrap();
        }
    }
    let end = log.read(topic, 0, 3, 10, Duration::ZERO).await;
    assert!(end.unwrap().is_empty(), "the end is there");
    until("what was read is trimmed", async || {
        log.note(topic, 0, "g", 2).await.unwrap();
        let groups = ["g".to_owned()];
        log.trim(topic, 0, Duration::ZERO, &groups).await.unwrap() > 0
    })
    .await;
    let Err(LogError::OutOfRange { range, .. }) = log.read(topic, 0, 0, 10, Duration::ZERO).await
    else {
        panic!("what was trimmed is not there");
    };
    assert_eq!(range, log.range(topic, 0).await.unwrap());
}

pub(crate) async fn what_a_group_still_needs_is_not_trimmed<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    for sequence in 1..=3 {
        log.append(&[batch(topic, "a", &[(sequence, "x")])])
            .await
            .unwrap();
    }
    let groups = ["g".to_owned()];
    let trim = async |retention| log.trim(topic, 0, retention, &groups).await.unwrap();
    let young = Duration::from_secs(3600);
    // What was appended in this very millisecond is as old as no time.
    until("a millisecond is over", async || {
        trim(Duration::ZERO).await == 0
    })
    .await;
    assert_eq!(log.noted(topic, 0, "g").await.unwrap(), None);
    log.note(topic, 0, "g", 2).await.unwrap();
    assert_eq!(log.noted(topic, 0, "g").await.unwrap(), Some(2));
    assert_eq!(trim(young).await, 0, "what is young stays");
    until("what is old goes", async || trim(Duration::ZERO).await == 2).await;
    assert_eq!(log.range(topic, 0).await.unwrap().earliest, 2);
    let repeat = [batch(topic, "a", &[(1, "x"), (4, "x")])];
    assert_eq!(
        server.log().append(&repeat).await.unwrap(),
        appended(4, 1),
        "numbers outlive their records"
    );
}

pub(crate) async fn who_was_stopped_and_wakes_appends_nothing_twice<S: Server>() {
    let server = S::start().await;
    let (sleeper, other, topic) = (server.log(), server.log(), &new_topic());
    let records = [(1, "1"), (2, "2"), (3, "3"), (4, "4")];
    sleeper
        .append(&[batch(topic, "p", &records[..1])])
        .await
        .unwrap();
    let taken_over = other.append(&[batch(topic, "p", &records[..3])]).await;
    assert_eq!(taken_over.unwrap(), appended(3, 1));
    let woken = sleeper.append(&[batch(topic, "p", &records[1..3])]).await;
    assert_eq!(woken.unwrap(), appended(3, 2));
    let both = sleeper.append(&[batch(topic, "p", &records)]).await;
    assert_eq!(both.unwrap(), appended(4, 3));
    assert_eq!(texts(&other, topic, 0).await, ["1", "2", "3", "4"]);
}

/// Each believes to know the end, which the other has moved by as many records.
pub(crate) async fn two_appends_of_one_length_do_not_pass_for_one<S: Server>() {
    let server = S::start().await;
    let (a, b, topic) = (server.log(), server.log(), &new_topic());
    a.append(&[batch(topic, "a", &[(1, "a1")])]).await.unwrap();
    b.append(&[batch(topic, "b", &[(1, "b1")])]).await.unwrap();
    let second = a.append(&[batch(topic, "a", &[(2, "a2")])]).await;
    assert_eq!(second.unwrap(), appended(3, 0));
    let third = b.append(&[batch(topic, "b", &[(2, "b2")])]).await;
    assert_eq!(third.unwrap(), appended(4, 0));
    assert_eq!(texts(&a, topic, 0).await, ["a1", "b1", "a2", "b2"]);
}

pub(crate) async fn an_append_that_was_given_up_is_repeated_without_harm<S: Server>() {
    let server = S::start().await;
    let (log, topic) = (server.log(), &new_topic());
    let all: Vec<String> = (1..=40).map(|number: u64| number.to_string()).collect();
    for (number, text) in (1..).zip(&all) {
        let one = [batch(topic, "p", &[(number, text)])];
        let given_up = Duration::from_micros(number * 100);
        // Whether it was heard is not known.
        drop(tokio::time::timeout(given_up, log.append(&one)).await);
        assert_eq!(log.append(&one).await.unwrap()[0].next, number);
    }
    assert_eq!(texts(&log, topic, 0).await, all);
}
