//! Where a Redis-compatible server is, and who is asking.

use crate::log::AddressError;
use crate::tls::client_config;
use percent_encoding::percent_decode_str;
use redis::{
    ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo,
};
use std::fs;

const FORM: &str = "a Redis server has an address like redis+unix://:password@/path or redis://host:port, or with TLS \
                    rediss://host:port?ca=/path/of/ca.pem";

/// Where a server is, and with TLS who vouches for it.
pub(super) struct Address {
    pub info: ConnectionInfo,
    /// Certificates in PEM. None: whom the machine trusts, or no TLS at all.
    pub authorities: Option<Vec<u8>>,
}

/// `redis+unix://user:password@/path/of/socket`, `redis://user:password@host:port`, or with TLS `rediss://user:password@host:port?ca=file`;
/// user and password may be absent, and so may `ca`. Errors do not repeat the address.
pub(super) fn parse(url: &str) -> Result<Address, AddressError> {
    let wrong = || AddressError(FORM.into());
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let (login, place) = rest.split_once('@').unwrap_or(("", rest));
    let (place, query) = place.split_once('?').unwrap_or((place, ""));
    let ca_file = match query.split_once('=') {
        None if query.is_empty() => None,
        Some(("ca", file)) if scheme == "rediss" => Some(decoded(file)?),
        _ => return Err(wrong()),
    };
    let mut authorities = None;
    let address = match scheme {
        "redis+unix" if place.starts_with('/') => ConnectionAddr::Unix(decoded(place)?.into()),
        "redis" => {
            let (host, port) = host_and_port(place).ok_or_else(wrong)?;
            ConnectionAddr::Tcp(host, port)
        }
        "rediss" => {
            client_config(ca_file.as_deref())?;
            authorities = ca_file.map(fs::read).transpose().map_err(|_| wrong())?;
            let (host, port) = host_and_port(place).ok_or_else(wrong)?;
            ConnectionAddr::TcpTls {
                host,
                port,
                insecure: false,
                tls_params: None,
            }
        }
        _ => return Err(wrong()),
    };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let mut settings = RedisConnectionInfo::default()
        .set_protocol(ProtocolVersion::RESP2)
        .set_skip_set_lib_name();
    if !user.is_empty() {
        settings = settings.set_username(decoded(user)?);
    }
    if !password.is_empty() {
        settings = settings.set_password(decoded(password)?);
    }
    let info = address.into_connection_info().map_err(|_| wrong())?;
    Ok(Address {
        info: info.set_redis_settings(settings),
        authorities,
    })
}

fn decoded(text: &str) -> Result<String, AddressError> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| AddressError(FORM.into()))?;
    Ok(text.into_owned())
}

fn host_and_port(place: &str) -> Option<(String, u16)> {
    let place = place.trim_end_matches('/');
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':').unwrap_or("6379"))
        }
        None => place.split_once(':').unwrap_or((place, "6379")),
    };
    (!host.is_empty()).then_some((host.into(), port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_understood() {
        let unix = |path: &str| ConnectionAddr::Unix(path.into());
        let tcp = |host: &str, port| ConnectionAddr::Tcp(host.into(), port);
        let tls = |host: &str, port| ConnectionAddr::TcpTls {
            host: host.into(),
            port,
            insecure: false,
            tls_params: None,
        };
        let cases = [
            (
                "redis+unix://:secret@/run/log/valkey.sock",
                unix("/run/log/valkey.sock"),
                None,
                Some("secret"),
            ),
            (
                "redis+unix://order:s%40c@/a/b.sock",
                unix("/a/b.sock"),
                Some("order"),
                Some("s@c"),
            ),
            ("redis+unix:///a/b.sock", unix("/a/b.sock"), None, None),
            ("redis://localhost", tcp("localhost", 6379), None, None),
            ("redis://[::1]:7000", tcp("::1", 7000), None, None),
            (
                "redis://u:p@host.example:7000",
                tcp("host.example", 7000),
                Some("u"),
                Some("p"),
            ),
            (
                "rediss://u:p@host.example",
                tls("host.example", 6379),
                Some("u"),
                Some("p"),
            ),
        ];
        for (url, address, user, password) in cases {
            let info = parse(url).unwrap().info;
            assert_eq!(*info.addr(), address, "{url}");
            assert_eq!(
                (
                    info.redis_settings().username(),
                    info.redis_settings().password()
                ),
                (user, password),
                "{url}"
            );
        }
    }

    #[test]
    fn others_are_refused_without_showing_them() {
        for url in [
            "http://u:secret@localhost",
            "valkey",
            "redis+unix://host",
            "redis://u:secret@host:x",
            "rediss://u:secret@host:7000?insecure=1",
            "rediss://u:secret@host:7000?ca=/x.pem&insecure=1",
            "redis://u:secret@host:7000?ca=/x.pem",
        ] {
            let error = parse(url)
                .err()
                .unwrap_or_else(|| panic!("{url} was taken"))
                .to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn who_vouches_for_a_server_is_read_at_once() {
        let error = parse("rediss://u:secret@host?ca=/no/such.pem")
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("/no/such.pem") && !error.contains("secret"),
            "{error}"
        );
    }
}
