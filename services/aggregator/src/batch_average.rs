//! The mean of readings above a limit: of so many of them, or of so long where those have fewer. One pipeline of filter and batch, over all
//! devices of a partition, in the order of arrival.

use serde::{Deserialize, Serialize};

/// How the pipeline is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchRule {
    /// Only readings above it count, in millionths of a degree.
    pub above: i64,
    pub most: i64,
    pub longest_us: i64,
}

/// The batch in progress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Open {
    /// Of the last batch that was told.
    number: i64,
    count: i64,
    sum: i64,
    start_us: i64,
    end_us: i64,
    /// How far the partition was when its first reading came.
    since_us: i64,
}

/// A batch that has come to its end. Times are those of the earliest and the latest measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    /// From 1.
    pub number: i64,
    pub count: i64,
    pub sum: i64,
    pub start_us: i64,
    pub end_us: i64,
}

impl Open {
    /// Takes a reading. `progress_us`: how far the partition is, which never goes back. Returns the batch that it fills.
    pub(crate) fn add(
        &mut self,
        rule: &BatchRule,
        time_us: i64,
        micro: i64,
        progress_us: i64,
    ) -> Option<Batch> {
        if micro <= rule.above {
            return None;
        }
        if self.count == 0 {
            (self.start_us, self.end_us, self.since_us) = (time_us, time_us, progress_us);
        }
        self.count += 1;
        self.sum += micro;
        self.start_us = self.start_us.min(time_us);
        self.end_us = self.end_us.max(time_us);
        (self.count >= rule.most).then(|| self.close())
    }

    /// Returns the batch that has lasted long enough. To be asked before each reading.
    pub(crate) fn passed(&mut self, rule: &BatchRule, progress_us: i64) -> Option<Batch> {
        (self.count > 0 && progress_us - self.since_us >= rule.longest_us).then(|| self.close())
    }

    fn close(&mut self) -> Batch {
        let Self {
            number,
            count,
            sum,
            start_us,
            end_us,
            ..
        } = *self;
        *self = Self {
            number: number + 1,
            ..Self::default()
        };
        Batch {
            number: number + 1,
            count,
            sum,
            start_us,
            end_us,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: BatchRule = BatchRule {
        above: 8_000_000,
        most: 3,
        longest_us: 5_000_000,
    };

    #[test]
    fn so_many_readings_above_the_limit_make_a_batch() {
        let mut open = Open::default();
        assert_eq!(
            open.add(&RULE, 1, 8_000_000, 1),
            None,
            "the limit itself is not above it"
        );
        assert_eq!(open.add(&RULE, 5, 9_000_000, 5), None);
        assert_eq!(open.add(&RULE, 3, 10_000_000, 5), None);
        let full = open.add(&RULE, 4, 11_000_000, 5).unwrap();
        assert_eq!(
            full,
            Batch {
                number: 1,
                count: 3,
                sum: 30_000_000,
                start_us: 3,
                end_us: 5
            }
        );
    }

    #[test]
    fn so_long_makes_one_too() {
        let mut open = Open::default();
        assert_eq!(open.passed(&RULE, 100_000_000), None, "nothing is no batch");
        open.add(&RULE, 100_000_000, 9_000_000, 100_000_000);
        assert_eq!(open.passed(&RULE, 104_999_999), None);
        assert_eq!(open.passed(&RULE, 105_000_000).unwrap().count, 1);
        open.add(&RULE, 105_000_000, 9_000_000, 105_000_000);
        assert_eq!(open.passed(&RULE, 110_000_000).unwrap().number, 2);
    }
}
