//! How a stream without a message ends. By the contract two minutes of silence are too long for StreamReadings, and an hour
//! in any case.

use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use buffa::Message as _;
use connectrpc::ErrorCode;
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;
use tokio::time::advance;

use crate::testing::{Shop, numbered, run};

/// Real time, which goes on while the clock of a test stands still.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a test whose clock stands still, but for what the test adds to it: a runtime at rest moves a paused clock by itself,
/// unless something blocks. No time limit within can end a wait then, so what never comes is a failure once `PATIENCE` is over.
async fn with_a_still_clock(test: impl Future<Output = ()>) {
    let (over, still) = std::sync::mpsc::channel::<()>();
    let (give_up, in_vain) = tokio::sync::oneshot::channel::<()>();
    tokio::task::spawn_blocking(move || {
        if still.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            drop(give_up);
            // Still, until the test has failed.
            let _ = still.recv();
        }
    });
    tokio::select! {
        () = test => {}
        _ = in_vain => panic!("what the test waits for has not come in {PATIENCE:?} of real time"),
    }
    drop(over);
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_that_had_no_message_for_as_long_as_the_contract_says() {
    with_a_still_clock(async {
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
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn each_message_breaks_the_silence_a_request_as_well_as_an_answer() {
    with_a_still_clock(async {
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
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_whose_answers_nobody_reads() {
    with_a_still_clock(async {
        let shop = run(Shop::new(|_, _| std::future::ready(Ok(())))).await;
        let method = "larder.telemetry.v1.IngestionService/StreamReadings";
        let message = numbered(1, "a").encode_to_vec();
        let messages = [&message[..]; 100];
        let mut answer = shop.send(method, &messages, 1).await.into_body();
        // There is room for a byte or two, and far more in the answers.
        answer.frame().await.unwrap().unwrap();
        advance(Duration::from_mins(2)).await;
        while shop.log().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(shop.log()[0]["code"], "DEADLINE_EXCEEDED");
        // Who reads on after all is told so.
        let rest = answer.collect().await.unwrap();
        assert_eq!(rest.trailers().unwrap()["grpc-status"], "4");
    })
    .await;
}
