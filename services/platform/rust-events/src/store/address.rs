//! Where a database is, and how to speak to it.

use crate::log::AddressError;
use crate::tls::client_config;
use percent_encoding::percent_decode_str;
use rustls::ClientConfig;
use std::str::FromStr as _;
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

const FORM: &str = "a database has an address like postgres://role:password@host/database, or with TLS \
                    postgres://role:password@host/database?sslmode=verify-full&sslrootcert=/path/of/ca.pem";

#[derive(Clone)]
pub(super) struct Address {
    pub config: Config,
    /// None: the connection is not encrypted.
    pub tls: Option<Arc<ClientConfig>>,
}

/// `sslmode` may be `verify-full`; absent or `disable` there is no TLS. `sslrootcert` names a file with who may vouch for the server, absent
/// it is whom the machine trusts. Errors do not repeat the address.
pub(super) fn parse(url: &str) -> Result<Address, AddressError> {
    // What belongs to a password is not looked at.
    let start = url.find('@').unwrap_or_default();
    let query = url[start..].find('?').map_or(url.len(), |at| start + at);
    let (place, query) = (&url[..query], url[query..].trim_start_matches('?'));
    let (ours, others): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|part| !part.is_empty())
        .partition(|part| part.starts_with("sslmode=") || part.starts_with("sslrootcert="));
    let said = |name: &str| {
        let value = ours
            .iter()
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| percent_decode_str(value).decode_utf8_lossy())
    };
    let mut config = Config::from_str(&format!("{place}?{}", others.join("&")))
        .map_err(|_| AddressError(FORM.into()))?;
    let ca_file = said("sslrootcert");
    let tls = match said("sslmode").as_deref() {
        Some("verify-full") => Some(client_config(ca_file.as_deref())?),
        None | Some("disable") => None,
        // They would encrypt, and not say to whom.
        Some(_) => {
            return Err(AddressError(
                "sslmode must be verify-full or disable".into(),
            ));
        }
    };
    if tls.is_none() && ca_file.is_some() {
        return Err(AddressError(
            "sslrootcert belongs to a connection with TLS: sslmode=verify-full".into(),
        ));
    }
    let is_local = config
        .get_hosts()
        .iter()
        .any(|host| !matches!(host, Host::Tcp(_)));
    if tls.is_some() && is_local {
        return Err(AddressError(
            "with sslmode=verify-full the address must name a host".into(),
        ));
    }
    config.ssl_mode(if tls.is_some() {
        SslMode::Require
    } else {
        SslMode::Disable
    });
    Ok(Address { config, tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_an_address_is_as_before() {
        for url in [
            "postgres://order:p%3F@/order?host=/run/pg",
            "postgres://order:p@db.example:5433/order",
            "postgres://order:p@db.example/order?sslmode=disable",
        ] {
            let address = parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert!(address.tls.is_none(), "{url}");
            assert_eq!(address.config.get_ssl_mode(), SslMode::Disable);
            assert_eq!(address.config.get_dbname(), Some("order"));
        }
    }

    #[test]
    fn with_tls_no_connection_goes_without() {
        let url =
            "postgres://order:a?sslmode=x@db.example/order?sslmode=verify-full&application_name=x";
        let address = parse(url).unwrap();
        assert!(address.tls.is_some());
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(address.config.get_application_name(), Some("x"));
        assert_eq!(address.config.get_password(), Some(&b"a?sslmode=x"[..]));
    }

    #[test]
    fn what_would_not_prove_who_the_server_is_is_refused_without_showing_it() {
        let cases = [
            (
                "db.example/order?sslmode=require",
                "must be verify-full or disable",
            ),
            (
                "db.example/order?sslmode=verify-ca",
                "must be verify-full or disable",
            ),
            (
                "db.example/order?sslrootcert=/ca.pem",
                "belongs to a connection with TLS",
            ),
            (
                "/order?host=/run/pg&sslmode=verify-full",
                "must name a host",
            ),
            (
                "db.example/order?sslmode=verify-full&sslrootcert=/no/such.pem",
                "/no/such.pem",
            ),
            ("db.example/order?nonsense=1", "has an address like"),
        ];
        for (rest, why) in cases {
            let Err(error) = parse(&format!("postgres://order:secret@{rest}")) else {
                panic!("{rest} was taken")
            };
            let error = error.to_string();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }
}
