//! How often which temperature was measured, to a fifth of a degree. Sketches of parts make the sketch of the whole, in whatever order they
//! are put together, which is what windows of several devices and partitions need.

use std::collections::BTreeMap;

/// The width of a step in millionths of a degree: what lies in one is told as its middle, so within 0.1 degrees.
const STEP: i64 = 200_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    steps: BTreeMap<i32, u32>,
}

impl Sketch {
    /// Counts a temperature, in millionths of a degree.
    pub(crate) fn add(&mut self, micro: i64) {
        #[allow(clippy::cast_possible_truncation)]
        // Temperatures that are taken lie within a thousand steps.
        let step = micro.div_euclid(STEP) as i32;
        *self.steps.entry(step).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (step, count) in &other.steps {
            *self.steps.entry(*step).or_default() += count;
        }
    }

    /// What so many of a hundred do not exceed, to within 100,000 millionths of a degree. None: nothing was counted.
    pub(crate) fn percentile(&self, percent: u64) -> Option<i64> {
        let total: u64 = self.steps.values().map(|count| u64::from(*count)).sum();
        let rank = (total * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (step, count) in &self.steps {
            below += u64::from(*count);
            if below >= rank {
                return Some(i64::from(*step) * STEP + STEP / 2);
            }
        }
        None
    }

    /// Steps and counts, four bytes each.
    pub(crate) fn encode(&self) -> Vec<u8> {
        self.steps
            .iter()
            .flat_map(|(step, count)| [step.to_le_bytes(), count.to_le_bytes()].concat())
            .collect()
    }

    /// None: the bytes are not a sketch's.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (pairs, rest) = bytes.as_chunks::<8>();
        let half = |pair: &[u8; 8], from: usize| {
            [pair[from], pair[from + 1], pair[from + 2], pair[from + 3]]
        };
        let steps = pairs.iter().map(|pair| {
            (
                i32::from_le_bytes(half(pair, 0)),
                u32::from_le_bytes(half(pair, 4)),
            )
        });
        rest.is_empty().then(|| Self {
            steps: steps.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::Numbers;

    fn of(values: &[i64]) -> Sketch {
        let mut sketch = Sketch::default();
        for value in values {
            sketch.add(*value);
        }
        sketch
    }

    #[test]
    fn a_percentile_is_right_to_a_tenth_of_a_degree() {
        let mut numbers = Numbers::new(7);
        for count in [1, 2, 19, 20, 21, 1000] {
            let mut values: Vec<i64> = (0..count)
                .map(|_| numbers.between(-100_000_000, 150_000_000))
                .collect();
            let sketch = of(&values);
            values.sort_unstable();
            for percent in [1, 50, 95, 100] {
                let rank = (values.len() * percent).div_ceil(100).max(1);
                let found = sketch.percentile(percent as u64).unwrap();
                assert!(
                    (found - values[rank - 1]).abs() <= 100_000,
                    "{percent} of {count}"
                );
            }
        }
        assert_eq!(Sketch::default().percentile(95), None);
    }

    #[test]
    fn parts_make_the_whole_in_any_order() {
        let mut numbers = Numbers::new(8);
        let values: Vec<i64> = (0..500)
            .map(|_| numbers.between(-20_000_000, 20_000_000))
            .collect();
        for cut in [0, 1, 250, 500] {
            let (left, right) = (of(&values[..cut]), of(&values[cut..]));
            let (mut one, mut two) = (left.clone(), right.clone());
            one.merge(&right);
            two.merge(&left);
            assert_eq!(one, of(&values));
            assert_eq!(two, one);
        }
    }

    #[test]
    fn it_comes_back_from_its_bytes() {
        let sketch = of(&[-1, 0, 1, 7_000_000, 7_000_001]);
        assert_eq!(Sketch::decode(&sketch.encode()), Some(sketch));
        assert_eq!(Sketch::decode(&[0; 7]), None);
    }
}
