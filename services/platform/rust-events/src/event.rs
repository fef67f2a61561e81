//! An event in `CloudEvents` form, and its bytes: the `CloudEvents` Protobuf format (`io.cloudevents.v1.CloudEvent`), payload in
//! `binary_data`. Read and written by hand, field by field, since it stands on the path of every event.

use crate::wire::{Reader, Writer};
use bytes::Bytes;

/// An event, as every language has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Unique within the source.
    pub id: String,
    /// The workload that wrote it.
    pub source: String,
    /// The full name of the payload's message: `larder.order.v1.OrderConfirmed`.
    pub type_name: String,
    /// The key: events of one key stay in order.
    pub subject: String,
    /// When it happened, by the writer's clock, in milliseconds since 1970.
    pub time_ms: i64,
    /// The contract that the payload was written with: `larder:contract/0.1.0`.
    pub dataschema: String,
    /// The version of the aggregate that this event made: a replayed event is older than what its reader has seen. None: it has none.
    pub aggregate_version: Option<u64>,
    /// W3C trace context of what caused it. None: there was none.
    pub traceparent: Option<String>,
    /// Further attributes: lower-case letters and digits.
    pub extensions: Vec<(String, String)>,
    /// The payload, Protobuf.
    pub data: Bytes,
}

/// The most bytes of an encoded event.
pub const MAX_EVENT_BYTES: usize = 1 << 20;

/// Bytes that are not an event, or an event without what ours must have. No further delivery will help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EventFormatError(pub String);

/// What an event cannot be written for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// It is larger than the log takes.
    #[error("event {id} has {bytes} bytes; {MAX_EVENT_BYTES} are allowed")]
    TooLarge {
        /// Of the event.
        id: String,
        /// That it would have.
        bytes: usize,
    },
    /// An attribute has a name that `CloudEvents` does not allow.
    #[error("\"{0}\" cannot be the name of an attribute")]
    Name(String),
}

mod field {
    pub(super) const ID: u32 = 1;
    pub(super) const SOURCE: u32 = 2;
    pub(super) const SPEC_VERSION: u32 = 3;
    pub(super) const TYPE: u32 = 4;
    pub(super) const ATTRIBUTES: u32 = 5;
    pub(super) const BINARY_DATA: u32 = 6;
}

mod attribute {
    pub(super) const BOOLEAN: u32 = 1;
    pub(super) const INTEGER: u32 = 2;
    pub(super) const STRING: u32 = 3;
    pub(super) const URI: u32 = 5;
    pub(super) const URI_REFERENCE: u32 = 6;
    pub(super) const TIMESTAMP: u32 = 7;
}

const CONTENT_TYPE: &str = "application/protobuf";

/// The bytes of an event.
///
/// # Errors
/// Over `MAX_EVENT_BYTES`, and for a further attribute whose name is none.
pub fn encode_event(event: &Event) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::with_capacity(event.data.len() + 400);
    writer.text(field::ID, &event.id);
    writer.text(field::SOURCE, &event.source);
    writer.text(field::SPEC_VERSION, "1.0");
    writer.text(field::TYPE, &event.type_name);
    attribute(
        &mut writer,
        "datacontenttype",
        attribute::STRING,
        CONTENT_TYPE,
    );
    attribute(&mut writer, "dataschema", attribute::URI, &event.dataschema);
    attribute(&mut writer, "subject", attribute::STRING, &event.subject);
    time(&mut writer, event.time_ms);
    if let Some(version) = event.aggregate_version {
        attribute(
            &mut writer,
            "aggregateversion",
            attribute::STRING,
            &version.to_string(),
        );
    }
    if let Some(traceparent) = event.traceparent.as_deref().filter(|text| !text.is_empty()) {
        attribute(&mut writer, "traceparent", attribute::STRING, traceparent);
    }
    for (name, value) in &event.extensions {
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !plain || name.is_empty() || name.len() > 20 {
            return Err(EncodeError::Name(name.clone()));
        }
        attribute(&mut writer, name, attribute::STRING, value);
    }
    writer.bytes(field::BINARY_DATA, &event.data);
    let bytes = writer.finish();
    if bytes.len() > MAX_EVENT_BYTES {
        return Err(EncodeError::TooLarge {
            id: event.id.clone(),
            bytes: bytes.len(),
        });
    }
    Ok(bytes)
}

fn attribute(writer: &mut Writer, name: &str, field: u32, value: &str) {
    writer.nested(field::ATTRIBUTES, |entry| {
        entry.text(1, name);
        entry.nested(2, |inner| inner.text(field, value));
    });
}

fn time(writer: &mut Writer, ms: i64) {
    writer.nested(field::ATTRIBUTES, |entry| {
        entry.text(1, "time");
        entry.nested(2, |value| {
            value.nested(attribute::TIMESTAMP, |timestamp| {
                timestamp.varint(1, ms.div_euclid(1000).cast_unsigned());
                timestamp.varint(2, (ms.rem_euclid(1000) * 1_000_000).cast_unsigned());
            });
        });
    });
}

