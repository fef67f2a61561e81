//! A server for the tests of the kit, over a real socket, with what it logged and counted.

mod shop;

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use buffa::MessageField;
use buffa::bytes::Bytes;
use connectrpc::client::{CallOptions, ClientConfig, Http2Connection, SharedHttp2Connection};
use connectrpc::{ConnectError, Protocol};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use larder_contract::proto::larder::customer::v1::*;
use larder_contract::proto::larder::notification::v1::*;
use larder_contract::proto::larder::telemetry::v1::*;
use larder_contract::rpc::larder::customer::v1::*;
use larder_contract::rpc::larder::notification::v1::*;
use larder_contract::rpc::larder::telemetry::v1::*;
use serde_json::Value;

use crate::call::Call;
use crate::exchange::Shared;
use crate::listen::Listener;
use crate::log::{Level, Logger};
use crate::platform_config::PlatformConfig;
use crate::telemetry::Tracing;
use crate::{server, transport};

pub(crate) use shop::Shop;

pub(crate) const METHOD: &str = "larder.telemetry.v1.IngestionService/BatchIngestReadings";
pub(crate) const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

pub(crate) type Seen = Arc<Mutex<Option<Arc<Call>>>>;

/// A shop that remembers its last call.
pub(crate) fn seeing() -> (Shop, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let shop = Shop::new(move |call, _| {
        *kept.lock().unwrap() = Some(call);
        std::future::ready(Ok(()))
    });
    (shop, seen)
}

/// A shop that serves.
pub(crate) struct Running {
    pub(crate) connection: SharedHttp2Connection,
    pub(crate) shared: Arc<Shared>,
    pub(crate) lines: Lines,
    pub(crate) socket: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

pub(crate) fn config() -> PlatformConfig {
    PlatformConfig {
        listen: String::new(),
        ops_listen: String::new(),
        drain: Duration::from_secs(10),
        log_level: Level::Info,
        egress: None,
        namespace: "larder".to_owned(),
        trust_domain: "larder.local".to_owned(),
        device_ingress: None,
        device_trust_domain: "devices.larder.local".to_owned(),
        user_jwks: None,
        otlp_endpoint: None,
        build: "test".to_owned(),
        addresses: HashMap::new(),
    }
}

/// What headers say of callers, shared with the kits of the other languages.
pub(crate) fn callers() -> Value {
    serde_json::from_str(include_str!("../../../../proto/testdata/callers.json")).unwrap()
}

pub(crate) async fn run(shop: Shop) -> Running {
    run_by(shop, config(), None).await
}

pub(crate) async fn run_by(
    shop: Shop,
    config: PlatformConfig,
    tracing: Option<&'static Tracing>,
) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("app.sock");
    let lines = Lines::default();
    // A test has few of them.
    let logger = Box::leak(Box::new(Logger::new(
        config.log_level,
        "shop",
        &config.build,
        Box::new(lines.clone()),
    )));
    let shared = server::shared(config, "shop", logger, tracing).unwrap();
    let (service, _) = server::build(&shared, shop.routes()).unwrap();
    let listener = Listener::bind(&format!("unix:{}", socket.display()))
        .await
        .unwrap();
    tokio::spawn(transport::serve(listener, service, shared.draining.clone()));
    Running {
        connection: connect(&socket),
        shared,
        lines,
        socket,
        _folder: folder,
    }
}

pub(crate) fn connect(socket: &std::path::Path) -> SharedHttp2Connection {
    Http2Connection::lazy_unix(socket, "http://shop".parse().unwrap()).shared(64)
}

pub(crate) fn client_config() -> ClientConfig {
    ClientConfig::new("http://shop".parse().unwrap()).with_protocol(Protocol::Grpc)
}

pub(crate) fn headers(pairs: &[(&'static str, &str)]) -> CallOptions {
    pairs
        .iter()
        .fold(CallOptions::default(), |options, (name, value)| {
            options.with_header(*name, *value)
        })
}

pub(crate) fn batch(device: &str) -> BatchIngestReadingsRequest {
    let reading = Reading {
        device: device.to_owned(),
        measure_time: MessageField::none(),
        ..Default::default()
    };
    BatchIngestReadingsRequest {
        readings: vec![reading],
        ..Default::default()
    }
}

pub(crate) fn numbered(batch: i64, device: &str) -> StreamReadingsRequest {
    let reading = Reading {
        device: device.to_owned(),
        ..Default::default()
    };
    StreamReadingsRequest {
        batch,
        readings: vec![reading],
        ..Default::default()
    }
}

impl Running {
    pub(crate) fn ingestion(&self) -> IngestionServiceClient<SharedHttp2Connection> {
        IngestionServiceClient::new(self.connection.clone(), client_config())
    }

    /// Calls the shop with a word.
    pub(crate) async fn say(&self, word: &str, options: CallOptions) -> Result<(), ConnectError> {
        self.ingestion()
            .batch_ingest_readings_with_options(batch(word), options)
            .await
            .map(drop)
    }

    /// The same of a method whose user is optional.
    pub(crate) async fn customer(&self, options: CallOptions) -> Result<(), ConnectError> {
        let client = CustomerServiceClient::new(self.connection.clone(), client_config());
        let request = GetCustomerRequest {
            name: "customers/ada".to_owned(),
            ..Default::default()
        };
        client
            .get_customer_with_options(request, options)
            .await
            .map(drop)
    }

    /// The same of a method that requires a user.
    pub(crate) async fn messages(&self, options: CallOptions) -> Result<(), ConnectError> {
        let client = NotificationServiceClient::new(self.connection.clone(), client_config());
        client
            .list_messages_with_options(ListMessagesRequest::default(), options)
            .await
            .map(drop)
    }

    /// Sends bytes as they are, and returns the status that stands in the headers of the answer.
    pub(crate) async fn raw(&self, method: &str, message: &[u8]) -> String {
        let answer = self.send(method, &[message], 1 << 16).await;
        answer
            .headers()
            .get("grpc-status")
            .expect("a status in the headers")
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Sends bytes as they are, from a client that has room for so many bytes of the answer.
    pub(crate) async fn send(
        &self,
        method: &str,
        messages: &[&[u8]],
        room: u32,
    ) -> http::Response<hyper::body::Incoming> {
        let socket = tokio::net::UnixStream::connect(&self.socket).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http2::Builder::new(TokioExecutor::new())
                .initial_stream_window_size(room)
                .handshake(TokioIo::new(socket))
                .await
                .unwrap();
        tokio::spawn(connection);
        let framed = messages.iter().flat_map(|message| {
            let length = u32::try_from(message.len()).unwrap().to_be_bytes();
            [&[0][..], &length, message].concat()
        });
        let framed: Vec<u8> = framed.collect();
        let request = http::Request::post(format!("http://shop/{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Full::new(Bytes::from(framed)))
            .unwrap();
        sender.send_request(request).await.unwrap()
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.shared.logger.flush();
        self.lines.read()
    }
}

/// Keeps what a logger writes.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    pub(crate) fn read(&self) -> Vec<Value> {
        let text = self.0.lock().unwrap();
        text.split(|c| *c == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }
}

/// Fails unless the error has this code, domain and reason.
#[track_caller]
pub(crate) fn assert_error(
    result: &Result<(), ConnectError>,
    code: connectrpc::ErrorCode,
    domain: &str,
    reason: &str,
) {
    let error = result.as_ref().expect_err("a failure");
    let told = crate::errors::reason(error).unwrap_or_default();
    assert_eq!(
        (error.code, told.0.as_str(), told.1.as_str()),
        (code, domain, reason),
        "{error:?}"
    );
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..4000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}
