//! What becomes of readings between the check and the log, by a log that can be held up.

mod held;

use std::sync::Arc;
use std::task::Poll;

use larder_events::MAX_EVENT_BYTES;
use prometheus::IntGauge;

use crate::config::{Config, load_config};
use crate::device::Device;
use crate::event::Columns;
use crate::intake::Intake;
use crate::reading::{Reading, Refused};

use held::Held;

fn config(max_pending_readings: usize) -> Config {
    let lookup = |name: &str| match name {
        "INGESTION_LISTEN" | "INGESTION_OPS_LISTEN" => Some(":0".to_owned()),
        "INGESTION_EVENT_LOG_URL" => Some("redis://h:1".to_owned()),
        _ => None,
    };
    Config {
        max_pending_readings,
        ..load_config(&lookup).unwrap()
    }
}

fn device(id: &str) -> Device {
    Device::of(Some(&format!("spiffe://d/{id}")), "d").unwrap()
}

fn columns(name: &str, numbers: impl IntoIterator<Item = i64>) -> Columns {
    let mut columns = Columns {
        device: format!("devices/{name}"),
        ..Columns::default()
    };
    for number in numbers {
        columns.push(number, number * 1000, 4.0);
    }
    columns
}

async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn what_waits_while_an_append_is_on_its_way_goes_into_one_event() {
    let log = Held::up();
    let intake = Intake::new(log.clone(), &config(10_000));
    let first = intake
        .submit(&device("a"), vec![columns("a", [1])], None)
        .await
        .unwrap();
    until(|| log.tries() == 1).await;
    let second = intake
        .submit(
            &device("b"),
            vec![columns("b.rear", [1, 2]), columns("b", [7])],
            None,
        )
        .await
        .unwrap();
    let third = intake
        .submit(&device("c"), vec![columns("c", [1])], None)
        .await
        .unwrap();
    let fourth = intake
        .submit(&device("b"), vec![columns("b", [8, 9])], None)
        .await
        .unwrap();
    log.let_go(2);
    for underway in [first, second, third, fourth] {
        underway.durable().await.unwrap();
    }
    let events = log.events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].lead_device, "devices/b");
    let told: Vec<_> = events[1]
        .devices
        .iter()
        .map(|it| (it.device.as_str(), it.sequences.as_slice()))
        .collect();
    assert_eq!(
        told,
        [
            ("devices/b.rear", &[1, 2][..]),
            ("devices/b", &[7, 8, 9]),
            ("devices/c", &[1])
        ]
    );
    assert_eq!(events[1].devices[1].measure_times_us, [7000, 8000, 9000]);
    assert_eq!(events[1].devices[1].celsius, [4.0, 4.0, 4.0]);
    let batches = log.batches();
    assert_eq!(batches[0].producer, batches[1].producer);
    assert_eq!((batches[0].records[0].0, batches[1].records[0].0), (1, 2));
}

#[tokio::test]
async fn no_event_is_larger_than_the_log_takes_and_nothing_is_left_out() {
    let log = Held::up();
    let intake = Intake::new(log.clone(), &config(1_000_000));
    let mut all = vec![
        intake
            .submit(&device("z"), vec![columns("z", [1])], None)
            .await
            .unwrap(),
    ];
    until(|| log.tries() == 1).await;
    let id = "a".repeat(60);
    for round in 0..20 {
        // The longest names, with the longest numbers.
        let probes =
            (0..1000).map(|n| columns(&format!("{id}.{round:030}{n:030}"), [i64::MAX / 1000 - n]));
        all.push(
            intake
                .submit(&device(&id), probes.collect(), None)
                .await
                .unwrap(),
        );
    }
    log.let_go(100);
    for underway in all {
        underway.durable().await.unwrap();
    }
    let batches = log.batches();
    assert!(batches.len() > 2);
    assert!(
        batches
            .iter()
            .all(|batch| batch.records[0].1.len() <= MAX_EVENT_BYTES)
    );
    drop(batches);
    assert_eq!(
        log.events()
            .iter()
            .map(|event| event.devices.len())
            .sum::<usize>(),
        20_001
    );
}

