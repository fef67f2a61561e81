//! The log on a real Kafka. Tests share a broker, one after the other: `make test-live` runs them, since they need Java.

mod suite;

use larder_events::testing::TestKafka;
use larder_events::{EventLog, LogError};
use std::time::{Duration, Instant};
use suite::languages::other;
use suite::{Server, batch, new_topic, suite, texts};
use tokio::sync::{Mutex, MutexGuard};

static BROKER: Mutex<Option<TestKafka>> = Mutex::const_new(None);

/// Ours until it is dropped.
struct Shared(MutexGuard<'static, Option<TestKafka>>);

impl Shared {
    fn broker(&mut self) -> &mut TestKafka {
        self.0.get_or_insert_with(|| TestKafka::start(&["nobody"]))
    }

    fn known(&self) -> &TestKafka {
        self.0.as_ref().expect("it was started")
    }
}

impl Server for Shared {
    async fn start() -> Self {
        let mut shared = Self(BROKER.lock().await);
        // Whoever had it before may have failed in the middle.
        shared.broker().resume();
        shared.broker().start_again();
        shared
    }

    fn url(&self) -> String {
        self.known().url()
    }

    async fn restart(&mut self) {
        self.broker().kill();
        self.broker().start_again();
    }

    fn pause(&mut self) {
        self.broker().pause();
    }

    fn resume(&mut self) {
        self.broker().resume();
    }
}

suite!(Shared, ignore = "needs Java: make test-live");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java: make test-live"]
async fn who_has_no_rights_is_told_so() {
    let server = Shared::start().await;
    let (log, topic) = (server.log(), &new_topic());
    log.append(&[batch(topic, "a", &[(1, "a1")])])
        .await
        .unwrap();
    let nobody = EventLog::open(&server.known().url_of("nobody"), "test").unwrap();
    let appended = nobody.append(&[batch(topic, "a", &[(2, "a2")])]).await;
    assert!(matches!(appended, Err(LogError::Forbidden(_))));
    let read = nobody.read(topic, 0, 0, 1, Duration::ZERO).await;
    assert!(matches!(read, Err(LogError::Forbidden(_))));
    let noted = nobody.noted(topic, 0, "g").await;
    assert!(matches!(noted, Err(LogError::Forbidden(_))));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java: make test-live"]
async fn what_others_have_compressed_is_read_like_all_else() {
    let server = Shared::start().await;
    let (log, topic) = (server.log(), &new_topic());
    log.append(&[batch(topic, "a", &[(1, "a1")])])
        .await
        .unwrap();
    other(&["compress", &server.url(), topic]).await;
    log.append(&[batch(topic, "a", &[(2, "a2")])])
        .await
        .unwrap();
    assert_eq!(
        texts(&log, topic, 0).await,
        ["a1", "gzip", "snappy", "lz4", "zstd", "a2"]
    );
}

/// For how long a login there is good.
const SESSION: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java: make test-live"]
async fn a_login_that_is_good_for_a_while_only_is_renewed_and_nobody_sees_it() {
    let server = Shared::start().await;
    let (place, ca) = server.known().secure();
    let log = EventLog::open(&format!("kafkas://admin:of-a-test@{place}?ca={ca}"), "test").unwrap();
    let topic = &new_topic();
    let end = Instant::now() + SESSION * 5 / 2;
    let mut next = 0;
    while Instant::now() < end {
        let one = [batch(topic, "a", &[(next + 1, "one")])];
        log.append(&one).await.unwrap();
        // One waits for what is there, and the other for what is not.
        for (offset, wait) in [(next, 1000), (next + 1, 100)] {
            let wait = Duration::from_millis(wait);
            log.read(topic, 0, offset, 1, wait).await.unwrap();
        }
        next += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java: make test-live"]
async fn users_come_in_by_tls_and_scram_and_the_broker_proves_its_name() {
    let server = Shared::start().await;
    let (place, ca) = server.known().secure();
    let port = place.rsplit_once(':').unwrap().1;
    let open = |rest: &str| {
        let url = format!("kafkas://admin:{rest}");
        EventLog::open(&url, "test").unwrap()
    };
    for sasl in ["", "sasl=SCRAM-SHA-512&", "sasl=SCRAM-SHA-256&"] {
        let log = open(&format!("of-a-test@{place}?{sasl}ca={ca}"));
        let topic = &new_topic();
        log.append(&[batch(topic, "a", &[(1, "a1")])])
            .await
            .unwrap();
        assert_eq!(texts(&log, topic, 0).await, ["a1"]);
    }
    let plain = server.url().rsplit_once('@').unwrap().1.to_owned();
    for (rest, why) in [
        (format!("another@{place}?ca={ca}"), "refuses admin: "),
        (
            format!("of-a-test@{place}?sasl=PLAIN&ca={ca}"),
            "it has no PLAIN, but SCRAM",
        ),
        (format!("of-a-test@{place}"), "is not trusted"),
        (
            format!("of-a-test@localhost:{port}?ca={ca}"),
            "is not trusted",
        ),
        (format!("of-a-test@{plain}?ca={ca}"), "unavailable"),
    ] {
        let error = open(&rest).ping().await.unwrap_err();
        let said = error.to_string();
        assert!(
            error.is_unavailable() && said.contains(why) && !said.contains("another"),
            "{rest}: {said}"
        );
    }
    let missing = EventLog::open(&format!("kafkas://{place}?ca={ca}.none"), "test");
    let missing = missing.err().expect("there is no such file").to_string();
    assert!(missing.contains("cannot be used"), "{missing}");
}
