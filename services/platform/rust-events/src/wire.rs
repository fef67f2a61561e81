//! The part of the Protobuf encoding that the envelope of events needs.

use crate::event::EventFormatError;
use bytes::{BufMut, Bytes, BytesMut};
use std::fmt::Write as _;

const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const DELIMITED: u8 = 2;
const FIXED32: u8 = 5;

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(u8);

impl Kind {
    pub(crate) const fn is_varint(self) -> bool {
        self.0 == VARINT
    }

    pub(crate) const fn is_delimited(self) -> bool {
        self.0 == DELIMITED
    }
}

/// Reads fields one after the other.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

fn cut() -> EventFormatError {
    EventFormatError("the bytes are not a CloudEvent".into())
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The number and kind of the next field. None at the end.
    pub(crate) fn tag(&mut self) -> Result<Option<(u32, Kind)>, EventFormatError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = u32::try_from(self.varint()?).map_err(|_| cut())?;
        #[allow(clippy::cast_possible_truncation)] // Three bits.
        let kind = (tag & 7) as u8;
        if tag >> 3 == 0 {
            Err(cut())
        } else {
            Ok(Some((tag >> 3, Kind(kind))))
        }
    }

    pub(crate) fn varint(&mut self) -> Result<u64, EventFormatError> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or_else(cut)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(cut())
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], EventFormatError> {
        let length = usize::try_from(self.varint()?).map_err(|_| cut())?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<String, EventFormatError> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| cut())?;
        Ok(text.to_owned())
    }

    pub(crate) fn skip(&mut self, kind: Kind) -> Result<(), EventFormatError> {
        match kind.0 {
            VARINT => self.varint().map(drop),
            FIXED64 => self.take(8).map(drop),
            DELIMITED => self.bytes().map(drop),
            FIXED32 => self.take(4).map(drop),
            _ => Err(cut()),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], EventFormatError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Writes fields one after the other.
pub(crate) struct Writer {
    bytes: BytesMut,
}

impl Writer {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: BytesMut::with_capacity(capacity),
        }
    }

    pub(crate) fn finish(self) -> Bytes {
        self.bytes.freeze()
    }

    pub(crate) fn varint(&mut self, field: u32, value: u64) {
        self.tag(field, VARINT);
        self.raw_varint(value);
    }

    pub(crate) fn bytes(&mut self, field: u32, value: &[u8]) {
        self.tag(field, DELIMITED);
        self.raw_varint(value.len() as u64);
        self.bytes.put_slice(value);
    }

    pub(crate) fn text(&mut self, field: u32, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    /// A message within the message.
    pub(crate) fn nested(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        let mut inner = Self::with_capacity(64);
        write(&mut inner);
        self.bytes(field, &inner.bytes);
    }

    fn tag(&mut self, field: u32, kind: u8) {
        self.raw_varint(u64::from(field << 3 | u32::from(kind)));
    }

    fn raw_varint(&mut self, value: u64) {
        put_varint(&mut self.bytes, value);
    }
}

/// Writes a number in as many bytes as it takes.
#[allow(clippy::cast_possible_truncation)] // Seven bits at a time.
pub(crate) fn put_varint(bytes: &mut impl BufMut, mut value: u64) {
    while value > 0x7f {
        bytes.put_u8((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.put_u8(value as u8);
}

/// Bytes as text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to memory does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
