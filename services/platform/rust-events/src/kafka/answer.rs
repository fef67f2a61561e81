//! The bytes of an answer as its decoder gets them. They may say anything, and the decoders of `kafka-protocol` take memory for as many things
//! as a number announces, before they look for the first one: a process that cannot have so much is ended. No number is told here of more than
//! there are bytes for.

use bytes::{Buf, Bytes, TryGetError};
use kafka_protocol::messages::ResponseHeader;
use kafka_protocol::protocol::buf::ByteBuf;
use kafka_protocol::protocol::{Decodable as _, HeaderVersion as _};
use std::ops::Range;

use super::versions::Versioned;

/// None: the bytes are no answer to such a request.
pub(super) fn decoded<R: Versioned>(mut bytes: Bytes) -> Option<R::Response> {
    let header = R::Response::header_version(R::VERSION);
    ResponseHeader::decode(&mut bytes, header).ok()?;
    let mut answer = Answer {
        bytes,
        is_old: header == 0,
        number: 0,
        shift: 0,
    };
    let decoded = R::Response::decode(&mut answer, R::VERSION).ok()?;
    answer.bytes.is_empty().then_some(decoded)
}

struct Answer {
    bytes: Bytes,
    /// In the older form of answers, numbers of things have four bytes; the one that we ask for has no other number as long. Now they have
    /// seven bits in each byte, and stand for one more than there is.
    is_old: bool,
    /// As far as it was read.
    number: u64,
    shift: u32,
}

impl Answer {
    fn check(&self, number: u64) -> Result<(), TryGetError> {
        let requested = usize::try_from(number).unwrap_or(usize::MAX);
        let available = self.bytes.len();
        if requested <= available + 1 {
            Ok(())
        } else {
            Err(TryGetError {
                requested,
                available,
            })
        }
    }
}

impl Buf for Answer {
    fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.bytes
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
    }

    /// Of a truth value too, which is as good as a number.
    fn try_get_u8(&mut self) -> Result<u8, TryGetError> {
        let byte = self.bytes.try_get_u8()?;
        self.number |= u64::from(byte & 0x7f) << self.shift;
        if byte < 0x80 || self.shift == 28 {
            self.shift = 0;
            let number = std::mem::take(&mut self.number);
            self.check(number)?;
        } else {
            self.shift += 7;
        }
        Ok(byte)
    }

    fn try_get_i32(&mut self) -> Result<i32, TryGetError> {
        let number = self.bytes.try_get_i32()?;
        if self.is_old {
            self.check(u64::try_from(number).unwrap_or(0))?;
        }
        Ok(number)
    }
}

impl ByteBuf for Answer {
    fn peek_bytes(&mut self, range: Range<usize>) -> Bytes {
        self.bytes.slice(range)
    }

    fn get_bytes(&mut self, size: usize) -> Bytes {
        self.bytes.split_to(size)
    }
}

#[cfg(test)]
mod tests;
