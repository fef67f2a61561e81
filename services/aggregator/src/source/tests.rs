use super::*;
use crate::excursion::{EndReason, Limit};
use crate::numbers::Numbers;
use crate::reading::Reading;

const SECOND: i64 = 1_000_000;
const BEGIN: i64 = 1_800_000_000 * SECOND;

fn rules() -> Rules {
    Rules {
        lateness_us: 10 * SECOND,
        batch: BatchRule {
            above: 8_000_000,
            most: 40,
            longest_us: 5 * SECOND,
        },
        excursions: ExcursionRules {
            limits: vec![(
                2,
                Limit {
                    open: 7_000_000,
                    close: 6_000_000,
                },
            )],
            open_after_us: 20 * SECOND,
            tell_every_us: 300 * SECOND,
            silence_us: 60 * SECOND,
            unheard_us: 90 * SECOND,
        },
    }
}

fn attachments() -> HashMap<String, Attachment> {
    let room = |device: &str, room: &str| {
        (
            device.to_owned(),
            Attachment {
                subject: format!("rooms/{room}"),
                class: 2,
                since_us: 0,
            },
        )
    };
    HashMap::from([
        room("devices/0", "1"),
        room("devices/1", "1"),
        room("devices/2", "2"),
    ])
}

fn one(device: &str, time_us: i64, taken_us: i64, readings: &[(u64, i64)]) -> Ingested {
    let readings = readings.iter().map(|(sequence, micro)| Reading {
        sequence: *sequence,
        time_us,
        micro: *micro,
    });
    Ingested {
        time_us: taken_us,
        devices: vec![(device.to_owned(), readings.collect())],
        impossible: 0,
    }
}

/// A day of four devices with disorder, repeats, rises and silences, from a seed.
fn random(seed: u64) -> Vec<Ingested> {
    let mut numbers = Numbers::new(seed);
    let mut next = [1_u64; 4];
    let mut events = Vec::new();
    for step in 0..400 {
        let time_us = BEGIN + step * 3 * SECOND;
        let mut devices = Vec::new();
        for (device, next) in next.iter_mut().enumerate() {
            let mut readings = Vec::new();
            let is_silent = device == 1 && (step / 50) % 2 == 1;
            for _ in 0..if is_silent { 0 } else { numbers.between(0, 4) } {
                let back = if numbers.between(0, 10) == 0 { 90 } else { 6 };
                let time_us = time_us - numbers.between(0, back * SECOND);
                let warm = if (step / 40) % 2 == 1 { 6_000_000 } else { 0 };
                let micro = numbers.between(2_000_000, 6_500_000) + warm;
                readings.push(Reading {
                    sequence: *next,
                    time_us,
                    micro,
                });
                if numbers.between(0, 8) == 0 {
                    readings.push(Reading {
                        sequence: *next,
                        time_us,
                        micro,
                    });
                }
                *next += 1;
            }
            devices.push((format!("devices/{device}"), readings));
        }
        events.push(Ingested {
            time_us: time_us + SECOND,
            devices,
            impossible: 0,
        });
    }
    events
}

#[derive(Debug, Default, PartialEq)]
struct Whole {
    panes: BTreeMap<PaneKey, Pane>,
    batches: Vec<Batch>,
    changes: Vec<Change>,
    devices: HashMap<String, Device>,
    source: Source,
}

/// Takes events in batches of these sizes, and puts together what they do.
fn run(events: &[Ingested], mut size: impl FnMut() -> usize) -> Whole {
    let (rules, attachments, mut whole) = (rules(), attachments(), Whole::default());
    let mut rest = events;
    while !rest.is_empty() {
        let (batch, after) = rest.split_at(size().clamp(1, rest.len()));
        let mut effects = Effects::default();
        for event in batch {
            whole.source.apply(
                &rules,
                event,
                &attachments,
                &mut whole.devices,
                &mut effects,
            );
        }
        for (key, pane) in effects.panes {
            whole.panes.entry(key).or_default().merge(&pane);
        }
        whole.batches.extend(effects.batches);
        whole.changes.extend(effects.changes);
        rest = after;
    }
    whole
}

