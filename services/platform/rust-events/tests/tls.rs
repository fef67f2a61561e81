//! TLS with PostgreSQL and Valkey: only with a server that proves its name.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use larder_events::testing::{Begin, TestPostgres, TestTls, TestValkey};
use larder_events::{Database, EventLog};

/// What a connection comes to: nothing, or why there is none.
type Outcome = Result<(), String>;

async fn ask_database(host: &str, tls: &TestTls, ca_file: &str) -> Outcome {
    let url = format!(
        "postgres://shop:of-a-test@{host}:{}/shop?sslmode=verify-full&sslrootcert={ca_file}",
        tls.port
    );
    let db = Database::open(&url, "test").unwrap();
    let session = db.session().await.map_err(|error| {
        assert!(error.is_unavailable(), "{error}");
        error.to_string()
    })?;
    let rows = session.query("select 7", &[]).await.unwrap();
    assert_eq!(rows[0].get::<_, i32>(0), 7);
    Ok(())
}

async fn ask_log(host: &str, tls: &TestTls, ca_file: &str) -> Outcome {
    let url = format!("rediss://:of-a-test@{host}:{}?ca={ca_file}", tls.port);
    let log = EventLog::open(&url, "test").unwrap();
    log.ping().await.map_err(|error| {
        assert!(error.is_unavailable(), "{error}");
        error.to_string()
    })
}

fn refused(outcome: &Outcome, why: &str) {
    let error = outcome.as_ref().expect_err("it was taken");
    assert!(
        error.contains(why) && !error.contains("of-a-test"),
        "{error}"
    );
}

#[tokio::test]
async fn a_database_is_reached_over_tls_by_the_name_that_it_proves() {
    let postgres = TestPostgres::start().await;
    postgres.create_database("shop").await;
    let tls = TestTls::start(postgres.socket(), Begin::OnRequest).await;
    let other = TestTls::start(postgres.socket(), Begin::OnRequest).await;
    let plain = TestTls::start(postgres.socket(), Begin::Never).await;

    assert_eq!(
        ask_database("localhost", &tls, &tls.ca_file()).await,
        Ok(())
    );
    refused(
        &ask_database("localhost", &tls, &other.ca_file()).await,
        "UnknownIssuer",
    );
    refused(
        &ask_database("127.0.0.1", &tls, &tls.ca_file()).await,
        "not valid for name",
    );
    refused(
        &ask_database("localhost", &plain, &plain.ca_file()).await,
        "does not support TLS",
    );
}

#[tokio::test]
async fn the_log_is_reached_over_tls_by_the_name_that_it_proves() {
    let valkey = TestValkey::start(&[]).await;
    let tls = TestTls::start(valkey.socket(), Begin::AtOnce).await;
    let other = TestTls::start(valkey.socket(), Begin::AtOnce).await;
    let plain = TestTls::start(valkey.socket(), Begin::Never).await;

    assert_eq!(ask_log("localhost", &tls, &tls.ca_file()).await, Ok(()));
    refused(
        &ask_log("localhost", &tls, &other.ca_file()).await,
        "UnknownIssuer",
    );
    refused(
        &ask_log("127.0.0.1", &tls, &tls.ca_file()).await,
        "not valid for name",
    );
    refused(
        &ask_log("localhost", &plain, &plain.ca_file()).await,
        "does not answer by TLS",
    );
}
