//! How many streams are open, in all and of each device.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use larder_platform::RpcError;

use crate::config::Config;
use crate::device::Device;
use crate::errors::{too_many_streams, too_many_streams_of_device};

/// The streams that are open.
pub(crate) struct Streams {
    most: usize,
    most_of_device: usize,
    open: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    /// By the name of the device; none for one without a stream.
    of_devices: HashMap<String, usize>,
}

/// A stream that counts until it is dropped.
pub(crate) struct Open {
    among: Arc<Streams>,
    device: String,
}

impl Streams {
    pub(crate) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self {
            most: config.max_streams,
            most_of_device: config.max_streams_of_device,
            open: Mutex::default(),
        })
    }

    /// Counts one more. Refused where there are as many as there may be, of this device or in all.
    pub(crate) fn open(self: &Arc<Self>, device: &Device) -> Result<Open, RpcError> {
        let mut open = self.counts();
        let of_device = open.of_devices.get(&device.name).copied().unwrap_or(0);
        if of_device == self.most_of_device {
            return Err(too_many_streams_of_device(self.most_of_device));
        }
        if open.all == self.most {
            return Err(too_many_streams(self.most));
        }
        open.all += 1;
        open.of_devices.insert(device.name.clone(), of_device + 1);
        Ok(Open {
            among: Arc::clone(self),
            device: device.name.clone(),
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.among.counts();
        open.all -= 1;
        if let Some(of_device) = open.of_devices.get_mut(&self.device) {
            *of_device -= 1;
            if *of_device == 0 {
                open.of_devices.remove(&self.device);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_its_share_whoever_else_is_there_and_leaves_nothing_behind() {
        let lookup = |name: &str| match name {
            "INGESTION_MAX_STREAMS" => Some("3".to_owned()),
            "INGESTION_MAX_STREAMS_OF_DEVICE" => Some("2".to_owned()),
            "INGESTION_LISTEN" | "INGESTION_OPS_LISTEN" => Some("127.0.0.1:0".to_owned()),
            "INGESTION_EVENT_LOG_URL" => Some("redis://127.0.0.1:1".to_owned()),
            _ => None,
        };
        let streams = Streams::new(&crate::config::load_config(&lookup).unwrap());
        let device = |id: &str| Device::of(Some(&format!("spiffe://d/{id}")), "d").unwrap();
        let reason = |device: &Device| {
            let refused = streams.open(device).err()?;
            Some(larder_platform::reason(&refused.into())?.1)
        };
        let (van, other) = (device("van-7"), device("van-8"));

        let first = streams.open(&van).unwrap();
        let second = streams.open(&van).unwrap();
        assert_eq!(reason(&van).as_deref(), Some("TOO_MANY_STREAMS_OF_DEVICE"));
        let third = streams.open(&other).unwrap();
        assert_eq!(reason(&other).as_deref(), Some("TOO_MANY_STREAMS"));
        drop(first);
        let again = streams.open(&van).unwrap();
        assert_eq!(reason(&van).as_deref(), Some("TOO_MANY_STREAMS_OF_DEVICE"));

        drop((second, third, again));
        assert_eq!(streams.counts().all, 0);
        assert!(streams.counts().of_devices.is_empty());
    }
}