#[test]
fn any_cut_of_the_same_events_into_batches_makes_the_same() {
    for seed in 1..=20 {
        let events = random(seed);
        let alone = run(&events, || 1);
        assert!(
            alone.panes.len() > 300 && alone.batches.len() > 5 && !alone.changes.is_empty(),
            "seed {seed} shows something"
        );
        let is_silent = |change: &Change| {
            change
                .excursion
                .end
                .is_some_and(|end| end.reason == EndReason::Silent)
        };
        assert!(
            alone.changes.iter().any(is_silent),
            "seed {seed} has a silence"
        );
        assert_eq!(run(&events, || events.len()), alone, "seed {seed}");
        let mut numbers = Numbers::new(seed + 1000);
        assert_eq!(
            run(&events, || usize::try_from(numbers.between(1, 60)).unwrap()),
            alone,
            "seed {seed}"
        );
    }
}

#[test]
fn what_comes_again_changes_nothing() {
    let events = random(5);
    let twice: Vec<Ingested> = events
        .iter()
        .flat_map(|event| [event.clone(), event.clone()])
        .collect();
    assert_eq!(run(&twice, || 7), run(&events, || 7));
}

#[test]
fn every_reading_counts_once_with_its_device_and_once_where_it_is() {
    let whole = run(&random(9), || 3);
    let count = |prefix: &str| -> i64 {
        whole
            .panes
            .iter()
            .filter(|((subject, _), _)| subject.starts_with(prefix))
            .map(|(_, pane)| pane.count)
            .sum()
    };
    assert_eq!(count("rooms/1"), count("devices/0") + count("devices/1"));
    assert_eq!(count("rooms/2"), count("devices/2"));
    assert!(
        count("devices/3") > 0,
        "a device that is nowhere has windows of its own all the same"
    );
    assert!(
        whole
            .panes
            .iter()
            .all(|((subject, _), pane)| (subject == "devices/3") == (pane.limited == 0))
    );
}

#[test]
fn a_clock_that_is_ahead_makes_nobody_late() {
    let (rules, mut source) = (rules(), Source::default());
    assert_eq!(source.watermark_us(&rules), None);
    let mut effects = Effects::default();
    let mut devices = HashMap::new();
    let mut take = |event: &Ingested| {
        source.apply(&rules, event, &HashMap::new(), &mut devices, &mut effects);
        source.watermark_us(&rules).unwrap() - BEGIN
    };
    assert_eq!(
        take(&one("devices/0", BEGIN, BEGIN + SECOND, &[(1, 0)])),
        -10 * SECOND
    );
    assert_eq!(
        take(&one(
            "devices/1",
            BEGIN + 240 * SECOND,
            BEGIN + SECOND,
            &[(1, 0)]
        )),
        -9 * SECOND
    );
    assert_eq!(
        take(&one(
            "devices/0",
            BEGIN - 90 * SECOND,
            BEGIN + 2 * SECOND,
            &[(2, 0)]
        )),
        -9 * SECOND,
        "and it never goes back"
    );
}

#[test]
fn a_change_brings_what_led_to_it() {
    let events: Vec<Ingested> = (0..100)
        .map(|step| {
            let micro = if step < 90 { 4_000_000 } else { 9_000_000 };
            one(
                "devices/0",
                BEGIN + step * 10 * SECOND,
                BEGIN + step * 10 * SECOND,
                &[(step.unsigned_abs() + 1, micro)],
            )
        })
        .collect();
    let whole = run(&events, || 10);
    assert_eq!(whole.changes.len(), 1);
    let history = &whole.changes[0].history;
    assert_eq!(history.first(), Some(&(BEGIN, 4.0)));
    assert_eq!(history.last(), Some(&(BEGIN + 15 * 60 * SECOND, 9.0)));
    assert!(history.is_sorted_by_key(|(time, _)| *time));
}