#[tokio::test(start_paused = true)]
async fn a_log_that_is_away_for_a_moment_is_asked_again_under_the_same_number() {
    let log = Held::failing(2);
    let intake = Intake::new(log.clone(), &config(10_000));
    intake
        .submit(&device("a"), vec![columns("a", [1])], None)
        .await
        .unwrap()
        .durable()
        .await
        .unwrap();
    assert_eq!(log.tries(), 3);
    assert_eq!(log.batches()[0].records[0].0, 1);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_stays_away_is_told_to_all_who_wait_and_heard_again_when_it_is_back() {
    let log = Held::failing(usize::MAX);
    let intake = Intake::new(log.clone(), &config(10_000));
    let one = intake
        .submit(&device("a"), vec![columns("a", [1])], None)
        .await
        .unwrap();
    until(|| log.tries() == 1).await;
    let two = intake
        .submit(&device("a"), vec![columns("a", [2])], None)
        .await
        .unwrap();
    for underway in [one, two] {
        assert_eq!(
            underway.durable().await.unwrap_err().reason,
            "LOG_UNAVAILABLE"
        );
    }
    log.recover();
    intake
        .submit(&device("a"), vec![columns("a", [3])], None)
        .await
        .unwrap()
        .durable()
        .await
        .unwrap();
    assert_eq!(log.events()[0].devices[0].sequences, [3]);
    assert_eq!(
        log.batches()[0].records[0].0,
        2,
        "a number is not used twice"
    );
}

#[tokio::test(start_paused = true)]
async fn a_log_that_never_answers_is_away() {
    let log = Held::up();
    let intake = Intake::new(log.clone(), &config(10_000));
    let underway = intake
        .submit(&device("a"), vec![columns("a", [1])], None)
        .await
        .unwrap();
    assert_eq!(
        underway.durable().await.unwrap_err().reason,
        "LOG_UNAVAILABLE"
    );
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_log_that_never_answered_are_told_together() {
    let log = Held::silent();
    let intake = Intake::new(log.clone(), &config(10_000));
    let van = device("a");
    for asked in 1..3 {
        let all = (0..100).map(|n| intake.submit(&van, vec![columns("a", [n])], None));
        let told = futures::future::join_all(all).await;
        let reasons = told.into_iter().map(|told| told.err().unwrap().reason);
        assert!(
            reasons
                .into_iter()
                .all(|reason| reason == "LOG_UNAVAILABLE")
        );
        assert_eq!(log.asked(), asked);
    }
}

#[tokio::test]
async fn who_leaves_while_its_readings_wait_for_their_turn_takes_them_along() {
    let log = Held::up();
    let mut intake = Intake::new(log.clone(), &config(10_000));
    let waiting = IntGauge::new("waiting", "of this test").unwrap();
    Arc::get_mut(&mut intake).unwrap().waiting = waiting.clone();
    let van = device("a");
    let mut all = Vec::new();
    let left = loop {
        let next = intake.submit(&van, vec![columns("a", [1])], None);
        // It waits for nothing but room in the queue.
        let mut next = Box::pin(tokio::task::unconstrained(next));
        match futures::poll!(&mut next) {
            Poll::Ready(underway) => all.push(underway.unwrap()),
            // The queue is full, once the writer is at work.
            Poll::Pending if log.tries() == 1 => break next,
            Poll::Pending => all.push(next.await.unwrap()),
        }
    };
    assert_eq!(waiting.get(), i64::try_from(all.len() + 1).unwrap());
    drop(left);
    assert_eq!(waiting.get(), i64::try_from(all.len()).unwrap());
    log.let_go(2);
    for underway in all {
        underway.durable().await.unwrap();
    }
    assert_eq!(waiting.get(), 0);
}

#[tokio::test]
async fn a_batch_waits_for_room_and_gets_it_when_others_are_durable() {
    let log = Held::up();
    let intake = Intake::new(log.clone(), &config(1000));
    let first = intake
        .submit(&device("a"), vec![columns("a", 1..=600)], None)
        .await
        .unwrap();
    let b = device("b");
    let second = intake.submit(&b, vec![columns("b", 1..=600)], None);
    tokio::pin!(second);
    assert!(futures::poll!(&mut second).is_pending());
    log.let_go(2);
    first.durable().await.unwrap();
    second.await.unwrap().durable().await.unwrap();
    assert_eq!(log.events().len(), 2);
}

#[tokio::test]
async fn a_number_is_dropped_once_it_is_durable_and_not_before() {
    let log = Held::up();
    let intake = Intake::new(log.clone(), &config(10_000));
    let van = device("van");
    let sort = async || {
        let reading = Reading {
            device: "devices/van",
            sequence: 1,
            time: Some((5, 0)),
            celsius: 1.0,
        };
        intake
            .sort(&van, [reading].into_iter(), 5_000_000)
            .await
            .unwrap()
    };
    let mut first = sort().await;
    let underway = intake.submit(&van, first.take(), None).await.unwrap();
    assert_eq!(sort().await.take().len(), 1, "it may yet fail");
    log.let_go(1);
    underway.durable().await.unwrap();
    let mut again = sort().await;
    assert_eq!((again.accepted, again.take().len()), (1, 0));
    intake
        .submit(&van, again.take(), None)
        .await
        .unwrap()
        .durable()
        .await
        .unwrap();
    assert_eq!(log.events().len(), 1);
}

#[tokio::test]
async fn readings_in_any_order_are_put_together_by_what_measured() {
    let intake = Intake::new(Held::default(), &config(10_000));
    let reading = |device, sequence| Reading {
        device,
        sequence,
        time: Some((5, sequence.unsigned_abs().try_into().unwrap())),
        celsius: 1.0,
    };
    let van = device("van");
    let known = intake
        .submit(&van, vec![columns("van.rear", [4])], None)
        .await
        .unwrap();
    known.durable().await.unwrap();
    let readings = [
        ("devices/van", 1),
        ("devices/van.rear", 4),
        ("devices/van.rear", 5),
        ("devices/vans", 0),
        ("devices/van", 0),
        ("devices/van", 2),
        ("devices/van.front", 1),
        ("van", 1),
        ("devices/van.rear", 6),
        ("devices/van", 3),
    ]
    .map(|(device, sequence)| reading(device, sequence));
    let mut sorted = intake
        .sort(&van, readings.into_iter(), 5_000_000)
        .await
        .unwrap();
    assert_eq!(
        sorted.refused,
        [
            (3, Refused::DeviceForeign),
            (4, Refused::SequenceInvalid),
            (7, Refused::DeviceInvalid)
        ]
    );
    assert_eq!(sorted.accepted, 7, "the repeat among them");
    let told: Vec<_> = sorted.take();
    let told: Vec<_> = told
        .iter()
        .map(|it| (it.device.as_str(), it.sequences.as_slice()))
        .collect();
    assert_eq!(
        told,
        [
            ("devices/van", &[1, 2, 3][..]),
            ("devices/van.rear", &[5, 6]),
            ("devices/van.front", &[1])
        ]
    );
}
