//! When it was too warm for the goods at a sensor: opened above a limit, closed below a lower one.

use crate::history::History;
use crate::reading::Reading;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How the goods at a sensor must be kept, as the number of the contract's `StorageClass`.
pub(crate) type StorageClass = i32;

/// In millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// What the goods may bear.
    pub open: i64,
    /// Below this it is over.
    pub close: i64,
}

/// How excursions are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExcursionRules {
    pub limits: Vec<(StorageClass, Limit)>,
    /// It must have been above the limit for so long, by the time of measurement.
    pub open_after_us: i64,
    /// While one goes on it is told of as often.
    pub tell_every_us: i64,
    /// A sensor that says nothing for longer says nothing about the time between.
    pub silence_us: i64,
}

impl ExcursionRules {
    /// None: nothing is known of a limit.
    pub(crate) fn limit_of(&self, class: StorageClass) -> Option<Limit> {
        self.limits
            .iter()
            .find(|(known, _)| *known == class)
            .map(|(_, limit)| *limit)
    }
}

/// What a sensor is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// `rooms/{room}` or `shipments/{order}`.
    pub subject: String,
    pub class: StorageClass,
    /// In microseconds since 1970. What was measured before has nothing to do with it.
    pub since_us: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Excursion {
    pub name: String,
    pub device: String,
    pub subject: String,
    pub class: StorageClass,
    pub limit: i64,
    pub start_us: i64,
    /// None: it goes on.
    pub end_us: Option<i64>,
    pub peak: i64,
    pub above_us: i64,
    /// 0: it has not lasted long enough to be one.
    pub version: i64,
    told_us: i64,
}

/// What is known of the temperatures at one sensor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watch {
    last: Option<Last>,
    excursion: Option<Excursion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    time_us: i64,
    above: bool,
}

impl Watch {
    /// Takes a reading. One that was measured before the last one changes nothing: it is too late for what was told. Returns the excursions
    /// to tell of, as they then stand.
    pub(crate) fn observe(
        &mut self,
        rules: &ExcursionRules,
        device: &str,
        attached: Option<&Attachment>,
        reading: Reading,
    ) -> Vec<Excursion> {
        let Reading { time_us, micro, .. } = reading;
        let mut told = Vec::new();
        if self.last.is_some_and(|last| last.time_us >= time_us) {
            return told;
        }
        let attached = attached.filter(|attached| attached.since_us <= time_us);
        let limit = attached.and_then(|attached| rules.limit_of(attached.class));
        let elsewhere = |one: &mut Excursion| {
            attached.is_none_or(|attached| {
                (&attached.subject, attached.class) != (&one.subject, one.class)
            })
        };
        // Where the sensor is now, what was before is over.
        if let Some(gone) = self.excursion.take_if(elsewhere) {
            told.extend(gone.closed(time_us));
        }
        let above = limit.is_some_and(|limit| micro > limit.open);
        if let (Some(one), Some(last)) = (&mut self.excursion, self.last)
            && last.above
        {
            one.above_us += (time_us - last.time_us).min(rules.silence_us);
        }
        self.last = Some(Last { time_us, above });
        let (Some(attached), Some(limit)) = (attached, limit) else {
            return told;
        };
        if above && self.excursion.is_none() {
            self.excursion = Some(Excursion::begun(device, attached, limit, time_us));
        }
        if let Some(one) = &mut self.excursion {
            one.peak = one.peak.max(micro);
            let is_due = match one.version {
                0 => above && time_us - one.start_us >= rules.open_after_us,
                _ => time_us - one.told_us >= rules.tell_every_us,
            };
            let over = if one.version == 0 {
                !above
            } else {
                micro < limit.close
            };
            if over {
                told.extend(self.excursion.take().and_then(|one| one.closed(time_us)));
            } else if is_due {
                one.version += 1;
                one.told_us = time_us;
                told.push(one.clone());
            }
        }
        told
    }

    /// Since when temperatures are of interest. None: nothing out of the ordinary.
    pub(crate) fn since_us(&self) -> Option<i64> {
        self.excursion.as_ref().map(|one| one.start_us)
    }
}

impl Excursion {
    fn begun(device: &str, attached: &Attachment, limit: Limit, start_us: i64) -> Self {
        let Attachment { subject, class, .. } = attached;
        // The same whoever computes it, however often.
        let digest = Sha256::digest(format!("{device} {subject} {start_us}"));
        let id = uuid::Builder::from_slice(&digest[..16])
            .map(uuid::Builder::into_uuid)
            .unwrap_or_default();
        Self {
            name: format!("excursions/{id}"),
            device: device.to_owned(),
            subject: subject.clone(),
            class: *class,
            limit: limit.open,
            start_us,
            end_us: None,
            peak: i64::MIN,
            above_us: 0,
            version: 0,
            told_us: start_us,
        }
    }

    /// None: nobody was told of it.
    fn closed(mut self, end_us: i64) -> Option<Self> {
        self.end_us = Some(end_us);
        self.version += 1;
        (self.version > 1).then_some(self)
    }

