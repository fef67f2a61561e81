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
    /// Nobody knows any more how warm it is where nothing was heard of a sensor for longer.
    pub unheard_us: i64,
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

/// Why an excursion is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EndReason {
    /// It is cold enough again.
    Recovered,
    /// The sensor is elsewhere.
    Moved,
    /// Nothing is heard of the sensor any more.
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub time_us: i64,
    pub reason: EndReason,
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
    pub end: Option<End>,
    pub peak: i64,
    pub above_us: i64,
    /// 0: it has not lasted long enough to be one.
    pub version: i64,
    told_us: i64,
    /// When it was taken in what its sensor said last, in microseconds since 1970. None: nobody wrote it down.
    heard_us: Option<i64>,
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
            told.extend(gone.closed(time_us, EndReason::Moved));
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
                let over = self.excursion.take();
                told.extend(over.and_then(|one| one.closed(time_us, EndReason::Recovered)));
            } else if is_due {
                one.version += 1;
                one.told_us = time_us;
                told.push(one.clone());
            }
        }
        told
    }

    /// Ends what goes on where nothing was heard of the sensor for too long, with its last reading: when that is found out changes nothing.
    /// `now_us`: how far time is, by the clock that `heard` is told. Returns the excursion to tell of.
    pub(crate) fn unheard(&mut self, rules: &ExcursionRules, now_us: i64) -> Option<Excursion> {
        let last_us = self.last?.time_us;
        let is_unheard = |heard_us: i64| now_us.saturating_sub(heard_us) > rules.unheard_us;
        self.excursion
            .take_if(|one| one.heard_us.is_some_and(is_unheard))?
            .closed(last_us, EndReason::Silent)
    }

    /// Notes that the sensor has said something, however late or old, and when that was taken in.
    pub(crate) const fn heard(&mut self, now_us: i64) {
        if let Some(one) = &mut self.excursion {
            one.heard_us = Some(now_us);
        }
    }

    /// Whether others know of an excursion that goes on.
    pub(crate) fn is_open(&self) -> bool {
        self.excursion.as_ref().is_some_and(|one| one.version > 0)
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
            end: None,
            peak: i64::MIN,
            above_us: 0,
            version: 0,
            told_us: start_us,
            heard_us: None,
        }
    }

    /// None: nobody was told of it.
    fn closed(mut self, time_us: i64, reason: EndReason) -> Option<Self> {
        self.end = Some(End { time_us, reason });
        self.version += 1;
        (self.version > 1).then_some(self)
    }

    /// What its history begins with.
    pub(crate) const fn history_from(&self) -> i64 {
        self.start_us - History::BEFORE_US
    }
}

// By its path, since bench/readings has this module too, elsewhere among others.
#[cfg(test)]
#[path = "excursion/tests.rs"]
mod tests;
