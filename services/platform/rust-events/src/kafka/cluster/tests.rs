use super::*;
use crate::kafka::requests::{Spot, range_of};
use bytes::{BufMut as _, BytesMut};
use std::sync::atomic::AtomicI32;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What nodes know of each other.
#[derive(Default)]
struct Knowledge {
    /// Where they are.
    ports: Mutex<Vec<(i32, u16)>>,
    /// Who leads the one partition of `t`.
    leader: AtomicI32,
}

/// A node that says who is there, who leads, and that the partition holds nothing. Gone, with its connections, when it is dropped.
struct TestNode {
    port: u16,
    dialled: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl TestNode {
    async fn start(id: i32, known: &Arc<Knowledge>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        lock(&known.ports).push((id, port));
        let dialled = Arc::new(AtomicU64::default());
        let (known, count) = (Arc::clone(known), Arc::clone(&dialled));
        let serving = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                connections.spawn(serve(stream, Arc::clone(&known)));
            }
        });
        Self {
            port,
            dialled,
            serving,
        }
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Hangs up on what it does not know.
async fn serve(mut stream: TcpStream, known: Arc<Knowledge>) -> Option<()> {
    loop {
        let length = stream.read_u32().await.ok()?;
        let mut request = vec![0; length as usize];
        stream.read_exact(&mut request).await.ok()?;
        let mut answer = BytesMut::from(&request[4..8]);
        answer.put_bytes(0, 5); // No tags, and no need to be slower.
        match (request[0], request[1]) {
            (0, 3) => metadata(&mut answer, &known),
            (0, 2) => end(&mut answer),
            _ => return None,
        }
        stream
            .write_u32(u32::try_from(answer.len()).ok()?)
            .await
            .ok()?;
        stream.write_all(&answer).await.ok()?;
    }
}

fn metadata(answer: &mut BytesMut, known: &Knowledge) {
    let ports = lock(&known.ports).clone();
    answer.put_u8(u8::try_from(ports.len()).unwrap() + 1);
    for (id, port) in ports {
        answer.put_i32(id);
        answer.put_slice(b"\x0a127.0.0.1");
        answer.put_i32(port.into());
        answer.put_bytes(0, 2);
    }
    answer.put_u8(0); // The cluster has no name,
    answer.put_i32(1); // and a controller.
    answer.put_slice(b"\x02\0\0\x02t");
    answer.put_bytes(0, 17);
    answer.put_slice(b"\x02\0\0\0\0\0\0");
    answer.put_i32(known.leader.load(Ordering::Relaxed));
    answer.put_slice(b"\0\0\0\0\x01\x01\x01\0");
    answer.put_i32(0);
    answer.put_bytes(0, 2);
}

/// The partition holds nothing.
fn end(answer: &mut BytesMut) {
    answer.put_slice(b"\x02\x02t\x02");
    answer.put_bytes(0, 4 + 2 + 8 + 8 + 4 + 3);
}

fn cluster(url: &str) -> Cluster {
    Cluster::open(url, "test").unwrap()
}

async fn range(cluster: &Cluster) -> Result<crate::log::Range, LogError> {
    let spot = Spot::new("t", 0);
    cluster.settled(|| range_of(cluster, &spot)).await
}

#[tokio::test]
async fn a_partition_is_found_again_when_who_led_it_has_gone_for_good() {
    let known = Arc::new(Knowledge::default());
    let (first, second) = (
        TestNode::start(1, &known).await,
        TestNode::start(2, &known).await,
    );
    known.leader.store(2, Ordering::Relaxed);
    let cluster = cluster(&format!("kafka://127.0.0.1:{}", first.port));
    assert_eq!(range(&cluster).await.unwrap(), crate::log::Range::default());
    assert_eq!(
        second.dialled.load(Ordering::Relaxed),
        1,
        "the leader is asked"
    );
    drop(second);
    lock(&known.ports).pop();
    known.leader.store(1, Ordering::Relaxed);
    assert!(range(&cluster).await.unwrap_err().is_unavailable());
    range(&cluster).await.unwrap();
    assert_eq!(cluster.places().len(), 1, "nobody asks for it any more");
}

#[tokio::test]
async fn what_any_node_knows_is_asked_of_another_when_one_has_gone_or_hangs_up() {
    let known = Arc::new(Knowledge::default());
    let node = TestNode::start(1, &known).await;
    known.leader.store(1, Ordering::Relaxed);
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
    assert_eq!(
        cluster.places()[0].port,
        node.port,
        "who answers is asked first"
    );
    hanging_up.abort();
}

#[tokio::test]
async fn those_who_wait_for_a_dial_have_its_failure_and_do_not_dial_one_after_the_other() {
    let node = TestNode::start(1, &Arc::default()).await;
    // It knows no login, and hangs up.
    let cluster = cluster(&format!("kafka://user:secret@127.0.0.1:{}", node.port));
    let asked = futures::future::join_all((0..20).map(|_| cluster.ping())).await;
    assert!(asked.into_iter().all(|answer| answer.is_err()));
    assert_eq!(node.dialled.load(Ordering::Relaxed), 1);
    assert!(cluster.ping().await.is_err());
    assert_eq!(
        node.dialled.load(Ordering::Relaxed),
        2,
        "who comes later tries anew"
    );
}
