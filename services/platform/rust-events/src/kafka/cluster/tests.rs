use super::*;
use crate::kafka::KafkaLog;
use crate::kafka::requests::range_of;
use crate::kafka::test_node::{Knowledge, TestNode};
use crate::log::{Batch, Range};
use bytes::Bytes;
use std::sync::atomic::Ordering;
use tokio::net::TcpListener;
use tokio::time::timeout;

fn led_by(leaders: &[i32]) -> Arc<Knowledge> {
    let known = Arc::new(Knowledge::default());
    *lock(&known.leaders) = leaders.to_vec();
    known
}

/// Two nodes, the second of which leads the only partition.
async fn two_nodes() -> (Arc<Knowledge>, TestNode, TestNode) {
    let known = led_by(&[2]);
    let first = TestNode::start(1, &known).await;
    let second = TestNode::start(2, &known).await;
    (known, first, second)
}

/// The first says that it is the only one, and leads the partition.
fn first_alone(known: &Knowledge) {
    lock(&known.ports).pop();
    *lock(&known.leaders) = vec![1];
}

fn cluster(url: &str) -> Cluster {
    Cluster::open(url, "test").unwrap()
}

fn at(node: &TestNode) -> String {
    format!("kafka://127.0.0.1:{}", node.port)
}

async fn range(cluster: &Cluster, partition: u32) -> Result<Range, LogError> {
    let spot = Spot::new("t", partition);
    cluster.settled(|| range_of(cluster, &spot)).await
}

/// Far longer than anything takes here.
const LONG: Duration = Duration::from_secs(300);

/// Less than it takes to miss a node, and more than what is done when all is well.
const PATIENCE: Duration = Duration::from_secs(1);

/// Calls with little patience, until one succeeds.
async fn impatient<T, F: Future<Output = Result<T, LogError>>>(call: impl Fn() -> F) -> T {
    let calling = async {
        loop {
            if let Ok(Ok(done)) = timeout(PATIENCE, call()).await {
                return done;
            }
        }
    };
    timeout(LONG, calling).await.expect("it succeeds")
}

fn batch(partition: u32) -> Batch {
    Batch {
        topic: "t".into(),
        partition,
        producer: "p".into(),
        records: vec![(1, Bytes::from_static(b"x"))],
    }
}

#[tokio::test]
async fn a_partition_is_found_again_when_who_led_it_has_gone_for_good() {
    let (known, first, second) = two_nodes().await;
    let cluster = cluster(&at(&first));
    assert_eq!(range(&cluster, 0).await.unwrap(), Range::default());
    assert_eq!(second.dialled(), 1, "the leader is asked");
    drop(second);
    first_alone(&known);
    // Whether this one still meets the end of the connection is a matter of chance.
    drop(range(&cluster, 0).await);
    range(&cluster, 0).await.unwrap();
    assert_eq!(cluster.places().len(), 1, "nobody asks for it any more");
}

#[tokio::test]
async fn a_partition_is_found_again_when_who_leads_it_went_before_it_was_first_asked() {
    let (known, first, second) = two_nodes().await;
    let cluster = cluster(&at(&first));
    assert_eq!(cluster.leader("t", 0).await.ok(), Some(2));
    drop(second);
    first_alone(&known);
    assert!(range(&cluster, 0).await.unwrap_err().is_unavailable());
    range(&cluster, 0).await.unwrap();
}

#[tokio::test]
async fn a_partition_is_found_again_by_who_has_less_patience_than_it_takes_to_miss_a_node() {
    let (known, first, second) = two_nodes().await;
    let log = KafkaLog::open(&at(&first), "test").unwrap();
    log.range("t", 0).await.unwrap();
    // Its machine has lost its power, and nobody closes its connections.
    second.silent.store(true, Ordering::Relaxed);
    first_alone(&known);
    impatient(|| log.range("t", 0)).await;
}

#[tokio::test]
async fn a_dial_comes_to_its_end_when_who_asked_has_gone() {
    let (known, first, second) = two_nodes().await;
    // Whoever logs in there waits.
    second.silent.store(true, Ordering::Relaxed);
    let log = KafkaLog::open(
        &format!("kafka://user:secret@127.0.0.1:{}", first.port),
        "test",
    );
    let log = log.unwrap();
    log.cluster().leaders("t").await.unwrap();
    *lock(&known.leaders) = vec![1];
    impatient(|| log.range("t", 0)).await;
}

