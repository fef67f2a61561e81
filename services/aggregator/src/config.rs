//! The settings of the aggregator: the only place that reads the environment.

use crate::batch_average::BatchRule;
use crate::excursion::{ExcursionRules, Limit};
use crate::source::Rules;
use crate::temperature::micro;
use larder_contract::proto::larder::catalog::v1::StorageClass;
use larder_events::event_log_url;
use larder_platform::{ConfigError, Env, PlatformConfig};
use std::time::Duration;

pub(crate) struct Config {
    pub platform: PlatformConfig,
    pub database_url: String,
    pub event_log_url: String,
    pub rules: Rules,
    /// A partition that is so far behind the others holds up no window of several devices.
    pub silence: Duration,
    /// Windows and panes stay for so many days.
    pub keep_days: i64,
    /// An instance that is silent for so long loses its partitions to others.
    pub lease: Duration,
    /// For topics to which the contract gives no retention of their own.
    pub event_retention: Duration,
    pub dead_letters: Duration,
}

pub(crate) fn load_config(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let mut env = Env::new(lookup);
    let config = read(&mut env);
    env.finish(config)
}

pub(crate) fn read(env: &mut Env<'_>) -> Config {
    let platform = env.platform("AGGREGATOR", &[]);
    let database_url = env.secret("AGGREGATOR_DATABASE_URL");
    let event_log_url = event_log_url(env, "AGGREGATOR");
    let seconds = |env: &mut Env<'_>, name: &str, fallback: u64| {
        env.seconds(name, Duration::from_secs(fallback))
    };
    let lateness = seconds(env, "AGGREGATOR_LATENESS_SECONDS", 10);
    let silence = seconds(env, "AGGREGATOR_SILENCE_SECONDS", 60);
    let hysteresis = celsius(env, "AGGREGATOR_HYSTERESIS_CELSIUS", "1");
    let limits = [
        (
            StorageClass::STORAGE_CLASS_CHILLED,
            "AGGREGATOR_CHILLED_LIMIT_CELSIUS",
            "7",
        ),
        (
            StorageClass::STORAGE_CLASS_FROZEN,
            "AGGREGATOR_FROZEN_LIMIT_CELSIUS",
            "-15",
        ),
        (
            StorageClass::STORAGE_CLASS_AMBIENT,
            "AGGREGATOR_AMBIENT_LIMIT_CELSIUS",
            "30",
        ),
    ];
    let limits = limits.map(|(class, name, fallback)| {
        let open = celsius(env, name, fallback);
        (
            class as i32,
            Limit {
                open,
                close: open - hysteresis,
            },
        )
    });
    let open_after = seconds(env, "AGGREGATOR_OPEN_AFTER_SECONDS", 30);
    let unheard = seconds(env, "AGGREGATOR_UNHEARD_SECONDS", 900);
    if unheard < silence {
        env.problem(format!(
            "AGGREGATOR_UNHEARD_SECONDS must be at least AGGREGATOR_SILENCE_SECONDS, {}, not {}",
            silence.as_secs_f64(),
            unheard.as_secs_f64()
        ));
    }
    let excursions = ExcursionRules {
        limits: limits.to_vec(),
        open_after_us: us(open_after),
        tell_every_us: 300_000_000,
        silence_us: us(silence),
        unheard_us: us(unheard),
    };
    let batch = BatchRule {
        above: celsius(env, "AGGREGATOR_BATCH_ABOVE_CELSIUS", "8"),
        most: whole(env.number("AGGREGATOR_BATCH_SIZE", 1000, 1, 1_000_000)),
        longest_us: us(seconds(env, "AGGREGATOR_BATCH_SECONDS", 5)),
    };
    Config {
        platform,
        database_url,
        event_log_url,
        rules: Rules {
            lateness_us: us(lateness),
            batch,
            excursions,
        },
        silence,
        keep_days: whole(env.number("AGGREGATOR_KEEP_DAYS", 30, 8, 3650)),
        lease: seconds(env, "AGGREGATOR_LEASE_SECONDS", 5),
        event_retention: hours(env.number("AGGREGATOR_EVENT_RETENTION_HOURS", 168, 1, 87_600)),
        dead_letters: hours(env.number("AGGREGATOR_DEAD_LETTER_HOURS", 2160, 1, 87_600)),
    }
}

/// In millionths of a degree.
fn celsius(env: &mut Env<'_>, name: &str, fallback: &str) -> i64 {
    let raw = env.text_or(name, fallback);
    match raw.parse::<f64>() {
        Ok(value) if (-100.0..=150.0).contains(&value) => micro(value),
        _ => {
            env.problem(format!(
                "{name} must be degrees Celsius from -100 to 150, not {raw:?}"
            ));
            0
        }
    }
}

pub(crate) fn us(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn hours(number: usize) -> Duration {
    Duration::from_secs(number as u64 * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_a_row_for_each_setting() {
        let mut env = Env::new(&|_| None);
        read(&mut env);
        let readme = include_str!("../README.md");
        for setting in env
            .settings
            .iter()
            .filter(|setting| setting.name.starts_with("AGGREGATOR_"))
        {
            let shared = ["LISTEN", "OPS_LISTEN", "DRAIN_SECONDS", "LOG_LEVEL"];
            if shared
                .iter()
                .any(|name| setting.name == format!("AGGREGATOR_{name}"))
            {
                continue;
            }
            let fallback = setting
                .default
                .clone()
                .unwrap_or_else(|| if setting.required { "required" } else { "none" }.into());
            let row = format!("| `{}` | {fallback} |", setting.name);
            assert!(readme.contains(&row), "the README lacks {row}");
        }
    }

    #[test]
    fn a_sensor_may_be_silent_at_least_for_as_long_as_says_nothing() {
        let lookup = |name: &str| (name == "AGGREGATOR_UNHEARD_SECONDS").then(|| "59.5".to_owned());
        let error = load_config(&lookup).err().unwrap().to_string();
        assert!(
            error.contains("AGGREGATOR_UNHEARD_SECONDS must be at least AGGREGATOR_SILENCE_SECONDS, 60, not 59.5"),
            "{error}"
        );
    }

    #[test]
    fn degrees_must_be_degrees() {
        let lookup =
            |name: &str| (name == "AGGREGATOR_CHILLED_LIMIT_CELSIUS").then(|| "NaN".to_owned());
        let error = load_config(&lookup).err().unwrap().to_string();
        assert!(
            error.contains("AGGREGATOR_CHILLED_LIMIT_CELSIUS must be degrees Celsius"),
            "{error}"
        );
    }
}
