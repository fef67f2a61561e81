//! What is odd about an event and no reason to refuse it: it is handled, told in the log of the process, and counted.

use crate::consumer::Delivered;
use crate::inbox::Place;
use crate::metrics::count_oddity;
use larder_platform::log as journal;
use serde_json::json;
use std::collections::HashMap;

/// An event may be so much younger than its record in the log: clocks differ.
const FUTURE_MS: i64 = 60_000;
/// Of so many keys at least the newest version is remembered, of those that came last.
const KEYS: usize = 10_000;

/// Watches one partition. It knows what it has seen itself: an older owner may have seen more.
#[derive(Default)]
pub(crate) struct Oddities {
    // Two generations: dropping the oldest key each time would mean to look for it among all that were dropped before.
    newest: HashMap<String, u64>,
    before: HashMap<String, u64>,
}

impl Oddities {
    /// Looks at an event that was handled.
    pub(crate) fn look(&mut self, place: &Place, delivered: &Delivered) {
        for what in self.found(delivered) {
            count_oddity(place, what);
            let event = &delivered.event;
            let fields = [
                ("topic", json!(place.topic)),
                ("group", json!(place.group)),
                ("partition", json!(place.partition)),
                ("what", json!(what)),
                ("offset", json!(delivered.offset)),
                ("event", json!(event.id)),
                ("source", json!(event.source)),
            ];
            journal::warn("event is odd", &fields);
        }
    }

    fn found(
        &mut self,
        Delivered {
            event, appended_ms, ..
        }: &Delivered,
    ) -> Vec<&'static str> {
        let mut found = Vec::new();
        if event.time_ms > appended_ms.saturating_add(FUTURE_MS) {
            found.push("from the future");
        }
        let Some(version) = event.aggregate_version else {
            return found;
        };
        let key = &event.subject;
        let known = self.newest.get(key).or_else(|| self.before.get(key));
        let newest = known.copied().unwrap_or_default();
        if version < newest {
            found.push("out of order");
        }
        self.newest.insert(key.clone(), version.max(newest));
        if self.newest.len() >= KEYS {
            self.before = std::mem::take(&mut self.newest);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn delivered(subject: &str, version: Option<u64>, time_ms: i64) -> Delivered {
        Delivered {
            event: Event {
                subject: subject.to_owned(),
                aggregate_version: version,
                time_ms,
                ..Event::default()
            },
            offset: 0,
            appended_ms: 1_000_000,
            attempt: 1,
        }
    }

    #[test]
    fn an_event_is_odd_that_is_older_than_what_was_handled_of_its_key() {
        let mut oddities = Oddities::default();
        for (subject, version, odd) in [
            ("a", 2, false),
            ("b", 1, false),
            ("a", 2, false),
            ("a", 1, true),
            ("a", 3, false),
        ] {
            let found = oddities.found(&delivered(subject, Some(version), 0));
            assert_eq!(found == ["out of order"], odd, "{subject} {version}");
        }
        assert!(oddities.found(&delivered("a", None, 0)).is_empty());
    }

    #[test]
    fn an_event_is_odd_that_is_from_the_future() {
        let mut oddities = Oddities::default();
        assert!(oddities.found(&delivered("a", None, 1_060_000)).is_empty());
        assert_eq!(
            oddities.found(&delivered("a", None, 1_060_001)),
            ["from the future"]
        );
    }

    #[test]
    fn the_newest_version_of_the_last_keys_is_remembered() {
        let mut oddities = Oddities::default();
        oddities.found(&delivered("a", Some(2), 0));
        for key in 1..KEYS {
            oddities.found(&delivered(&key.to_string(), Some(1), 0));
        }
        assert_eq!(
            oddities.found(&delivered("a", Some(1), 0)),
            ["out of order"]
        );
        for key in 0..2 * KEYS {
            oddities.found(&delivered(&key.to_string(), Some(1), 0));
        }
        assert!(
            oddities.found(&delivered("a", Some(1), 0)).is_empty(),
            "it was long ago"
        );
    }
}
