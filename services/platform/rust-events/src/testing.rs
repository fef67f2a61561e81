//! Real servers for tests: each in a temporary folder of its own, on a Unix socket, gone with the test that started it.

use crate::leases::{Acquired, Leases};
use crate::log::{EventLog, LogError};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod kafka;
mod postgres;
mod tls;
mod valkey;

pub use kafka::TestKafka;
pub use postgres::TestPostgres;
pub use tls::{Begin, TestTls};
pub use valkey::TestValkey;

const PASSWORD: &str = "of-a-test";

/// Waits for a condition, at most three minutes: machines that run tests are busy.
///
/// # Panics
/// If it does not come.
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(180);
    while !condition().await {
        assert!(
            Instant::now() < end,
            "within three minutes it did not happen that {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Takes the lease on a partition in a group, as a member of that name. Returns its epoch; none if another has it.
///
/// # Errors
/// See `LogError`.
pub async fn take_lease(
    log: &EventLog,
    (topic, partition): (&str, u32),
    (group, member): (&str, &str),
    lease: Duration,
) -> Result<Option<u64>, LogError> {
    let leases = Leases::open(log, topic, group).await?;
    Ok(match leases.acquire(member, lease, partition, 0).await? {
        Acquired::Epoch(epoch) => Some(epoch),
        Acquired::Elsewhere(_) => None,
    })
}

/// Sends a signal to a process.
pub fn send(pid: u32, signal: &str) {
    // It may have gone meanwhile.
    drop(
        Command::new("kill")
            .args([format!("-{signal}"), pid.to_string()])
            .stderr(Stdio::null())
            .status(),
    );
}

/// The folder of the clone.
///
/// # Panics
/// If set-up has not run.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = here
        .ancestors()
        .find(|folder| folder.join(".venv").exists());
    found
        .expect("there is no .venv in any folder above: run the set-up first")
        .to_owned()
}

/// A file of a Python package of the clone.
fn packaged(below: &str) -> PathBuf {
    let lib = root().join(".venv/lib");
    let versions = fs::read_dir(&lib).expect("the set-up has run");
    let files =
        versions.filter_map(|version| Some(version.ok()?.path().join("site-packages").join(below)));
    files
        .into_iter()
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("{below} is not in .venv: run the set-up first"))
}

/// A folder that goes with what holds it.
struct Folder(PathBuf);

impl Folder {
    fn new(prefix: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("larder-{prefix}-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A child that is killed with what holds it, and with this process, however that ends.
struct Server(Child);

impl Server {
    fn start(before: &[&str], program: &Path, args: &[String], output: &Path) -> Self {
        let log = fs::File::create(output).expect("a file for the output");
        let mut words = before.iter().map(std::ffi::OsStr::new).collect::<Vec<_>>();
        if cfg!(target_os = "linux") {
            words.extend(["setpriv", "--pdeathsig", "KILL"].map(std::ffi::OsStr::new));
        }
        words.push(program.as_os_str());
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .args(args)
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        let errors = log.try_clone().expect("the file twice");
        Self(
            command
                .stdout(log)
                .stderr(errors)
                .spawn()
                .expect("the server starts"),
        )
    }

    fn end(&mut self, signal: &str) {
        send(self.0.id(), signal);
        drop(self.0.wait());
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end("KILL");
    }
}
