//! Which readings of a device were seen: the guarantee that each counts once, however often it is sent.

const WORDS: usize = 16;
/// So far behind the highest number it is known which ones were seen. What is older counts as seen.
pub(crate) const REACH: u64 = 64 * WORDS as u64;

/// The highest number, and of those before it the ones that were seen: readings may come out of order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    highest: u64,
    /// Bit `n % REACH` stands for number `n`.
    bits: [u64; WORDS],
}

impl Seen {
    /// Whether a number comes for the first time. Numbers begin with 1.
    pub(crate) fn insert(&mut self, number: u64) -> bool {
        if number == 0 || number + REACH <= self.highest {
            return false;
        }
        if number > self.highest {
            if number - self.highest >= REACH {
                self.bits = [0; WORDS];
            } else {
                (self.highest + 1..=number).for_each(|passed| self.set(passed, false));
            }
            self.highest = number;
        } else if self.get(number) {
            return false;
        }
        self.set(number, true);
        true
    }

    const fn place(number: u64) -> (usize, u64) {
        let bit = number % REACH;
        ((bit / 64) as usize, 1 << (bit % 64))
    }

    fn get(&self, number: u64) -> bool {
        let (word, bit) = Self::place(number);
        self.bits[word] & bit != 0
    }

    fn set(&mut self, number: u64, seen: bool) {
        let (word, bit) = Self::place(number);
        self.bits[word] = if seen {
            self.bits[word] | bit
        } else {
            self.bits[word] & !bit
        };
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.highest]
            .iter()
            .chain(&self.bits)
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// None: the bytes are something else's.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let (highest, bits) = words.split_first()?;
        let bits: [[u8; 8]; WORDS] = bits.try_into().ok().filter(|_| rest.is_empty())?;
        Some(Self {
            highest: u64::from_le_bytes(*highest),
            bits: bits.map(u64::from_le_bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::Numbers;
    use std::collections::HashSet;

    #[test]
    fn each_number_comes_for_the_first_time_once() {
        let mut numbers = Numbers::new(3);
        let (mut seen, mut known, mut highest) = (Seen::default(), HashSet::new(), 0);
        for step in 0..20_000 {
            let ahead = if step % 997 == 0 { 3000 } else { 3 };
            let low = i64::try_from(highest).unwrap() - 900;
            let number = numbers
                .between(low.max(1), i64::try_from(highest).unwrap() + ahead)
                .unsigned_abs()
                .max(1);
            assert_eq!(
                seen.insert(number),
                known.insert(number),
                "{number} after {highest}"
            );
            highest = highest.max(number);
            assert_eq!(Seen::decode(&seen.encode()).as_ref(), Some(&seen));
        }
    }

    #[test]
    fn what_is_too_old_to_tell_counts_as_seen() {
        let mut seen = Seen::default();
        assert!(!seen.insert(0));
        assert!(seen.insert(5000));
        assert!(!seen.insert(5000 - REACH));
        assert!(seen.insert(5001 - REACH));
        assert!(seen.insert(u64::MAX / 2));
        assert!(!seen.insert(5002));
    }
}
