//! The built service as a process of its own, on a real Valkey, with its clients and what it has logged.

#![allow(dead_code, reason = "each test file uses a part")]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use buffa::{Message as _, MessageField};
use connectrpc::client::{
    BidiStream, ClientConfig, ClientTransport, Http2Connection, SharedHttp2Connection,
};
use connectrpc::{ConnectError, ErrorCode, Protocol};
use larder_contract::proto::larder::telemetry::v1::__buffa::view::StreamReadingsResponseView;
use larder_contract::proto::larder::telemetry::v1::*;
use larder_contract::rpc::larder::telemetry::v1::IngestionServiceClient;
use larder_events::testing::{TestValkey, until};
use larder_events::{EventLog, decode_event};

const TOPIC: &str = "larder.telemetry.readings.v1";

/// An ingestion that is ended with its test.
pub(crate) struct Ingestion {
    pub(crate) child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Ingestion {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) type Client = IngestionServiceClient<SharedHttp2Connection>;

/// An open stream.
pub(crate) type Readings = BidiStream<
    <SharedHttp2Connection as ClientTransport>::ResponseBody,
    StreamReadingsRequest,
    StreamReadingsResponseView<'static>,
>;

impl Ingestion {
    pub(crate) async fn start(valkey: &TestValkey, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_ingestion"))
            .env(
                "INGESTION_LISTEN",
                format!("unix:{}/app.sock", folder.path().display()),
            )
            .env(
                "INGESTION_OPS_LISTEN",
                format!("unix:{}/ops.sock", folder.path().display()),
            )
            .env("INGESTION_EVENT_LOG_URL", valkey.url())
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ingestion = Self { child, folder };
        let socket = ingestion.folder.path().join("app.sock");
        until("ingestion listens", async || {
            std::os::unix::net::UnixStream::connect(&socket).is_ok()
        })
        .await;
        ingestion
    }

    /// A client of a device, over a connection of its own.
    pub(crate) fn client(&self, device: &str) -> Client {
        let connection = Http2Connection::lazy_unix(
            self.folder.path().join("app.sock"),
            "http://i".parse().unwrap(),
        )
        .shared(600);
        let peer = format!("URI=spiffe://devices.larder.local/{device}");
        let config = ClientConfig::new("http://i".parse().unwrap())
            .with_protocol(Protocol::Grpc)
            .with_default_header("x-forwarded-client-cert", peer.as_str());
        IngestionServiceClient::new(connection, config)
    }
}

pub(crate) fn reading(device: &str, sequence: i64) -> Reading {
    Reading {
        device: format!("devices/{device}"),
        sequence,
        measure_time: MessageField::some(SystemTime::now().into()),
        celsius: 4.5,
        ..Default::default()
    }
}

pub(crate) fn batch(readings: Vec<Reading>) -> BatchIngestReadingsRequest {
    BatchIngestReadingsRequest {
        readings,
        ..Default::default()
    }
}

pub(crate) fn numbered(batch: i64, readings: Vec<Reading>) -> StreamReadingsRequest {
    StreamReadingsRequest {
        batch,
        readings,
        ..Default::default()
    }
}

pub(crate) fn why(error: &ConnectError) -> (ErrorCode, String) {
    (
        error.code,
        larder_platform::reason(error).unwrap_or_default().1,
    )
}

/// Why a stream was refused.
pub(crate) async fn refusal(stream: &mut Readings) -> (ErrorCode, String) {
    let message = stream.message().await;
    why(&message.err().or_else(|| stream.error().cloned()).unwrap())
}

/// All readings in the log, by device and number; in each partition in the order of the log.
pub(crate) async fn logged(valkey: &TestValkey) -> Vec<(String, i64)> {
    let log = EventLog::open(&valkey.url(), "test").unwrap();
    let mut all = Vec::new();
    for partition in 0..log.partitions(TOPIC).await.unwrap() {
        let mut offset = 0;
        loop {
            let records = log
                .read(TOPIC, partition, offset, 500, Duration::ZERO)
                .await
                .unwrap();
            let Some(last) = records.last() else { break };
            offset = last.offset + 1;
            for record in records {
                let event = decode_event(&record.value).unwrap();
                let event = ReadingsIngested::decode(&mut &event.data[..]).unwrap();
                for device in event.devices {
                    all.extend(
                        device
                            .sequences
                            .iter()
                            .map(|number| (device.device.clone(), *number)),
                    );
                }
            }
        }
    }
    all
}
