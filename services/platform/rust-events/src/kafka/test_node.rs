//! Nodes of a test's own: each says who is there, who leads the partitions of the topic `t`, and what they hold.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::nodes::lock;
use super::requests::PRODUCER;

/// What nodes know of each other.
#[derive(Default)]
pub(super) struct Knowledge {
    /// Where they are.
    pub(super) ports: Mutex<Vec<(i32, u16)>>,
    /// Who leads the partitions of `t`.
    pub(super) leaders: Mutex<Vec<i32>>,
    /// What becomes of a batch: an error's code. 0: it waits for ever.
    pub(super) refusal: AtomicI16,
    /// How long a login is good for, in milliseconds. 0: for ever.
    pub(super) session_ms: AtomicU64,
    /// What each partition holds.
    pub(super) held: Mutex<Held>,
}

#[derive(Default)]
pub(super) struct Held {
    /// Where it begins and ends.
    pub(super) range: (i64, i64),
    /// The last sequence of our producer. None: it is not remembered.
    pub(super) sequence: Option<i32>,
    /// What is read from an offset on; elsewhere nothing.
    pub(super) batches: HashMap<i64, Bytes>,
}

/// Gone, with its connections, when it is dropped.
pub(super) struct TestNode {
    pub(super) port: u16,
    pub(super) dialled: Arc<AtomicU64>,
    /// It takes what comes, and says nothing.
    pub(super) silent: Arc<AtomicBool>,
    serving: JoinHandle<()>,
}

impl TestNode {
    pub(super) async fn start(id: i32, known: &Arc<Knowledge>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        lock(&known.ports).push((id, port));
        let (dialled, silent) = <(Arc<AtomicU64>, Arc<AtomicBool>)>::default();
        let (known, count, quiet) = (Arc::clone(known), Arc::clone(&dialled), Arc::clone(&silent));
        let serving = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                stream.set_nodelay(true).unwrap();
                connections.spawn(serve(stream, Arc::clone(&known), Arc::clone(&quiet)));
            }
        });
        Self {
            port,
            dialled,
            silent,
            serving,
        }
    }

    pub(super) fn dialled(&self) -> u64 {
        self.dialled.load(Ordering::Relaxed)
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Hangs up on what it does not know.
async fn serve(
    mut stream: TcpStream,
    known: Arc<Knowledge>,
    silent: Arc<AtomicBool>,
) -> Option<()> {
    loop {
        let length = stream.read_u32().await.ok()?;
        let mut request = vec![0; length as usize];
        stream.read_exact(&mut request).await.ok()?;
        if silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        let mut answer = BytesMut::from(&request[4..8]);
        match request[1] {
            0 => produced(&mut answer, &known).await,
            1 => fetched(&mut answer, &known, &request),
            2 => offset(&mut answer, &known, &request),
            3 => metadata(&mut answer, &known),
            17 => answer.put_bytes(0, 2 + 4), // No error, and no other mechanisms.
            32 => settings(&mut answer),
            36 => {
                answer.put_slice(b"\0\0\0\0\x01");
                answer.put_u64(known.session_ms.load(Ordering::Relaxed));
                answer.put_u8(0);
            }
            61 => producers(&mut answer, &known),
            _ => return None,
        }
        let length = u32::try_from(answer.len()).ok()?;
        stream.write_u32(length).await.ok()?;
        stream.write_all(&answer).await.ok()?;
    }
}

/// No tags, and no need to be slower.
const BEGINNING: usize = 1 + 4;

fn metadata(answer: &mut BytesMut, known: &Knowledge) {
    answer.put_bytes(0, BEGINNING);
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
    let leaders = lock(&known.leaders).clone();
    answer.put_u8(u8::try_from(leaders.len()).unwrap() + 1);
    for (partition, leader) in (0..).zip(leaders) {
        answer.put_i16(if leader < 0 { 5 } else { 0 });
        answer.put_i32(partition);
        answer.put_i32(leader);
        answer.put_slice(b"\0\0\0\0\x01\x01\x01\0");
    }
    answer.put_i32(0);
    answer.put_bytes(0, 2);
}

/// The request ends with the time that is asked for, and three times no tags.
fn offset(answer: &mut BytesMut, known: &Knowledge, request: &[u8]) {
    let (earliest, next) = lock(&known.held).range;
    let time = (&request[request.len() - 11..]).get_i64();
    answer.put_bytes(0, BEGINNING);
    answer.put_slice(b"\x02\x02t\x02");
    answer.put_bytes(0, 4 + 2 + 8);
    answer.put_i64(if time == -2 { earliest } else { next });
    answer.put_bytes(0, 4 + 3);
}

fn producers(answer: &mut BytesMut, known: &Knowledge) {
    answer.put_bytes(0, BEGINNING);
    answer.put_slice(b"\x02\x02t\x02");
    answer.put_bytes(0, 4 + 2);
    answer.put_u8(0);
    match lock(&known.held).sequence {
        Some(sequence) => {
            answer.put_u8(2);
            answer.put_i64(PRODUCER);
            answer.put_i32(0);
            answer.put_i32(sequence);
            answer.put_bytes(0, 8 + 4 + 8 + 1);
        }
        None => answer.put_u8(1),
    }
    answer.put_bytes(0, 3);
}

/// Behind the name of the topic and one partition's number stand an epoch and the offset.
fn fetched(answer: &mut BytesMut, known: &Knowledge, request: &[u8]) {
    let topic = request.windows(2).rposition(|two| two == b"\x02t").unwrap();
    let offset = (&request[topic + 2 + 1 + 4 + 4..]).get_i64();
    let held = lock(&known.held);
    let bytes = held.batches.get(&offset).cloned().unwrap_or_default();
    answer.put_bytes(0, BEGINNING);
    answer.put_bytes(0, 2 + 4);
    answer.put_slice(b"\x02\x02t\x02");
    answer.put_bytes(0, 4 + 2 + 8 + 8 + 8 + 1 + 4);
    crate::wire::put_varint(answer, bytes.len() as u64 + 1);
    answer.put_slice(&bytes);
    answer.put_bytes(0, 3);
}

/// Who asks may not look.
fn settings(answer: &mut BytesMut) {
    answer.put_bytes(0, BEGINNING);
    answer.put_slice(b"\x02\0\x1d\0\x02\x02t\x01\0\0");
}

async fn produced(answer: &mut BytesMut, known: &Knowledge) {
    let code = known.refusal.load(Ordering::Relaxed);
    if code == 0 {
        std::future::pending::<()>().await;
    }
    answer.put_slice(b"\0\x02\x02t\x02");
    answer.put_i32(0);
    answer.put_i16(code);
    answer.put_bytes(0, 8 + 8 + 8);
    answer.put_slice(b"\x01\0\0\0");
    answer.put_bytes(0, 4 + 1);
}
