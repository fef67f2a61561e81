//! What the contract says of events.

use crate::event::Event;
use buffa::{Message, MessageName};

const PREFIX: &str = "larder:contract/";

/// What events say about the contract that they were written with.
#[must_use]
pub fn dataschema() -> String {
    format!("{PREFIX}{}", larder_contract::VERSION)
}

/// An event that its reader cannot take: to be kept for one that can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Of another type, or of another version of it, than its reader knows; or written with a contract to come.
    #[error("expected {expected}, not {found}")]
    Unknown {
        /// The type, or the type with the contract.
        expected: String,
        /// The same of the event.
        found: String,
        /// Of a version that its reader does not know, and not of another type altogether.
        version: bool,
    },
    /// Its payload is not of its type.
    #[error("the payload of event {id} is not a {type_name}")]
    Format {
        /// Of the event.
        id: String,
        /// Of the event.
        type_name: String,
    },
}

/// The payload as a message.
///
/// # Errors
/// If it is another message, another version of it (`larder.order.v2.…`), was written with a contract whose first number is above ours, or
/// cannot be read.
pub fn payload<M: Message + MessageName>(event: &Event) -> Result<M, PayloadError> {
    let (expected, found) = (M::FULL_NAME.to_owned(), event.type_name.clone());
    if found != expected {
        let version = any_version(&found) == any_version(&expected);
        return Err(PayloadError::Unknown {
            expected,
            found,
            version,
        });
    }
    if is_of_later_contract(&event.dataschema) {
        let expected = format!("a {expected} of {}", dataschema());
        return Err(PayloadError::Unknown {
            expected,
            found: format!("of {}", event.dataschema),
            version: true,
        });
    }
    M::decode(&mut &event.data[..]).map_err(|_| PayloadError::Format {
        id: event.id.clone(),
        type_name: found,
    })
}

fn any_version(type_name: &str) -> String {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let parts = type_name
        .split('.')
        .map(|part| if is_version(part) { "v*" } else { part });
    parts.collect::<Vec<_>>().join(".")
}

fn is_of_later_contract(written: &str) -> bool {
    let major = |semver: &str| {
        semver
            .split('.')
            .next()
            .and_then(|first| first.parse::<u32>().ok())
    };
    let written = written.strip_prefix(PREFIX).and_then(major);
    written
        .zip(major(larder_contract::VERSION))
        .is_some_and(|(theirs, ours)| theirs > ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_contract::proto::larder::order::v1::{OrderCancelled, OrderConfirmed};

    fn event(type_name: &str, dataschema: &str, data: &'static [u8]) -> Event {
        let (type_name, dataschema) = (type_name.to_owned(), dataschema.to_owned());
        Event {
            id: "1".into(),
            type_name,
            dataschema,
            data: data.into(),
            ..Event::default()
        }
    }

    #[test]
    fn a_payload_of_this_contract_is_read() {
        let confirmed = event(
            "larder.order.v1.OrderConfirmed",
            &dataschema(),
            b"\x0a\x08orders/1",
        );
        assert_eq!(
            payload::<OrderConfirmed>(&confirmed).unwrap().order,
            "orders/1"
        );
        let elsewhere = event("larder.order.v1.OrderConfirmed", "urn:another", b"");
        assert!(
            payload::<OrderConfirmed>(&elsewhere).is_ok(),
            "another schema's numbers say nothing about ours"
        );
    }

    #[test]
    fn what_a_reader_does_not_know_is_told_apart() {
        let unknown = |event: &Event| match payload::<OrderConfirmed>(event) {
            Err(PayloadError::Unknown { version, .. }) => Some(version),
            _ => None,
        };
        assert_eq!(
            unknown(&event("larder.order.v2.OrderConfirmed", &dataschema(), b"")),
            Some(true)
        );
        assert_eq!(
            unknown(&event(OrderCancelled::FULL_NAME, &dataschema(), b"")),
            Some(false)
        );
        assert_eq!(
            unknown(&event(
                OrderConfirmed::FULL_NAME,
                "larder:contract/999.0.0",
                b""
            )),
            Some(true)
        );
        let broken = event(OrderConfirmed::FULL_NAME, &dataschema(), b"\x0a\x7f");
        assert!(matches!(
            payload::<OrderConfirmed>(&broken),
            Err(PayloadError::Format { .. })
        ));
    }
}
