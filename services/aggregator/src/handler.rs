//! Readings come in, windows and excursions go out: all that a batch of events does, in one transaction.

use crate::config::us;
use crate::message::{About, excursion_changed, windows_closed};
use crate::metrics::Metrics;
use crate::pane::{Pane, pane_of};
use crate::reading::ingested;
use crate::recent::Recent;
use crate::retention::Days;
use crate::source::{Device, Effects, PaneKey, Rules};
use crate::store::{self, Stand};
use crate::window::{Key, Kind};
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{
    Delivered, HandleError, Handler, RelayWaker, Session, Tx, payload, write_events,
};
use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// So many windows are looked at in one statement.
const MOST_KEYS: usize = 5000;
/// Of each partition devices with so many minutes of history are remembered: 2,048 of them where nothing is out of the ordinary, some five
/// megabytes.
const MOST_MINUTES: usize = 61 * 2048;
/// And so many panes, of some hundred bytes.
const MOST_PANES: usize = 8192;
/// As often it is looked for what time alone brings about.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub(crate) struct Aggregator {
    pub rules: Rules,
    /// A partition that is so far behind the others is silent, and holds up no window of several devices.
    pub silence_us: i64,
    pub days: Arc<Days>,
    pub waker: RelayWaker,
    pub wrote: AtomicBool,
    pub metrics: Metrics,
}

/// One partition of readings, between its batches.
pub(crate) struct Partition {
    pub number: u32,
    stand: Stand,
    /// Some of what was written last, as it was written: a device is in one partition, which has one owner, and nobody else writes it.
    devices: Recent<String, Device>,
    panes: Recent<PaneKey, Pane>,
    /// When something came last, or the partition came here.
    heard: Instant,
    /// When it was looked last for what time alone brings about.
    looked: Option<Instant>,
}

impl Handler for Aggregator {
    type State = Partition;

    async fn open(&self, tx: &Tx<'_>, partition: u32) -> Result<Partition, HandleError> {
        Ok(Partition {
            number: partition,
            stand: store::stand_of(tx, partition).await?,
            devices: Recent::new(MOST_MINUTES),
            panes: Recent::new(MOST_PANES),
            heard: Instant::now(),
            looked: None,
        })
    }

    async fn handle(
        &self,
        state: &mut Partition,
        tx: &Tx<'_>,
        batch: &[Delivered],
    ) -> Result<(), HandleError> {
        let kept_us = self.days.kept_us();
        let mut events = Vec::with_capacity(batch.len());
        for (index, one) in batch.iter().enumerate() {
            let message: ReadingsIngested =
                payload(&one.event).map_err(|error| HandleError::payload(index, &error))?;
            let taken = ingested(&message, &kept_us);
            events.push(taken.map_err(|error| HandleError::Hopeless {
                index,
                reason: error.to_string(),
            })?);
        }
        let names: BTreeSet<&str> = events
            .iter()
            .flat_map(|event| &event.devices)
            .map(|(name, _)| name.as_str())
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        let mut devices = state.known(tx, &names).await?;
        let attachments = store::attachments_of(tx, &names).await?;
        let mut effects = Effects::default();
        let mut causes = Vec::new();
        for (event, one) in events.iter().zip(batch) {
            state
                .stand
                .source
                .apply(&self.rules, event, &attachments, &mut devices, &mut effects);
            causes.resize(effects.changes.len(), &one.event.traceparent);
        }
        let kept: Vec<_> = devices.iter().collect();
        store::keep_devices(tx, &kept).await?;
        if !effects.changes.is_empty() {
            let told = effects.changes.iter();
            let told: BTreeSet<&str> = told.map(|one| one.excursion.device.as_str()).collect();
            let changed = kept
                .into_iter()
                .filter(|(name, _)| told.contains(name.as_str()));
            store::mark_open(tx, state.number, &changed.collect::<Vec<_>>()).await?;
        }
        for (name, device) in devices {
            state.remember(name, device);
        }
        state.heard = Instant::now();
        if self.is_due(state) {
            state.looked = Some(state.heard);
            let now_us = state.stand.source.clock_us();
            effects
                .changes
                .extend(self.unheard(state, tx, now_us).await?);
            causes.resize(effects.changes.len(), &None);
        }
        let touched: Vec<PaneKey> = effects.panes.keys().cloned().collect();
        let added = std::mem::take(&mut effects.panes);
        store::add_panes(tx, state.number, added, &mut state.panes).await?;
        let impossible = events.iter().map(|event| event.impossible).sum();
        self.metrics
            .readings(effects.taken, effects.repeated, impossible);
        let Some(watermark_us) = state.stand.source.watermark_us(&self.rules) else {
            return Ok(());
        };

        let windows = self.windows(state, tx, &touched, watermark_us).await?;
        store::keep_stand(tx, state.number, watermark_us, &state.stand).await?;

        let about = |traceparent: Option<&String>| About {
            time_ms: batch.last().map_or(0, |last| last.appended_ms),
            traceparent: traceparent.cloned(),
        };
        let last = batch
            .iter()
            .rev()
            .find_map(|one| one.event.traceparent.as_ref());
        let mut told = windows_closed(
            state.number,
            watermark_us,
            &windows,
            &effects.batches,
            &about(last),
        );
        let changes = effects.changes.iter().zip(causes);
        told.extend(
            changes.map(|(change, cause)| excursion_changed(change, &about(cause.as_ref()))),
        );
        write_events(tx, &told).await?;
        self.metrics.told(windows.len(), effects.changes.len());
        self.wrote.fetch_or(!told.is_empty(), Ordering::Relaxed);
        Ok(())
    }

