//! The event log on Redis Streams (Valkey): a partition is one stream, and what must be one step is a function in the server. No consumer
//! groups: they lose the order per key, hide trimmed entries, and rights cannot name them.

mod address;
mod connection;
mod engine;
mod entries;
mod functions;
mod keys;
mod leases;

pub(crate) use engine::RedisLog;
pub(crate) use leases::RedisLeases;
