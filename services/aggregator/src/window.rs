//! Windows: which of them a time lies in, and what is told of one when it has come to its end.

use crate::pane::{PANE_US, Pane, pane_of};
use crate::temperature::{degrees, mean};

const MINUTE_US: i64 = 60_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// Side by side, one pane each.
    Tumbling,
    /// Five minutes long, one beginning every minute.
    Sliding,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Tumbling, Self::Sliding];

    pub(crate) const fn length_us(self) -> i64 {
        match self {
            Self::Tumbling => PANE_US,
            Self::Sliding => 5 * MINUTE_US,
        }
    }

    const fn step_us(self) -> i64 {
        match self {
            Self::Tumbling => PANE_US,
            Self::Sliding => MINUTE_US,
        }
    }

    /// Where the windows begin that a time lies in, in microseconds since 1970.
    pub(crate) fn starts(self, time_us: i64) -> impl Iterator<Item = i64> {
        let pane = pane_of(time_us);
        let last = pane - pane.rem_euclid(self.step_us());
        let count = self.length_us() / self.step_us();
        (0..count).map(move |back| last - back * self.step_us())
    }
}

/// A window of somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// `devices/{device}`, `rooms/{room}` or `shipments/{order}`.
    pub subject: String,
    pub kind: Kind,
    pub start_us: i64,
}

impl Key {
    pub(crate) const fn end_us(&self) -> i64 {
        self.start_us + self.kind.length_us()
    }
}

/// What is told of a window.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Summary {
    pub count: i64,
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    pub p95: f64,
    /// The share of the readings above the limit, of the window's length. None: no limit was known.
    pub above_us: Option<i64>,
}

/// The panes of a window as one. None: there is nothing in it.
pub(crate) fn summary(pane: &Pane, kind: Kind) -> Option<Summary> {
    let p95 = pane.sketch.percentile(95)?;
    let share =
        |limited| i128::from(kind.length_us()) * i128::from(pane.above) / i128::from(limited);
    Some(Summary {
        count: pane.count,
        min: degrees(pane.min),
        max: degrees(pane.max),
        mean: mean(pane.sum, pane.count),
        // No more than the highest: the middle of a step may lie above all that is in it.
        p95: degrees(p95.clamp(pane.min, pane.max)),
        above_us: (pane.limited > 0)
            .then(|| i64::try_from(share(pane.limited)).unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_in_one_tumbling_and_five_sliding_windows() {
        let time = 7 * 3_600_000_000 + 123_456_789;
        assert_eq!(
            Kind::Tumbling.starts(time).collect::<Vec<_>>(),
            [7 * 3_600_000_000 + 120_000_000]
        );
        let sliding: Vec<i64> = Kind::Sliding.starts(time).collect();
        assert_eq!(sliding.len(), 5);
        for start in &sliding {
            assert!(
                start % MINUTE_US == 0 && (*start..start + 5 * MINUTE_US).contains(&time),
                "{start}"
            );
        }
        assert!(
            !Kind::Sliding
                .starts(time)
                .any(|start| start == sliding[0] + MINUTE_US)
        );
        // A time on the edge belongs to what begins there; and before 1970 nothing is different.
        assert_eq!(Kind::Tumbling.starts(PANE_US).next(), Some(PANE_US));
        assert_eq!(Kind::Tumbling.starts(-1).next(), Some(-PANE_US));
    }

    #[test]
    fn a_summary_says_how_it_was() {
        let mut pane = Pane::default();
        assert_eq!(summary(&pane, Kind::Tumbling), None);
        for micro in [1_000_000, 2_000_000, 6_000_000, 9_000_000] {
            pane.add(micro, Some(5_000_000));
        }
        let told = summary(&pane, Kind::Tumbling).unwrap();
        assert_eq!(
            (told.count, told.min, told.max, told.mean),
            (4, 1.0, 9.0, 4.5)
        );
        assert!((told.p95 - 9.0).abs() <= 0.1 && told.p95 <= told.max);
        assert_eq!(told.above_us, Some(PANE_US / 2));
        let mut unlimited = Pane::default();
        unlimited.add(1_000_000, None);
        assert_eq!(summary(&unlimited, Kind::Sliding).unwrap().above_us, None);
    }
}
