//! Temperatures as whole millionths of a degree, whose sums do not depend on the order, and as the degrees that others get.

/// Of degrees. They must lie within those that sensors may say.
#[allow(clippy::cast_possible_truncation)] // Within a hundred and fifty million.
pub(crate) fn micro(celsius: f64) -> i64 {
    (celsius * 1e6).round() as i64
}

/// Of millionths.
pub(crate) fn degrees(micro: i64) -> f64 {
    mean(micro, 1)
}

/// The mean in degrees, of a sum in millionths.
#[allow(clippy::cast_precision_loss)] // What is summed up here is far below 2^52.
pub(crate) fn mean(sum: i64, count: i64) -> f64 {
    sum as f64 / 1e6 / count as f64
}
