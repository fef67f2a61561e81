//! Events between services, for services in Rust: the twin of `@larder/events`, on the same log, in the same form.

mod event;
mod log;
mod murmur2;
mod redis;
#[cfg(feature = "testing")]
pub mod testing;
mod wire;

pub use event::{
    EncodeError, Event, EventFormatError, MAX_EVENT_BYTES, decode_event, encode_event,
};
pub use log::{AddressError, Appended, Batch, EventLog, LogError, Range, Record};
pub use murmur2::{key_hash, murmur2, partition_of};
