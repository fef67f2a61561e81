//! Consuming on a real Valkey and a real PostgreSQL.

use bytes::Bytes;
use larder_events::testing::{TestPostgres, TestValkey, until};
use larder_events::{
    Batch, ConsumeOptions, Database, Delivered, Event, EventLog, HandleError, Handler,
    INBOX_MIGRATIONS, MigrationSet, Session, Tx, consume, dead_topic, decode_event, encode_event,
    migrate,
};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EFFECTS: MigrationSet = MigrationSet {
    name: "main",
    files: &[(
        "001_effects.sql",
        "create table effects (at bigint generated always as identity, id text, partition int)",
    )],
};

/// Leaves a row for each event; what it does with some of them depends on their key.
#[derive(Default)]
struct Effects {
    opened: AtomicU32,
    tried: Mutex<Vec<String>>,
    /// Called in the middle of a batch.
    between: Option<Box<dyn Fn() -> tokio::task::JoinHandle<()> + Send + Sync>>,
}

impl Handler for Effects {
    /// Events handled so far.
    type State = i64;

    async fn open(&self, tx: &Tx<'_>, partition: u32) -> Result<i64, HandleError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let rows = tx
            .query(
                "select count(*) from effects where partition = $1",
                &[&partition.cast_signed()],
            )
            .await?;
        Ok(rows[0].get(0))
    }

    async fn handle(
        &self,
        state: &mut i64,
        tx: &Tx<'_>,
        batch: &[Delivered],
    ) -> Result<(), HandleError> {
        for (index, one) in batch.iter().enumerate() {
            let id = &one.event.id;
            self.tried.lock().unwrap().push(id.clone());
            match one.event.subject.as_str() {
                "hopeless" => {
                    return Err(HandleError::Hopeless {
                        index,
                        reason: "no hope".into(),
                    });
                }
                "fails" => return Err(HandleError::Failed("it fails".into())),
                "recovers" if one.attempt < 3 => return Err(HandleError::Failed("not yet".into())),
                _ => {}
            }
            tx.execute("insert into effects (id, partition) values ($1, 0)", &[id])
                .await?;
            *state += 1;
        }
        if let Some(between) = &self.between {
            between().await.unwrap();
        }
        let rows = tx.query("select count(*) from effects", &[]).await?;
        assert_eq!(
            *state,
            rows[0].get::<_, i64>(0),
            "the state is what the database holds"
        );
        Ok(())
    }
}

fn event(id: u64, key: &str) -> Bytes {
    let event = Event {
        id: id.to_string(),
        source: "test".into(),
        type_name: "larder.test.v1.Tested".into(),
        subject: key.into(),
        dataschema: "larder:contract/0.0.0".into(),
        ..Event::default()
    };
    encode_event(&event).unwrap()
}

async fn append(log: &EventLog, from: u64, values: Vec<Bytes>) {
    let records = (from..).zip(values).collect();
    log.append(&[Batch {
        topic: "t".into(),
        partition: 0,
        producer: "p".into(),
        records,
    }])
    .await
    .unwrap();
}

async fn append_keys(log: &EventLog, from: u64, keys: &[&str]) {
    append(
        log,
        from,
        (from..).zip(keys).map(|(id, key)| event(id, key)).collect(),
    )
    .await;
}

struct Shop {
    valkey: TestValkey,
    log: EventLog,
    postgres: TestPostgres,
    db: Database,
    session: Session,
}

impl Shop {
    async fn open() -> Self {
        let (valkey, postgres) = tokio::join!(TestValkey::start(&[]), TestPostgres::start());
        let log = EventLog::open(&valkey.url(), "test").unwrap();
        log.create_topic("t", 1).await.unwrap();
        let db = Database::open(&postgres.create_database("shop").await, "test").unwrap();
        migrate(&db, &[INBOX_MIGRATIONS, EFFECTS]).await.unwrap();
        assert!(
            migrate(&db, &[INBOX_MIGRATIONS, EFFECTS])
                .await
                .unwrap()
                .is_empty(),
            "what was applied is not applied again"
        );
        let session = db.session().await.unwrap();
        Self {
            valkey,
            log,
            postgres,
            db,
            session,
        }
    }

