//! A connection with TLS, and with the certificate of a device where there is one.

use std::sync::Arc;

use connectrpc::Protocol;
use connectrpc::client::{ClientConfig, Http2Connection, SharedHttp2Connection};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig as TlsConfig, RootCertStore};

use crate::Failure;
use crate::settings::{file, setting};

/// The settings that name the files of a device.
pub(crate) struct Identity {
    pub key: &'static str,
    pub certificate: &'static str,
}

/// Opens a connection to the address that a setting names, trusting the certificates in a file. Nothing is dialled before the
/// first call.
pub(crate) fn open(
    address: &str,
    authority: &str,
    identity: Option<&Identity>,
) -> Result<(SharedHttp2Connection, ClientConfig), Failure> {
    let mut trusted = RootCertStore::empty();
    for certificate in certificates(authority)? {
        trusted
            .add(certificate)
            .map_err(|error| Failure::Usage(format!("{authority}: {error}")))?;
    }
    let tls = TlsConfig::builder().with_root_certificates(trusted);
    let tls = match identity {
        None => tls.with_no_client_auth(),
        Some(Identity { key, certificate }) => {
            let private = PrivateKeyDer::from_pem_slice(&file(key)?)
                .map_err(|error| Failure::Usage(format!("{key}: {error}")))?;
            tls.with_client_auth_cert(certificates(certificate)?, private)
                .map_err(|error| Failure::Usage(format!("{certificate} and {key}: {error}")))?
        }
    };
    let uri: http::Uri = format!("https://{}", setting(address)?)
        .parse()
        .map_err(|error| Failure::Usage(format!("{address}: {error}")))?;
    let connection = Http2Connection::lazy_tls(uri.clone(), Arc::new(tls)).shared(16);
    Ok((
        connection,
        ClientConfig::new(uri).with_protocol(Protocol::Grpc),
    ))
}

fn certificates(name: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let content = file(name)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&content)
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::Usage(format!("{name}: {error}")))?;
    if certificates.is_empty() {
        return Err(Failure::Usage(format!("{name} has no certificate")));
    }
    Ok(certificates)
}
