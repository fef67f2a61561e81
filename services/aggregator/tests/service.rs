//! The whole service: readings in, windows and excursions out, whatever happens to the instances.

mod silence;
mod system;

use larder_contract::proto::larder::coldchain::v1::ExcursionState;
use larder_events::dead_topic;
use larder_events::testing::until;
use std::time::Duration;
use system::{Instance, PARTITIONS, READINGS, Reading, SECOND, System};

/// Twelve devices, in every partition some.
fn devices() -> Vec<String> {
    (0..12).map(|number| format!("devices/d{number}")).collect()
}

/// What a device measures in one step of ten seconds: some readings late, some twice.
fn readings(begin_us: i64, device: i64, step: i64) -> Vec<Reading> {
    let mut readings = Vec::new();
    for at in 0..4 {
        let sequence = step * 4 + at + 1;
        let time_us = begin_us + step * 10 * SECOND + at * 2 * SECOND;
        // Every so often one comes as late as three minutes.
        let late = if sequence % 23 == 0 && step > 20 {
            180 * SECOND
        } else {
            0
        };
        let celsius = 3.0 + f64::from(u8::try_from((sequence * 7 + device) % 20).unwrap()) / 10.0;
        readings.push((sequence, time_us - late, celsius));
    }
    if step % 3 == 0 {
        readings.push(readings[1]);
    }
    readings
}

async fn feed(system: &mut System, steps: std::ops::Range<i64>) {
    let begin_us = system.begin_us;
    for step in steps {
        let all: Vec<_> = (0..)
            .zip(devices())
            .map(|(at, device)| (device, readings(begin_us, at, step)))
            .collect();
        let taken_us = begin_us + (step + 1) * 10 * SECOND;
        system.ingest(taken_us, &all).await;
        if step % 5 == 0 {
            system.ingest(taken_us, &all[..4]).await;
        }
    }
}

async fn attach(system: &mut System) {
    for (number, device) in devices().into_iter().enumerate().skip(2) {
        system
            .attach(&device, &format!("rooms/r{}", number % 3))
            .await;
    }
}

async fn is_attached(system: &System) {
    until("the sensors are attached", async || {
        let rows = system
            .session
            .query("select count(*) from attachments", &[])
            .await
            .unwrap_or_default();
        rows.first().is_some_and(|row| row.get::<_, i64>(0) == 10)
    })
    .await;
}

/// A system with an instance that knows where the sensors are.
async fn attached() -> (System, Instance) {
    let mut system = System::start().await;
    let instance = system.instance();
    attach(&mut system).await;
    is_attached(&system).await;
    (system, instance)
}

/// Holds the windows of so many steps against what was sent.
async fn check(system: &System, steps: i64) {
    system.settled().await;
    system.check_windows(end_of(system, steps)).await;
}