    async fn effects(&self) -> Vec<String> {
        let rows = self
            .session
            .query("select id from effects order by at", &[])
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn next(&self) -> i64 {
        let rows = self
            .session
            .query("select next_offset from consumer_offsets", &[])
            .await
            .unwrap();
        rows.first().map_or(0, |row| row.get(0))
    }

    fn consume(&self, member: &str, handler: &Arc<Effects>) -> Running {
        let stop = CancellationToken::new();
        let options = ConsumeOptions {
            member: member.into(),
            lease: Duration::from_millis(600),
            backoff: Duration::from_millis(1),
            max_deliveries: 3,
            ..ConsumeOptions::new("t", "g")
        };
        let (log, db, handler, stopped) = (
            self.log.clone(),
            self.db.clone(),
            Arc::clone(handler),
            stop.clone(),
        );
        let done = tokio::spawn(async move {
            consume(&log, &db, options, handler, &stopped)
                .await
                .unwrap();
        });
        Running { stop, done }
    }
}

struct Running {
    stop: CancellationToken,
    done: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn end(self) {
        self.stop.cancel();
        self.done.await.unwrap();
    }
}

fn ids(ids: impl IntoIterator<Item = u64>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_has_its_effect_once_and_in_order() {
    let shop = Shop::open().await;
    append_keys(&shop.log, 1, &vec!["a"; 1200]).await;
    let handler = Arc::new(Effects::default());
    let first = shop.consume("1", &handler);
    until("all are handled", async || {
        shop.effects().await.len() == 1200
    })
    .await;
    append_keys(&shop.log, 1201, &["a"; 3]).await;
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
        shop.log.noted("t", 0, "g").await.unwrap(),
        Some(1203),
        "what was handled is noted at the end"
    );
    append_keys(&shop.log, 1204, &["a"]).await;
    let second = shop.consume("2", &handler);
    until("another goes on", async || {
        shop.effects().await.len() == 1204
    })
    .await;
    second.end().await;
    assert_eq!(shop.effects().await, ids(1..=1204));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_handled_goes_to_the_dead_letters_and_holds_up_nothing() {
    let shop = Shop::open().await;
    let keys = ["a", "a", "hopeless", "a", "recovers", "fails", "a"];
    let mut values: Vec<Bytes> = (1..).zip(keys).map(|(id, key)| event(id, key)).collect();
    values.insert(1, Bytes::from_static(b"no event"));
    append(&shop.log, 1, values).await;
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
        .read(&dead_topic("t"), 0, 0, 500, Duration::ZERO)
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
        ["t/0/1", "t/0/3", "t/0/6"]
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

#[tokio::test(flavor = "multi_thread")]
async fn who_was_replaced_has_no_effect() {
    let shop = Shop::open().await;
    append_keys(&shop.log, 1, &["a", "a"]).await;
    // Another owner comes in the middle of the first batch.
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
    let handler = Arc::new(Effects {
        between: Some(Box::new(steal)),
        ..Effects::default()
    });
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

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_was_moved_goes_on_from_there() {
    let shop = Shop::open().await;
    append_keys(&shop.log, 1, &["a", "a"]).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn several_members_share_the_partitions_and_take_over() {
    let shop = Shop::open().await;
    shop.log.create_topic("wide", 4).await.unwrap();
    let options = |member: &str| ConsumeOptions {
        member: member.into(),
        lease: Duration::from_millis(600),
        ..ConsumeOptions::new("wide", "g")
    };
    let owners = async || {
        let rows = shop
            .session
            .query(
                "select partition, epoch from consumer_offsets order by partition",
                &[],
            )
            .await;
        rows.unwrap()
            .iter()
            .map(|row| row.get::<_, i64>(1))
            .collect::<Vec<_>>()
    };
    let mut members = Vec::new();
    for member in ["1", "2"] {
        let (log, db, ending) = (shop.log.clone(), shop.db.clone(), CancellationToken::new());
        let (options, stopped) = (options(member), ending.clone());
        let handler = Arc::new(Effects::default());
        let done = tokio::spawn(async move {
            consume(&log, &db, options, handler, &stopped)
                .await
                .unwrap();
        });
        members.push(Running { stop: ending, done });
        let least = i64::try_from(members.len()).unwrap();
        until("every partition has an owner", async || {
            let owners = owners().await;
            owners.len() == 4 && owners.iter().filter(|epoch| **epoch >= least).count() >= 2
        })
        .await;
    }
    let before = owners().await;
    members.remove(0).end().await;
    until("the other takes them all", async || {
        let after = owners().await;
        after
            .iter()
            .zip(&before)
            .filter(|(after, before)| after > before)
            .count()
            >= 2
    })
    .await;
    members.remove(0).end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_log_or_database_counts_as_no_delivery() {
    let mut shop = Shop::open().await;
    append_keys(&shop.log, 1, &["a"]).await;
    let handler = Arc::new(Effects::default());
    let running = shop.consume("1", &handler);
    until("the first is handled", async || {
        shop.effects().await.len() == 1
    })
    .await;
    shop.valkey.restart().await;
    until("the log takes more", async || {
        let records = vec![(2, event(2, "a"))];
        shop.log
            .append(&[Batch {
                topic: "t".into(),
                partition: 0,
                producer: "p".into(),
                records,
            }])
            .await
            .is_ok()
    })
    .await;
    until("the second is handled", async || {
        shop.effects().await.len() == 2
    })
    .await;
    for id in 3..=8 {
        shop.postgres.end_sessions("shop").await;
        append_keys(&shop.log, id, &["a"]).await;
    }
    shop.session = shop.db.session().await.unwrap();
    until("all are handled", async || shop.effects().await.len() == 8).await;
    running.end().await;
    assert_eq!(shop.effects().await, ids(1..=8));
    assert_eq!(shop.log.range(&dead_topic("t"), 0).await.unwrap().next, 0);
}
