//! The temperatures of ten seconds: what windows are made of. Whole numbers throughout, so that the sum does not depend on the order.

use crate::sketch::Sketch;

/// How long a pane is, in microseconds.
pub(crate) const PANE_US: i64 = 10_000_000;

/// Where the pane begins that a time lies in, in microseconds since 1970.
pub(crate) const fn pane_of(time_us: i64) -> i64 {
    time_us - time_us.rem_euclid(PANE_US)
}

/// Temperatures in millionths of a degree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pane {
    pub count: i64,
    pub min: i64,
    pub max: i64,
    pub sum: i64,
    /// Of how many a limit was known, and how many were above it.
    pub limited: i64,
    pub above: i64,
    pub sketch: Sketch,
}

impl Default for Pane {
    fn default() -> Self {
        Self {
            count: 0,
            min: i64::MAX,
            max: i64::MIN,
            sum: 0,
            limited: 0,
            above: 0,
            sketch: Sketch::default(),
        }
    }
}

impl Pane {
    /// `limit`: what the goods may bear; none: it is not known.
    pub(crate) fn add(&mut self, micro: i64, limit: Option<i64>) {
        self.count += 1;
        self.min = self.min.min(micro);
        self.max = self.max.max(micro);
        self.sum += micro;
        self.limited += i64::from(limit.is_some());
        self.above += i64::from(limit.is_some_and(|limit| micro > limit));
        self.sketch.add(micro);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.limited += other.limited;
        self.above += other.above;
        self.sketch.merge(&other.sketch);
    }
}
