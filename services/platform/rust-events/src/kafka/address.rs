//! Where a Kafka cluster is, and how to come in.

use crate::log::AddressError;
use percent_encoding::percent_decode_str;
use std::net::IpAddr;

/// How a user proves who it is. With PLAIN the password itself travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    ScramSha256,
    ScramSha512,
}

const MECHANISMS: [Mechanism; 3] = [
    Mechanism::Plain,
    Mechanism::ScramSha256,
    Mechanism::ScramSha512,
];

impl Mechanism {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) mechanism: Mechanism,
    pub(super) username: String,
    pub(super) password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) host: String,
    pub(super) port: u16,
}

/// The connection is encrypted, and the other side must prove its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    /// A file with the certificates, in PEM, of who may vouch for it. None: those that the machine trusts.
    pub(super) ca_file: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Nodes to ask first; they name the others.
    pub(super) nodes: Vec<Node>,
    /// None: nobody in particular.
    pub(super) login: Option<Login>,
    /// None: the connection is not encrypted.
    pub(super) tls: Option<Tls>,
}

const FORM: &str = "a Kafka cluster has an address like kafka://user:password@host:port,host:port, or with TLS \
                    kafkas://user:password@host:port?ca=/path/of/ca.pem";

/// Whether an address is that of a Kafka cluster.
pub(crate) fn is_kafka(url: &str) -> bool {
    url.starts_with("kafka:") || url.starts_with("kafkas:")
}

/// `kafka://user:password@host:port,host:port`, or `kafkas:` with TLS; user and password may be absent, and so may a port (9092, or 9093
/// with TLS). `?sasl=` names a mechanism (absent: PLAIN, with TLS SCRAM-SHA-512), `ca=` a file. Errors do not repeat the address.
pub(super) fn parse(url: &str) -> Result<Address, AddressError> {
    let wrong = || AddressError(FORM.into());
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let (secure, default_port) = match scheme {
        "kafka" => (false, 9092),
        "kafkas" => (true, 9093),
        _ => return Err(wrong()),
    };
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, places) = match before.split_once('@') {
        Some((user, places)) => (Some(user.split_once(':').ok_or_else(wrong)?), places),
        None => (None, before),
    };
    let named = user.is_none_or(|(name, password)| !name.is_empty() && !password.is_empty());
    if !named || before.contains('/') || places.contains('@') {
        return Err(wrong());
    }
    let nodes = places
        .split(',')
        .map(|place| node(place, default_port).ok_or_else(wrong))
        .collect::<Result<Vec<_>, _>>()?;
    let Query { sasl, ca } = Query::parse(query)?;
    if ca.is_some() && !secure {
        return Err(AddressError(
            "ca belongs to a connection with TLS: kafkas://".into(),
        ));
    }
    let tls = secure.then_some(Tls { ca_file: ca });
    let login = match user {
        Some((username, password)) => Some(Login {
            mechanism: mechanism(sasl.as_deref(), secure)?,
            username: decoded(username)?,
            password: decoded(password)?,
        }),
        None if sasl.is_some() => {
            return Err(AddressError(
                "sasl belongs to a login: kafka://user:password@host".into(),
            ));
        }
        None => None,
    };
    let address = Address { nodes, login, tls };
    for Node { host, .. } in &address.nodes {
        address.check_secrecy(host)?;
    }
    Ok(address)
}

impl Address {
    /// Fails if the password would travel readable to another machine.
    pub(super) fn check_secrecy(&self, host: &str) -> Result<(), AddressError> {
        let readable = self.tls.is_none()
            && self
                .login
                .as_ref()
                .is_some_and(|login| login.mechanism == Mechanism::Plain);
        let here = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        if !readable || here {
            return Ok(());
        }
        Err(AddressError(format!(
            "the password would be readable on the way to {host}: use TLS (kafkas://) or sasl=SCRAM-SHA-512"
        )))
    }
}

#[derive(Default)]
struct Query {
    sasl: Option<String>,
    ca: Option<String>,
}

impl Query {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = Some(decoded(&value.replace('+', " "))?);
            match name {
                "sasl" => query.sasl = value,
                "ca" => query.ca = value,
                stranger => {
                    return Err(AddressError(format!(
                        "a Kafka address has no \"{stranger}\": it may have sasl and ca"
                    )));
                }
            }
        }
        Ok(query)
    }
}

fn node(place: &str, default_port: u16) -> Option<Node> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            let port = if rest.is_empty() {
                None
            } else {
                Some(rest.strip_prefix(':')?)
            };
            (host, port)
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = match port {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => port.parse().ok()?,
        Some(_) => return None,
        None => default_port,
    };
    (!host.is_empty()).then(|| Node {
        host: host.to_owned(),
        port,
    })
}

fn mechanism(name: Option<&str>, secure: bool) -> Result<Mechanism, AddressError> {
    let Some(name) = name else {
        return Ok(if secure {
            Mechanism::ScramSha512
        } else {
            Mechanism::Plain
        });
    };
    let found = MECHANISMS.into_iter().find(|one| one.name() == name);
    found.ok_or_else(|| {
        let names = MECHANISMS.map(Mechanism::name).join(", ");
        AddressError(format!("sasl must be one of {names}"))
    })
}

fn decoded(text: &str) -> Result<String, AddressError> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| AddressError(FORM.into()))?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests;
