//! Events between services, for services in Rust: the twin of `@larder/events`, on the same log, in the same form.

mod consumer;
mod contract;
mod dead_letter;
mod delivery;
mod effect;
mod event;
mod inbox;
mod kafka;
mod leases;
mod log;
mod membership;
mod metrics;
mod murmur2;
mod oddities;
mod outbox;
mod reader;
mod redis;
mod relay;
mod retention;
mod settings;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod topic;
mod wire;

pub use consumer::{
    ConsumeError, ConsumeOptions, Delivered, HandleError, Handler, Unreadable, consume,
};
pub use contract::{PayloadError, dataschema, payload};
pub use dead_letter::dead_topic;
pub use event::{
    EncodeError, Event, EventFormatError, MAX_EVENT_BYTES, decode_event, encode_event,
};
pub use log::{AddressError, Appended, Batch, EventLog, LogError, Range, Record};
pub use murmur2::{key_hash, murmur2, partition_of};
pub use outbox::{OutgoingEvent, RelayWaker, WriteError, write_events};
pub use relay::Relay;
pub use retention::{Retention, retain};
pub use settings::event_log_url;
pub use store::{
    Database, INBOX_MIGRATIONS, MigrationSet, OUTBOX_MIGRATIONS, Session, StoreError, Tx, migrate,
};
pub use tokio_postgres::Row;
pub use topic::{Topic, topic_of};
