//! One connection, and the transactions on it.

use super::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Row, Socket, Statement};

/// No statement of a service runs for long, and a process that was stopped in the middle of a transaction frees its locks about when its
/// leases end.
const LIMITS: &str = "set statement_timeout = '5s'; set idle_in_transaction_session_timeout = '5s'";

/// A connection. When it is lost every call fails with `Unavailable`: take a new one.
pub struct Session {
    client: Client,
    connection: JoinHandle<()>,
    notified: Arc<Notify>,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

impl Session {
    pub(super) async fn open<T>(config: &Config, tls: T) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let connected = config.connect(tls).await;
        let (client, mut connection) =
            connected.map_err(|error| StoreError::unavailable(&error))?;
        let notified = Arc::new(Notify::new());
        let heard = Arc::clone(&notified);
        let connection = tokio::spawn(async move {
            while let Some(Ok(message)) =
                std::future::poll_fn(|context| connection.poll_message(context)).await
            {
                if matches!(message, AsyncMessage::Notification(_)) {
                    heard.notify_one();
                }
            }
        });
        let session = Self {
            client,
            connection,
            notified,
            statements: Mutex::default(),
        };
        session.execute_all(LIMITS).await?;
        Ok(session)
    }

    /// Runs one statement, prepared once.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql).await?;
        Ok(self.client.query(&statement, params).await?)
    }

    /// As `query`, for the number of rows that it changed.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn execute(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        let statement = self.prepared(sql).await?;
        Ok(self.client.execute(&statement, params).await?)
    }

    /// Runs SQL without parameters, several statements if need be.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn execute_all(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Begins a transaction. One that is dropped without an end takes the connection with it.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn begin(&self) -> Result<Tx<'_>, StoreError> {
        self.execute_all("begin").await?;
        Ok(Tx {
            session: self,
            open: true,
        })
    }

    /// Waits for a NOTIFY on a channel that the session listens to.
    pub async fn notified(&self) {
        self.notified.notified().await;
    }

    /// Whether the connection has gone, and with it every lock that the session held.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.client.is_closed() || self.connection.is_finished()
    }

    async fn prepared(&self, sql: &'static str) -> Result<Statement, StoreError> {
        let known = self
            .statements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(sql)
            .cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.statements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// A transaction in progress.
pub struct Tx<'a> {
    session: &'a Session,
    open: bool,
}

impl Tx<'_> {
    /// See `Session::query`.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        self.session.query(sql, params).await
    }

    /// See `Session::execute`.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn execute(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        self.session.execute(sql, params).await
    }

    /// See `Session::execute_all`.
    ///
    /// # Errors
    /// See `StoreError`.
    pub async fn execute_all(&self, sql: &str) -> Result<(), StoreError> {
        self.session.execute_all(sql).await
    }

    /// What was done stands.
    ///
    /// # Errors
    /// With `Unavailable` it is not known whether it does.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.session.execute_all("commit").await?;
        self.open = false;
        Ok(())
    }

    /// Nothing was done.
    ///
    /// # Errors
    /// See `StoreError`: nothing stands all the same.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        self.session.execute_all("rollback").await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if self.open {
            self.session.connection.abort();
        }
    }
}
