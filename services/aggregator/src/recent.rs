//! What was written last, so that it need not be read again.

use std::collections::HashMap;
use std::hash::Hash;

/// Two generations, each up to a weight: when the younger one is full, the elder one is forgotten. What is used is taken out and put back.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, Weighed<V>>,
    old: HashMap<K, Weighed<V>>,
    /// What is in `young` weighs so much.
    weight: usize,
    most: usize,
}

#[derive(Debug)]
struct Weighed<V> {
    value: V,
    weight: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    /// Remembers what weighs at most so much together.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            weight: 0,
            most: most / 2,
        }
    }

    /// None: it is not remembered. It may have been written all the same.
    pub(crate) fn take(&mut self, key: &K) -> Option<V> {
        if let Some(found) = self.young.remove(key) {
            self.weight -= found.weight;
            return Some(found.value);
        }
        self.old.remove(key).map(|found| found.value)
    }

    /// Remembers one, in place of what was under its key.
    pub(crate) fn put(&mut self, key: K, value: V, weight: usize) {
        drop(self.take(&key));
        if self.weight + weight > self.most {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        if weight <= self.most {
            self.weight += weight;
            self.young.insert(key, Weighed { value, weight });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let mut recent = Recent::new(20);
        recent.put("used", 0, 1);
        for number in 0..100 {
            let used = recent.take(&"used").unwrap();
            assert_eq!(used, number, "what was put last is what is remembered");
            recent.put("used", used + 1, 1);
            recent.put(["a", "b", "c", "d"][number % 4], number, 5);
            let weight =
                |all: &HashMap<_, Weighed<_>>| all.values().map(|one| one.weight).sum::<usize>();
            assert_eq!(weight(&recent.young), recent.weight);
            assert!(weight(&recent.young) + weight(&recent.old) <= 20);
        }
        assert_eq!(recent.take(&"d"), Some(99));
        assert_eq!(recent.take(&"d"), None, "it was taken");
        assert_eq!(recent.take(&"a"), None, "it was there too long ago");
    }

    #[test]
    fn what_is_too_heavy_is_not_remembered_and_neither_is_what_it_replaces() {
        let mut recent = Recent::new(20);
        recent.put("it", 1, 1);
        recent.put("it", 2, 11);
        assert_eq!(recent.take(&"it"), None);
    }
}
