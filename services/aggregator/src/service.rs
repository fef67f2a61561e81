//! The parts of the aggregator, put together.

use crate::attachment::Attachments;
use crate::config::{Config, us};
use crate::handler::Aggregator;
use crate::metrics::Metrics;
use crate::retention::Days;
use buffa::MessageName;
use larder_contract::proto::larder::coldchain::v1::{
    ExcursionChanged, SensorAttached, WindowsClosed,
};
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{
    ConsumeOptions, Database, EventLog, INBOX_MIGRATIONS, MigrationSet, OUTBOX_MIGRATIONS, Relay,
    Retention, consume, migrate, retain,
};
use larder_platform::{Error, PlatformConfig, Routes, Service};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const WORKLOAD: &str = "aggregator";

const MIGRATIONS: MigrationSet = MigrationSet {
    name: "main",
    files: &[
        (
            "001_windows.sql",
            include_str!("../migrations/001_windows.sql"),
        ),
        (
            "002_silence.sql",
            include_str!("../migrations/002_silence.sql"),
        ),
    ],
};

/// Prepares the database, and everything that runs in the background: nobody calls the aggregator.
pub(crate) async fn build(config: Config) -> Result<(PlatformConfig, Service), Error> {
    let db = Database::open(&config.database_url, WORKLOAD)?;
    let log = EventLog::open(&config.event_log_url, WORKLOAD)?;
    migrate(&db, &[OUTBOX_MIGRATIONS, INBOX_MIGRATIONS, MIGRATIONS]).await?;
    let days = Arc::new(Days::new(db.clone(), config.keep_days));
    days.keep().await?;
    let relay = Relay::new(db.clone(), log.clone());
    let aggregator = Arc::new(Aggregator {
        rules: config.rules.clone(),
        silence_us: us(config.silence),
        days: Arc::clone(&days),
        waker: relay.waker(),
        wrote: AtomicBool::new(false),
        metrics: Metrics::new()?,
    });
    let readings = options::<ReadingsIngested>(&config);
    let attachments = options::<SensorAttached>(&config);
    let produced = [
        Retention::of::<WindowsClosed>(config.event_retention),
        Retention::of::<ExcursionChanged>(config.event_retention),
    ];
    let ready = db.clone();
    let of = || (log.clone(), db.clone());
    let ((log1, db1), (log2, db2)) = (of(), of());
    let service = Service::new(WORKLOAD, Routes::new())
        .ready(move || {
            let db = ready.clone();
            async move { Ok(db.session().await.map(drop)?) }
        })
        .background(move |stop| async move { Ok(relay.run(&stop).await?) })
        .background(move |stop| async move {
            Ok(consume(&log1, &db1, readings, aggregator, &stop).await?)
        })
        .background(move |stop| async move {
            Ok(consume(&log2, &db2, attachments, Arc::new(Attachments), &stop).await?)
        })
        .background(move |stop| async move {
            retain(&log, &produced, &stop).await;
            Ok(())
        })
        .background(move |stop| async move {
            days.keep_on(stop).await;
            Ok(())
        });
    Ok((config.platform, service))
}

fn options<M: MessageName>(config: &Config) -> ConsumeOptions {
    ConsumeOptions {
        lease: config.lease,
        dead_letters: config.dead_letters,
        ..ConsumeOptions::of::<M>(WORKLOAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_events::testing::TestPostgres;

    #[tokio::test]
    async fn excursions_that_were_open_before_silences_were_looked_for_can_be_found() {
        let postgres = TestPostgres::start().await;
        let db = Database::open(&postgres.create_database("aggregator").await, "test").unwrap();
        let (before, _) = MIGRATIONS.files.split_at(1);
        let before = MigrationSet {
            files: before,
            ..MIGRATIONS
        };
        migrate(&db, &[before]).await.unwrap();
        let session = db.session().await.unwrap();
        let device = |name: &str, excursion: &str| {
            format!(
                r#"insert into devices values ('{name}', '', '{{"last": {{"time_us": 7, "above": true}}, "excursion": {excursion}}}', '');"#
            )
        };
        let pane = |source: i32, start_us: i64| {
            format!(
                "insert into panes values ('devices/open', {start_us}, {source}, 0, 0, 0, 0, 0, 0, '');"
            )
        };
        let sql = [
            device("devices/open", r#"{"version": 2}"#),
            device("devices/begun", r#"{"version": 0}"#),
            device("devices/cold", "null"),
            "create table panes_0 partition of panes for values from (0) to (100);".into(),
            pane(3, 20),
            pane(1, 10),
        ];
        session.execute_all(&sql.concat()).await.unwrap();
        migrate(&db, &[MIGRATIONS]).await.unwrap();
        let found = "select device, open_in, watch #>> '{excursion,heard_us}' from devices where open_in is not null";
        let rows = session.query(found, &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get::<_, &str>(0), "devices/open");
        assert_eq!(rows[0].get::<_, i32>(1), 3, "where it was heard last");
        assert_eq!(rows[0].get::<_, &str>(2), "7");
    }
}
