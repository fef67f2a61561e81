//! Batches of records as they go over the wire and stand on disk: version 2 of Kafka's format.

use crate::log::LogError;
use crate::wire::put_varint;
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

/// In front of the records: the first offset and the length, which the checksum does not cover, and the rest.
const BEFORE_LENGTH: usize = 12;
const BEFORE_CHECKED: usize = 21;
const HEADER: usize = 61;
const VERSION: i8 = 2;

const COMPRESSION: i16 = 7;
const LOG_APPEND_TIME: i16 = 1 << 3;
const CONTROL: i16 = 1 << 5;

/// A batch as it was read.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) first_offset: u64,
    pub(super) last_offset: u64,
    attributes: i16,
    first_timestamp: i64,
    pub(super) max_timestamp: i64,
    pub(super) producer: i64,
    first_sequence: i32,
    records: Vec<BatchRecord>,
    /// Of the first record.
    headers: Vec<(Bytes, Bytes)>,
}

#[derive(Debug)]
pub(super) struct BatchRecord {
    pub(super) offset: u64,
    pub(super) time_ms: i64,
    /// None: there is none.
    pub(super) value: Option<Bytes>,
}

/// A batch to be written.
pub(super) struct NewBatch<'a> {
    pub(super) producer: i64,
    /// Of its first record.
    pub(super) sequence: i32,
    pub(super) time_ms: i64,
    /// Of each record. None: it has none.
    pub(super) key: Option<&'a [u8]>,
    /// At least one.
    pub(super) values: &'a [Bytes],
    /// Of the first record.
    pub(super) headers: &'a [(&'a [u8], &'a [u8])],
}

impl Batch {
    pub(super) fn header(&self, name: &[u8]) -> Option<&Bytes> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// The sequence that the next batch of its producer has.
    pub(super) fn next_sequence(&self) -> i32 {
        let count = i64::try_from(self.last_offset - self.first_offset).unwrap_or(0) + 1;
        sequence_after(self.first_sequence, count)
    }

    /// Without the marks of transactions, which are records too.
    pub(super) fn records(self) -> Vec<BatchRecord> {
        let is_mark = self.attributes & CONTROL != 0;
        if is_mark { Vec::new() } else { self.records }
    }
}

/// Sequences go round at 2^31.
pub(super) fn sequence_after(sequence: i32, count: i64) -> i32 {
    let next = (i64::from(sequence) + count) & i64::from(i32::MAX);
    i32::try_from(next).unwrap_or(0)
}

/// The bytes of a batch.
pub(super) fn encode(batch: &NewBatch<'_>) -> Bytes {
    let size: usize = batch.values.iter().map(|value| value.len() + 32).sum();
    let mut bytes = BytesMut::with_capacity(HEADER + size + 256);
    let last = i32::try_from(batch.values.len().saturating_sub(1)).unwrap_or(i32::MAX);
    bytes.put_i64(0); // The first offset is the log's to say.
    bytes.put_i32(0); // The length, and then:
    bytes.put_i32(-1); // no epoch of a leader,
    bytes.put_i8(VERSION);
    bytes.put_u32(0); // and the checksum, both once they are known.
    bytes.put_i16(0);
    bytes.put_i32(last);
    bytes.put_i64(batch.time_ms);
    bytes.put_i64(batch.time_ms);
    bytes.put_i64(batch.producer);
    bytes.put_i16(0);
    bytes.put_i32(batch.sequence);
    bytes.put_i32(last.saturating_add(1));
    let mut record = BytesMut::new();
    for (at, value) in (0_i64..).zip(batch.values) {
        record.clear();
        record.put_i8(0);
        put_number(&mut record, 0);
        put_number(&mut record, at);
        match batch.key {
            Some(key) => put_bytes(&mut record, key),
            None => put_number(&mut record, -1),
        }
        put_bytes(&mut record, value);
        let headers = if at == 0 { batch.headers } else { &[] };
        put_number(&mut record, length(headers.len()));
        for (name, value) in headers {
            put_bytes(&mut record, name);
            put_bytes(&mut record, value);
        }
        put_number(&mut bytes, length(record.len()));
        bytes.put_slice(&record);
    }
    let total = i32::try_from(bytes.len() - BEFORE_LENGTH).unwrap_or(i32::MAX);
    bytes[8..12].copy_from_slice(&total.to_be_bytes());
    let checksum = crc32c::crc32c(&bytes[BEFORE_CHECKED..]);
    bytes[17..21].copy_from_slice(&checksum.to_be_bytes());
    bytes.freeze()
}

