use super::*;
use crate::temperature::micro;

const CHILLED: StorageClass = 2;
const SECOND: i64 = 1_000_000;

fn rules() -> ExcursionRules {
    ExcursionRules {
        limits: vec![(
            CHILLED,
            Limit {
                open: 7_000_000,
                close: 6_000_000,
            },
        )],
        open_after_us: 20 * SECOND,
        tell_every_us: 300 * SECOND,
        silence_us: 60 * SECOND,
        unheard_us: 900 * SECOND,
    }
}

fn room(name: &str) -> Attachment {
    Attachment {
        subject: format!("rooms/{name}"),
        class: CHILLED,
        since_us: 0,
    }
}

const fn end(second: i64, reason: EndReason) -> End {
    let time_us = second * SECOND;
    End { time_us, reason }
}

/// Takes readings at these seconds, of these degrees.
fn told(watch: &mut Watch, room: Option<&Attachment>, readings: &[(i64, f64)]) -> Vec<Excursion> {
    let mut all = Vec::new();
    for (second, celsius) in readings {
        let micro = micro(*celsius);
        let reading = Reading {
            sequence: 1,
            time_us: second * SECOND,
            micro,
        };
        all.extend(watch.observe(&rules(), "devices/a", room, reading));
    }
    all
}

#[test]
fn it_opens_above_the_limit_and_closes_below_the_lower_one() {
    let (mut watch, room) = (Watch::default(), room("1"));
    assert!(
        told(&mut watch, Some(&room), &[(0, 7.0), (10, 7.1), (20, 9.0)]).is_empty(),
        "not long enough"
    );
    let opened = told(&mut watch, Some(&room), &[(30, 8.0)]);
    assert_eq!(opened.len(), 1);
    let one = &opened[0];
    assert_eq!((one.version, one.start_us, one.end), (1, 10 * SECOND, None));
    assert_eq!(
        (one.peak, one.above_us, one.limit),
        (9_000_000, 20 * SECOND, 7_000_000)
    );
    assert!(
        told(&mut watch, Some(&room), &[(40, 6.5), (50, 7.5), (60, 6.0)]).is_empty(),
        "between the two it goes on"
    );
    let closed = told(&mut watch, Some(&room), &[(70, 5.9), (80, 5.0)]);
    assert_eq!(closed.len(), 1);
    assert_eq!(
        (closed[0].version, closed[0].end),
        (2, Some(end(70, EndReason::Recovered)))
    );
    assert_eq!(
        closed[0].above_us,
        40 * SECOND,
        "what was not above it is not counted"
    );
    assert_eq!(closed[0].name, one.name);
    let again = told(&mut watch, Some(&room), &[(90, 8.0), (120, 8.0)]);
    assert_ne!(again[0].name, one.name);
}

#[test]
fn a_short_rise_is_none() {
    let (mut watch, room) = (Watch::default(), room("1"));
    assert!(
        told(
            &mut watch,
            Some(&room),
            &[
                (0, 9.0),
                (19, 9.0),
                (20, 6.9),
                (30, 9.0),
                (49, 9.0),
                (50, 1.0)
            ]
        )
        .is_empty()
    );
}

#[test]
fn while_it_goes_on_it_is_told_of_every_five_minutes() {
    let (mut watch, room) = (Watch::default(), room("1"));
    let readings: Vec<(i64, f64)> = (0..=70).map(|step| (step * 10, 8.0)).collect();
    let told = told(&mut watch, Some(&room), &readings);
    assert_eq!(
        told.iter()
            .map(|one| (one.version, one.told_us / SECOND))
            .collect::<Vec<_>>(),
        [(1, 20), (2, 320), (3, 620)]
    );
}

#[test]
fn a_silence_says_nothing_about_the_time_between() {
    let (mut watch, room) = (Watch::default(), room("1"));
    assert_eq!(
        told(&mut watch, Some(&room), &[(0, 8.0), (3600, 8.0)])[0].above_us,
        60 * SECOND
    );
}

#[test]
fn what_was_measured_before_the_last_reading_changes_nothing() {
    let (mut watch, room) = (Watch::default(), room("1"));
    told(&mut watch, Some(&room), &[(0, 8.0), (30, 8.0)]);
    let before = watch.clone();
    assert!(told(&mut watch, Some(&room), &[(30, 1.0), (10, 50.0)]).is_empty());
    assert_eq!(watch, before);
}

