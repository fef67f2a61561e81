//! Sensors that nothing is heard of any more, while what they measured last was too warm.

use crate::handler::{Aggregator, Partition};
use crate::source::Change;
use crate::store;
use larder_events::{HandleError, Tx};

/// So many are looked at in one transaction.
const MOST: i64 = 500;

impl Aggregator {
    /// Ends the excursions of a partition whose sensors were heard too long ago. `now_us`: how far time is there. Returns what is to be told.
    pub(crate) async fn unheard(
        &self,
        partition: &mut Partition,
        tx: &Tx<'_>,
        now_us: i64,
    ) -> Result<Vec<Change>, HandleError> {
        let rules = &self.rules.excursions;
        let before_us = now_us.saturating_sub(rules.unheard_us);
        let mut devices = store::unheard(tx, partition.number, before_us, MOST).await?;
        let changes: Vec<Change> = devices
            .values_mut()
            .filter_map(|device| device.unheard(rules, now_us))
            .collect();
        if !changes.is_empty() {
            let devices: Vec<_> = devices.iter().collect();
            store::keep_devices(tx, &devices).await?;
            store::mark_open(tx, partition.number, &devices).await?;
        }
        for (name, device) in devices {
            partition.remember(name, device);
        }
        Ok(changes)
    }
}
