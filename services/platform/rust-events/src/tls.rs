//! Connections with TLS: the other side must prove its name.

use crate::log::AddressError;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// For a server that is vouched for by the certificates in `ca_file`, in PEM; none: by those that the machine trusts.
pub(crate) fn client_config(ca_file: Option<&str>) -> Result<Arc<ClientConfig>, AddressError> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(file) => {
            for certificate in authorities(file)? {
                roots
                    .add(certificate)
                    .map_err(|error| unusable(file, &error))?;
            }
        }
        // Some of a machine's are so old that nobody can use them.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(AddressError(
            "this machine trusts no authority: name a file with one".into(),
        ));
    }
    // The driver of Redis takes that of the process. It may have been set already, to the same.
    drop(ring::default_provider().install_default());
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn authorities(file: &str) -> Result<Vec<CertificateDer<'static>>, AddressError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    match found {
        Ok(found) if found.is_empty() => Err(unusable(file, &"it holds none")),
        Ok(found) => Ok(found),
        Err(error) => Err(unusable(file, &error)),
    }
}

fn unusable(file: &str, why: &dyn std::fmt::Display) -> AddressError {
    AddressError(format!(
        "the certificates of authorities in {file} cannot be used: {why}"
    ))
}
