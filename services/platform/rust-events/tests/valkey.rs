//! The log on a real Valkey.

mod suite;

use larder_events::testing::TestValkey;
use larder_events::{EventLog, LogError};
use std::time::Duration;
use suite::{Server, batch, new_topic, suite, texts};

impl Server for TestValkey {
    async fn start() -> Self {
        Self::start(&[]).await
    }

    fn url(&self) -> String {
        Self::url(self)
    }

    async fn restart(&mut self) {
        Self::restart(self).await;
    }

    fn pause(&mut self) {
        Self::pause(self);
    }

    fn resume(&mut self) {
        Self::resume(self);
    }
}

suite!(TestValkey, doc = "On a Valkey of its own.");

#[tokio::test]
async fn what_was_deleted_by_other_means_is_told() {
    let valkey = TestValkey::start(&[]).await;
    let (log, topic) = (valkey.log(), &new_topic());
    for sequence in 1..=3 {
        log.append(&[batch(topic, "a", &[(sequence, "x")])])
            .await
            .unwrap();
    }
    valkey
        .ask(&["XDEL", &format!("{topic}:{{0}}"), "1-1"])
        .await;
    assert_eq!(
        log.read(topic, 0, 0, 10, Duration::ZERO)
            .await
            .unwrap()
            .len(),
        1,
        "a gap is not read over"
    );
    for (offset, lost) in [(1, false), (3, true)] {
        if lost {
            valkey.ask(&["FLUSHALL"]).await;
        }
        assert!(matches!(
            log.read(topic, 0, offset, 10, Duration::ZERO).await,
            Err(LogError::OutOfRange { offset: told, .. }) if told == offset
        ));
    }
}

#[tokio::test]
async fn a_server_that_cannot_is_unavailable_and_one_that_may_not_says_so() {
    let consumer = "-@all +hello +ping +client|setname (+get %R~t:partitions) (+fcall_ro +hmget +xrange +xrevrange +xread %R~t:{*} %R~t:{*}:state)";
    let valkey = TestValkey::start(&[("reader", consumer)]).await;
    let log = valkey.log();
    log.create_topic("t", 1).await.unwrap();
    log.append(&[batch("t", "a", &[(1, "a1")])]).await.unwrap();
    let reader = EventLog::open(&valkey.url_of("reader"), "test").unwrap();
    assert_eq!(
        texts(&reader, "t", 0).await,
        ["a1"],
        "the functions are loaded by another"
    );
    assert!(matches!(
        reader.append(&[batch("t", "r", &[(1, "r1")])]).await,
        Err(LogError::Forbidden(_))
    ));
    assert!(matches!(
        reader.read("u", 0, 0, 1, Duration::ZERO).await,
        Err(LogError::Forbidden(_))
    ));

    valkey.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let full = log.append(&[batch("t", "a", &[(2, "a2")])]).await;
    let full = full.unwrap_err();
    assert!(full.is_unavailable(), "{full}");
    valkey.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    valkey.ask(&["SET", "u:{0}", "no stream"]).await;
    let wrong = log.append(&[batch("u", "a", &[(1, "a1")])]).await;
    let wrong = wrong.unwrap_err();
    assert!(
        matches!(&wrong, LogError::Refused(why) if why.contains("WRONGTYPE")),
        "{wrong}"
    );
    let nobody = EventLog::open("redis+unix:///nowhere/s", "test").unwrap();
    assert!(nobody.ping().await.unwrap_err().is_unavailable());
}
