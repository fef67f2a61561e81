//! One partition of readings: how far it is, and what a batch of events does. Pure: the same events in the same order make the same, however
//! they are cut into batches.

use crate::batch_average::{Batch, BatchRule, Open};
use crate::excursion::{Attachment, Excursion, ExcursionRules, Watch};
use crate::history::History;
use crate::pane::{Pane, pane_of};
use crate::reading::Ingested;
use crate::sequence::Seen;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// All that is to be said about how readings are summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Readings may be so much older than the newest one before a window is told without them.
    pub lateness_us: i64,
    pub batch: BatchRule,
    pub excursions: ExcursionRules,
}

/// How far a partition is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    /// The latest time of measurement so far, but never more than when it was taken: one clock that is ahead must not make all others late.
    pub progress_us: i64,
    /// The latest time at which readings were taken. 0: nobody wrote it down.
    #[serde(default)]
    taken_us: i64,
    batch: Open,
}

/// Where nothing has come yet.
pub(crate) const NOWHERE_US: i64 = i64::MIN;

impl Default for Source {
    fn default() -> Self {
        Self {
            progress_us: NOWHERE_US,
            taken_us: 0,
            batch: Open::default(),
        }
    }
}

/// What is known of what measures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Device {
    pub seen: Seen,
    pub watch: Watch,
    pub history: History,
}

impl Device {
    /// See `Watch::unheard`.
    pub(crate) fn unheard(&mut self, rules: &ExcursionRules, now_us: i64) -> Option<Change> {
        let excursion = self.watch.unheard(rules, now_us)?;
        Some(Change::of(excursion, &self.history))
    }
}

/// Whose, and where it begins.
pub(crate) type PaneKey = (String, i64);

/// An excursion to tell of, with what led to it: times in microseconds since 1970, and degrees.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub excursion: Excursion,
    pub history: Vec<(i64, f64)>,
}

impl Change {
    fn of(excursion: Excursion, history: &History) -> Self {
        let history = history.means(excursion.history_from());
        Self { excursion, history }
    }
}

/// What a batch of events does.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Effects {
    /// What comes on top of the panes that there are.
    pub panes: BTreeMap<PaneKey, Pane>,
    pub batches: Vec<Batch>,
    pub changes: Vec<Change>,
    pub taken: u64,
    pub repeated: u64,
}

impl Source {
    /// No reading from before this is awaited any more. None: nothing has come yet.
    pub(crate) fn watermark_us(&self, rules: &Rules) -> Option<i64> {
        (self.progress_us != NOWHERE_US).then(|| self.progress_us - rules.lateness_us)
    }

    /// How far the time is in which readings are taken.
    pub(crate) fn clock_us(&self) -> i64 {
        self.taken_us.max(self.progress_us)
    }

    /// Takes the readings of one event. `devices` are those that were known before, and get the new ones.
    pub(crate) fn apply(
        &mut self,
        rules: &Rules,
        ingested: &Ingested,
        attachments: &HashMap<String, Attachment>,
        devices: &mut HashMap<String, Device>,
        effects: &mut Effects,
    ) {
        self.taken_us = self.taken_us.max(ingested.time_us);
        for (name, readings) in &ingested.devices {
            if readings.is_empty() {
                continue;
            }
            if !devices.contains_key(name) {
                devices.insert(name.clone(), Device::default());
            }
            let Some(device) = devices.get_mut(name) else {
                continue;
            };
            effects
                .changes
                .extend(device.unheard(&rules.excursions, self.taken_us));
            let attached = attachments.get(name);
            let mut stretch = Stretch::default();
            for reading in readings {
                if !device.seen.insert(reading.sequence) {
                    effects.repeated += 1;
                    continue;
                }
                effects.taken += 1;
                let (time_us, micro) = (reading.time_us, reading.micro);
                self.progress_us = self.progress_us.max(time_us.min(ingested.time_us));
                let there = attached.filter(|attached| attached.since_us <= time_us);
                let limit = there
                    .and_then(|there| rules.excursions.limit_of(there.class))
                    .map(|limit| limit.open);
                if (stretch.start_us, stretch.there) != (pane_of(time_us), there) {
                    effects.add(name, std::mem::take(&mut stretch));
                    (stretch.start_us, stretch.there) = (pane_of(time_us), there);
                }
                stretch.pane.add(micro, limit);
                effects
                    .batches
                    .extend(self.batch.passed(&rules.batch, self.progress_us));
                effects.batches.extend(self.batch.add(
                    &rules.batch,
                    time_us,
                    micro,
                    self.progress_us,
                ));
                device.history.add(time_us, micro, device.watch.since_us());
                for excursion in device
                    .watch
                    .observe(&rules.excursions, name, attached, *reading)
                {
                    effects.changes.push(Change::of(excursion, &device.history));
                }
            }
            device.watch.heard(self.taken_us);
            effects.add(name, stretch);
        }
    }
}

/// Readings of one device that follow each other in one pane and place: nearly all of an event. What they add to is looked for once.
#[derive(Default)]
struct Stretch<'a> {
    start_us: i64,
    there: Option<&'a Attachment>,
    pane: Pane,
}

impl Effects {
    fn add(&mut self, device: &str, stretch: Stretch<'_>) {
        let Stretch {
            start_us,
            there,
            pane,
        } = stretch;
        if pane.count == 0 {
            return;
        }
        if let Some(there) = there {
            let key = (there.subject.clone(), start_us);
            self.panes.entry(key).or_default().merge(&pane);
        }
        match self.panes.entry((device.to_owned(), start_us)) {
            Entry::Vacant(place) => drop(place.insert(pane)),
            Entry::Occupied(mut place) => place.get_mut().merge(&pane),
        }
    }
}

// By its path, since bench/readings has this module too, elsewhere among others.
#[cfg(test)]
#[path = "source/tests.rs"]
mod tests;
