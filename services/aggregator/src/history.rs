//! The temperatures at one sensor, a mean for each minute: what led to an excursion, and how it went.

use crate::temperature::mean;
use std::collections::BTreeMap;

const MINUTE_US: i64 = 60_000_000;
/// A day of minutes.
const MOST: usize = 1440;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// Sum and count, in millionths of a degree, by minute since 1970.
    minutes: BTreeMap<u32, (i64, u32)>,
}

impl History {
    /// So much is kept where nothing is out of the ordinary.
    pub(crate) const BEFORE_US: i64 = 3_600_000_000;

    /// `since_us`: when an excursion began. None: there is none. What is older than an hour before goes.
    pub(crate) fn add(&mut self, time_us: i64, micro: i64, since_us: Option<i64>) {
        let Ok(minute) = u32::try_from(time_us.div_euclid(MINUTE_US)) else {
            return;
        };
        let (sum, count) = self.minutes.entry(minute).or_default();
        *sum += micro;
        *count += 1;
        let newest = self.minutes.keys().next_back().copied().unwrap_or(minute);
        let from_us = since_us.unwrap_or_else(|| i64::from(newest) * MINUTE_US) - Self::BEFORE_US;
        let from = u32::try_from(from_us.div_euclid(MINUTE_US)).unwrap_or_default();
        while self.minutes.len() > MOST
            || self
                .minutes
                .keys()
                .next()
                .is_some_and(|minute| *minute < from)
        {
            self.minutes.pop_first();
        }
    }

    /// How many minutes are kept.
    pub(crate) fn len(&self) -> usize {
        self.minutes.len()
    }

    /// When each minute begins, in microseconds since 1970, and its mean in degrees; from a time on, oldest first.
    pub(crate) fn means(&self, from_us: i64) -> Vec<(i64, f64)> {
        let means = self.minutes.iter().map(|(minute, (sum, count))| {
            (
                i64::from(*minute) * MINUTE_US,
                mean(*sum, i64::from(*count)),
            )
        });
        means
            .filter(|(time_us, _)| time_us + MINUTE_US > from_us)
            .collect()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let parts = self.minutes.iter();
        parts
            .flat_map(|(minute, (sum, count))| {
                [
                    &minute.to_le_bytes()[..],
                    &count.to_le_bytes(),
                    &sum.to_le_bytes(),
                ]
                .concat()
            })
            .collect()
    }

    /// None: the bytes are something else's.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (parts, rest) = bytes.as_chunks::<16>();
        let minutes = parts.iter().map(|part| {
            let word = |from: usize| {
                u32::from_le_bytes([part[from], part[from + 1], part[from + 2], part[from + 3]])
            };
            let sum = u64::from(word(8)) | u64::from(word(12)) << 32;
            (word(0), (sum.cast_signed(), word(4)))
        });
        rest.is_empty().then(|| Self {
            minutes: minutes.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_the_mean_of_its_readings() {
        let mut history = History::default();
        for (second, micro) in [(0, 1_000_000), (59, 2_000_000), (60, -5_000_000)] {
            history.add(second * 1_000_000, micro, None);
        }
        assert_eq!(history.means(0), [(0, 1.5), (MINUTE_US, -5.0)]);
        assert_eq!(history.means(MINUTE_US), [(MINUTE_US, -5.0)]);
        assert_eq!(History::decode(&history.encode()), Some(history));
        assert_eq!(History::decode(&[1]), None);
    }

    #[test]
    fn an_hour_is_kept_and_more_where_there_is_an_excursion() {
        let mut history = History::default();
        (0..200).for_each(|minute| history.add(minute * MINUTE_US, 0, None));
        assert_eq!(history.means(0).len(), 61);
        (200..400).for_each(|minute| history.add(minute * MINUTE_US, 0, Some(199 * MINUTE_US)));
        assert_eq!(history.means(0).first().unwrap().0, 139 * MINUTE_US);
        (400..3000).for_each(|minute| history.add(minute * MINUTE_US, 0, Some(199 * MINUTE_US)));
        assert_eq!(history.means(0).len(), MOST);
    }
}
