//! Records as they stand in a stream entry: `n` how many, `t` when, `d` the records in the framing of a `CloudEvents` batch
//! (`io.cloudevents.v1.CloudEventBatch`: field 1, repeated), so that any reader with that schema can decode the entry.

use crate::log::{LogError, Record};
use crate::wire::put_varint;
use bytes::Bytes;
use redis::Value;

const FRAME_TAG: u8 = 0x0a; // Field 1, length-delimited.

/// What stands in front of a record at most: its tag and its length.
const FRAME_BYTES: usize = 6;

/// The bytes of a batch.
pub(super) fn frame<'a>(values: impl Iterator<Item = &'a Bytes> + Clone) -> Vec<u8> {
    let size = values.clone().map(|value| FRAME_BYTES + value.len()).sum();
    let mut bytes = Vec::with_capacity(size);
    for value in values {
        bytes.push(FRAME_TAG);
        put_varint(&mut bytes, value.len() as u64);
        bytes.extend_from_slice(value);
    }
    bytes
}

/// The records of an entry as the server sends it. One that cannot be taken apart stands as one record of all its bytes, `n - 1` empty ones
/// behind it.
pub(super) fn records_of(entry: Value) -> Result<Vec<Record>, LogError> {
    let odd = || LogError::Refused("a stream holds an entry that is not of an event log".into());
    let Value::Array(parts) = entry else {
        return Err(odd());
    };
    let Ok([id, Value::Array(fields)]) = <[Value; 2]>::try_from(parts) else {
        return Err(odd());
    };
    let Ok([_, count, _, time, _, data]) = <[Value; 6]>::try_from(fields) else {
        return Err(odd());
    };
    let base = text(&id)
        .and_then(|id| id.split_once('-')?.0.parse::<u64>().ok())
        .ok_or_else(odd)?;
    let count = text(&count)
        .and_then(|count| count.parse::<usize>().ok())
        .filter(|count| *count > 0)
        .ok_or_else(odd)?;
    let time_ms = text(&time)
        .and_then(|time| time.parse().ok())
        .ok_or_else(odd)?;
    let Value::BulkString(data) = data else {
        return Err(odd());
    };
    let data = Bytes::from(data);
    let values = unframe(&data, count).unwrap_or_else(|| {
        let mut values = vec![Bytes::new(); count];
        values[0] = data;
        values
    });
    Ok(values
        .into_iter()
        .zip(base..)
        .map(|(value, offset)| Record {
            offset,
            time_ms,
            value,
        })
        .collect())
}

fn unframe(data: &Bytes, count: usize) -> Option<Vec<Bytes>> {
    // A count that lies must not take memory.
    let mut values = Vec::with_capacity(count.min(data.len()));
    let mut at = 0;
    while at < data.len() {
        if data[at] != FRAME_TAG {
            return None;
        }
        at += 1;
        let mut length = 0_usize;
        for shift in (0..=28).step_by(7) {
            let byte = *data.get(at)?;
            at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
            if shift == 28 {
                return None;
            }
        }
        let end = at.checked_add(length).filter(|end| *end <= data.len())?;
        values.push(data.slice(at..end));
        at = end;
    }
    (values.len() == count).then_some(values)
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

/// A whole number that the server sends as one, or as text.
pub(super) fn number(value: &Value) -> Result<i64, LogError> {
    let found = match value {
        Value::Int(number) => Some(*number),
        other => text(other).and_then(|text| text.parse().ok()),
    };
    found.ok_or_else(|| LogError::Refused("the server answers something else than a number".into()))
}

/// A number that cannot be negative: an offset, an epoch.
pub(super) fn natural(value: &Value) -> Result<u64, LogError> {
    u64::try_from(number(value)?)
        .map_err(|_| LogError::Refused("the server answers a negative number".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(count: &str, data: &[u8]) -> Value {
        let bulk = |text: &str| Value::BulkString(text.into());
        let fields = vec![
            bulk("n"),
            bulk(count),
            bulk("t"),
            bulk("1000"),
            bulk("d"),
            Value::BulkString(data.into()),
        ];
        Value::Array(vec![bulk("7-1"), Value::Array(fields)])
    }

    #[test]
    fn a_batch_comes_back_as_it_was() {
        let values = [
            Bytes::from_static(b"ab"),
            Bytes::new(),
            Bytes::from(vec![7; 300]),
        ];
        let records = records_of(entry("3", &frame(values.iter()))).unwrap();
        assert_eq!(
            records
                .iter()
                .map(|record| record.offset)
                .collect::<Vec<_>>(),
            [7, 8, 9]
        );
        assert_eq!(
            records
                .iter()
                .map(|record| &record.value)
                .collect::<Vec<_>>(),
            values.iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_cannot_be_taken_apart_is_one_record_and_the_offsets_behind_it_stay_right() {
        for data in [
            &b"\x0a\x05ab"[..],
            b"hello",
            b"\x0a\xff\xff\xff\xff\xff\x01",
            b"\x0a\x02ab",
        ] {
            let records = records_of(entry("3", data)).unwrap();
            assert_eq!(
                records
                    .iter()
                    .map(|record| record.offset)
                    .collect::<Vec<_>>(),
                [7, 8, 9]
            );
            assert_eq!(records[0].value, data);
            assert!(records[1].value.is_empty() && records[2].value.is_empty());
        }
    }

    #[test]
    fn an_entry_of_something_else_is_refused() {
        assert!(records_of(entry("0", b"")).is_err());
        assert!(records_of(entry("x", b"")).is_err());
        assert!(records_of(Value::Nil).is_err());
    }
}
