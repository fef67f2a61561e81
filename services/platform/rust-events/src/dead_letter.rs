//! Where an event goes that could not be handled: the topic's dead-letter topic, with what is known about the failure. The same form in
//! every language: `larder dlq` lists and replays them.

use crate::contract::dataschema;
use crate::event::{EncodeError, Event, decode_event, encode_event};
use crate::inbox::Place;
use crate::log::{Batch, EventLog, LogError, Record};
use crate::metrics::tell_letters;
use bytes::Bytes;
use larder_platform::log as journal;
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio_util::sync::CancellationToken;

/// The type of a dead letter whose bytes were no event; they are its payload.
const UNREADABLE: &str = "larder.events.Unreadable";
/// The attribute of a replayed event: the only group that it is for.
const ONLY_FOR: &str = "onlyfor";
const LONGEST_REASON: usize = 1000;
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The dead-letter topic of a topic.
#[must_use]
pub fn dead_topic(topic: &str) -> String {
    format!("{topic}.dead")
}

/// Whether an event is for the group: one that was replayed is for the group that had given it up.
pub(crate) fn is_for(event: &Event, group: &str) -> bool {
    event
        .extensions
        .iter()
        .all(|(name, value)| name != ONLY_FOR || value == group)
}

/// Appends the event to the dead-letter topic, once however often this is called for the record.
pub(crate) async fn bury(
    log: &EventLog,
    place: &Place,
    record: &Record,
    attempts: u32,
    reason: &str,
) -> Result<(), LogError> {
    let Place {
        group,
        topic,
        partition,
    } = place;
    let dead = dead_topic(topic);
    log.create_topic(&dead, log.partitions(topic).await?)
        .await?;
    let value = letter(place, record, attempts, reason)
        .map_err(|error| LogError::Refused(error.to_string()))?;
    // Numbers may have gaps: the offset tells letters of one partition and group apart, and rises.
    let records = vec![(record.offset + 1, value)];
    let producer = format!("dead/{group}/{partition}");
    log.append(&[Batch {
        topic: dead,
        partition: *partition,
        producer,
        records,
    }])
    .await
    .map(drop)
}

