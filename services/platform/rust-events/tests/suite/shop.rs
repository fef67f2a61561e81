//! A database in which events leave effects, beside the log.

use super::{Server, batch, new_topic};
use bytes::Bytes;
use larder_events::testing::TestPostgres;
use larder_events::{
    Batch, ConsumeOptions, Database, Delivered, Event, EventLog, HandleError, Handler,
    INBOX_MIGRATIONS, MigrationSet, Session, Tx, consume, encode_event, migrate,
};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
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
pub(crate) struct Effects {
    pub(crate) opened: AtomicU32,
    pub(crate) tried: Mutex<Vec<String>>,
    /// So many effects there must be: what events do not bring, time does.
    pub(crate) wanted: AtomicI64,
    /// Called in the middle of a batch.
    pub(crate) between: Option<Box<dyn Fn() -> tokio::task::JoinHandle<()> + Send + Sync>>,
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
        self.check(*state, tx).await
    }

    fn is_due(&self, state: &i64) -> bool {
        *state < self.wanted.load(Ordering::Relaxed)
    }

    async fn idle(&self, state: &mut i64, tx: &Tx<'_>) -> Result<bool, HandleError> {
        self.tried.lock().unwrap().push("idle".into());
        tx.execute(
            "insert into effects (id, partition) values ('idle', 0)",
            &[],
        )
        .await?;
        *state += 1;
        self.check(*state, tx).await?;
        Ok(true)
    }
}

impl Effects {
    async fn check(&self, state: i64, tx: &Tx<'_>) -> Result<(), HandleError> {
        if let Some(between) = &self.between {
            between().await.unwrap();
        }
        let rows = tx.query("select count(*) from effects", &[]).await?;
        assert_eq!(
            state,
            rows[0].get::<_, i64>(0),
            "the state is what the database holds"
        );
        Ok(())
    }
}

pub(crate) fn event(id: u64, key: &str) -> Bytes {
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

pub(crate) async fn append(log: &EventLog, topic: &str, from: u64, values: Vec<Bytes>) {
    let all = Batch {
        records: (from..).zip(values).collect(),
        ..batch(topic, "p", &[])
    };
    log.append(&[all]).await.unwrap();
}

pub(crate) async fn append_keys(log: &EventLog, topic: &str, from: u64, keys: &[&str]) {
    let events = (from..).zip(keys).map(|(id, key)| event(id, key));
    append(log, topic, from, events.collect()).await;
}

pub(crate) struct Shop<S> {
    pub(crate) server: S,
    pub(crate) log: EventLog,
    /// Of one partition.
    pub(crate) topic: String,
    pub(crate) postgres: TestPostgres,
    pub(crate) db: Database,
    pub(crate) session: Session,
}

impl<S: Server> Shop<S> {
    pub(crate) async fn open() -> Self {
        let (server, postgres) = tokio::join!(S::start(), TestPostgres::start());
        let (log, topic) = (server.log(), new_topic());
        log.create_topic(&topic, 1).await.unwrap();
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
            server,
            log,
            topic,
            postgres,
            db,
            session,
        }
    }

    pub(crate) async fn effects(&self) -> Vec<String> {
        let rows = self
            .session
            .query("select id from effects order by at", &[])
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    pub(crate) async fn next(&self) -> i64 {
        let rows = self
            .session
            .query("select next_offset from consumer_offsets", &[])
            .await
            .unwrap();
        rows.first().map_or(0, |row| row.get(0))
    }

    pub(crate) fn consume(&self, member: &str, handler: &Arc<Effects>) -> Running {
        let stop = CancellationToken::new();
        let options = ConsumeOptions {
            member: member.into(),
            lease: Duration::from_millis(600),
            backoff: Duration::from_millis(1),
            max_deliveries: 3,
            ..ConsumeOptions::new(&self.topic, "g")
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

pub(crate) struct Running {
    pub(crate) stop: CancellationToken,
    pub(crate) done: tokio::task::JoinHandle<()>,
}

impl Running {
    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.done.await.unwrap();
    }
}

pub(crate) fn ids(ids: impl IntoIterator<Item = u64>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}
