//! The event log on Apache Kafka. Offsets are Kafka's own; what it lacks, append under numbers and leases, is made of appends that get in
//! only where they are expected: see `tail`. No transactions: their marks would take offsets.

mod address;
mod answer;
mod appending;
mod batch;
mod cluster;
mod codes;
mod connection;
mod engine;
mod leases;
mod login;
mod nodes;
mod numbers;
mod offsets;
mod reader;
mod records;
mod register;
mod requests;
mod scram;
mod settings;
mod tail;
#[cfg(test)]
mod test_node;
mod tls;
mod versions;

pub(crate) use address::is_kafka;
pub(crate) use engine::KafkaLog;
pub(crate) use leases::KafkaLeases;