#[tokio::test]
async fn a_partition_without_a_leader_holds_up_no_other() {
    let known = led_by(&[-1, 1]);
    let node = TestNode::start(1, &known).await;
    let cluster = cluster(&at(&node));
    let leaders = cluster.leaders("t").await.unwrap().unwrap();
    assert_eq!(leaders[..], [NOBODY, 1]);
    assert_eq!(range(&cluster, 1).await.unwrap(), Range::default());
    let missing = cluster.leader("t", 0).await.unwrap_err();
    assert!(matches!(missing, Failure::Elsewhere(why) if why == "t/0 has no leader now"));
    let other = cluster.leader("t", 2).await.unwrap_err().definite();
    assert!(other.to_string().contains("2 partitions, and no 2"));
    // Once it has one, who waits for it goes on.
    let (waiting, ()) = tokio::join!(range(&cluster, 0), async {
        *lock(&known.leaders) = vec![1, 1];
    });
    waiting.unwrap();
}

#[tokio::test]
async fn an_append_that_waits_in_a_node_holds_up_no_other_request() {
    let known = led_by(&[1]);
    let node = TestNode::start(1, &known).await;
    let log = KafkaLog::open(&at(&node), "test").unwrap();
    let appending = log.clone();
    let appending = tokio::spawn(async move { appending.append(&[batch(0)]).await });
    let others = async {
        while node.dialled() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Were it behind the batch, it would be lost with it.
        log.range("t", 0).await
    };
    timeout(LONG, others).await.unwrap().unwrap();
    assert!(appending.await.unwrap().unwrap_err().is_unavailable());
}

#[tokio::test]
async fn who_is_always_slower_than_others_is_told_so_in_the_end() {
    let known = led_by(&[1]);
    // The sequence does not follow that of the last batch.
    known.refusal.store(45, Ordering::Relaxed);
    let node = TestNode::start(1, &known).await;
    let log = KafkaLog::open(&at(&node), "test").unwrap();
    let batches = [batch(0)];
    let lost = timeout(LONG, log.append(&batches)).await;
    let error = lost.expect("it ends").unwrap_err();
    assert!(
        error.is_unavailable()
            && error
                .to_string()
                .ends_with("others append to t/0 all the time"),
        "{error}"
    );
    assert_eq!(node.dialled(), 2, "all appends went over one connection");
}

#[tokio::test]
async fn a_login_is_renewed_before_it_ends_and_nobody_sees_it() {
    let known = led_by(&[1]);
    known.session_ms.store(1000, Ordering::Relaxed);
    let node = TestNode::start(1, &known).await;
    let cluster = cluster(&format!("kafka://user:secret@127.0.0.1:{}", node.port));
    let renewing = async {
        while node.dialled() < 3 {
            cluster.ping().await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, renewing).await.unwrap();
}

#[tokio::test]
async fn what_any_node_knows_is_asked_of_another_when_one_has_gone_or_hangs_up() {
    let known = led_by(&[1]);
    let node = TestNode::start(1, &known).await;
    let gone = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let gone_port = gone.local_addr().unwrap().port();
    drop(gone);
    let rude = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let rude_port = rude.local_addr().unwrap().port();
    let hanging_up = tokio::spawn(async move { while rude.accept().await.is_ok() {} });
    let url = format!(
        "kafka://127.0.0.1:{rude_port},127.0.0.1:{gone_port},127.0.0.1:{}",
        node.port
    );
    let cluster = cluster(&url);
    cluster.ping().await.unwrap();
    let places = cluster.places();
    assert_eq!(places[0].port, node.port, "who answers is asked first");
    assert_eq!(
        places[2].port, gone_port,
        "who was not to be reached is asked last"
    );
    hanging_up.abort();
}

#[tokio::test]
async fn those_who_wait_for_a_dial_have_its_failure_and_do_not_dial_one_after_the_other() {
    let rude = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = rude.local_addr().unwrap().port();
    let dialled = Arc::new(std::sync::atomic::AtomicU64::default());
    let count = Arc::clone(&dialled);
    let hanging_up = tokio::spawn(async move {
        while rude.accept().await.is_ok() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let cluster = cluster(&format!("kafka://user:secret@127.0.0.1:{port}"));
    let asked = futures::future::join_all((0..20).map(|_| cluster.ping())).await;
    assert!(asked.into_iter().all(|answer| answer.is_err()));
    assert_eq!(dialled.load(Ordering::Relaxed), 1);
    assert!(cluster.ping().await.is_err());
    assert_eq!(
        dialled.load(Ordering::Relaxed),
        2,
        "who comes later tries anew"
    );
    hanging_up.abort();
}