#[test]
fn a_sensor_that_is_taken_elsewhere_ends_it_there() {
    let (mut watch, one, two) = (Watch::default(), room("1"), room("2"));
    told(&mut watch, Some(&one), &[(0, 8.0), (30, 8.0)]);
    let moved = told(&mut watch, Some(&two), &[(40, 8.0), (60, 8.0)]);
    assert_eq!(
        moved
            .iter()
            .map(|one| (one.subject.as_str(), one.end))
            .collect::<Vec<_>>(),
        [
            ("rooms/1", Some(end(40, EndReason::Moved))),
            ("rooms/2", None)
        ]
    );
    let off = told(&mut watch, None, &[(70, 8.0), (200, 8.0)]);
    assert_eq!(off.len(), 1, "without goods there is no limit");
    let later = Attachment {
        since_us: 300 * SECOND,
        ..one
    };
    assert!(
        told(&mut watch, Some(&later), &[(210, 8.0), (290, 8.0)]).is_empty(),
        "it is not there yet"
    );
    let unknown = Attachment { class: 0, ..two };
    assert!(told(&mut watch, Some(&unknown), &[(400, 8.0), (500, 8.0)]).is_empty());
}

#[test]
fn a_sensor_that_nothing_is_heard_of_ends_it_with_its_last_reading() {
    let (mut watch, room) = (Watch::default(), room("1"));
    let opened = told(&mut watch, Some(&room), &[(0, 8.0), (30, 8.0), (40, 8.0)]);
    assert!(watch.is_open());
    // Its clock is an hour behind, and it may be: what counts is when it was heard.
    let heard_us = 3640 * SECOND;
    watch.heard(heard_us);
    assert_eq!(
        watch.unheard(&rules(), heard_us + 900 * SECOND),
        None,
        "so long it may be silent"
    );
    let closed = watch
        .unheard(&rules(), heard_us + 900 * SECOND + 1)
        .unwrap();
    assert_eq!(
        (closed.name.as_str(), closed.version, closed.end),
        (opened[0].name.as_str(), 2, Some(end(40, EndReason::Silent)))
    );
    assert_eq!(closed.above_us, 40 * SECOND, "more is not known");
    assert!(!watch.is_open());
    assert_eq!(watch.unheard(&rules(), i64::MAX), None, "it ends once");
    let again = told(
        &mut watch,
        Some(&room),
        &[(50, 8.0), (69, 8.0), (70, 8.0), (80, 5.0)],
    );
    assert_eq!(
        again
            .iter()
            .map(|one| (one.version, one.start_us, one.end))
            .collect::<Vec<_>>(),
        [
            (1, 50 * SECOND, None),
            (2, 50 * SECOND, Some(end(80, EndReason::Recovered)))
        ],
        "if it is still too warm, that is another one"
    );
    assert_ne!(again[0].name, closed.name);
}

#[test]
fn what_nobody_was_told_of_ends_in_silence_too() {
    let (mut watch, room) = (Watch::default(), room("1"));
    told(&mut watch, Some(&room), &[(0, 8.0), (10, 8.0)]);
    watch.heard(10 * SECOND);
    assert!(!watch.is_open());
    assert_eq!(watch.unheard(&rules(), 1000 * SECOND), None);
    assert!(
        told(&mut watch, Some(&room), &[(1000, 8.0), (1019, 8.0)]).is_empty(),
        "it must last long enough anew"
    );
    assert_eq!(
        told(&mut watch, Some(&room), &[(1020, 8.0)])[0].start_us,
        1000 * SECOND
    );
}

#[test]
fn an_excursion_of_a_build_that_did_not_write_down_when_it_heard_goes_on() {
    let old = r#"{"last":{"time_us":30,"above":true},"excursion":{"name":"excursions/e","device":"devices/a",
        "subject":"rooms/1","class":2,"limit":7000000,"start_us":0,"end_us":null,"peak":8000000,"above_us":30,
        "version":1,"told_us":30}}"#;
    let mut watch: Watch = serde_json::from_str(old).unwrap();
    assert_eq!(watch.unheard(&rules(), i64::MAX), None);
    watch.heard(60);
    assert!(watch.unheard(&rules(), i64::MAX).is_some());
}
