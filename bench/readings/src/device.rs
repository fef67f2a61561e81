//! What devices measure here: a little around four degrees, each reading from the one before it and its number.

use std::time::{SystemTime, UNIX_EPOCH};

/// The id of a device, without `devices/`.
pub(crate) fn id(index: u32) -> String {
    format!("bench-{index}")
}

/// In degrees, of a reading by its number.
pub(crate) fn celsius(number: i64) -> f64 {
    4.0 + f64::from(u8::try_from(number.rem_euclid(40)).unwrap_or_default()) * 0.05
}

/// Microseconds since 1970.
pub(crate) fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
