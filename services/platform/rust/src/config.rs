//! Settings: the only reader of the environment. All that is wrong with it is said at once.

use std::time::Duration;

/// The exit code of a process whose environment does not make sense (EX_USAGE of sysexits).
pub const EXIT_BAD_CONFIG: u8 = 64;

/// One row of a settings table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    /// As it would be written in the environment. None: there is none.
    pub default: Option<String>,
    pub required: bool,
}

/// Everything that is wrong with the environment, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Reads settings and gathers what is wrong with them. An empty variable counts as not set: shells and manifests cannot
/// always take one away.
pub struct Env<'a> {
    /// A row for each setting read so far: what the table in a README must say.
    pub settings: Vec<Setting>,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

/// The environment of the process, for `Env::new`.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl<'a> Env<'a> {
    /// Starts reading settings from `lookup`, which is `environment` outside tests.
    #[must_use]
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            settings: Vec::new(),
            lookup,
            problems: Vec::new(),
        }
    }

    /// Gives what was built from the settings read so far.
    ///
    /// # Errors
    ///
    /// Any of them was wrong.
    pub fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(self.problems))
        }
    }

    /// A text that must be set.
    pub fn text(&mut self, name: &str) -> String {
        self.required(name)
    }

    /// A text that must be set and never be shown, such as an address with a password in it.
    pub fn secret(&mut self, name: &str) -> String {
        self.required(name)
    }

    /// A text that may be absent.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        self.row(name, None, false);
        self.value(name)
    }

    /// A text with a default.
    pub fn text_or(&mut self, name: &str, fallback: &str) -> String {
        self.row(name, Some(fallback), false);
        self.value(name).unwrap_or_else(|| fallback.to_owned())
    }

    /// `unix:/absolute/path` or `host:port`, which must be set.
    pub fn address(&mut self, name: &str) -> String {
        let value = self.required(name);
        let port = value.strip_prefix("unix:").unwrap_or(&value);
        if !value.is_empty() && !value.starts_with("unix:/") && !port.contains(':') {
            self.problem(format!(
                "{name} must be unix:/absolute/path or host:port, not {value:?}"
            ));
        }
        value
    }

    /// A time in seconds, not negative; fractions are allowed.
    pub fn seconds(&mut self, name: &str, fallback: Duration) -> Duration {
        let shown = fallback.as_secs_f64().to_string();
        let raw = self.text_or(name, &shown);
        match raw.parse::<f64>() {
            Ok(value) if (0.0..=86400.0).contains(&value) => Duration::from_secs_f64(value),
            _ => {
                self.problem(format!(
                    "{name} must be a number of seconds from 0 to 86400, not {raw:?}"
                ));
                fallback
            }
        }
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, name: &str, fallback: usize, least: usize, most: usize) -> usize {
        let raw = self.text_or(name, &fallback.to_string());
        match raw.parse() {
            Ok(value) if (least..=most).contains(&value) => value,
            _ => {
                self.problem(format!(
                    "{name} must be a whole number from {least} to {most}, not {raw:?}"
                ));
                fallback
            }
        }
    }

    /// One of a few words. The first problem is reported; what is returned then does not matter any more.
    pub fn choice<T: Copy>(&mut self, name: &str, fallback: &str, words: &[(&str, T)]) -> T {
        let raw = self.text_or(name, fallback);
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == raw) {
            return *value;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.problem(format!(
            "{name} must be one of {}, not {raw:?}",
            known.join(", ")
        ));
        words[0].1
    }

    fn required(&mut self, name: &str) -> String {
        self.row(name, None, true);
        self.value(name).unwrap_or_else(|| {
            self.problem(format!("{name} is not set"));
            String::new()
        })
    }

    fn row(&mut self, name: &str, default: Option<&str>, required: bool) {
        self.settings.push(Setting {
            name: name.to_owned(),
            default: default.map(str::to_owned),
            required,
        });
    }

    fn value(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// Adds a line to what is wrong, for rules that a service has of its own.
    pub fn problem(&mut self, line: String) {
        self.problems.push(line);
    }
}