fn letter(
    place: &Place,
    record: &Record,
    attempts: u32,
    reason: &str,
) -> Result<Bytes, EncodeError> {
    let Place {
        group,
        topic,
        partition,
    } = place;
    let origin = format!("{topic}/{partition}/{}", record.offset);
    let mut event = decode_event(&record.value).unwrap_or_else(|_| Event {
        id: origin.clone(),
        source: group.clone(),
        type_name: UNREADABLE.into(),
        subject: format!("{topic}/{partition}"),
        time_ms: now_ms(),
        dataschema: dataschema(),
        data: record.value.clone(),
        ..Event::default()
    });
    let about = [
        ("deaderror", reason.chars().take(LONGEST_REASON).collect()),
        ("deadattempts", attempts.to_string()),
        ("deadgroup", group.clone()),
        ("deadorigin", origin),
    ];
    // An event that died before, and was replayed, dies anew.
    event
        .extensions
        .retain(|(name, _)| name != "deadcut" && about.iter().all(|(known, _)| known != name));
    event
        .extensions
        .extend(about.map(|(name, value)| (name.to_owned(), value)));
    match encode_event(&event) {
        Err(EncodeError::TooLarge { .. }) => {
            event.extensions.push(("deadcut".into(), "true".into()));
            event.data = Bytes::new();
            encode_event(&event)
        }
        encoded => encoded,
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Forgets the dead letters of a topic that are older than their retention, settled or not, until it is told to stop. What is dropped is
/// told in the log of the process.
pub(crate) async fn keep_letters(
    log: &EventLog,
    topic: &str,
    retention: Duration,
    stop: &CancellationToken,
) {
    while !stop.is_cancelled() {
        match tidy(log, topic, retention).await {
            Ok(left) => tell_letters(&dead_topic(topic), left),
            // While the log is away what is old stays old. Anything else is for a person, and no reason to consume nothing.
            Err(error) if !error.is_unavailable() => {
                journal::error(
                    "dead letters are not looked after",
                    &[("error", json!(error.to_string()))],
                );
            }
            Err(_) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Returns how many records are left.
async fn tidy(log: &EventLog, topic: &str, retention: Duration) -> Result<u64, LogError> {
    let dead = dead_topic(topic);
    let mut left = 0;
    for partition in 0..log.partitions(topic).await? {
        let before = log.range(&dead, partition).await?;
        let earliest = log.trim(&dead, partition, retention, &[]).await?;
        if earliest > before.earliest {
            let letters = earliest - before.earliest;
            let fields = [
                ("topic", json!(dead)),
                ("partition", json!(partition)),
                ("letters", json!(letters)),
            ];
            journal::warn(
                "dead letters have reached the end of their retention",
                &fields,
            );
        }
        left += before.next - earliest;
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::MAX_EVENT_BYTES;

    fn place() -> Place {
        Place {
            group: "aggregator".into(),
            topic: "t".into(),
            partition: 2,
        }
    }

    fn record(value: Bytes) -> Record {
        Record {
            offset: 7,
            time_ms: 0,
            value,
        }
    }

    fn event(data: Bytes) -> Event {
        Event {
            id: "1".into(),
            source: "ingestion".into(),
            type_name: "larder.x.v1.X".into(),
            subject: "k".into(),
            dataschema: "larder:contract/0.1.0".into(),
            data,
            ..Event::default()
        }
    }

    fn said<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
        event
            .extensions
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_letter_is_the_event_and_says_why_it_died() {
        let event = event(Bytes::from_static(b"data"));
        let letter = letter(
            &place(),
            &record(encode_event(&event).unwrap()),
            3,
            "no luck",
        )
        .unwrap();
        let letter = decode_event(&letter).unwrap();
        assert_eq!((&letter.id, &letter.data), (&event.id, &event.data));
        let about = [
            "deaderror",
            "deadattempts",
            "deadgroup",
            "deadorigin",
            "deadcut",
        ]
        .map(|name| said(&letter, name));
        assert_eq!(
            about,
            [
                Some("no luck"),
                Some("3"),
                Some("aggregator"),
                Some("t/2/7"),
                None
            ]
        );
    }

    #[test]
    fn an_event_that_dies_twice_says_why_it_died_last() {
        let first = letter(
            &place(),
            &record(encode_event(&event(Bytes::new())).unwrap()),
            3,
            "no luck",
        )
        .unwrap();
        let second = decode_event(&letter(&place(), &record(first), 5, "again").unwrap()).unwrap();
        assert_eq!(said(&second, "deaderror"), Some("again"));
        assert_eq!(second.extensions.len(), 4);
    }

    #[test]
    fn bytes_that_are_no_event_are_kept_as_they_are() {
        let letter = decode_event(
            &letter(&place(), &record(Bytes::from_static(b"???")), 1, "what?").unwrap(),
        )
        .unwrap();
        assert_eq!(
            (letter.type_name.as_str(), letter.data),
            (UNREADABLE, Bytes::from_static(b"???"))
        );
    }

    #[test]
    fn a_letter_without_room_for_the_payload_says_so() {
        let around = encode_event(&event(Bytes::from(vec![0; 1 << 19])))
            .unwrap()
            .len()
            - (1 << 19);
        let large = encode_event(&event(Bytes::from(vec![0; MAX_EVENT_BYTES - around]))).unwrap();
        let letter = decode_event(&letter(&place(), &record(large), 1, "x").unwrap()).unwrap();
        assert_eq!(
            (said(&letter, "deadcut"), letter.data.len()),
            (Some("true"), 0)
        );
    }

    #[test]
    fn a_replayed_event_is_for_the_group_that_gave_it_up() {
        let replayed = Event {
            extensions: vec![("onlyfor".into(), "a".into())],
            ..event(Bytes::new())
        };
        assert!(
            is_for(&replayed, "a") && !is_for(&replayed, "b") && is_for(&event(Bytes::new()), "b")
        );
    }
}