    /// What its history begins with.
    pub(crate) const fn history_from(&self) -> i64 {
        self.start_us - History::BEFORE_US
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temperature::micro;

    const CHILLED: StorageClass = 2;
    const SECOND: i64 = 1_000_000;

    fn rules() -> ExcursionRules {
        ExcursionRules {
            limits: vec![(
                CHILLED,
                Limit {
                    open: 7_000_000,
                    close: 6_000_000,
                },
            )],
            open_after_us: 20 * SECOND,
            tell_every_us: 300 * SECOND,
            silence_us: 60 * SECOND,
        }
    }

    fn room(name: &str) -> Attachment {
        Attachment {
            subject: format!("rooms/{name}"),
            class: CHILLED,
            since_us: 0,
        }
    }

    /// Takes readings at these seconds, of these degrees.
    fn told(
        watch: &mut Watch,
        room: Option<&Attachment>,
        readings: &[(i64, f64)],
    ) -> Vec<Excursion> {
        let mut all = Vec::new();
        for (second, celsius) in readings {
            let micro = micro(*celsius);
            let reading = Reading {
                sequence: 1,
                time_us: second * SECOND,
                micro,
            };
            all.extend(watch.observe(&rules(), "devices/a", room, reading));
        }
        all
    }

    #[test]
    fn it_opens_above_the_limit_and_closes_below_the_lower_one() {
        let (mut watch, room) = (Watch::default(), room("1"));
        assert!(
            told(&mut watch, Some(&room), &[(0, 7.0), (10, 7.1), (20, 9.0)]).is_empty(),
            "not long enough"
        );
        let opened = told(&mut watch, Some(&room), &[(30, 8.0)]);
        assert_eq!(opened.len(), 1);
        let one = &opened[0];
        assert_eq!(
            (one.version, one.start_us, one.end_us),
            (1, 10 * SECOND, None)
        );
        assert_eq!(
            (one.peak, one.above_us, one.limit),
            (9_000_000, 20 * SECOND, 7_000_000)
        );
        assert!(
            told(&mut watch, Some(&room), &[(40, 6.5), (50, 7.5), (60, 6.0)]).is_empty(),
            "between the two it goes on"
        );
        let closed = told(&mut watch, Some(&room), &[(70, 5.9), (80, 5.0)]);
        assert_eq!(closed.len(), 1);
        assert_eq!(
            (closed[0].version, closed[0].end_us),
            (2, Some(70 * SECOND))
        );
        assert_eq!(
            closed[0].above_us,
            40 * SECOND,
            "what was not above it is not counted"
        );
        assert_eq!(closed[0].name, one.name);
        let again = told(&mut watch, Some(&room), &[(90, 8.0), (120, 8.0)]);
        assert_ne!(again[0].name, one.name);
    }

    #[test]
    fn a_short_rise_is_none() {
        let (mut watch, room) = (Watch::default(), room("1"));
        assert!(
            told(
                &mut watch,
                Some(&room),
                &[
                    (0, 9.0),
                    (19, 9.0),
                    (20, 6.9),
                    (30, 9.0),
                    (49, 9.0),
                    (50, 1.0)
                ]
            )
            .is_empty()
        );
    }

    #[test]
    fn while_it_goes_on_it_is_told_of_every_five_minutes() {
        let (mut watch, room) = (Watch::default(), room("1"));
        let readings: Vec<(i64, f64)> = (0..=70).map(|step| (step * 10, 8.0)).collect();
        let told = told(&mut watch, Some(&room), &readings);
        assert_eq!(
            told.iter()
                .map(|one| (one.version, one.told_us / SECOND))
                .collect::<Vec<_>>(),
            [(1, 20), (2, 320), (3, 620)]
        );
    }

    #[test]
    fn a_silence_says_nothing_about_the_time_between() {
        let (mut watch, room) = (Watch::default(), room("1"));
        assert_eq!(
            told(&mut watch, Some(&room), &[(0, 8.0), (3600, 8.0)])[0].above_us,
            60 * SECOND
        );
    }

    #[test]
    fn what_was_measured_before_the_last_reading_changes_nothing() {
        let (mut watch, room) = (Watch::default(), room("1"));
        told(&mut watch, Some(&room), &[(0, 8.0), (30, 8.0)]);
        let before = watch.clone();
        assert!(told(&mut watch, Some(&room), &[(30, 1.0), (10, 50.0)]).is_empty());
        assert_eq!(watch, before);
    }

    #[test]
    fn a_sensor_that_is_taken_elsewhere_ends_it_there() {
        let (mut watch, one, two) = (Watch::default(), room("1"), room("2"));
        told(&mut watch, Some(&one), &[(0, 8.0), (30, 8.0)]);
        let moved = told(&mut watch, Some(&two), &[(40, 8.0), (60, 8.0)]);
        assert_eq!(
            moved
                .iter()
                .map(|one| (one.subject.as_str(), one.end_us))
                .collect::<Vec<_>>(),
            [("rooms/1", Some(40 * SECOND)), ("rooms/2", None)]
        );
        let off = told(&mut watch, None, &[(70, 8.0), (200, 8.0)]);
        assert_eq!(off.len(), 1, "without goods there is no limit");
        let later = Attachment {
            since_us: 300 * SECOND,
            ..one
        };
        assert!(
            told(&mut watch, Some(&later), &[(210, 8.0), (290, 8.0)]).is_empty(),
            "it is not there yet"
        );
        let unknown = Attachment { class: 0, ..two };
        assert!(told(&mut watch, Some(&unknown), &[(400, 8.0), (500, 8.0)]).is_empty());
    }
}
