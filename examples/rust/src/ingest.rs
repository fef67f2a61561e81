//! Readings of a sensor, handed in with the certificate of a device: in one call, or in a stream of batches.

use std::time::{Duration, SystemTime};

use buffa::Enumeration;
use buffa_types::google::protobuf::Timestamp;
use connectrpc::client::{CallOptions, SharedHttp2Connection};
use larder_contract::proto::larder::telemetry::v1::{
    BatchIngestReadingsRequest, Reading, Refusal, StreamReadingsRequest,
};
use larder_contract::rpc::larder::telemetry::v1::IngestionServiceClient;

use crate::Failure;
use crate::channel::{Identity, open};
use crate::policy::call;
use crate::settings::{first, temperatures};

const SERVICE: &str = "larder.telemetry.v1.IngestionService";
const BATCH: usize = 2;
/// The contract gives a stream no deadline, so the program has one of its own.
const STREAM_TIME: Duration = Duration::from_secs(30);
const IDENTITY: Identity = Identity {
    key: "LARDER_DEVICE_KEY",
    certificate: "LARDER_DEVICE_CERTIFICATE",
};

/// One call, which the contract lets a client repeat. Returns whether all was taken.
pub(crate) async fn report(words: &[String]) -> Result<bool, Failure> {
    let readings = readings_of(words)?;
    let total = readings.len();
    let ingestion = ingestion()?;
    let request = BatchIngestReadingsRequest {
        readings,
        ..Default::default()
    };
    let answer = call(SERVICE, "BatchIngestReadings", async |options| {
        ingestion
            .batch_ingest_readings_with_options(request.clone(), options)
            .await
    })
    .await?
    .into_owned();
    print(&answer.refusals);
    println!("accepted {} of {total} readings", answer.accepted);
    Ok(answer.refusals.is_empty())
}

/// A stream that sends as many batches as the window allows, and ends when all are acknowledged. Returns whether all was taken.
pub(crate) async fn stream(words: &[String]) -> Result<bool, Failure> {
    let readings = readings_of(words)?;
    let batches: Vec<&[Reading]> = readings.chunks(BATCH).collect();
    let options = CallOptions::default().with_timeout(STREAM_TIME);
    let mut call = ingestion()?.stream_readings_with_options(options).await?;
    let (mut refused, mut acknowledged, mut sent) = (0, 0, 0);
    // The first answer acknowledges nothing and tells the window.
    while let Some(answer) = call.message().await? {
        let answer = answer.to_owned_message();
        print(&answer.refusals);
        refused += answer.refusals.len();
        acknowledged = usize::try_from(answer.acknowledged_batch).unwrap_or_default();
        let window = usize::try_from(answer.window).unwrap_or_default();
        while sent < batches.len().min(acknowledged + window) {
            let request = StreamReadingsRequest {
                batch: i64::try_from(sent + 1).expect("few batches"),
                readings: batches[sent].to_vec(),
                ..Default::default()
            };
            sent += 1;
            // The end of a stream is told, with its reason, by the next message.
            if call.send(request).await.is_err() {
                break;
            }
        }
        if acknowledged == batches.len() {
            call.close_send();
        }
    }
    if acknowledged < batches.len() {
        return Err(Failure::Unfinished(format!(
            "the stream ended with {acknowledged} of {} batches acknowledged",
            batches.len()
        )));
    }
    println!(
        "accepted {} of {} readings in {} batches",
        readings.len() - refused,
        readings.len(),
        batches.len()
    );
    Ok(refused == 0)
}

fn ingestion() -> Result<IngestionServiceClient<SharedHttp2Connection>, Failure> {
    let (connection, config) = open("LARDER_INGESTION", "LARDER_DEVICE_CA", Some(&IDENTITY))?;
    Ok(IngestionServiceClient::new(connection, config))
}

/// Returns a reading for each temperature. A device counts what it measures: `FIRST` is the number of the first temperature.
/// They are a second apart; the last is new.
fn readings_of(words: &[String]) -> Result<Vec<Reading>, Failure> {
    let (device, words) = first(words);
    let (number, words) = first(words);
    let number: u32 = number
        .parse()
        .map_err(|_| Failure::Usage("FIRST is the number of the first reading".into()))?;
    let celsius = temperatures(words)?;
    let now = SystemTime::now();
    Ok((0..)
        .zip(&celsius)
        .map(|(i, &celsius_then)| Reading {
            device: format!("devices/{device}"),
            sequence: i64::from(number) + i,
            measure_time: Timestamp::from(now - age(celsius.len(), i)).into(),
            celsius: celsius_then,
            ..Default::default()
        })
        .collect())
}

fn age(readings: usize, i: i64) -> Duration {
    let i = usize::try_from(i).expect("counted from 0");
    Duration::from_secs((readings - 1 - i) as u64)
}

fn print(refusals: &[Refusal]) {
    for refusal in refusals {
        let reason = refusal
            .reason
            .as_known()
            .map_or("UNKNOWN", |it| it.proto_name());
        println!(
            "refused {} {}: {}",
            refusal.device,
            refusal.sequence,
            reason.trim_start_matches("REFUSAL_REASON_")
        );
    }
}
