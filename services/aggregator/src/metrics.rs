//! What the aggregator counts. A batch that is rolled back and comes again is counted again.

use larder_platform::Error;
use prometheus::{IntCounterVec, Opts, default_registry};

pub(crate) struct Metrics {
    readings: IntCounterVec,
    told: IntCounterVec,
}

impl Metrics {
    /// Registers them, once in a process.
    pub(crate) fn new() -> Result<Self, Error> {
        let counter = |name: &str, help: &str| IntCounterVec::new(Opts::new(name, help), &["what"]);
        let readings = counter(
            "larder_aggregator_readings_total",
            "Readings, by what became of them.",
        )?;
        let told = counter(
            "larder_aggregator_told_total",
            "Windows and excursions told of.",
        )?;
        default_registry().register(Box::new(readings.clone()))?;
        default_registry().register(Box::new(told.clone()))?;
        Ok(Self { readings, told })
    }

    pub(crate) fn readings(&self, taken: u64, repeated: u64, impossible: u64) {
        for (what, count) in [
            ("taken", taken),
            ("repeated", repeated),
            ("impossible", impossible),
        ] {
            self.readings.with_label_values(&[what]).inc_by(count);
        }
    }

    pub(crate) fn told(&self, windows: usize, excursions: usize) {
        for (what, count) in [("windows", windows), ("excursions", excursions)] {
            self.told.with_label_values(&[what]).inc_by(count as u64);
        }
    }
}
