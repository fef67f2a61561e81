//! The log: one JSON line an event, in the form that all kits share.

use std::io::Write;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use protovalidate_buffa::chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Writes lines of one workload.
pub struct Logger {
    level: Level,
    /// What every line ends with.
    common: String,
    out: Buffer,
}

static GLOBAL: OnceLock<Logger> = OnceLock::new();

/// The data of a line: constant names, and values that are not secret.
pub type Fields<'a> = &'a [(&'a str, Value)];

/// Writes a line if its level is wanted. Before the service has begun nothing is.
pub fn log(level: Level, message: &str, fields: Fields) {
    if let Some(logger) = GLOBAL.get() {
        logger.log(level, message, fields);
    }
}

pub fn debug(message: &str, fields: Fields) {
    log(Level::Debug, message, fields);
}

pub fn info(message: &str, fields: Fields) {
    log(Level::Info, message, fields);
}

pub fn warn(message: &str, fields: Fields) {
    log(Level::Warn, message, fields);
}

pub fn error(message: &str, fields: Fields) {
    log(Level::Error, message, fields);
}

/// Makes the logger that `log` and its sisters write to. The first one stays.
pub(crate) fn install(level: Level, workload: &str, build: &str) -> &'static Logger {
    GLOBAL.get_or_init(|| Logger::new(level, workload, build, Box::new(std::io::stdout())))
}

/// Writes what is left: the last act of a process.
pub(crate) fn flush() {
    if let Some(logger) = GLOBAL.get() {
        logger.out.flush();
    }
}

impl Logger {
    pub(crate) fn new(
        level: Level,
        workload: &str,
        build: &str,
        out: Box<dyn Write + Send>,
    ) -> Self {
        Self {
            level,
            common: format!(
                "\"workload\":{},\"build\":{}}}\n",
                json!(workload),
                json!(build)
            ),
            out: Buffer {
                filled: Notify::new(),
                lines: Mutex::new(Lines {
                    text: Vec::new(),
                    out,
                }),
            },
        }
    }

    pub(crate) fn is_wanted(&self, level: Level) -> bool {
        level >= self.level
    }

    pub(crate) fn log(&self, level: Level, message: &str, fields: Fields) {
        if !self.is_wanted(level) {
            return;
        }
        let mut line = Vec::with_capacity(256);
        let time = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
        // Writing to memory does not fail.
        let _ = write!(
            line,
            "{{\"time\":\"{time}\",\"level\":\"{}\",\"message\":{},",
            level.name(),
            json!(message)
        );
        for (name, value) in fields {
            let _ = write!(line, "\"{name}\":{value},");
        }
        line.extend_from_slice(self.common.as_bytes());
        self.out.write(&line);
    }

    pub(crate) fn flush(&self) {
        self.out.flush();
    }
}

/// Gathers lines, since a write for each request would cost more than the rest of the log: `flush_often` writes them
/// after a few milliseconds.
struct Buffer {
    filled: Notify,
    lines: Mutex<Lines>,
}

struct Lines {
    text: Vec<u8>,
    out: Box<dyn Write + Send>,
}

const LOG_LIMIT: usize = 64 << 10;
const LOG_DELAY: Duration = Duration::from_millis(5);

impl Buffer {
    fn write(&self, line: &[u8]) {
        let mut lines = self.lock();
        if lines.text.is_empty() {
            self.filled.notify_one();
        }
        lines.text.extend_from_slice(line);
        if lines.text.len() > LOG_LIMIT {
            lines.flush();
        }
    }

    fn flush(&self) {
        self.lock().flush();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Lines> {
        // A thread that died while writing leaves whole lines behind.
        self.lines
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Lines {
    /// Drops the lines that cannot be written: there is nowhere to say so.
    fn flush(&mut self) {
        if !self.text.is_empty() {
            let _ = self
                .out
                .write_all(&self.text)
                .and_then(|()| self.out.flush());
            self.text.clear();
        }
    }
}

/// Writes what was logged a moment ago, for as long as the process lives.
pub(crate) async fn flush_often(logger: &'static Logger) {
    loop {
        logger.out.filled.notified().await;
        tokio::time::sleep(LOG_DELAY).await;
        logger.flush();
    }
}