    fn is_due(&self, state: &Partition) -> bool {
        state
            .looked
            .is_none_or(|looked| looked.elapsed() >= LOOK_EVERY)
    }

    async fn idle(&self, state: &mut Partition, tx: &Tx<'_>) -> Result<bool, HandleError> {
        state.looked = Some(Instant::now());
        let Some(watermark_us) = state.stand.source.watermark_us(&self.rules) else {
            return Ok(false);
        };
        // While nothing comes time goes on by the clock of this process, from where the last readings were taken.
        let now_us = state.stand.source.clock_us() + us(state.heard.elapsed());
        let changes = self.unheard(state, tx, now_us).await?;
        let windows = self.windows(state, tx, &[], watermark_us).await?;
        let about = About::now();
        let mut told = windows_closed(state.number, watermark_us, &windows, &[], &about);
        told.extend(
            changes
                .iter()
                .map(|change| excursion_changed(change, &about)),
        );
        if told.is_empty() {
            return Ok(false);
        }
        store::keep_stand(tx, state.number, watermark_us, &state.stand).await?;
        write_events(tx, &told).await?;
        self.metrics.told(windows.len(), changes.len());
        self.wrote.store(true, Ordering::Relaxed);
        Ok(true)
    }

    async fn committed(&self, session: &Session) {
        if self.wrote.swap(false, Ordering::Relaxed) {
            self.waker.wake(session).await;
        }
    }
}

impl Partition {
    /// What is known of devices: those that are not remembered are read.
    async fn known(
        &mut self,
        tx: &Tx<'_>,
        names: &[&str],
    ) -> Result<HashMap<String, Device>, HandleError> {
        let mut devices = HashMap::with_capacity(names.len());
        let mut others = Vec::new();
        for name in names {
            let name = (*name).to_owned();
            match self.devices.take(&name) {
                Some(device) => drop(devices.insert(name, device)),
                None => others.push(name),
            }
        }
        if !others.is_empty() {
            devices.extend(store::devices_of(tx, &others).await?);
        }
        Ok(devices)
    }

    /// To be called when a device is written.
    pub(crate) fn remember(&mut self, name: String, device: Device) {
        let minutes = device.history.len().max(1);
        self.devices.put(name, device, minutes);
    }
}

impl Aggregator {
    /// Tells of windows, of single devices and of what they are attached to, as far as the partition and those beside it have come.
    async fn windows(
        &self,
        state: &mut Partition,
        tx: &Tx<'_>,
        touched: &[PaneKey],
        watermark_us: i64,
    ) -> Result<Vec<(Key, Pane, i32)>, HandleError> {
        let together_us =
            store::together_us(tx, state.number, watermark_us, self.silence_us).await?;
        let mut keys = self.keys(state, tx, touched, watermark_us, true).await?;
        keys.extend(self.keys(state, tx, touched, together_us, false).await?);
        let mut windows = Vec::new();
        for keys in keys.iter().collect::<Vec<_>>().chunks(MOST_KEYS) {
            windows.extend(store::tell(tx, keys).await?);
        }
        state.stand.told_us = state.stand.told_us.max(Some(watermark_us));
        state.stand.told_together_us = state.stand.told_together_us.max(Some(together_us));
        Ok(windows)
    }

    /// The windows to tell of, of single devices or of what they are attached to: those that have come to their end since the last time, and
    /// those that had before and got more.
    async fn keys(
        &self,
        Partition { number, stand, .. }: &Partition,
        tx: &Tx<'_>,
        touched: &[PaneKey],
        until_us: i64,
        of_devices: bool,
    ) -> Result<BTreeSet<Key>, HandleError> {
        let before_us = if of_devices {
            stand.told_us
        } else {
            stand.told_together_us
        };
        let until_us = before_us.unwrap_or(until_us).max(until_us);
        let own = touched
            .iter()
            .filter(|(subject, _)| subject.starts_with("devices/") == of_devices);
        let mut keys: BTreeSet<Key> = own
            .flat_map(|pane| windows_of(pane, i64::MIN..=until_us))
            .collect();
        // Windows end where panes do: between two ends there is nothing to look for.
        if let Some(before_us) =
            before_us.filter(|before_us| pane_of(*before_us) < pane_of(until_us))
        {
            let from_us = store::panes_from(before_us);
            let panes = store::panes_between(tx, *number, from_us, until_us, of_devices).await?;
            let ended = panes
                .iter()
                .flat_map(|pane| windows_of(pane, before_us + 1..=until_us));
            keys.extend(ended);
        }
        Ok(keys)
    }
}

/// The windows that a pane is part of, as far as they end in a stretch of time.
fn windows_of(
    (subject, start_us): &PaneKey,
    ends_us: RangeInclusive<i64>,
) -> impl Iterator<Item = Key> {
    let starts = Kind::ALL
        .into_iter()
        .flat_map(|kind| kind.starts(*start_us).map(move |start_us| (kind, start_us)));
    starts
        .filter(move |(kind, start_us)| ends_us.contains(&(start_us + kind.length_us())))
        .map(|(kind, start_us)| Key {
            subject: subject.clone(),
            kind,
            start_us,
        })
}
