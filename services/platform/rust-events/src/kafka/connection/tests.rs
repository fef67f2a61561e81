use super::*;
use kafka_protocol::messages::{FindCoordinatorRequest, SaslHandshakeRequest};
use tokio::io::DuplexStream;

const LONG: Duration = Duration::from_secs(60);

fn open() -> (Connection, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let node = Node {
        host: "node".into(),
        port: 1,
    };
    let losses = Losses::default();
    (Connection::over(ours, &node, "test", &losses), theirs)
}

/// The number of the next request.
async fn request(node: &mut DuplexStream) -> i32 {
    let length = node.read_u32().await.unwrap();
    let mut bytes = vec![0; length as usize];
    node.read_exact(&mut bytes).await.unwrap();
    (&bytes[4..8]).get_i32()
}

/// An answer without an error, that knows no request of the protocol.
async fn answer(node: &mut DuplexStream, id: i32) {
    node.write_u32(10).await.unwrap();
    node.write_i32(id).await.unwrap();
    node.write_all(&[0; 6]).await.unwrap();
}

#[tokio::test]
async fn every_request_gets_its_own_answer() {
    let (connection, mut node) = open();
    let asked = SaslHandshakeRequest::default();
    let (first, second, ()) = tokio::join!(
        connection.ask(&asked, LONG),
        connection.ask(&asked, LONG),
        async {
            let ids = [request(&mut node).await, request(&mut node).await];
            assert_eq!(ids, [0, 1], "both are on their way at once");
            for id in ids {
                answer(&mut node, id).await;
            }
        }
    );
    assert!(first.is_ok() && second.is_ok());
    // Who has gone leaves its answer to nobody, and holds up no other.
    assert!(
        tokio::time::timeout(Duration::ZERO, connection.ask(&asked, LONG))
            .await
            .is_err()
    );
    let (third, ()) = tokio::join!(connection.ask(&asked, LONG), async {
        loop {
            let id = request(&mut node).await;
            answer(&mut node, id).await;
            if id == 3 {
                break;
            }
        }
    });
    assert!(third.is_ok() && connection.is_open());
}

#[tokio::test]
async fn a_connection_that_fails_one_fails_all_who_wait() {
    let asked = SaslHandshakeRequest::default();
    // It closes, speaks of something else, answers another request, or says what is too long to be true.
    for (said, why) in [
        (&b""[..], "has closed the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n", STRANGE),
        (b"\0\0\0\x0a\0\0\0\x07\0\0\0\0\0\0", STRANGE),
        (b"\0\0\0\x05\0\0\0\0\0", ""),
        (b"\0\0\0\x03\0\0\0", STRANGE),
        (b"\x7f\xff\xff\xff", STRANGE),
    ] {
        let (connection, mut node) = open();
        let (first, second, ()) = tokio::join!(
            connection.ask(&asked, LONG),
            connection.ask(&asked, LONG),
            async {
                request(&mut node).await;
                node.write_all(said).await.unwrap();
                if said.is_empty() {
                    node.shutdown().await.unwrap();
                }
            }
        );
        for failed in [first, second] {
            let error = failed.unwrap_err();
            let told = error.is_unavailable() && error.to_string().ends_with(why);
            assert!(told, "{said:?}: {error}");
            assert!(!error.to_string().contains(SILENT), "nobody waits for it");
        }
        assert!(!connection.is_open(), "{said:?}");
        assert!(connection.losses.count() > 0, "others learn of it");
    }
}

#[tokio::test]
async fn a_node_that_says_nothing_is_given_up() {
    let (connection, _node) = open();
    let asked = FindCoordinatorRequest::default();
    let silent = connection.ask(&asked, Duration::from_millis(1)).await;
    assert!(silent.unwrap_err().to_string().contains("does not answer"));
    closed(&connection).await;
    let later = tokio::time::timeout(LONG, connection.ask(&asked, LONG)).await;
    let later = later.expect("it does not wait").unwrap_err();
    assert!(later.to_string().contains("does not answer"));
}

#[tokio::test]
async fn a_node_that_says_nothing_is_given_up_when_who_asked_has_gone_before() {
    let (connection, mut node) = open();
    let asked = FindCoordinatorRequest::default();
    let asking = connection.ask(&asked, Duration::from_millis(1));
    let gone = tokio::time::timeout(Duration::ZERO, asking).await;
    assert!(gone.is_err());
    request(&mut node).await;
    closed(&connection).await;
    assert!(connection.losses.count() > 0, "others learn of it");
}

#[tokio::test]
async fn a_connection_whose_login_is_old_is_not_used_for_more_and_ends_what_it_began() {
    let (mut connection, mut node) = open();
    connection.limit(None);
    assert!(connection.is_fresh());
    connection.limit(Some(LONG));
    assert!(connection.is_fresh());
    let old = connection.old.unwrap();
    assert!(
        old < tokio::time::Instant::now() + LONG,
        "before the node hangs up"
    );
    connection.limit(Some(Duration::ZERO));
    assert!(!connection.is_fresh());
    let asked = SaslHandshakeRequest::default();
    let (answered, ()) = tokio::join!(connection.ask(&asked, LONG), async {
        let id = request(&mut node).await;
        answer(&mut node, id).await;
    });
    answered.unwrap();
}

async fn closed(connection: &Connection) {
    let closing = async {
        while connection.is_open() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(LONG, closing).await.unwrap();
}