/// Up to here all windows have come to their end once so many steps were fed.
fn end_of(system: &System, steps: i64) -> i64 {
    system.begin_us + (steps - 1) * 10 * SECOND - 10 * SECOND
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_have_every_reading_once_and_excursions_are_opened_and_closed() {
    let (mut system, mut instance) = attached().await;
    feed(&mut system, 0..60).await;
    // It gets too warm at one device, for four minutes.
    let warm = "devices/d5".to_owned();
    let mut sequence = 10_000;
    for step in 60..90 {
        let begin_us = system.begin_us + step * 10 * SECOND;
        let celsius = if (62..86).contains(&step) { 9.5 } else { 4.0 };
        sequence += 1;
        system
            .ingest(
                begin_us + SECOND,
                &[(warm.clone(), vec![(sequence, begin_us, celsius)])],
            )
            .await;
    }
    // The others go on, so that every partition passes all of it.
    let begin_us = system.begin_us;
    for step in [90, 91] {
        let one = |(at, device): (i64, String)| (device, readings(begin_us, at, step));
        let rest: Vec<_> = (0..)
            .zip(devices())
            .filter(|(_, device)| *device != warm)
            .map(one)
            .collect();
        system
            .ingest(begin_us + (step + 1) * 10 * SECOND, &rest)
            .await;
    }
    // What makes no sense holds up nothing.
    system
        .append_bytes(READINGS, 0, bytes::Bytes::from_static(b"nonsense"))
        .await;
    system.settled().await;
    assert_eq!(
        system
            .log
            .range(&dead_topic(READINGS), 0)
            .await
            .unwrap()
            .next,
        1
    );

    system.check_windows(end_of(&system, 60)).await;
    let (_, averaged) = system.windows().await;
    assert!(
        averaged > 0 && averaged <= 24,
        "readings above 8 degrees are averaged: {averaged}"
    );
    let told = system.excursions().await;
    assert_eq!(told.len(), 2, "it is opened and closed");
    let (opened, closed) = (
        told[0].current.as_option().unwrap(),
        told[1].current.as_option().unwrap(),
    );
    assert_eq!((opened.version, closed.version), (1, 2));
    assert_eq!(opened.device, warm);
    assert_eq!(opened.subject, "rooms/r2");
    assert_eq!(opened.state, ExcursionState::EXCURSION_STATE_OPEN);
    assert_eq!(closed.state, ExcursionState::EXCURSION_STATE_CLOSED);
    let start = opened.start_time.as_option().unwrap().seconds;
    assert_eq!(start * SECOND, system.begin_us + 620 * SECOND);
    assert_eq!(closed.time_above_limit.as_option().unwrap().seconds, 240);
    assert!((closed.peak_celsius - 9.5).abs() < 1e-9);
    assert!(opened.history.len() >= 10, "with what led to it");
    assert!(instance.end(), "it ends well when it is told to");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_killed_loses_nothing_and_repeats_nothing() {
    let (mut system, mut instance) = attached().await;
    let handled = async |system: &System| {
        let sql =
            "select coalesce(sum(next_offset), 0)::bigint from consumer_offsets where topic = $1";
        let rows = system.session.query(sql, &[&READINGS]).await.unwrap();
        rows[0].get::<_, i64>(0)
    };
    for part in 0..4 {
        let before = handled(&system).await;
        feed(&mut system, part * 10..part * 10 + 5).await;
        // Some of it is handled, and it may be in the middle of more.
        until("it has begun", async || handled(&system).await > before).await;
        instance.kill();
        feed(&mut system, part * 10 + 5..part * 10 + 10).await;
        instance = system.instance();
    }
    check(&system, 40).await;
    assert!(instance.is_alive());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_takes_over_from_a_frozen_instance_which_wakes_and_does_no_harm() {
    let (mut system, mut first) = attached().await;
    let mut second = system.instance();
    let shares = async |system: &System| {
        let sql = "select count(distinct epoch) from consumer_offsets where topic = $1";
        let rows = system.session.query(sql, &[&READINGS]).await.unwrap();
        rows[0].get::<_, i64>(0)
    };
    until("they share the partitions", async || {
        shares(&system).await > 1
    })
    .await;
    for part in 0..3 {
        feed(&mut system, part * 20..part * 20 + 6).await;
        first.freeze();
        feed(&mut system, part * 20 + 6..part * 20 + 12).await;
        // Everything is handled, without the frozen one.
        system.settled().await;
        first.wake();
        feed(&mut system, part * 20 + 12..part * 20 + 20).await;
        system.settled().await;
        assert!(
            first.is_alive() && second.is_alive(),
            "who was replaced goes on"
        );
    }
    check(&system, 60).await;
    second.kill();
    feed(&mut system, 60..65).await;
    check(&system, 65).await;
    tokio::time::timeout(Duration::from_secs(60), async { assert!(first.end()) })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_that_come_to_the_end_of_a_window_at_one_moment_leave_nothing_out() {
    let (mut system, mut instance) = attached().await;
    feed(&mut system, 0..5).await;
    check(&system, 5).await;
    // Every partition has looked how far the others are, and none can say how far it is itself.
    system.lock_sources().await;
    feed(&mut system, 5..6).await;
    system.unlock_when_all_wait().await;
    // Nothing is measured any more.
    check(&system, 6).await;
    assert!(instance.is_alive());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_is_not_remembered() {
    let (mut system, mut instance) = attached().await;
    feed(&mut system, 0..5).await;
    check(&system, 5).await;
    // The last that a batch does before it tells: all else has been done, and is undone.
    let refuse = "alter table sources add constraint refused check (false) not valid";
    system.session.execute_all(refuse).await.unwrap();
    feed(&mut system, 5..6).await;
    until("every partition has failed", async || {
        let sql = "select count(*) from consumer_offsets where topic = $1 and attempts >= 2";
        let rows = system.session.query(sql, &[&READINGS]).await.unwrap();
        rows[0].get::<_, i64>(0) == i64::from(PARTITIONS)
    })
    .await;
    let allow = "alter table sources drop constraint refused";
    system.session.execute_all(allow).await.unwrap();
    feed(&mut system, 6..8).await;
    check(&system, 8).await;
    assert!(instance.is_alive());
}
