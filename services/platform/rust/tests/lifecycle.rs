//! The life of a service, as those see it who start it, ask it and end it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use connectrpc::client::{CallOptions, ClientConfig, Http2Connection, SharedHttp2Connection};
use connectrpc::{ConnectError, ErrorCode, Protocol};
use larder_contract::others::grpc::health::v1::HealthCheckRequest;
use larder_contract::others::grpc::health::v1::health_check_response::ServingStatus;
use larder_contract::others_rpc::grpc::health::v1::HealthClient;
use larder_contract::proto::larder::customer::v1::GetCustomerRequest;
use larder_contract::rpc::larder::customer::v1::CustomerServiceClient;
use serde_json::Value;

/// A child that may serve. It is ended with its test.
struct Process {
    child: Child,
    folder: PathBuf,
    errors: BufReader<ChildStderr>,
    kept: tempfile::TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(settings: &[(&str, &str)]) -> Process {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().to_owned();
    let mut process = start_in(&folder, settings, kept);
    process.folder = folder;
    process
}

fn start_in(folder: &Path, settings: &[(&str, &str)], kept: tempfile::TempDir) -> Process {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kit-child"))
        .env("KIT_LISTEN", format!("unix:{}/app.sock", folder.display()))
        .env(
            "KIT_OPS_LISTEN",
            format!("unix:{}/ops.sock", folder.display()),
        )
        .env("KIT_FOLDER", folder)
        .env("KIT_DATABASE_URL", "x")
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(std::fs::File::create(kept.path().join("stdout")).unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let errors = BufReader::new(child.stderr.take().unwrap());
    Process {
        child,
        folder: folder.to_owned(),
        errors,
        kept,
    }
}

fn client_config() -> ClientConfig {
    ClientConfig::new("http://kit".parse().unwrap()).with_protocol(Protocol::Grpc)
}

fn customer(name: &str) -> GetCustomerRequest {
    GetCustomerRequest {
        name: format!("customers/{name}"),
        ..Default::default()
    }
}

impl Process {
    fn connection(&self) -> SharedHttp2Connection {
        Http2Connection::lazy_unix(self.folder.join("app.sock"), "http://kit".parse().unwrap())
            .shared(16)
    }

    /// Waits until the child says that it is SERVING.
    async fn serving(&self) -> SharedHttp2Connection {
        for _ in 0..4000 {
            let client = HealthClient::new(self.connection(), client_config());
            let service = "larder.customer.v1.CustomerService".to_owned();
            let request = HealthCheckRequest {
                service,
                ..Default::default()
            };
            if let Ok(answer) = client.check(request).await
                && answer.view().status == ServingStatus::SERVING
            {
                return self.connection();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it never served");
    }

    /// Begins a call that lasts, and waits until it has reached the handler.
    fn slow(
        &mut self,
        connection: SharedHttp2Connection,
    ) -> tokio::task::JoinHandle<Result<(), ConnectError>> {
        let client = CustomerServiceClient::new(connection, client_config());
        let options = CallOptions::default().with_timeout(Duration::from_mins(10));
        let call = async move {
            client
                .get_customer_with_options(customer("slow"), options)
                .await
                .map(drop)
        };
        let call = tokio::spawn(call);
        let mut line = String::new();
        self.errors.read_line(&mut line).unwrap();
        assert_eq!(line, "called\n");
        call
    }

    fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end, and returns the exit code and the rest of what it said on standard error.
    fn ended(&mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.errors.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }

    fn ops(&self, path: &str) -> (u16, String) {
        let mut socket = UnixStream::connect(self.folder.join("ops.sock")).unwrap();
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nhost: ops\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().parse().unwrap(),
            body.to_owned(),
        )
    }

    fn write(&self, name: &str) {
        std::fs::write(self.folder.join(name), "").unwrap();
    }

    /// The lines of its log.
    fn log(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.kept.path().join("stdout")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..4000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_waits_for_the_call_in_progress_and_then_ends_with_0() {
    let mut process = start(&[]);
    let connection = process.serving().await;
    let health = HealthClient::new(connection.clone(), client_config());
    let mut watching = health.watch(HealthCheckRequest::default()).await.unwrap();
    let said = watching
        .message()
        .await
        .unwrap()
        .unwrap()
        .to_owned_message()
        .status;
    assert_eq!(said, ServingStatus::SERVING);
    let slow = process.slow(connection);
    process.terminate();
    let socket = process.folder.join("app.sock");
    eventually("new connections are refused", || {
        UnixStream::connect(&socket).is_err()
    })
    .await;
    assert_eq!(process.ops("/readyz").0, 503);
    assert!(!slow.is_finished());
    process
        .child
        .stdin
        .take()
        .unwrap()
        .write_all(b"go on\n")
        .unwrap();
    slow.await.unwrap().unwrap();
    assert_eq!(process.ended(), (Some(0), "closed\n".to_owned()));
    for file in ["app.sock", "ops.sock"] {
        assert!(!process.folder.join(file).exists(), "{file} is left behind");
    }
    let log = process.log();
    assert!(log.iter().all(|line| line["workload"] == "kit"));
    let messages: Vec<&str> = log
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["serving", "draining", "request", "stopped"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_outlast_the_drain_are_cut_off_with_a_reason() {
    let mut process = start(&[("KIT_DRAIN_SECONDS", "0.05")]);
    let connection = process.serving().await;
    let slow = process.slow(connection);
    process.terminate();
    let error = slow.await.unwrap().unwrap_err();
    assert_eq!(error.code, ErrorCode::Unavailable);
    assert_eq!(
        larder_platform::reason(&error),
        Some(("kit".to_owned(), "SHUTTING_DOWN".to_owned()))
    );
    assert_eq!(process.ended(), (Some(0), "closed\n".to_owned()));
}

#[test]
fn bad_settings_end_with_64_before_anything_listens() {
    let mut process = start(&[("KIT_DATABASE_URL", ""), ("KIT_DRAIN_SECONDS", "soon")]);
    let want = "KIT_DRAIN_SECONDS must be a number of seconds from 0 to 86400, not \"soon\"\nKIT_DATABASE_URL is not set\n";
    assert_eq!(process.ended(), (Some(64), want.to_owned()));
    assert!(!process.folder.join("app.sock").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn background_work_that_fails_ends_the_process_with_1() {
    let mut process = start(&[]);
    process.serving().await;
    process.write("fail");
    let (code, said) = process.ended();
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("closed\n") && said.contains("the relay broke"),
        "{said}"
    );
    assert!(
        process
            .log()
            .iter()
            .any(|line| line["level"] == "error" && line["message"] == "ending")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_a_dead_process_left_is_replaced_and_one_in_use_is_not() {
    let mut process = start(&[]);
    process.serving().await;
    let mut second = start_in(&process.folder, &[], tempfile::tempdir().unwrap());
    let (code, said) = second.ended();
    assert_eq!(code, Some(1));
    assert!(said.contains("is in use"), "{said}");
    process.child.kill().unwrap();
    process.ended();
    assert!(process.folder.join("app.sock").exists());
    start_in(&process.folder, &[], tempfile::tempdir().unwrap())
        .serving()
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operations_pages() {
    let process = start(&[("LARDER_BUILD", "abc")]);
    let connection = process.serving().await;
    CustomerServiceClient::new(connection, client_config())
        .get_customer(customer("a"))
        .await
        .unwrap();
    let version = format!(
        r#"{{"build":"abc","contract":"{}","service":"kit"}}"#,
        larder_contract::VERSION
    );
    let counted = "larder_rpc_server_handled_total{code=\"OK\",method=\"GetCustomer\",\
                   service=\"larder.customer.v1.CustomerService\",version=\"abc\",workload=\"kit\"} 1";
    for (path, want) in [
        ("/healthz", r#"{"alive":true}"#),
        ("/readyz", r#"{"ready":true}"#),
        ("/version", &version),
        ("/metrics", counted),
        ("/metrics", "process_cpu_seconds_total"),
    ] {
        let (code, body) = process.ops(path);
        assert_eq!(code, 200, "{path}");
        assert!(body.contains(want), "{path}: {body}");
    }
    assert_eq!(process.ops("/").0, 404);
    process.write("unready");
    assert_eq!(
        process.ops("/readyz"),
        (503, "{\"ready\":false}\n".to_owned())
    );
    assert_eq!(process.ops("/healthz").0, 200);
}
