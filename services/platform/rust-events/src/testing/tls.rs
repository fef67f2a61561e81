//! TLS in front of a server: those of the packages are built without it. What is behind is the real one.

use super::Folder;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How a client comes to speak TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// It does not: what stands behind answers what it asks.
    Never,
    /// With the first byte.
    AtOnce,
    /// By PostgreSQL's request for it; whoever does not ask is turned away.
    OnRequest,
}

/// The message by which a client of PostgreSQL asks for TLS: its length, and a number.
const REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// A port of this machine that leads to a socket.
pub struct TestTls {
    /// As `localhost`, for which it has a certificate; 127.0.0.1 is another name.
    pub port: u16,
    accepting: JoinHandle<()>,
    folder: Folder,
}

impl TestTls {
    /// Begins to listen.
    ///
    /// # Panics
    /// If it cannot.
    pub async fn start(socket: PathBuf, begin: Begin) -> Self {
        let folder = Folder::new("tls");
        let acceptor = acceptor(&folder.0.join("ca.pem"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, socket) = (acceptor.clone(), socket.clone());
                tokio::spawn(async move { drop(lead(client, &socket, begin, &acceptor).await) });
            }
        });
        Self {
            port,
            accepting,
            folder,
        }
    }

    /// The file with the certificate of who vouches for this server, and for no other.
    #[must_use]
    pub fn ca_file(&self) -> String {
        self.folder.0.join("ca.pem").display().to_string()
    }
}

impl Drop for TestTls {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn lead(
    mut client: TcpStream,
    socket: &Path,
    begin: Begin,
    acceptor: &TlsAcceptor,
) -> std::io::Result<()> {
    let mut server = UnixStream::connect(socket).await?;
    if begin == Begin::Never {
        return copy_bidirectional(&mut client, &mut server).await.map(drop);
    }
    if begin == Begin::OnRequest {
        let mut asked = [0; 8];
        client.read_exact(&mut asked).await?;
        if asked != REQUEST {
            return Ok(());
        }
        client.write_all(b"S").await?;
    }
    let mut client = acceptor.accept(client).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

fn acceptor(ca_file: &Path) -> TlsAcceptor {
    let key = || KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    // Of its own name: a client that trusts another is to find no authority at all.
    let name = ca_file.display().to_string();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, key()).expect("an authority");
    fs::write(ca_file, ca.pem()).expect("its certificate is written");
    let own = key();
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&own, &ca).expect("a certificate");
    let chain: Vec<CertificateDer<'static>> = vec![certificate.into()];
    let private = PrivateKeyDer::try_from(own.serialize_der()).expect("a private key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config
                .with_no_client_auth()
                .with_single_cert(chain, private)
        });
    Arc::new(config.expect("a good configuration")).into()
}
