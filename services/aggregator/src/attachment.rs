//! What sensors are attached to, as inventory and shipping tell it.

use crate::excursion::Attachment;
use crate::store::attach;
use larder_contract::proto::larder::coldchain::v1::SensorAttached;
use larder_events::{Delivered, HandleError, Handler, Tx, payload};

pub(crate) struct Attachments;

impl Handler for Attachments {
    type State = ();

    async fn open(&self, _: &Tx<'_>, _: u32) -> Result<(), HandleError> {
        Ok(())
    }

    async fn handle(
        &self,
        (): &mut (),
        tx: &Tx<'_>,
        batch: &[Delivered],
    ) -> Result<(), HandleError> {
        for (index, one) in batch.iter().enumerate() {
            let message: SensorAttached =
                payload(&one.event).map_err(|error| HandleError::payload(index, &error))?;
            let hopeless = |reason: &str| HandleError::Hopeless {
                index,
                reason: reason.to_owned(),
            };
            let time = message
                .attach_time
                .as_option()
                .ok_or_else(|| hopeless("it does not say since when"))?;
            if !message.device.starts_with("devices/") {
                return Err(hopeless("it is about nobody"));
            }
            let since_us = time
                .seconds
                .saturating_mul(1_000_000)
                .saturating_add(i64::from(time.nanos / 1000));
            let class = message.storage_class.to_i32();
            attach(
                tx,
                &message.device,
                &Attachment {
                    subject: message.subject,
                    class,
                    since_us,
                },
            )
            .await?;
        }
        Ok(())
    }
}
