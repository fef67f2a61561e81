//! Encrypted connections, to a side that must prove its name.

use super::address::{Node, Tls};
use crate::log::{AddressError, LogError};
use crate::tls::client_config;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// For a side that the authorities of the address vouch for.
pub(super) fn connector(Tls { ca_file }: &Tls) -> Result<TlsConnector, AddressError> {
    client_config(ca_file.as_deref()).map(TlsConnector::from)
}

pub(super) async fn secured(
    connector: &TlsConnector,
    node: &Node,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, LogError> {
    let Node { host, port } = node;
    let name = ServerName::try_from(host.clone())
        .map_err(|_| LogError::Unavailable(format!("{host} is not the name of a machine")))?;
    connector.connect(name, stream).await.map_err(|error| {
        let reason = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        LogError::Unavailable(match reason {
            Some(rustls::Error::InvalidCertificate(why)) => {
                format!("{host}:{port} is not trusted: {why}")
            }
            _ => format!("{host}:{port}: {error}"),
        })
    })
}