/// The batches that a read brought, at least one if there are any bytes. The last one may be cut off, and is left out.
pub(super) fn decode(mut bytes: Bytes) -> Result<Vec<Batch>, LogError> {
    let mut batches: Vec<Batch> = Vec::new();
    while bytes.len() > BEFORE_LENGTH {
        let length = (&bytes[8..12]).get_i32();
        let length = usize::try_from(length).map_err(|_| broken())?;
        if bytes.len() - BEFORE_LENGTH < length {
            break;
        }
        if length + BEFORE_LENGTH < HEADER {
            return Err(broken());
        }
        let batch = one(bytes.split_to(BEFORE_LENGTH + length))?;
        // The checksum says nothing about the offset.
        if batches
            .last()
            .is_some_and(|before| batch.first_offset <= before.last_offset)
        {
            return Err(broken());
        }
        batches.push(batch);
    }
    if batches.is_empty() && !bytes.is_empty() {
        return Err(broken());
    }
    Ok(batches)
}

fn one(mut bytes: Bytes) -> Result<Batch, LogError> {
    let checked = crc32c::crc32c(&bytes[BEFORE_CHECKED..]);
    let first_offset = u64::try_from(bytes.get_i64()).map_err(|_| broken())?;
    bytes.advance(8); // The length, and the epoch of a leader.
    let version = bytes.get_i8();
    if version != VERSION {
        return Err(LogError::Refused(format!(
            "the batch at offset {first_offset} is of version {version}"
        )));
    }
    if bytes.get_u32() != checked {
        return Err(LogError::Unavailable(format!(
            "the batch at offset {first_offset} was damaged on its way"
        )));
    }
    let attributes = bytes.get_i16();
    let last_delta = u64::try_from(bytes.get_i32()).map_err(|_| broken())?;
    let first_timestamp = bytes.get_i64();
    let max_timestamp = bytes.get_i64();
    let producer = bytes.get_i64();
    bytes.advance(2); // Its epoch.
    let first_sequence = bytes.get_i32();
    let count = usize::try_from(bytes.get_i32()).map_err(|_| broken())?;
    let mut batch = Batch {
        first_offset,
        last_offset: first_offset + last_delta,
        attributes,
        first_timestamp,
        max_timestamp,
        producer,
        first_sequence,
        // A count that lies must not take memory.
        records: Vec::with_capacity(count.min(bytes.len() / 7 + 1)),
        headers: Vec::new(),
    };
    if attributes & COMPRESSION != 0 {
        return Err(LogError::Refused(format!(
            "the batch at offset {first_offset} is compressed: this build reads what is written without compression"
        )));
    }
    for at in 0..count {
        batch.take(&mut bytes, at == 0).ok_or_else(broken)?;
    }
    Ok(batch)
}

impl Batch {
    fn take(&mut self, bytes: &mut Bytes, is_first: bool) -> Option<()> {
        let mut record = get_bytes(bytes)??;
        record.try_get_u8().ok()?;
        let (time, offset) = (get_number(&mut record)?, get_number(&mut record)?);
        get_bytes(&mut record)?; // The key.
        let value = get_bytes(&mut record)?;
        if is_first {
            for _ in 0..get_number(&mut record)? {
                let (name, value) = (get_bytes(&mut record)??, get_bytes(&mut record)?);
                self.headers.push((name, value.unwrap_or_default()));
            }
        }
        let by_log = self.attributes & LOG_APPEND_TIME != 0;
        self.records.push(BatchRecord {
            offset: self.first_offset + u64::try_from(offset).ok()?,
            time_ms: if by_log {
                self.max_timestamp
            } else {
                self.first_timestamp.saturating_add(time)
            },
            value,
        });
        Some(())
    }
}

fn broken() -> LogError {
    LogError::Unavailable("a batch of Kafka is not what it should be".into())
}

fn length(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// Numbers near 0 are short, whatever their sign.
fn put_number(bytes: &mut BytesMut, number: i64) {
    put_varint(bytes, (number << 1 ^ number >> 63).cast_unsigned());
}

fn put_bytes(bytes: &mut BytesMut, value: &[u8]) {
    put_number(bytes, length(value.len()));
    bytes.put_slice(value);
}

fn get_number(bytes: &mut Bytes) -> Option<i64> {
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        let byte = bytes.try_get_u8().ok()?;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte < 0x80 {
            return Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
        }
    }
    None
}

/// None inside: there are none, which is not the same as empty.
#[allow(clippy::option_option)]
fn get_bytes(bytes: &mut Bytes) -> Option<Option<Bytes>> {
    let length = get_number(bytes)?;
    if length < 0 {
        return Some(None);
    }
    let length = usize::try_from(length).ok()?;
    (length <= bytes.len()).then(|| Some(bytes.split_to(length)))
}

#[cfg(test)]
mod tests;
