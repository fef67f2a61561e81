//! Encrypted connections, to a side that must prove its name.

use super::address::{Node, Tls};
use crate::log::{AddressError, LogError};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Reads who may vouch for the other side.
pub(super) fn connector(Tls { ca_file }: &Tls) -> Result<TlsConnector, AddressError> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(file) => {
            for certificate in certificates(file)? {
                let added = roots.add(certificate);
                added.map_err(|error| unreadable(&error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(unreadable("the file holds none"));
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| AddressError(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, AddressError> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(&error.to_string()))
}

fn unreadable(why: &str) -> AddressError {
    AddressError(format!(
        "the certificates of who vouches for the event log cannot be read: {why}"
    ))
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
