//! Sensors that fall silent while it is too warm.

use crate::system::{PARTITIONS, SECOND, System};
use larder_contract::proto::larder::coldchain::v1::{
    Excursion, ExcursionEndReason as Reason, ExcursionState as State,
};
use larder_events::partition_of;
use larder_events::testing::until;

impl System {
    /// What was told of the excursions of a device, oldest first.
    async fn told_of(&self, device: &str) -> Vec<Excursion> {
        let told = self.excursions().await.into_iter();
        let told = told.filter_map(|one| one.current.into_option());
        let mut told: Vec<_> = told.filter(|one| one.device == device).collect();
        told.sort_by_key(|one| (start_of(one), one.version));
        told
    }

    /// Attaches devices to a room, and waits until the service knows.
    async fn attached(&mut self, devices: &[&str]) {
        for device in devices {
            self.attach(device, "rooms/cold").await;
        }
        until("the sensors are attached", async || {
            let sql = "select count(*) from attachments";
            let rows = self.session.query(sql, &[]).await.unwrap_or_default();
            rows.first().map(|row| row.get::<_, i64>(0)) == Some(devices.len().cast_signed() as i64)
        })
        .await;
    }
}

fn start_of(excursion: &Excursion) -> i64 {
    excursion.start_time.as_option().unwrap().seconds
}

/// When it began, its version, state and reason, and when it ended.
type Gist = (i64, i64, State, Reason, Option<i64>);

fn gist(excursion: &Excursion) -> Gist {
    (
        start_of(excursion),
        excursion.version,
        excursion.state.as_known().unwrap(),
        excursion.end_reason.as_known().unwrap(),
        excursion.end_time.as_option().map(|time| time.seconds),
    )
}

const fn opened(start: i64) -> Gist {
    let unspecified = Reason::EXCURSION_END_REASON_UNSPECIFIED;
    (start, 1, State::EXCURSION_STATE_OPEN, unspecified, None)
}

const fn closed(start: i64, reason: Reason, end: i64) -> Gist {
    (start, 2, State::EXCURSION_STATE_CLOSED, reason, Some(end))
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_comes_at_all_a_silent_sensor_ends_its_excursion_once_whoever_is_killed() {
    let mut system = System::start().await;
    system.set("AGGREGATOR_SILENCE_SECONDS", "1");
    system.set("AGGREGATOR_UNHEARD_SECONDS", "1");
    let mut instance = system.instance();
    let device = "devices/dead";
    system.attached(&[device]).await;
    let (begin_us, warm) = (system.begin_us, 9.5);
    let at = |second: i64| begin_us + second * SECOND;
    let readings = vec![(1, at(0), warm), (2, at(25), warm)];
    system.ingest(at(26), &[(device.into(), readings)]).await;
    until("an excursion is open", async || {
        !system.told_of(device).await.is_empty()
    })
    .await;
    instance.kill();
    // Its end is told by whoever comes, and by no other after it.
    instance = system.instance();
    until("it has ended", async || {
        system.told_of(device).await.len() > 1
    })
    .await;
    instance.kill();
    let mut instance = system.instance();
    // The sensor speaks again: what it could not hand in, and that it is cold by now.
    let readings = vec![
        (3, at(60), warm),
        (4, at(90), warm),
        (5, at(120), 3.0),
        (6, at(130), 3.0),
    ];
    system.ingest(at(131), &[(device.into(), readings)]).await;
    until("all is told", async || {
        system.told_of(device).await.len() > 3
    })
    .await;
    let told = system.told_of(device).await;
    let (first, second) = (begin_us / SECOND, begin_us / SECOND + 60);
    assert_eq!(
        told.iter().map(gist).collect::<Vec<_>>(),
        [
            opened(first),
            closed(
                first,
                Reason::EXCURSION_END_REASON_SENSOR_SILENT,
                first + 25
            ),
            opened(second),
            closed(second, Reason::EXCURSION_END_REASON_RECOVERED, first + 120),
        ]
    );
    assert_eq!(told[0].name, told[1].name);
    assert_eq!(told[2].name, told[3].name);
    assert_eq!(told[1].history, told[0].history, "more is not known");
    assert_eq!(told[1].time_above_limit, told[0].time_above_limit);
    let sql = "select count(*) from devices where open_in is not null";
    let open = system.session.query(sql, &[]).await.unwrap();
    assert_eq!(open[0].get::<_, i64>(0), 0, "nothing is left to look for");
    assert!(instance.is_alive());
}

#[tokio::test(flavor = "multi_thread")]
async fn among_others_that_go_on_a_silent_sensor_is_found_by_when_they_were_heard() {
    let mut system = System::start().await;
    let mut instance = system.instance();
    // All in one partition, in which something comes all the time.
    let names: Vec<String> = (0..)
        .map(|number| format!("devices/d{number}"))
        .filter(|device| partition_of(device, PARTITIONS) == 0)
        .take(3)
        .collect();
    let [silent, slow, lively] = &names[..] else {
        panic!("three devices")
    };
    system.attached(&[silent, slow]).await;
    let begin_us = system.begin_us;
    let at = |second: i64| begin_us + second * SECOND;
    let warm = |from: i64, sequence: i64| {
        vec![
            (sequence, at(from), 9.5),
            (sequence + 1, at(from + 25), 9.5),
        ]
    };
    let both = [(silent.clone(), warm(0, 1)), (slow.clone(), warm(0, 1))];
    system.ingest(at(30), &both).await;
    // The clock of one is far behind, and it says little; but it is heard.
    system
        .ingest(at(800), &[(slow.clone(), vec![(3, at(40), 9.5)])])
        .await;
    let mut step = 0;
    until("the excursion of the silent one has ended", async || {
        step += 1;
        let reading = vec![(step, at(1000) + step * 1000, 3.0)];
        system
            .ingest(at(1000) + step * 1000, &[(lively.clone(), reading)])
            .await;
        system.told_of(silent).await.len() > 1
    })
    .await;
    system.settled().await;
    let told = system.told_of(silent).await;
    let begin = begin_us / SECOND;
    let silent = Reason::EXCURSION_END_REASON_SENSOR_SILENT;
    assert_eq!(
        told.iter().map(gist).collect::<Vec<_>>(),
        [opened(begin), closed(begin, silent, begin + 25)]
    );
    let told = system.told_of(slow).await;
    assert!(
        told.iter()
            .all(|one| one.state.as_known() == Some(State::EXCURSION_STATE_OPEN)),
        "who is heard goes on"
    );
    assert!(instance.is_alive());
}
