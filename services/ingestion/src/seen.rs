//! The numbers of readings that are durable, as far as they are remembered: the last 64 of a device, and of the devices that
//! spoke lately. Best effort: the aggregator is the one that counts no reading twice.

use std::collections::HashMap;

/// The highest number seen, and a bit for it and each of the 63 before it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Window {
    highest: i64,
    bits: u64,
}

impl Window {
    pub(crate) fn has(self, number: i64) -> bool {
        let back = self.highest - number;
        (0..64).contains(&back) && self.bits & (1 << back) != 0
    }

    fn add(&mut self, number: i64) {
        let ahead = number - self.highest;
        if ahead > 0 {
            self.bits = if ahead < 64 {
                self.bits << ahead | 1
            } else {
                1
            };
            self.highest = number;
        } else if ahead > -64 {
            self.bits |= 1 << -ahead;
        }
    }
}

/// Two generations: when the younger one is full, the elder one is forgotten.
pub(crate) struct Seen {
    young: HashMap<Box<str>, Window>,
    old: HashMap<Box<str>, Window>,
    most: usize,
}

impl Seen {
    /// Remembers at most so many devices.
    pub(crate) fn new(devices: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            most: (devices / 2).max(1),
        }
    }

    /// What is remembered of a device; of one that is not known, nothing.
    pub(crate) fn of(&self, device: &str) -> Window {
        let known = self.young.get(device).or_else(|| self.old.get(device));
        known.copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, device: &str, numbers: &[i64]) {
        if !self.young.contains_key(device) {
            let window = self.old.remove(device).unwrap_or_default();
            if self.young.len() >= self.most {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(device.into(), window);
        }
        if let Some(window) = self.young.get_mut(device) {
            for number in numbers {
                window.add(*number);
            }
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_known_within_the_last_64_numbers_in_any_order() {
        let mut seen = Seen::new(10);
        seen.add("a", &[1, 3, 70, 69, 5, 133]);
        for (number, known) in [
            (133, true),
            (70, true),
            (69, false),
            (71, false),
            (132, false),
            (134, false),
            (1, false),
        ] {
            assert_eq!(seen.of("a").has(number), known, "{number}");
        }
        seen.add("a", &[i64::MAX]);
        assert!(seen.of("a").has(i64::MAX) && !seen.of("a").has(133) && !seen.of("a").has(1));
        assert!(!seen.of("b").has(133));
    }

    #[test]
    fn the_devices_that_spoke_lately_are_remembered_and_no_more_than_asked_for() {
        let mut seen = Seen::new(100);
        for n in 0..10_000 {
            seen.add(&format!("devices/{n}"), &[1]);
            seen.add("devices/0", &[n + 1]);
            assert!(seen.len() <= 100, "{}", seen.len());
        }
        assert!(
            seen.of("devices/0").has(10_000)
                && seen.of("devices/9999").has(1)
                && seen.of("devices/9970").has(1)
        );
        assert!(!seen.of("devices/1").has(1));
    }
}
