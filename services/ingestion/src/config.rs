//! The settings of ingestion, and the only reader of its environment.

use std::fmt::Write as _;

use larder_events::EventLog;
use larder_platform::{ConfigError, Env, PlatformConfig};

/// The settings of ingestion.
#[derive(Clone, Debug)]
pub struct Config {
    pub platform: PlatformConfig,
    pub event_log_url: String,
    /// How many streams may be open at once.
    pub max_streams: usize,
    /// How many batches of a stream may be without acknowledgement.
    pub stream_window: usize,
    /// How many readings may wait for the event log, of all devices.
    pub max_pending_readings: usize,
    /// How many devices and probes are remembered for their last numbers, at most.
    pub remembered_devices: usize,
}

/// Reads the settings from `lookup`, which is `environment` outside tests.
pub fn load_config(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let mut env = Env::new(lookup);
    let config = read(&mut env);
    env.finish(config)
}

fn read(env: &mut Env) -> Config {
    Config {
        platform: env.platform("INGESTION", &[]),
        event_log_url: event_log_url(env),
        max_streams: env.number("INGESTION_MAX_STREAMS", 10_000, 1, 1_000_000),
        stream_window: env.number("INGESTION_STREAM_WINDOW", 16, 1, 1000),
        // A batch has up to 1,000, and one must always have room.
        max_pending_readings: env.number(
            "INGESTION_MAX_PENDING_READINGS",
            200_000,
            1000,
            100_000_000,
        ),
        remembered_devices: env.number("INGESTION_REMEMBERED_DEVICES", 100_000, 2, 100_000_000),
    }
}

/// The address of the event log, where a password that stands in a secret of its own comes apart.
fn event_log_url(env: &mut Env) -> String {
    let written = env.secret("INGESTION_EVENT_LOG_URL");
    let password = env.optional("INGESTION_EVENT_LOG_PASSWORD");
    if written.is_empty() {
        return written;
    }
    let whole = match password {
        None => Ok(written),
        Some(password) => with_password(&written, &password).ok_or_else(|| {
            "with a password apart it must name a user, and no password: redis://user@host"
                .to_owned()
        }),
    };
    match whole.and_then(|url| {
        EventLog::open(&url, "")
            .map(|_| url)
            .map_err(|error| error.to_string())
    }) {
        Ok(url) => url,
        Err(error) => {
            env.problem(format!("INGESTION_EVENT_LOG_URL is wrong: {error}"));
            String::new()
        }
    }
}

fn with_password(url: &str, password: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (user, place) = rest.split_once('@')?;
    let mut encoded = String::with_capacity(3 * password.len());
    for c in password.bytes() {
        // Writing to memory does not fail.
        let _ = write!(encoded, "%{c:02X}");
    }
    (!user.is_empty() && !user.contains(':'))
        .then(|| format!("{scheme}://{user}:{encoded}@{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_its_own_goes_into_an_address_that_has_none() {
        let load = |url: &'static str, password: Option<&'static str>| {
            let lookup = move |name: &str| match name {
                "INGESTION_EVENT_LOG_URL" => Some(url.to_owned()),
                "INGESTION_EVENT_LOG_PASSWORD" => password.map(str::to_owned),
                "INGESTION_LISTEN" | "INGESTION_OPS_LISTEN" => Some(":0".to_owned()),
                _ => None,
            };
            load_config(&lookup)
                .map(|config| config.event_log_url)
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            load("redis://u@h:1", Some("p@")).unwrap(),
            "redis://u:%70%40@h:1"
        );
        assert_eq!(
            load("redis+unix://u:p@/s", None).unwrap(),
            "redis+unix://u:p@/s"
        );
        assert!(
            load("redis://u:p@h:1", Some("p"))
                .unwrap_err()
                .starts_with("INGESTION_EVENT_LOG_URL is wrong: with")
        );
        let wrong = load("kafka://u:hush@h:1", None).unwrap_err();
        assert!(
            wrong.starts_with("INGESTION_EVENT_LOG_URL is wrong: ") && !wrong.contains("hush"),
            "{wrong}"
        );
        assert_eq!(
            load("", None).unwrap_err(),
            "INGESTION_EVENT_LOG_URL is not set"
        );
    }

    #[test]
    fn the_table_in_the_readme_is_the_declaration() {
        let lookup = |_: &str| None;
        let mut env = Env::new(&lookup);
        read(&mut env);
        let want: Vec<String> = env
            .settings
            .iter()
            .map(|row| {
                let none = if row.required { "required" } else { "none" };
                format!("{} {}", row.name, row.default.as_deref().unwrap_or(none))
            })
            .collect();
        let (_, table) = include_str!("../README.md")
            .split_once("## Settings")
            .unwrap();
        let rows = table
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let got: Vec<String> = rows
            .map(|(name, rest)| format!("{name} {}", rest.split(" |").next().unwrap()))
            .collect();
        assert_eq!(got, want);
    }
}
