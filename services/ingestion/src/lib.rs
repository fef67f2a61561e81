//! Takes readings of sensors, checks them and puts them into the event log. What it acknowledges is durable.

pub mod config;
mod device;
mod errors;
mod event;
pub mod handler;
pub mod intake;
mod metrics;
mod reading;
mod seen;
mod streams;
mod writer;

#[cfg(test)]
mod intake_test;
