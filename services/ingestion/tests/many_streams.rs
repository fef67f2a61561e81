//! As many streams as there may be by default, all at once.

use std::time::{Duration, Instant};

use connectrpc::ErrorCode;
use larder_events::testing::{TestValkey, until};

mod running;

use running::{Client, Ingestion, Readings, batch, numbered, reading, refusal};

/// `INGESTION_MAX_STREAMS`, by default.
const STREAMS: usize = 10_000;

/// A connection carries 256 at most.
const CONNECTIONS: usize = 50;

/// What one stream may cost that is open and has been served.
const STREAM_KIB: usize = 32;

/// The memory of a process that is really there, in KiB. None: only Linux says it.
fn resident_kib(process: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// By the contract a stream may be silent for two minutes, and a busy machine may take longer than that to open them all.
const OFTEN: Duration = Duration::from_secs(40);

struct Open {
    stream: Readings,
    batches: i64,
}

impl Open {
    /// Sends a batch and waits until it is acknowledged. Its reading is refused, so that no disk decides how long it takes.
    async fn talk(&mut self) {
        self.batches += 1;
        let refused = numbered(self.batches, vec![reading("another", 1)]);
        self.stream.send(refused).await.unwrap();
        loop {
            let answer = self.stream.message().await.unwrap().unwrap();
            if answer.view().acknowledged_batch == self.batches {
                break;
            }
        }
    }
}

async fn open(client: Client) -> Vec<Open> {
    let mut all: Vec<Open> = Vec::new();
    let mut talked = Instant::now();
    for _ in 0..STREAMS / CONNECTIONS {
        let stream = client.stream_readings().await.unwrap();
        let mut one = Open { stream, batches: 0 };
        one.talk().await;
        all.push(one);
        if talked.elapsed() > OFTEN {
            talked = Instant::now();
            for one in &mut all {
                one.talk().await;
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_streams_are_served_one_more_is_refused_and_one_that_breaks_off_makes_room() {
    let valkey = TestValkey::start(&[]).await;
    let each = (STREAMS / CONNECTIONS).to_string();
    let ingestion = Ingestion::start(&valkey, &[("INGESTION_MAX_STREAMS_OF_DEVICE", &each)]).await;
    let more = ingestion.client("van-more");
    until("the log is known", async || {
        let one = batch(vec![reading("van-more", 1)]);
        more.batch_ingest_readings(one).await.is_ok()
    })
    .await;
    let before = resident_kib(ingestion.child.id());
    let opening: Vec<_> = (0..CONNECTIONS)
        .map(|number| tokio::spawn(open(ingestion.client(&format!("van-{number}")))))
        .collect();
    let mut streams = Vec::new();
    for one in opening {
        streams.extend(one.await.unwrap());
    }
    assert_eq!(streams.len(), STREAMS);
    if let Some(before) = before {
        let grown = resident_kib(ingestion.child.id()).unwrap() - before;
        println!("{STREAMS} streams: {grown} KiB more");
        assert!(grown < STREAMS * STREAM_KIB, "{grown} KiB more");
    }

    assert_eq!(
        refusal(&mut more.stream_readings().await.unwrap()).await,
        (ErrorCode::ResourceExhausted, "TOO_MANY_STREAMS".to_owned())
    );
    let mut of_device = ingestion.client("van-0").stream_readings().await.unwrap();
    assert_eq!(
        refusal(&mut of_device).await,
        (
            ErrorCode::ResourceExhausted,
            "TOO_MANY_STREAMS_OF_DEVICE".to_owned()
        )
    );
    // One breaks off in the middle, and the others go on.
    drop(streams.pop());
    until("there is room again", async || {
        let mut stream = more.stream_readings().await.unwrap();
        stream.close_send();
        stream.message().await.is_ok_and(|first| first.is_some())
    })
    .await;
    for stream in streams.iter_mut().step_by(100) {
        stream.talk().await;
    }
}
