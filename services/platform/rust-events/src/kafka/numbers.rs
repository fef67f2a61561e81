//! The highest number that a partition has seen from each producer, as every batch notes it: who reads the newest batch knows them all.

use crate::log::LogError;

/// So many producers are remembered; of more, those that appended last. A relay has four for each database.
const MOST: usize = 200;

/// Who appended last comes last.
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<(String, u64)>);

impl Numbers {
    /// From the note of the newest batch; none if there is no batch.
    pub(super) fn of(note: Option<&str>) -> Result<Self, LogError> {
        let Some(note) = note.filter(|note| !note.is_empty()) else {
            return Ok(Self::default());
        };
        serde_json::from_str(note)
            .map(Self)
            .map_err(|_| LogError::Refused("a batch of the log has a note that is none".into()))
    }

    pub(super) fn has(&self, producer: &str, number: u64) -> bool {
        let found = self.0.iter().rfind(|(name, _)| name == producer);
        found.is_some_and(|(_, highest)| number <= *highest)
    }

    pub(super) fn add(&mut self, producer: &str, number: u64) {
        match self.0.iter().rposition(|(name, _)| name == producer) {
            Some(at) => {
                self.0[at].1 = number;
                self.0[at..].rotate_left(1);
            }
            None => self.0.push((producer.to_owned(), number)),
        }
    }

    pub(super) fn to_note(&self) -> String {
        let latest = &self.0[self.0.len().saturating_sub(MOST)..];
        serde_json::to_string(latest).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_carries_what_was_seen_of_every_producer_in_the_form_of_the_twin() {
        let mut numbers = Numbers::of(None).unwrap();
        assert!(!numbers.has("a", 0), "without a note nothing was seen");
        for (producer, number) in [("b", 7), ("1", 3), ("a", 1 << 53), ("b", 8)] {
            numbers.add(producer, number);
        }
        let note = numbers.to_note();
        assert_eq!(note, r#"[["1",3],["a",9007199254740992],["b",8]]"#);
        let read = Numbers::of(Some(&note)).unwrap();
        assert!(read.has("b", 8) && !read.has("b", 9));
        assert!(read.has("1", 3) && !read.has("1", 4) && read.has("a", 1 << 53));
    }

    #[test]
    fn of_very_many_producers_those_are_remembered_that_appended_last() {
        let mut numbers = Numbers::default();
        for n in 0..300 {
            numbers.add(&format!("p{n}"), 1);
            numbers.add("steady", n + 2);
            numbers = Numbers::of(Some(&numbers.to_note())).unwrap();
        }
        assert!(numbers.has("steady", 301) && numbers.has("p299", 1) && !numbers.has("p0", 1));
    }

    #[test]
    fn a_note_of_something_else_is_refused() {
        assert!(Numbers::of(Some("{}")).is_err());
    }
}
