//! Who speaks, and for whom it may.

use crate::reading::Refused;

/// A device, as its certificate names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    /// `devices/{device}`.
    pub(crate) name: String,
}

const PREFIX: &str = "devices/";
const LONGEST_ID: usize = 60;

impl Device {
    /// The device of an identity that the sidecar proved. None: it is not one of a device.
    pub(crate) fn of(identity: Option<&str>, trust_domain: &str) -> Option<Self> {
        let id = identity?
            .strip_prefix("spiffe://")?
            .strip_prefix(trust_domain)?
            .strip_prefix('/')?;
        is_id(id).then(|| Self {
            name: format!("{PREFIX}{id}"),
        })
    }

    /// A device speaks for itself and for its probes.
    pub(crate) fn speaks_for(&self, name: &str) -> Result<(), Refused> {
        // Almost always.
        if name == self.name {
            return Ok(());
        }
        let Some(id) = name.strip_prefix(PREFIX) else {
            return Err(Refused::DeviceInvalid);
        };
        let (device, probe) = id
            .split_once('.')
            .map_or((id, None), |(device, probe)| (device, Some(probe)));
        if !is_id(device) || probe.is_some_and(|probe| !is_id(probe)) {
            return Err(Refused::DeviceInvalid);
        }
        if name[..PREFIX.len() + device.len()] == self.name {
            Ok(())
        } else {
            Err(Refused::DeviceForeign)
        }
    }
}

fn is_id(text: &str) -> bool {
    let known = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_certificate_only() {
        let of = |identity| Device::of(identity, "devices.larder.local").map(|device| device.name);
        assert_eq!(
            of(Some("spiffe://devices.larder.local/van-7")).as_deref(),
            Some("devices/van-7")
        );
        for other in [
            "gateway",
            "spiffe://larder.local/van-7",
            "spiffe://devices.larder.local.example/van-7",
            "spiffe://devices.larder.local/",
            "spiffe://devices.larder.local/ns/larder/sa/order",
            "spiffe://devices.larder.local/Van",
            "spiffe://devices.larder.local/van-7.1",
        ] {
            assert_eq!(of(Some(other)), None, "{other}");
        }
        assert_eq!(of(None), None);
    }

    #[test]
    fn a_device_speaks_for_itself_and_its_probes() {
        let van = Device::of(Some("spiffe://d/van-7"), "d").unwrap();
        let (foreign, invalid) = (Err(Refused::DeviceForeign), Err(Refused::DeviceInvalid));
        let (longest, longer) = ("a".repeat(60), "a".repeat(61));
        for (name, said) in [
            ("devices/van-7", Ok(())),
            ("devices/van-7.rear", Ok(())),
            ("devices/van-70", foreign),
            ("devices/van", foreign),
            ("devices/van.7", foreign),
            (&format!("devices/van-7.{longest}"), Ok(())),
            (&format!("devices/van-7.{longer}"), invalid),
            (&format!("devices/{longest}"), foreign),
            (&format!("devices/{longer}"), invalid),
            ("devices/van-7.", invalid),
            ("devices/van-7.a.b", invalid),
            ("devices/.rear", invalid),
            ("devices/VAN-7", invalid),
            ("devices/vän-7", invalid),
            ("devices/van-7/rear", invalid),
            ("devices/", invalid),
            ("van-7", invalid),
            ("", invalid),
            (&"a".repeat(1 << 20), invalid),
        ] {
            assert_eq!(van.speaks_for(name), said, "{name:.80}");
        }
    }
}
