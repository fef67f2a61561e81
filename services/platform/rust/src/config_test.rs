use std::time::Duration;

use crate::config::{Env, Setting};
use crate::log::Level;

fn of(values: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| {
        values
            .iter()
            .find(|it| it.0 == name)
            .map(|it| it.1.to_owned())
    }
}

#[test]
fn settings_are_read_with_their_defaults() {
    let lookup = of(&[
        ("SHOP_LISTEN", "unix:/run/app.sock"),
        ("SHOP_OPS_LISTEN", "127.0.0.1:0"),
        ("SHOP_LOG_LEVEL", ""),
        ("LARDER_ADDR_BIG_STORE", "unix:/a.sock, 127.0.0.1:5"),
    ]);
    let mut env = Env::new(&lookup);
    let config = env.platform("SHOP", &["big-store", "other"]);
    let config = env.finish(config).unwrap();
    assert_eq!(config.listen, "unix:/run/app.sock");
    assert_eq!(
        (config.drain, config.log_level),
        (Duration::from_secs(10), Level::Info)
    );
    assert_eq!(
        (config.namespace.as_str(), config.trust_domain.as_str()),
        ("larder", "larder.local")
    );
    assert_eq!((config.egress, config.build.as_str()), (None, "dev"));
    assert_eq!(
        config.addresses["big-store"],
        ["unix:/a.sock", "127.0.0.1:5"]
    );
    assert!(config.addresses["other"].is_empty());
}

#[test]
fn what_is_set_is_taken() {
    let lookup = of(&[
        ("SHOP_LISTEN", "h:1"),
        ("SHOP_OPS_LISTEN", "h:2"),
        ("SHOP_DRAIN_SECONDS", "0.5"),
        ("SHOP_LOG_LEVEL", "debug"),
        ("MESH_EGRESS", "unix:/out.sock"),
    ]);
    let mut env = Env::new(&lookup);
    let config = env.platform("SHOP", &[]);
    let config = env.finish(config).unwrap();
    assert_eq!(
        (config.drain, config.log_level),
        (Duration::from_millis(500), Level::Debug)
    );
    assert_eq!(config.egress.as_deref(), Some("unix:/out.sock"));
}

#[test]
fn all_problems_are_reported_at_once() {
    let lookup = of(&[
        ("SHOP_LISTEN", "app.sock"),
        ("SHOP_DRAIN_SECONDS", "10s"),
        ("SHOP_LOG_LEVEL", "loud"),
        ("SHOP_COLOUR", "mauve"),
        ("SHOP_SIZE", "0"),
    ]);
    let mut env = Env::new(&lookup);
    env.platform("SHOP", &[]);
    env.secret("SHOP_DATABASE_URL");
    env.choice("SHOP_COLOUR", "red", &[("red", 1), ("green", 2)]);
    env.number("SHOP_SIZE", 3, 1, 5);
    let problems = env.finish(()).unwrap_err().to_string();
    let want = [
        r#"SHOP_LISTEN must be unix:/absolute/path or host:port, not "app.sock""#,
        "SHOP_OPS_LISTEN is not set",
        r#"SHOP_DRAIN_SECONDS must be a number of seconds from 0 to 86400, not "10s""#,
        r#"SHOP_LOG_LEVEL must be one of debug, info, warn, error, not "loud""#,
        "SHOP_DATABASE_URL is not set",
        r#"SHOP_COLOUR must be one of red, green, not "mauve""#,
        r#"SHOP_SIZE must be a whole number from 1 to 5, not "0""#,
    ];
    assert_eq!(problems, want.join("\n"));
}

#[test]
fn seconds_are_finite_and_not_negative() {
    for raw in ["-1", "NaN", "inf", "1e9", "x", "1 "] {
        let lookup = |_: &str| Some(raw.to_owned());
        let mut env = Env::new(&lookup);
        env.seconds("X", Duration::from_secs(1));
        assert!(env.finish(()).is_err(), "{raw:?} was accepted");
    }
}

#[test]
fn an_address_is_a_socket_or_a_port() {
    for (raw, good) in [
        ("unix:/a", true),
        (":1", true),
        ("h:1", true),
        ("[::1]:1", true),
        ("unix:a", false),
        ("a", false),
        ("/a", false),
    ] {
        let lookup = |_: &str| Some(raw.to_owned());
        let mut env = Env::new(&lookup);
        env.address("X");
        assert_eq!(env.finish(()).is_ok(), good, "{raw}");
    }
}

#[test]
fn the_table_in_the_readme_is_the_declaration() {
    let lookup = of(&[]);
    let mut env = Env::new(&lookup);
    env.platform("X", &[]);
    let shown = |row: &Setting| {
        let none = if row.required { "required" } else { "none" };
        format!("{} {}", row.name, row.default.as_deref().unwrap_or(none))
    };
    let want: Vec<String> = env.settings.iter().map(shown).collect();
    let readme = include_str!("../README.md");
    let rows = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let got: Vec<String> = rows
        .map(|(name, rest)| format!("{name} {}", rest.split(" |").next().unwrap()))
        .collect();
    assert_eq!(got, want);
}
