//! The whole service on a real event log, as devices meet it.

use std::collections::HashSet;
use std::time::Duration;

use buffa::MessageField;
use connectrpc::ErrorCode;
use connectrpc::client::CallOptions;
use futures::StreamExt as _;
use larder_contract::proto::larder::telemetry::v1::*;
use larder_events::testing::{TestValkey, until};

mod running;

use running::{Client, Ingestion, batch, logged, numbered, reading, refusal, why};

#[tokio::test(flavor = "multi_thread")]
async fn good_readings_of_a_batch_are_durable_and_the_others_refused_for_their_reason() {
    let valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[]).await;
    let client = ingestion.client("van-7");
    let endless = Reading {
        device: "d".repeat(900_000),
        ..reading("", 9)
    };
    let readings = vec![
        reading("van-7", 1),
        reading("van-8", 2),
        Reading {
            celsius: f64::NAN,
            ..reading("van-7", 3)
        },
        reading("van-7.rear", 1),
        Reading {
            measure_time: MessageField::none(),
            ..reading("van-7", 4)
        },
        endless,
        reading("van-7", 5),
    ];
    for _ in 0..2 {
        let answer = client
            .batch_ingest_readings(batch(readings.clone()))
            .await
            .unwrap()
            .into_owned();
        assert_eq!(answer.accepted, 3, "the second time as repeats");
        let refused: Vec<_> = answer
            .refusals
            .iter()
            .map(|it| (it.sequence, it.reason.as_known().unwrap()))
            .collect();
        let want = [
            (2, RefusalReason::REFUSAL_REASON_DEVICE_FOREIGN),
            (3, RefusalReason::REFUSAL_REASON_TEMPERATURE_INVALID),
            (4, RefusalReason::REFUSAL_REASON_TIME_INVALID),
            (9, RefusalReason::REFUSAL_REASON_DEVICE_INVALID),
        ];
        assert_eq!(refused, want);
        assert_eq!(answer.refusals[3].device.len(), 200);
    }
    let want = [
        ("devices/van-7", 1),
        ("devices/van-7", 5),
        ("devices/van-7.rear", 1),
    ];
    assert_eq!(
        logged(&valkey).await,
        want.map(|(device, number)| (device.to_owned(), number))
    );

    let many = (1..=1001).map(|number| reading("van-7", number)).collect();
    let error = client
        .batch_ingest_readings(batch(many))
        .await
        .err()
        .unwrap();
    assert_eq!(
        why(&error),
        (ErrorCode::InvalidArgument, "INVALID_REQUEST".to_owned())
    );
    let huge = batch(vec![Reading {
        device: "d".repeat(1 << 20),
        ..reading("", 1)
    }]);
    let error = client.batch_ingest_readings(huge).await.err().unwrap();
    assert_eq!(
        why(&error),
        (ErrorCode::ResourceExhausted, "REQUEST_TOO_LARGE".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_device_is_refused() {
    let valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[]).await;
    let refused = (ErrorCode::PermissionDenied, "DEVICE_UNKNOWN".to_owned());
    let peer = "URI=spiffe://larder.local/ns/larder/sa/gateway";
    let options = CallOptions::default().with_header("x-forwarded-client-cert", peer);
    let request = batch(vec![reading("van-7", 1)]);
    let error = ingestion
        .client("van-7")
        .batch_ingest_readings_with_options(request, options)
        .await
        .err()
        .unwrap();
    assert_eq!(why(&error), refused);
    let mut stream = ingestion.client("VAN").stream_readings().await.unwrap();
    stream.close_send();
    assert_eq!(refusal(&mut stream).await, refused);
    assert!(logged(&valkey).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_a_stream_are_acknowledged_in_their_order() {
    let valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[("INGESTION_STREAM_WINDOW", "3")]).await;
    let mut stream = ingestion.client("van-7").stream_readings().await.unwrap();
    for number in 1..=10 {
        let readings = vec![reading("van-7", number), reading("van-8", number)];
        stream.send(numbered(number, readings)).await.unwrap();
    }
    for number in 0..=10 {
        let answer = stream.message().await.unwrap().unwrap().to_owned_message();
        assert_eq!((answer.acknowledged_batch, answer.window), (number, 3));
        assert_eq!(answer.refusals.len(), usize::from(number > 0));
    }
    // A break in the count ends the stream, and what came before stays.
    stream
        .send(numbered(12, vec![reading("van-7", 12)]))
        .await
        .unwrap();
    assert_eq!(
        refusal(&mut stream).await,
        (ErrorCode::InvalidArgument, "BATCH_OUT_OF_ORDER".to_owned())
    );
    // So does a batch that breaks a rule of the contract.
    let many: Vec<_> = (1..=1001).map(|number| reading("van-7", number)).collect();
    for broken in [numbered(2, vec![]), numbered(0, vec![]), numbered(2, many)] {
        let mut stream = ingestion.client("van-7").stream_readings().await.unwrap();
        stream
            .send(numbered(1, vec![reading("van-7", 11)]))
            .await
            .unwrap();
        stream.send(broken).await.unwrap();
        let error = loop {
            match stream.message().await {
                Ok(Some(answer)) => assert!(answer.view().acknowledged_batch <= 1),
                Ok(None) => break stream.error().cloned().unwrap(),
                Err(error) => break error,
            }
        };
        assert_eq!(
            why(&error),
            (ErrorCode::InvalidArgument, "INVALID_REQUEST".to_owned())
        );
    }
    let want: Vec<_> = (1..=11)
        .map(|number| ("devices/van-7".to_owned(), number))
        .collect();
    assert_eq!(logged(&valkey).await, want);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_a_device_that_wants_one_answer_gets_the_sum() {
    let valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[]).await;
    let requests = (0..20).map(|round| IngestReadingsRequest {
        readings: (1..=100)
            .map(|n| reading(if n % 2 == 0 { "van-7" } else { "van-8" }, round * 100 + n))
            .collect(),
        ..Default::default()
    });
    let requests = futures::stream::iter(requests.collect::<Vec<_>>());
    let answer = ingestion
        .client("van-7")
        .ingest_readings(requests)
        .await
        .unwrap()
        .into_owned();
    assert_eq!(
        (answer.accepted, answer.refused, answer.refusals.len()),
        (1000, 1000, 1000)
    );
    assert_eq!(logged(&valkey).await.len(), 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_off_leaves_what_it_brought_and_makes_room() {
    let valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[("INGESTION_MAX_STREAMS", "1")]).await;
    let one = IngestReadingsRequest {
        readings: vec![reading("van-7", 1), reading("van-7", 2)],
        ..Default::default()
    };
    let endless = futures::stream::iter([one]).chain(futures::stream::pending());
    let client = ingestion.client("van-7");
    let breaking = tokio::spawn(async move { client.ingest_readings(endless).await.map(drop) });
    until("it is durable", async || logged(&valkey).await.len() == 2).await;
    let client = ingestion.client("van-8");
    assert_eq!(
        refusal(&mut client.stream_readings().await.unwrap()).await,
        (ErrorCode::ResourceExhausted, "TOO_MANY_STREAMS".to_owned())
    );
    breaking.abort();
    until("there is room", async || {
        let mut stream = client.stream_readings().await.unwrap();
        stream.close_send();
        stream.message().await.is_ok_and(|first| first.is_some())
    })
    .await;
    assert_eq!(logged(&valkey).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_away_is_said_and_worked_with_again() {
    let mut valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[]).await;
    let client = ingestion.client("van-7");
    client
        .batch_ingest_readings(batch(vec![reading("van-7", 1)]))
        .await
        .unwrap();
    valkey.pause();
    // A machine that is busy may let the deadline of the contract pass first.
    let options = CallOptions::default().with_timeout(Duration::from_mins(1));
    let error = client
        .batch_ingest_readings_with_options(batch(vec![reading("van-7", 2)]), options)
        .await
        .err()
        .unwrap();
    assert_eq!(
        why(&error),
        (ErrorCode::Unavailable, "LOG_UNAVAILABLE".to_owned())
    );
    valkey.resume();
    valkey.restart().await;
    until("it is taken again", async || {
        client
            .batch_ingest_readings(batch(vec![reading("van-7", 3)]))
            .await
            .is_ok()
    })
    .await;
    let logged = logged(&valkey).await;
    assert!(
        logged.contains(&("devices/van-7".to_owned(), 1))
            && logged.contains(&("devices/van-7".to_owned(), 3))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_acknowledgements_nobody_reads_is_not_read_any_further() {
    let valkey = TestValkey::start(&[]).await;
    let ingestion = Ingestion::start(&valkey, &[]).await;
    let mut stream = ingestion.client("van-7").stream_readings().await.unwrap();
    // Each batch is refused, at some length.
    let wrong = |number| {
        vec![
            Reading {
                device: "d".repeat(200),
                ..reading("", number)
            };
            1000
        ]
    };
    let mut sent = 0;
    loop {
        sent += 1;
        assert!(sent < 1000, "200 MB of answers have been made for nobody");
        let sending = stream.send(numbered(sent, wrong(sent)));
        if tokio::time::timeout(Duration::from_secs(3), sending)
            .await
            .is_err()
        {
            break;
        }
    }
    // Others are served meanwhile, and so is this one as it reads on.
    ingestion
        .client("van-8")
        .batch_ingest_readings(batch(vec![reading("van-8", 1)]))
        .await
        .unwrap();
    for number in 0..sent {
        assert_eq!(
            stream
                .message()
                .await
                .unwrap()
                .unwrap()
                .view()
                .acknowledged_batch,
            number
        );
    }
}

/// Streams batches of ten readings until the stream breaks, and returns the readings that were acknowledged.
async fn stream_until_broken(
    client: Client,
    device: String,
    reached: tokio::sync::mpsc::Sender<()>,
) -> Vec<(String, i64)> {
    let mut acknowledged = 0;
    if let Ok(mut stream) = client.stream_readings().await {
        for number in 1.. {
            let readings = (0..10)
                .map(|n| reading(&device, (number - 1) * 10 + n + 1))
                .collect();
            if stream.send(numbered(number, readings)).await.is_err() {
                break;
            }
            if number < 5 {
                continue;
            }
            let Ok(Some(answer)) = stream.message().await else {
                break;
            };
            acknowledged = answer.view().acknowledged_batch;
            if acknowledged == 20 {
                let _ = reached.send(()).await;
            }
        }
    }
    (1..=acknowledged * 10)
        .map(|number| (format!("devices/{device}"), number))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_when_service_and_log_are_killed() {
    let mut valkey = TestValkey::start(&[]).await;
    let mut ingestion = Ingestion::start(&valkey, &[]).await;
    let (reached, mut all_reached) = tokio::sync::mpsc::channel(10);
    let streams: Vec<_> = (0..5)
        .map(|n| {
            let device = format!("van-{n}");
            tokio::spawn(stream_until_broken(
                ingestion.client(&device),
                device,
                reached.clone(),
            ))
        })
        .collect();
    for _ in 0..5 {
        all_reached.recv().await.unwrap();
    }
    ingestion.child.kill().unwrap();
    valkey.restart().await;
    let mut acknowledged = Vec::new();
    for stream in streams {
        acknowledged.extend(stream.await.unwrap());
    }
    assert!(acknowledged.len() >= 5 * 200);
    let found: HashSet<_> = logged(&valkey).await.into_iter().collect();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|it| !found.contains(it))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}
