use super::*;

fn node_at(host: &str, port: u16) -> Node {
    Node {
        host: host.into(),
        port,
    }
}

#[test]
fn addresses_are_understood() {
    let login = |mechanism| {
        Some(Login {
            mechanism,
            username: "order".into(),
            password: "s@c".into(),
        })
    };
    let tls = |ca: Option<&str>| {
        Some(Tls {
            ca_file: ca.map(ToString::to_string),
        })
    };
    let cases = [
        (
            "kafka://127.0.0.1",
            vec![node_at("127.0.0.1", 9092)],
            None,
            None,
        ),
        ("kafka://[::1]:9094", vec![node_at("::1", 9094)], None, None),
        (
            "kafka://order:s%40c@127.0.0.1:1,localhost:2",
            vec![node_at("127.0.0.1", 1), node_at("localhost", 2)],
            login(Mechanism::Plain),
            None,
        ),
        (
            "kafkas://order:s%40c@one,two:2",
            vec![node_at("one", 9093), node_at("two", 2)],
            login(Mechanism::ScramSha512),
            tls(None),
        ),
        (
            "kafkas://order:s%40c@one?sasl=PLAIN&ca=/etc/ca.pem",
            vec![node_at("one", 9093)],
            login(Mechanism::Plain),
            tls(Some("/etc/ca.pem")),
        ),
        (
            "kafka://order:s%40c@one?sasl=SCRAM-SHA-256",
            vec![node_at("one", 9092)],
            login(Mechanism::ScramSha256),
            None,
        ),
    ];
    for (url, nodes, login, tls) in cases {
        let address = parse(url).unwrap();
        assert_eq!(address.nodes, nodes, "{url}");
        assert!(address.login == login, "{url}");
        assert_eq!(address.tls, tls, "{url}");
    }
}

#[test]
fn others_are_refused_and_say_why_without_the_password() {
    let form = "kafka://user:password@host:port";
    for (url, why) in [
        ("kafka://", form),
        ("kafka://order@host", form),
        ("kafka://:secret@host", form),
        ("kafka://host:port", form),
        ("kafka://host:1,", form),
        ("kafka://host/path", form),
        ("kafka://[::1]9092", form),
        ("kafka:/host", form),
        ("kafkas://", form),
        (
            "kafka://order:secret@10.0.0.1:1",
            "readable on the way to 10.0.0.1",
        ),
        (
            "kafka://order:secret@127.0.0.1:1,broker.example:2",
            "readable on the way to broker.example",
        ),
        (
            "kafka://order:secret@127.0.0.1.example:2",
            "readable on the way",
        ),
        (
            "kafkas://order:secret@host?sasl=GSSAPI",
            "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
        ),
        ("kafkas://host?sasl=PLAIN", "sasl belongs to a login"),
        (
            "kafka://127.0.0.1?ca=/etc/ca.pem",
            "ca belongs to a connection with TLS",
        ),
        ("kafkas://host?acks=1", "no \"acks\""),
    ] {
        let error = parse(url)
            .err()
            .unwrap_or_else(|| panic!("{url} was taken"))
            .to_string();
        assert!(
            error.contains(why) && !error.contains("secret"),
            "{url}: {error}"
        );
    }
}
