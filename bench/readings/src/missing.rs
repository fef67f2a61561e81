//! Holds what was acknowledged against the log.

use crate::Outcome;
use crate::device::id;
use crate::logged::logged;
use buffa::Message as _;
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::decode_event;
use std::collections::{HashMap, HashSet};

#[derive(serde::Deserialize)]
pub(crate) struct Options {
    url: String,
    first: i64,
    /// What `send` told.
    last: Vec<i64>,
}

#[derive(Default, serde::Serialize)]
pub(crate) struct Found {
    acknowledged: u64,
    /// Different readings in the log.
    logged: u64,
    /// Acknowledged, and not in the log.
    missing: u64,
}

pub(crate) async fn missing(options: &Options) -> Outcome<Found> {
    let mut numbers: HashMap<String, HashSet<i64>> = HashMap::new();
    for record in logged(&options.url).await?.iter().flatten() {
        let event = decode_event(&record.value)?;
        for of in ReadingsIngested::decode(&mut &event.data[..])?.devices {
            numbers.entry(of.device).or_default().extend(of.sequences);
        }
    }
    let mut found = Found {
        logged: numbers.values().map(|numbers| numbers.len() as u64).sum(),
        ..Found::default()
    };
    for (index, last) in (0..).zip(&options.last) {
        let known = numbers.get(&format!("devices/{}", id(index)));
        for number in options.first..=*last {
            found.acknowledged += 1;
            found.missing += u64::from(known.is_none_or(|known| !known.contains(&number)));
        }
    }
    Ok(found)
}
