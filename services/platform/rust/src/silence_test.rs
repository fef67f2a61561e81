//! How a stream without a message ends. By the contract two minutes of silence are too long for StreamReadings, and an hour
//! in any case.

use std::sync::Arc;
use std::time::Duration;

use connectrpc::ErrorCode;
use tokio::sync::Semaphore;
use tokio::time::advance;

use crate::testing::{Shop, numbered, run};

/// Keeps the clock still, but for what a test adds to it, until it is dropped: a runtime at rest moves a paused clock by
/// itself, unless something blocks.
struct Still(#[allow(dead_code, reason = "its end ends the wait")] std::sync::mpsc::Sender<()>);

fn still() -> Still {
    let (moving, still) = std::sync::mpsc::channel();
    tokio::task::spawn_blocking(move || still.recv());
    Still(moving)
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_that_had_no_message_for_as_long_as_the_contract_says() {
    let _still = still();
    let shop = run(Shop::new(|_, _| std::future::ready(Ok(())))).await;
    let mut stream = shop.ingestion().stream_readings().await.unwrap();
    stream.send(numbered(1, "a")).await.unwrap();
    assert!(stream.message().await.unwrap().is_some());
    advance(Duration::from_mins(2)).await;
    let message = stream.message().await.map(drop);
    let error = message.err().or_else(|| stream.error().cloned()).unwrap();
    assert_eq!(
        (error.code, error.message.as_deref()),
        (
            ErrorCode::DeadlineExceeded,
            Some("the call was silent for too long")
        )
    );
    assert_eq!(shop.log()[0]["code"], "DEADLINE_EXCEEDED");
}

#[tokio::test(start_paused = true)]
async fn each_message_breaks_the_silence_a_request_as_well_as_an_answer() {
    let _still = still();
    let (hears, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let may_answer = Arc::new(Semaphore::new(0));
    let waiting = Arc::clone(&may_answer);
    let shop = Shop::new(move |_, _| {
        let (hears, waiting) = (hears.clone(), Arc::clone(&waiting));
        async move {
            hears.send(()).unwrap();
            waiting.acquire().await.unwrap().forget();
            Ok(())
        }
    });
    let shop = run(shop).await;
    let mut stream = shop.ingestion().stream_readings().await.unwrap();
    for number in 1..=3 {
        stream.send(numbered(number, "a")).await.unwrap();
        requests.recv().await.unwrap();
        advance(Duration::from_secs(100)).await;
        may_answer.add_permits(1);
        assert!(stream.message().await.unwrap().is_some());
        advance(Duration::from_secs(100)).await;
    }
}
