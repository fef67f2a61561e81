//! What the aggregator is measured against: its own rules over the same events, one after the other in one thread, with nothing kept but in
//! memory.

use crate::Outcome;
use crate::batch_average::BatchRule;
use crate::excursion::{Attachment, ExcursionRules, Limit};
use crate::logged::logged;
use crate::pane::{PANE_US, Pane};
use crate::reading::ingested;
use crate::source::{Device, Effects, PaneKey, Rules, Source};
use crate::window::{Kind, summary};
use buffa::Message as _;
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{Record, decode_event};
use std::collections::{BTreeMap, HashMap};

const SECOND_US: i64 = 1_000_000;
const CHILLED: i32 = 2;

#[derive(serde::Deserialize)]
pub(crate) struct Options {
    url: String,
    /// What every device is attached to; absent: nothing.
    subject: Option<String>,
}

#[derive(Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    readings: u64,
    windows: u64,
    cpu_seconds: f64,
}

/// Reads all there is into memory, and then takes the time.
pub(crate) async fn windows(options: &Options) -> Outcome<Found> {
    let partitions = logged(&options.url).await?;
    let options = options.subject.clone();
    // One thread whose time can be told.
    tokio::task::spawn_blocking(move || {
        let before = cpu_seconds()?;
        let mut found = Found::default();
        for records in &partitions {
            partition(records, options.as_deref(), &mut found)?;
        }
        found.cpu_seconds = cpu_seconds()? - before;
        Ok(found)
    })
    .await?
}

fn partition(records: &[Record], subject: Option<&str>, found: &mut Found) -> Outcome<()> {
    let rules = rules();
    let mut source = Source::default();
    let mut devices: HashMap<String, Device> = HashMap::new();
    let mut attachments: HashMap<String, Attachment> = HashMap::new();
    let mut panes: BTreeMap<PaneKey, Pane> = BTreeMap::new();
    let mut told_us = None;
    for record in records {
        let event = decode_event(&record.value)?;
        let event = ingested(
            &ReadingsIngested::decode(&mut &event.data[..])?,
            &(0..i64::MAX),
        )?;
        if let Some(subject) = subject {
            for (name, _) in &event.devices {
                attachments
                    .entry(name.clone())
                    .or_insert_with(|| Attachment {
                        subject: subject.to_owned(),
                        class: CHILLED,
                        since_us: 0,
                    });
            }
        }
        let mut effects = Effects::default();
        source.apply(&rules, &event, &attachments, &mut devices, &mut effects);
        found.readings += effects.taken;
        for (key, pane) in effects.panes {
            panes.entry(key).or_default().merge(&pane);
        }
        if let Some(until_us) = source.watermark_us(&rules) {
            let before_us = *told_us.get_or_insert(until_us);
            if before_us.div_euclid(PANE_US) < until_us.div_euclid(PANE_US) {
                found.windows += told(&panes, before_us, until_us);
                told_us = Some(until_us);
                panes.retain(|(_, start_us), _| {
                    start_us + Kind::Sliding.length_us() + PANE_US > until_us
                });
            }
        }
    }
    Ok(())
}

/// Sums up the windows that have come to their end. Returns how many there were.
fn told(panes: &BTreeMap<PaneKey, Pane>, before_us: i64, until_us: i64) -> u64 {
    let mut windows: BTreeMap<(&str, Kind, i64), Pane> = BTreeMap::new();
    for ((subject, start_us), pane) in panes {
        for kind in Kind::ALL {
            for start_us in kind.starts(*start_us) {
                let end_us = start_us + kind.length_us();
                if (before_us + 1..=until_us).contains(&end_us) {
                    windows
                        .entry((subject, kind, start_us))
                        .or_default()
                        .merge(pane);
                }
            }
        }
    }
    let told = windows
        .iter()
        .filter_map(|((_, kind, _), pane)| summary(pane, *kind));
    told.count() as u64
}

/// Those that the aggregator has where nobody sets any.
fn rules() -> Rules {
    let limit = Limit {
        open: 7 * SECOND_US,
        close: 6 * SECOND_US,
    };
    Rules {
        lateness_us: 10 * SECOND_US,
        batch: BatchRule {
            above: 8 * SECOND_US,
            most: 1000,
            longest_us: 5 * SECOND_US,
        },
        excursions: ExcursionRules {
            limits: vec![(CHILLED, limit)],
            open_after_us: 30 * SECOND_US,
            tell_every_us: 300 * SECOND_US,
            silence_us: 60 * SECOND_US,
            unheard_us: 900 * SECOND_US,
        },
    }
}

/// CPU time of this thread.
fn cpu_seconds() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(std::time::Duration::from_nanos(nanoseconds).as_secs_f64())
}
