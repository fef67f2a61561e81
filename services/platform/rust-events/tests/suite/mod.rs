//! What the log must do on either engine, and what stands on it. The file of each engine in the folder above runs all of it.

pub(crate) mod consuming;
pub(crate) mod languages;
pub(crate) mod log;
pub(crate) mod outages;
pub(crate) mod shop;

use bytes::Bytes;
use larder_events::{Batch, EventLog};
use std::time::Duration;

/// A server with an engine of the log on it.
pub(crate) trait Server {
    async fn start() -> Self;
    /// As in `EventLog::open`, for who may do everything.
    fn url(&self) -> String;
    /// SIGKILL, and a start on the same data.
    async fn restart(&mut self);
    /// SIGSTOP: it is there, and says nothing.
    fn pause(&mut self);
    /// SIGCONT.
    fn resume(&mut self);

    fn log(&self) -> EventLog {
        EventLog::open(&self.url(), "test").unwrap()
    }
}

/// Runs every case of the suite as a test of its own, with an attribute.
macro_rules! suite {
    ($server:ty, $attribute:meta) => {
        suite::cases! {
            $server, $attribute,
            log::the_log_keeps_records_in_order_and_skips_what_it_has_seen,
            log::nothing_of_a_bad_batch_is_appended,
            log::a_read_waits_for_what_comes_and_misses_nothing,
            log::an_offset_that_is_not_there_is_told,
            log::what_a_group_still_needs_is_not_trimmed,
            log::who_was_stopped_and_wakes_appends_nothing_twice,
            log::two_appends_of_one_length_do_not_pass_for_one,
            log::an_append_that_was_given_up_is_repeated_without_harm,
            outages::what_was_acknowledged_survives_a_kill_and_nothing_comes_twice,
            outages::a_server_that_says_nothing_is_unavailable,
            outages::an_outage_of_log_or_database_counts_as_no_delivery,
            consuming::every_event_has_its_effect_once_and_in_order,
            consuming::what_cannot_be_handled_goes_to_the_dead_letters_and_holds_up_nothing,
            consuming::who_was_replaced_has_no_effect,
            consuming::time_alone_has_its_effect_once_and_among_those_of_events,
            consuming::who_was_replaced_while_nothing_came_has_no_effect,
            consuming::a_group_that_was_moved_goes_on_from_there,
            consuming::several_members_share_the_partitions_and_take_over,
            consuming::who_has_died_is_followed_when_its_time_is_up,
            languages::each_reads_what_the_other_has_written,
            languages::relays_of_both_take_turns_on_one_outbox,
            languages::each_respects_a_lease_of_the_other,
        }
    };
}

macro_rules! cases {
    ($server:ty, $attribute:meta, $($module:ident::$case:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            #[$attribute]
            async fn $case() {
                suite::$module::$case::<$server>().await;
            }
        )*
    };
}

pub(crate) use {cases, suite};

/// A topic that nobody else uses: tests may share a server.
pub(crate) fn new_topic() -> String {
    format!("test.{}.v1", uuid::Uuid::new_v4().simple())
}

pub(crate) fn batch(topic: &str, producer: &str, records: &[(u64, &str)]) -> Batch {
    let records = records
        .iter()
        .map(|(sequence, text)| (*sequence, Bytes::copy_from_slice(text.as_bytes())))
        .collect();
    Batch {
        topic: topic.into(),
        partition: 0,
        producer: producer.into(),
        records,
    }
}

/// All records from an offset on.
pub(crate) async fn texts(log: &EventLog, topic: &str, offset: u64) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        let next = offset + texts.len() as u64;
        let read = log.read(topic, 0, next, 500, Duration::ZERO).await;
        let records = read.unwrap();
        if records.is_empty() {
            return texts;
        }
        let text = |value: Bytes| String::from_utf8(value.to_vec()).unwrap();
        texts.extend(records.into_iter().map(|record| text(record.value)));
    }
}
