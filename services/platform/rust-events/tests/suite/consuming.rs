//! Consuming with a real PostgreSQL.

use super::shop::{Effects, Running, Shop, append, append_keys, event, ids};
use super::{Server, new_topic};
use bytes::Bytes;
use larder_events::testing::until;
use larder_events::{ConsumeOptions, Event, consume, dead_topic, decode_event};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) async fn every_event_has_its_effect_once_and_in_order<S: Server>() {
    let shop = Shop::<S>::open().await;
    append_keys(&shop.log, &shop.topic, 1, &vec!["a"; 1200]).await;
    let handler = Arc::new(Effects::default());
    let first = shop.consume("1", &handler);
    until("all are handled", async || {
        shop.effects().await.len() == 1200
    })
    .await;
    append_keys(&shop.log, &shop.topic, 1201, &["a"; 3]).await;
    until("more are handled", async || {
        shop.effects().await.len() == 1203
    })
    .await;
    assert_eq!(shop.effects().await, ids(1..=1203));
    assert_eq!(
        handler.opened.load(Ordering::Relaxed),
        1,
        "the state lives from batch to batch"
    );
    first.end().await;
    assert_eq!(
        shop.log.noted(&shop.topic, 0, "g").await.unwrap(),
        Some(1203),
        "what was handled is noted at the end"
    );
    append_keys(&shop.log, &shop.topic, 1204, &["a"]).await;
    let second = shop.consume("2", &handler);
    until("another goes on", async || {
        shop.effects().await.len() == 1204
    })
    .await;
    second.end().await;
    assert_eq!(shop.effects().await, ids(1..=1204));
}

pub(crate) async fn what_cannot_be_handled_goes_to_the_dead_letters_and_holds_up_nothing<
    S: Server,