enum Value {
    Text(String),
    Time(i64),
}

/// Reads an event. Its payload shares the memory of `bytes`.
///
/// # Errors
/// If the bytes are no event, or one without what ours must have.
pub fn decode_event(bytes: &Bytes) -> Result<Event, EventFormatError> {
    let mut event = Event::default();
    let (mut version, mut happened) = (None, None);
    let mut spec_version = String::new();
    let mut reader = Reader::new(bytes);
    while let Some((number, kind)) = reader.tag()? {
        match number {
            field::ID if kind.is_delimited() => event.id = reader.text()?,
            field::SOURCE if kind.is_delimited() => event.source = reader.text()?,
            field::SPEC_VERSION if kind.is_delimited() => spec_version = reader.text()?,
            field::TYPE if kind.is_delimited() => event.type_name = reader.text()?,
            field::BINARY_DATA if kind.is_delimited() => {
                event.data = bytes.slice_ref(reader.bytes()?);
            }
            field::ATTRIBUTES if kind.is_delimited() => match read_attribute(reader.bytes()?)? {
                Some((name, Value::Time(ms))) if name == "time" => happened = Some(ms),
                Some((name, Value::Text(text))) => match name.as_str() {
                    "datacontenttype" => {}
                    "dataschema" => event.dataschema = text,
                    "subject" => event.subject = text,
                    "aggregateversion" => version = Some(text),
                    "traceparent" => event.traceparent = Some(text),
                    _ => event.extensions.push((name, text)),
                },
                _ => {}
            },
            _ => reader.skip(kind)?,
        }
    }
    if spec_version != "1.0" {
        return Err(EventFormatError(
            "the event is not of CloudEvents 1.0".into(),
        ));
    }
    let parts = [
        ("id", &event.id),
        ("source", &event.source),
        ("type", &event.type_name),
        ("subject", &event.subject),
        ("dataschema", &event.dataschema),
    ];
    if let Some((name, _)) = parts.iter().find(|(_, value)| value.is_empty()) {
        return Err(EventFormatError(format!("the event has no {name}")));
    }
    event.time_ms = happened.ok_or_else(|| EventFormatError("the event has no time".into()))?;
    event.aggregate_version = match version {
        Some(text) => Some(number_of(&text)?),
        None => None,
    };
    Ok(event)
}

fn number_of(text: &str) -> Result<u64, EventFormatError> {
    let digits = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.ok_or_else(|| EventFormatError("the aggregate version is no number".into()))
}

fn read_attribute(bytes: &[u8]) -> Result<Option<(String, Value)>, EventFormatError> {
    let mut reader = Reader::new(bytes);
    let (mut name, mut value) = (String::new(), None);
    while let Some((number, kind)) = reader.tag()? {
        match number {
            1 if kind.is_delimited() => name = reader.text()?,
            2 if kind.is_delimited() => value = read_value(reader.bytes()?)?,
            _ => reader.skip(kind)?,
        }
    }
    Ok(value
        .filter(|_| !name.is_empty())
        .map(|value| (name, value)))
}

fn read_value(bytes: &[u8]) -> Result<Option<Value>, EventFormatError> {
    let mut reader = Reader::new(bytes);
    let mut value = None;
    while let Some((number, kind)) = reader.tag()? {
        match number {
            attribute::STRING | attribute::URI | attribute::URI_REFERENCE
                if kind.is_delimited() =>
            {
                value = Some(Value::Text(reader.text()?));
            }
            // The low 32 bits count, as for every int32 on the wire.
            #[allow(clippy::cast_possible_truncation)]
            attribute::INTEGER if kind.is_varint() => {
                value = Some(Value::Text((reader.varint()? as i32).to_string()));
            }
            attribute::BOOLEAN if kind.is_varint() => {
                value = Some(Value::Text((reader.varint()? != 0).to_string()));
            }
            attribute::TIMESTAMP if kind.is_delimited() => {
                value = Some(Value::Time(read_timestamp(reader.bytes()?)?));
            }
            _ => reader.skip(kind)?,
        }
    }
    Ok(value)
}

fn read_timestamp(bytes: &[u8]) -> Result<i64, EventFormatError> {
    let mut reader = Reader::new(bytes);
    let (mut seconds, mut nanos) = (0_i64, 0_i64);
    while let Some((number, kind)) = reader.tag()? {
        match number {
            1 if kind.is_varint() => seconds = reader.varint()?.cast_signed(),
            2 if kind.is_varint() => nanos = reader.varint()?.cast_signed(),
            _ => reader.skip(kind)?,
        }
    }
    seconds
        .checked_mul(1000)
        .and_then(|ms| ms.checked_add(nanos / 1_000_000))
        .ok_or_else(|| EventFormatError("the event's time is out of range".into()))
}

#[cfg(test)]
mod tests;
