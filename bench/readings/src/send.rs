//! Devices on the line: each streams batches, as fast as they are acknowledged or at a rate of its own.

use crate::Outcome;
use crate::device::{celsius, id, now_us};
use buffa::MessageField;
use buffa_types::google::protobuf::Timestamp;
use connectrpc::Protocol;
use connectrpc::client::{ClientConfig, Http2Connection, SharedHttp2Connection};
use larder_contract::proto::larder::telemetry::v1::*;
use larder_contract::rpc::larder::telemetry::v1::IngestionServiceClient;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// How many streams share a connection: fewer than ingestion allows.
const STREAMS: u32 = 100;

#[derive(Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
    /// Where ingestion listens: `/path/of/socket` or `host:port`.
    address: String,
    devices: u32,
    /// Readings of a batch.
    batch: u32,
    /// How many batches each device sends.
    batches: u32,
    /// The number of the first reading of each device.
    first: i64,
    /// How many batches a second each device sends. Absent: as many as are acknowledged.
    batches_per_second: Option<f64>,
}

#[derive(Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    /// Readings.
    acknowledged: u64,
    refused: u64,
    /// From the first batch to the last acknowledgement.
    seconds: f64,
    /// From when a batch was due to its acknowledgement, in milliseconds.
    p50: f64,
    p99: f64,
    /// The number of the last reading of each device that was acknowledged, with all before it. One that has none: one less than its first.
    last: Vec<i64>,
    /// Why streams broke off: the first reason.
    broken: Option<String>,
}

/// Sends until all is acknowledged, or the streams break.
pub(crate) async fn send(options: Options) -> Outcome<Sent> {
    let begun = Instant::now();
    let connections = (0..options.devices.div_ceil(STREAMS)).map(|_| connect(&options.address));
    let connections = connections.collect::<Outcome<Vec<_>>>()?;
    let devices = (0..options.devices).map(|index| Device {
        connection: connections[(index / STREAMS) as usize].clone(),
        options: options.clone(),
        index,
    });
    let running: Vec<_> = devices.map(|one| tokio::spawn(one.run())).collect();
    let mut sent = Sent::default();
    let mut times: Vec<Duration> = Vec::new();
    for one in running {
        let heard = one.await?;
        sent.acknowledged += heard.acknowledged * u64::from(options.batch);
        sent.refused += heard.refused;
        sent.last.push(
            options.first - 1 + i64::try_from(heard.acknowledged)? * i64::from(options.batch),
        );
        sent.broken = sent.broken.or(heard.broken);
        times.extend(heard.times);
    }
    sent.seconds = begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |of_hundred: usize| {
        let place = (times.len() * of_hundred / 100).min(times.len().saturating_sub(1));
        times
            .get(place)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    };
    (sent.p50, sent.p99) = (at(50), at(99));
    Ok(sent)
}

fn connect(address: &str) -> Outcome<SharedHttp2Connection> {
    let connection = if address.starts_with('/') {
        Http2Connection::lazy_unix(address, "http://ingestion".parse()?)
    } else {
        Http2Connection::lazy_plaintext(format!("http://{address}").parse()?)
    };
    Ok(connection.shared(STREAMS as usize))
}

struct Device {
    connection: SharedHttp2Connection,
    options: Options,
    index: u32,
}

#[derive(Default)]
struct Heard {
    /// Batches.
    acknowledged: u64,
    refused: u64,
    times: Vec<Duration>,
    broken: Option<String>,
}

impl Device {
    async fn run(self) -> Heard {
        let mut heard = Heard::default();
        heard.broken = self
            .stream(&mut heard)
            .await
            .err()
            .map(|error| error.to_string());
        heard
    }

    async fn stream(&self, heard: &mut Heard) -> Outcome<()> {
        let name = id(self.index);
        let peer = format!("URI=spiffe://devices.larder.local/{name}");
        let config = ClientConfig::new("http://ingestion".parse()?)
            .with_protocol(Protocol::Grpc)
            .with_default_header("x-forwarded-client-cert", peer.as_str());
        let client = IngestionServiceClient::new(self.connection.clone(), config);
        let mut stream = client.stream_readings().await?;
        let device = format!("devices/{name}");
        let begun = Instant::now();
        let mut due: VecDeque<Instant> = VecDeque::new();
        // Nothing comes back before the first message: it goes without a word of the window.
        let mut window = 1;
        let mut next = 0;
        while heard.acknowledged < u64::from(self.options.batches) {
            let open = next < self.options.batches && due.len() < window;
            let at = self.due(begun, next);
            tokio::select! {
                () = tokio::time::sleep_until(at), if open => {
                    // From when it was due, where there is a rate: who is late must not look fast.
                    due.push_back(if self.options.batches_per_second.is_some() { at } else { Instant::now() });
                    next += 1;
                    stream.send(self.batch(&device, next)).await?;
                }
                answer = stream.message(), if next > 0 => {
                    let answer = answer?.ok_or("the stream has ended")?;
                    let view = answer.view();
                    window = usize::try_from(view.window)?;
                    heard.refused += view.refusals.len() as u64;
                    while heard.acknowledged < view.acknowledged_batch.unsigned_abs() {
                        heard.acknowledged += 1;
                        heard.times.extend(due.pop_front().map(|at| at.elapsed()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Devices begin one after the other within the time of a batch.
    fn due(&self, begun: Instant, batch: u32) -> Instant {
        let Some(rate) = self.options.batches_per_second else {
            return begun;
        };
        let phase = f64::from(self.index) / f64::from(self.options.devices);
        begun + Duration::from_secs_f64((f64::from(batch) + phase) / rate)
    }

    /// Counted from 1.
    fn batch(&self, device: &str, number: u32) -> StreamReadingsRequest {
        let now = now_us();
        let first = self.options.first + i64::from(number - 1) * i64::from(self.options.batch);
        let readings = (first..)
            .take(self.options.batch as usize)
            .map(|sequence| Reading {
                device: device.to_owned(),
                sequence,
                measure_time: MessageField::some(Timestamp {
                    seconds: now / 1_000_000,
                    nanos: i32::try_from(now % 1_000_000 * 1000).unwrap_or_default(),
                    ..Default::default()
                }),
                celsius: celsius(sequence),
                ..Default::default()
            });
        StreamReadingsRequest {
            batch: i64::from(number),
            readings: readings.collect(),
            ..Default::default()
        }
    }
}
