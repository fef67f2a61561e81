use super::*;
use crate::kafka::nodes::lock;
use crate::kafka::test_node::{Held, Knowledge, TestNode};
use std::collections::HashMap;
use std::sync::Arc;

impl Tail {
    /// As if the newest batch had this note.
    pub(in crate::kafka) fn note(&mut self, note: &str) {
        self.newest = Some(Newest {
            note: note.to_owned(),
            time_ms: 0,
            last: 0,
        });
    }
}

/// A batch of one record at an offset.
fn batch(producer: i64, offset: i64, sequence: i32) -> Bytes {
    let note = offset.to_string();
    let batch = encode(&NewBatch {
        producer,
        sequence,
        time_ms: 0,
        key: None,
        values: &[Bytes::from_static(b"x")],
        headers: &[(NOTE, note.as_bytes())],
    });
    [&offset.to_be_bytes(), &batch[8..]].concat().into()
}

async fn read(held: Held) -> Result<Tail, Failure> {
    let known = Arc::new(Knowledge::default());
    *lock(&known.leaders) = vec![1];
    *lock(&known.held) = held;
    let node = TestNode::start(1, &known).await;
    let cluster = Cluster::open(&format!("kafka://127.0.0.1:{}", node.port), "test").unwrap();
    let mut tail = Tail::new(Spot::new("t", 0));
    tail.read(&cluster).await.map(|()| tail)
}

fn is_elsewhere<T>(outcome: Result<T, Failure>, why: &str) -> bool {
    matches!(outcome, Err(Failure::Elsewhere(said)) if said.contains(why))
}

#[tokio::test]
async fn the_end_is_that_of_our_newest_batch_whatever_others_have_written_behind_it() {
    let held = || Held {
        range: (3, 8),
        sequence: Some(40),
        batches: HashMap::from([(7, batch(5, 7, 0)), (6, batch(PRODUCER, 6, 40))]),
    };
    let tail = read(held()).await.unwrap();
    assert_eq!((tail.end(), tail.sequence), (8, 41));
    let newest = tail.newest().unwrap();
    assert_eq!((newest.note.as_str(), newest.last), ("6", 6));
    // Who does not remember the sequence takes any; all must go on from the same.
    let forgotten = Held {
        sequence: None,
        ..held()
    };
    assert_eq!(read(forgotten).await.unwrap().sequence, 41);
    assert_eq!(read(Held::default()).await.unwrap().sequence, 0);
}

#[tokio::test]
async fn an_end_that_cannot_be_read_is_not_taken_for_one_without_numbers() {
    let unread = Held {
        range: (3, 8),
        ..Held::default()
    };
    assert!(is_elsewhere(read(unread).await, "cannot be read yet"));
}

#[tokio::test]
async fn a_batch_that_cannot_be_read_yet_is_waited_for() {
    let held = |sequence| Held {
        range: (3, 8),
        sequence: Some(sequence),
        batches: HashMap::from([(7, batch(PRODUCER, 7, 40))]),
    };
    assert!(read(held(40)).await.is_ok());
    assert!(is_elsewhere(read(held(41)).await, "is on its way"));
    let first = Held {
        sequence: Some(0),
        ..Held::default()
    };
    assert!(is_elsewhere(read(first).await, "is on its way"));
}

#[tokio::test]
async fn where_compaction_has_left_nothing_the_end_is_looked_for_before_it() {
    // From 7 and from 6 on there is only what a stranger wrote at 8, and ours before that.
    let held = Held {
        range: (3, 9),
        sequence: Some(40),
        batches: HashMap::from([
            (8, batch(5, 8, 0)),
            (7, batch(5, 8, 0)),
            (6, batch(5, 8, 0)),
            (5, batch(PRODUCER, 5, 40)),
        ]),
    };
    let reading = tokio::time::timeout(Duration::from_secs(300), read(held));
    let tail = reading.await.expect("it ends").unwrap();
    assert_eq!(tail.newest().unwrap().last, 5);
}

#[tokio::test]
async fn an_end_that_has_been_known_for_long_is_read_again() {
    let cluster = Cluster::open("kafka://127.0.0.1:1", "test").unwrap();
    let mut tail = Tail::new(Spot::new("t", 0));
    tail.known = Some(Instant::now() + FRESH);
    tail.ready(&cluster).await.unwrap();
    tail.known = Some(Instant::now());
    assert!(tail.ready(&cluster).await.is_err(), "nobody is there");
}
