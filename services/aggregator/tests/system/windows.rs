//! Windows that were told, held against what was sent.

use super::{SECOND, System, WINDOWS};
use larder_contract::proto::larder::coldchain::v1::{Window, WindowKind, WindowsClosed};
use larder_events::testing::until;
use std::collections::BTreeMap;

impl System {
    /// Of every window the last revision; and the batches, which nobody may have been told of twice.
    pub(crate) async fn windows(&self) -> (BTreeMap<(String, i32, i64), Window>, i64) {
        let mut windows: BTreeMap<(String, i32, i64), Window> = BTreeMap::new();
        let mut batches = BTreeMap::new();
        for (event, message) in self.told::<WindowsClosed>(WINDOWS).await {
            assert_eq!(event.subject, message.source);
            for window in message.windows {
                let key = (
                    window.subject.clone(),
                    window.kind.to_i32(),
                    window.start_time.as_option().unwrap().seconds,
                );
                let known = windows.entry(key).or_default();
                assert_ne!(window.revision, known.revision, "a revision is told once");
                if window.revision > known.revision {
                    *known = window;
                }
            }
            for batch in message.batches {
                assert!(
                    batches
                        .insert((message.source.clone(), batch.batch), batch.count)
                        .is_none(),
                    "a batch is told once"
                );
            }
        }
        (
            windows,
            batches.values().map(|count| i64::from(*count)).sum(),
        )
    }

    /// Of every window of everybody that ends before `until_us` the temperatures that were sent.
    fn expected(&self, until_us: i64) -> BTreeMap<(String, i32, i64), Vec<f64>> {
        let mut expected: BTreeMap<(String, i32, i64), Vec<f64>> = BTreeMap::new();
        for (device, readings) in &self.sent {
            for (time_us, celsius) in readings.values() {
                let tumbling = [(
                    WindowKind::WINDOW_KIND_TUMBLING as i32,
                    time_us / (10 * SECOND) * 10,
                )];
                let minute = time_us / (60 * SECOND) * 60;
                let sliding =
                    (0..5).map(|back| (WindowKind::WINDOW_KIND_SLIDING as i32, minute - back * 60));
                for (kind, start) in tumbling.into_iter().chain(sliding) {
                    for subject in [Some(device), self.rooms.get(device)].into_iter().flatten() {
                        expected
                            .entry((subject.clone(), kind, start))
                            .or_default()
                            .push(*celsius);
                    }
                }
            }
        }
        let length = |kind| {
            if kind == WindowKind::WINDOW_KIND_TUMBLING as i32 {
                10
            } else {
                300
            }
        };
        expected.retain(|(_, kind, start), _| (start + length(*kind)) * SECOND <= until_us);
        assert!(expected.len() > 20, "there is something to look at");
        expected
    }

    /// Holds what was told against what was sent: every window of everybody that ends before `until_us` has every reading once, soon
    /// after the last reading was handled.
    pub(crate) async fn check_windows(&self, until_us: i64) {
        let expected = self.expected(until_us);
        until("every window is told, and whole", async || {
            let (told, _) = self.windows().await;
            let mut windows = expected.iter();
            windows.all(|(key, values)| {
                told.get(key)
                    .is_some_and(|window| window.count == values.len().cast_signed() as i64)
            })
        })
        .await;
        let (told, _) = self.windows().await;
        for (key, mut values) in expected {
            let window = &told[&key];
            values.sort_by(f64::total_cmp);
            let count = values.len();
            assert_eq!(window.count, i64::try_from(count).unwrap(), "{key:?}");
            let mean = values.iter().sum::<f64>() / f64::from(u32::try_from(count).unwrap());
            let p95 = values[(count * 95).div_ceil(100) - 1];
            let found = [
                window.min_celsius,
                window.max_celsius,
                window.mean_celsius,
                window.p95_celsius,
            ];
            for (found, right) in found
                .into_iter()
                .zip([values[0], values[count - 1], mean, p95])
            {
                assert!(
                    (found - right).abs() <= 0.1 + 1e-6,
                    "{key:?}: {found}, not {right}"
                );
            }
        }
    }
}