>() {
    let shop = Shop::<S>::open().await;
    let keys = ["a", "a", "hopeless", "a", "recovers", "fails", "a"];
    let mut values: Vec<Bytes> = (1..).zip(keys).map(|(id, key)| event(id, key)).collect();
    values.insert(1, Bytes::from_static(b"no event"));
    append(&shop.log, &shop.topic, 1, values).await;
    let handler = Arc::new(Effects::default());
    let running = shop.consume("1", &handler);
    until("all are done with", async || shop.next().await == 8).await;
    running.end().await;
    assert_eq!(shop.effects().await, ids([1, 2, 4, 5, 7]));
    let tried = handler.tried.lock().unwrap().clone();
    let times = |id: &str| tried.iter().filter(|one| *one == id).count();
    assert_eq!(times("3"), 1, "what is hopeless is not tried again");
    assert!(
        times("6") >= 3 && times("6") <= 4,
        "what fails is tried as often as the contract says, after its batch"
    );
    let letters = shop
        .log
        .read(&dead_topic(&shop.topic), 0, 0, 500, Duration::ZERO)
        .await
        .unwrap();
    let letters: Vec<Event> = letters
        .iter()
        .map(|letter| decode_event(&letter.value).unwrap())
        .collect();
    let said = |event: &Event, name: &str| {
        event
            .extensions
            .iter()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(
        letters
            .iter()
            .map(|letter| said(letter, "deadorigin"))
            .collect::<Vec<_>>(),
        [1, 3, 6].map(|offset| format!("{}/0/{offset}", shop.topic))
    );
    assert_eq!(letters[0].data, "no event");
    assert_eq!(
        (
            said(&letters[1], "deaderror"),
            said(&letters[2], "deaderror")
        ),
        ("no hope".into(), "it fails".into())
    );
    assert_eq!(said(&letters[2], "deadattempts"), "3");
}

/// Another owner comes in the middle of the first effect.
fn replaced<S>(shop: &Shop<S>) -> Effects {
    let (db, seen) = (shop.db.clone(), Arc::new(AtomicU32::new(0)));
    let steal = move || {
        let (db, first) = (db.clone(), seen.fetch_add(1, Ordering::Relaxed) == 0);
        tokio::spawn(async move {
            if first {
                let session = db.session().await.unwrap();
                session
                    .execute("update consumer_offsets set epoch = epoch + 1", &[])
                    .await
                    .unwrap();
            }
        })
    };
    Effects {
        between: Some(Box::new(steal)),
        ..Effects::default()
    }
}

pub(crate) async fn who_was_replaced_has_no_effect<S: Server>() {
    let shop = Shop::<S>::open().await;
    append_keys(&shop.log, &shop.topic, 1, &["a", "a"]).await;
    let handler = Arc::new(replaced(&shop));
    let running = shop.consume("1", &handler);
    until("it comes back under a later lease", async || {
        shop.effects().await.len() == 2
    })
    .await;
    running.end().await;
    assert_eq!(shop.effects().await, ids([1, 2]));
    assert_eq!(
        *handler.tried.lock().unwrap(),
        ids([1, 2, 1, 2]),
        "the first batch had no effect"
    );
}

pub(crate) async fn time_alone_has_its_effect_once_and_among_those_of_events<S: Server>() {
    let shop = Shop::<S>::open().await;
    let handler = Arc::new(Effects::default());
    handler.wanted.store(1, Ordering::Relaxed);
    let first = shop.consume("1", &handler);
    until("time has an effect where nothing ever came", async || {
        shop.effects().await == ["idle"]
    })
    .await;
    append_keys(&shop.log, &shop.topic, 1, &["a", "a"]).await;
    until("events have theirs", async || {
        shop.effects().await.len() == 3
    })
    .await;
    handler.wanted.store(4, Ordering::Relaxed);
    until("it has another behind them", async || {
        shop.effects().await.len() == 4
    })
    .await;
    append_keys(&shop.log, &shop.topic, 3, &["a"]).await;
    until("and events go on", async || shop.effects().await.len() == 5).await;
    first.end().await;
    assert_eq!(shop.effects().await, ["idle", "1", "2", "idle", "3"]);
    assert_eq!(shop.next().await, 3, "time moves nothing in the log");
}

pub(crate) async fn who_was_replaced_while_nothing_came_has_no_effect<S: Server>() {
    let shop = Shop::<S>::open().await;
    let handler = Arc::new(replaced(&shop));
    handler.wanted.store(1, Ordering::Relaxed);
    let running = shop.consume("1", &handler);
    until("it comes back under a later lease", async || {
        shop.effects().await.len() == 1
    })
    .await;
    running.end().await;
    assert_eq!(shop.effects().await, ["idle"]);
    assert!(
        handler.tried.lock().unwrap().len() > 1,
        "the first time had no effect"
    );
}

pub(crate) async fn a_group_that_was_moved_goes_on_from_there<S: Server>() {
    let shop = Shop::<S>::open().await;
    append_keys(&shop.log, &shop.topic, 1, &["a", "a"]).await;
    let handler = Arc::new(Effects::default());
    let running = shop.consume("1", &handler);
    until("all are handled", async || shop.effects().await.len() == 2).await;
    // As `larder events replay` does it: nothing else comes that would make the owner look.
    shop.session
        .execute(
            "update consumer_offsets set epoch = epoch + 1, next_offset = 1",
            &[],
        )
        .await
        .unwrap();
    shop.session
        .query("select pg_notify('larder_moved', '')", &[])
        .await
        .unwrap();
    until("the second one comes again", async || {
        shop.effects().await.len() == 3
    })
    .await;
    running.end().await;
    assert_eq!(shop.effects().await, ids([1, 2, 2]));
}

pub(crate) async fn several_members_share_the_partitions_and_take_over<S: Server>() {
    let shop = Shop::<S>::open().await;
    let lease = Duration::from_millis(600);
    let mut members = share_four_partitions(&shop, [lease, lease]).await;
    let before = epochs(&shop).await;
    members.remove(0).end().await;
    until("the other takes them all", async || {
        risen(&before, &epochs(&shop).await) >= 2
    })
    .await;
    members.remove(0).end().await;
}

/// The one that is left would look by itself only minutes later.
pub(crate) async fn who_has_died_is_followed_when_its_time_is_up<S: Server>() {
    let shop = Shop::<S>::open().await;
    let leases = [Duration::from_millis(300), Duration::from_secs(600)];
    let mut members = share_four_partitions(&shop, leases).await;
    let before = epochs(&shop).await;
    // As if its process had ended: nothing is given back.
    members.remove(0).done.abort();
    until("the other takes them all", async || {
        risen(&before, &epochs(&shop).await) >= 2
    })
    .await;
    members.remove(0).end().await;
}

/// Members of a group, one for each lease, that have come to share a topic.
async fn share_four_partitions<S: Server>(shop: &Shop<S>, leases: [Duration; 2]) -> Vec<Running> {
    let wide = new_topic();
    shop.log.create_topic(&wide, 4).await.unwrap();
    let mut members = Vec::new();
    for (member, lease) in ["1", "2"].into_iter().zip(leases) {
        let (log, db, ending) = (shop.log.clone(), shop.db.clone(), CancellationToken::new());
        let stopped = ending.clone();
        let options = ConsumeOptions {
            member: member.into(),
            lease,
            ..ConsumeOptions::new(&wide, "g")
        };
        let handler = Arc::new(Effects::default());
        let done = tokio::spawn(async move {
            consume(&log, &db, options, handler, &stopped)
                .await
                .unwrap();
        });
        members.push(Running { stop: ending, done });
        let least = i64::try_from(members.len()).unwrap();
        until("every partition has an owner", async || {
            let epochs = epochs(shop).await;
            epochs.len() == 4 && epochs.iter().filter(|epoch| **epoch >= least).count() >= 2
        })
        .await;
    }
    members
}

/// Of each partition, that of its last owner.
async fn epochs<S: Server>(shop: &Shop<S>) -> Vec<i64> {
    let rows = shop
        .session
        .query("select epoch from consumer_offsets order by partition", &[])
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// How many have risen.
fn risen(before: &[i64], after: &[i64]) -> usize {
    let pairs = after.iter().zip(before);
    pairs.filter(|(after, before)| after > before).count()
}
