//! Who calls, by what the sidecar wrote.

use crate::platform_config::PlatformConfig;

/// Reads the identity that the sidecar proved from `x-forwarded-client-cert`: the last URI outside quotes, of the last
/// element, which is the nearest hop's. A workload of this mesh is given by its name, anybody else in full. At a method for
/// devices, where that is the ingress for them, it is the device that the ingress wrote before it, if that and nothing else
/// stands there.
pub(crate) fn caller_of(
    header: &str,
    config: &PlatformConfig,
    for_devices: bool,
) -> Option<String> {
    let start = last_element(header.as_bytes());
    let peer = last_uri(&header[start..]).filter(|uri| !uri.is_empty())?;
    if for_devices
        && config.device_ingress.as_deref() == Some(peer)
        && let Some(device) = device_in(&header[..start], &config.device_trust_domain)
    {
        return Some(device.to_owned());
    }
    let (trust_domain, namespace) = (&config.trust_domain, &config.namespace);
    let own = format!("spiffe://{trust_domain}/ns/{namespace}/sa/");
    Some(peer.strip_prefix(&own).unwrap_or(peer).to_owned())
}

/// Where the last element begins. What stands before it may be the caller's own text: it is read from the end, so that a
/// quote left open there cannot hide the comma.
fn last_element(header: &[u8]) -> usize {
    let mut quoted = false;
    for (at, c) in header.iter().enumerate().rev() {
        match c {
            b',' if !quoted => return at + 1,
            b'"' if !(quoted && is_escaped(&header[..at])) => quoted = !quoted,
            _ => {}
        }
    }
    0
}

fn is_escaped(before: &[u8]) -> bool {
    let marks = before.iter().rev().take_while(|&&c| c == b'\\');
    marks.count() % 2 == 1
}

fn last_uri(element: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let pairs = element.split(|c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        c == ';' && !quoted
    });
    // In their order, not from the back: what is in quotes is known by what came before it.
    pairs
        .filter_map(|pair| pair.trim().strip_prefix("URI="))
        .fold(None, |_, uri| Some(uri))
}

/// The device that stands alone in front of the last element.
fn device_in<'a>(before: &'a str, trust_domain: &str) -> Option<&'a str> {
    let uri = before.strip_suffix(',')?.trim().strip_prefix("URI=")?;
    let id = uri
        .strip_prefix("spiffe://")?
        .strip_prefix(trust_domain)?
        .strip_prefix('/')?;
    let known = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
    (!id.is_empty() && id.bytes().all(known)).then_some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_caller_is_the_peer_or_the_device_that_the_ingress_speaks_for() {
        let vectors = testing::callers();
        let text = |name: &str| vectors[name].as_str().unwrap().to_owned();
        let config = PlatformConfig {
            namespace: text("namespace"),
            trust_domain: text("trust_domain"),
            device_ingress: Some(text("device_ingress")),
            device_trust_domain: text("device_trust_domain"),
            ..testing::config()
        };
        let unset = PlatformConfig {
            device_ingress: None,
            ..config.clone()
        };
        for case in vectors["cases"].as_array().unwrap() {
            let header = case["header"].as_str().unwrap();
            let of =
                |config, for_devices| caller_of(header, config, for_devices).unwrap_or_default();
            let about = &case["about"];
            assert_eq!(of(&config, false), case["caller"], "{about}");
            assert_eq!(of(&config, true), case["at_device_method"], "{about}");
            assert_eq!(of(&unset, true), case["caller"], "{about}");
        }
    }
}
