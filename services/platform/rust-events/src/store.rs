//! A service's own database: sessions, transactions, and the schema that the code expects.

mod address;
mod migrate;
mod session;
mod tls;

pub use migrate::{INBOX_MIGRATIONS, MigrationSet, OUTBOX_MIGRATIONS, migrate};
pub use session::{Session, Tx};

use crate::log::AddressError;
use address::Address;
use std::error::Error as _;
use std::time::Duration;
use tls::Tls;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

const CONNECT: Duration = Duration::from_secs(5);

/// What can go wrong between a service and its database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, has gone away, or gave way to another transaction. It may be asked again; whether a commit that was on its
    /// way stands is not known.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// What the SQL itself says.
    #[error("the database refuses: {0}")]
    Sql(tokio_postgres::Error),
    /// The migrations of this build do not continue those that the database has seen. Needs a person.
    #[error("{0}")]
    Migration(String),
}

impl StoreError {
    /// Whether the same may succeed later.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// With what is behind it, as why a certificate was not taken: the driver's own words leave that out.
    fn unavailable(error: &tokio_postgres::Error) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}"));
        Self::Unavailable(format!("{error}{}", cause.unwrap_or_default()))
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            // Without a code it is the connection, unless a value did not fit its column.
            let ours = error.to_string().contains("error serializing")
                || error.to_string().contains("error deserializing");
            return if ours {
                Self::Sql(error)
            } else {
                Self::unavailable(&error)
            };
        };
        let gone = [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::DATABASE_DROPPED,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::QUERY_CANCELED,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        if gone.contains(state) || state.code().starts_with("08") {
            return Self::Unavailable(format!("{state:?}"));
        }
        Self::Sql(error)
    }
}

/// Where a database is, and who asks.
#[derive(Clone)]
pub struct Database {
    address: Address,
}

impl Database {
    /// `url` as in `postgres://role:password@/database?host=/folder/of/the/socket`, or with a host name; with TLS it has
    /// `?sslmode=verify-full`, and where the machine does not know who vouches for the server, `&sslrootcert=/path/of/ca.pem`. Does not connect.
    ///
    /// # Errors
    /// For an address that is none; it does not repeat it.
    pub fn open(url: &str, application_name: &str) -> Result<Self, AddressError> {
        let mut address = address::parse(url)?;
        address
            .config
            .application_name(application_name)
            .connect_timeout(CONNECT);
        Ok(Self { address })
    }

    /// A connection, held until it is dropped.
    ///
    /// # Errors
    /// `Unavailable` if there is none to be had.
    pub async fn session(&self) -> Result<Session, StoreError> {
        match &self.address.tls {
            Some(config) => Session::open(&self.address.config, Tls(config.clone())).await,
            None => Session::open(&self.address.config, NoTls).await,
        }
    }
}
