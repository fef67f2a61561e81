//! The rules that one reading must keep.

/// A temperature at one moment, as it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) device: &'a str,
    pub(crate) sequence: i64,
    /// Seconds since 1970 and nanoseconds. None: it has no time.
    pub(crate) time: Option<(i64, i32)>,
    pub(crate) celsius: f64,
}

/// Why a reading is not taken: see RefusalReason in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    DeviceInvalid,
    DeviceForeign,
    SequenceInvalid,
    TemperatureInvalid,
    TimeInvalid,
    TimeTooOld,
    TimeAhead,
}

const COLDEST: f64 = -100.0;
const WARMEST: f64 = 150.0;
const SECOND_US: i64 = 1_000_000;
const OLDEST_US: i64 = 7 * 86_400 * SECOND_US;
const AHEAD_US: i64 = 5 * 60 * SECOND_US;
/// The year 9999, as for every Timestamp.
const LAST_SECOND: i64 = 253_402_300_799;
const FIRST_SECOND: i64 = -62_135_596_800;

impl Reading<'_> {
    /// Holds what was measured against the rules, and returns when that was, in microseconds since 1970. Who may speak for its device
    /// stands in `Device::speaks_for`, and goes first.
    pub(crate) fn check(&self, now_us: i64) -> Result<i64, Refused> {
        if self.sequence < 1 {
            return Err(Refused::SequenceInvalid);
        }
        // No number is within any bounds.
        if !(COLDEST..=WARMEST).contains(&self.celsius) {
            return Err(Refused::TemperatureInvalid);
        }
        let time = self.time.filter(|(second, nanos)| {
            (FIRST_SECOND..=LAST_SECOND).contains(second) && (0..1_000_000_000).contains(nanos)
        });
        let (second, nanos) = time.ok_or(Refused::TimeInvalid)?;
        let measured = second * SECOND_US + i64::from(nanos / 1000);
        if measured < now_us - OLDEST_US {
            return Err(Refused::TimeTooOld);
        }
        if measured > now_us + AHEAD_US {
            return Err(Refused::TimeAhead);
        }
        Ok(measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    #[test]
    fn a_reading_keeps_each_rule_or_is_refused_for_it() {
        let good = Reading {
            device: "devices/van-7",
            sequence: 1,
            time: Some((NOW, 5000)),
            celsius: 4.0,
        };
        let check = |reading: Reading| reading.check(NOW * SECOND_US);
        assert_eq!(check(good), Ok(NOW * SECOND_US + 5));
        let at = |second, nanos| Reading {
            time: Some((second, nanos)),
            ..good
        };
        let warm = |celsius| Reading { celsius, ..good };
        for reading in [
            warm(-100.0),
            warm(150.0),
            warm(0.0),
            warm(-0.0),
            at(NOW - 604_800, 0),
            at(NOW + 300, 0),
        ] {
            assert!(check(reading).is_ok(), "{reading:?}");
        }
        for (reading, why) in [
            (
                Reading {
                    sequence: 0,
                    ..good
                },
                Refused::SequenceInvalid,
            ),
            (
                Reading {
                    sequence: i64::MIN,
                    ..good
                },
                Refused::SequenceInvalid,
            ),
            (warm(f64::NAN), Refused::TemperatureInvalid),
            (warm(f64::INFINITY), Refused::TemperatureInvalid),
            (warm(f64::NEG_INFINITY), Refused::TemperatureInvalid),
            (warm(150.001), Refused::TemperatureInvalid),
            (warm(-100.001), Refused::TemperatureInvalid),
            (Reading { time: None, ..good }, Refused::TimeInvalid),
            (at(NOW, -1), Refused::TimeInvalid),
            (at(NOW, 1_000_000_000), Refused::TimeInvalid),
            (at(i64::MAX, 0), Refused::TimeInvalid),
            (at(i64::MIN, 0), Refused::TimeInvalid),
            (at(NOW - 604_801, 0), Refused::TimeTooOld),
            (at(FIRST_SECOND, 0), Refused::TimeTooOld),
            (at(NOW + 300, 1000), Refused::TimeAhead),
            (at(LAST_SECOND, 0), Refused::TimeAhead),
        ] {
            assert_eq!(check(reading), Err(why), "{reading:?}");
        }
    }
}
