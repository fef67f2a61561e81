//! The settings of ingestion, and the only reader of its environment.

use larder_events::event_log_url;
use larder_platform::{ConfigError, Env, PlatformConfig};

/// The settings of ingestion.
#[derive(Clone, Debug)]
pub struct Config {
    pub platform: PlatformConfig,
    pub event_log_url: String,
    /// How many streams may be open at once.
    pub max_streams: usize,
    /// How many of them may be of one device.
    pub max_streams_of_device: usize,
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
        event_log_url: event_log_url(env, "INGESTION"),
        max_streams: env.number("INGESTION_MAX_STREAMS", 10_000, 1, 1_000_000),
        // One is enough; those that broke off unnoticed last until they have been silent for too long.
        max_streams_of_device: env.number("INGESTION_MAX_STREAMS_OF_DEVICE", 8, 1, 1_000_000),
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

#[cfg(test)]
mod tests {
    use super::*;

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
