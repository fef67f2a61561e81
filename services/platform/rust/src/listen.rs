//! Where a server listens: `unix:/absolute/path` or `host:port`.

use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

/// A connection, whichever way it came.
pub(crate) type Connection = Either<TcpStream, UnixStream>;

/// A listening socket. One of a file system is removed with it.
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

impl Listener {
    /// Makes way for a Unix socket: its folder is there, closed to others, and what a dead process left is gone.
    ///
    /// # Errors
    ///
    /// The address is in use, or may not be listened on.
    pub(crate) async fn bind(address: &str) -> io::Result<Self> {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("listening on {address}: {error}"))
        };
        let Some(path) = address.strip_prefix("unix:").map(Path::new) else {
            // A port without a host is a port of all hosts.
            let all = address
                .strip_prefix(':')
                .map(|port| format!("0.0.0.0:{port}"));
            return TcpListener::bind(all.as_deref().unwrap_or(address))
                .await
                .map(Self::Tcp)
                .map_err(named);
        };
        if let Some(folder) = path.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(named)?;
        }
        if UnixStream::connect(path).await.is_ok() {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                format!("{address} is in use"),
            ));
        }
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(named(error)),
            _ => {}
        }
        UnixListener::bind(path)
            .map(|listener| Self::Unix(listener, path.to_owned()))
            .map_err(named)
    }

    /// The address as it is known now, with the port that was found for port 0.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Tcp(listener) => listener
                .local_addr()
                .map(|address| address.to_string())
                .unwrap_or_default(),
            Self::Unix(_, path) => format!("unix:{}", path.display()),
        }
    }

    /// Waits for a connection. Failures of one that never came to be, or of too many at once, are waited out.
    pub(crate) async fn accept(&self) -> Connection {
        loop {
            let accepted = match self {
                Self::Tcp(listener) => listener.accept().await.map(|(stream, _)| {
                    // Small answers must not wait for more.
                    let _ = stream.set_nodelay(true);
                    Either::Left(stream)
                }),
                Self::Unix(listener, _) => listener
                    .accept()
                    .await
                    .map(|(stream, _)| Either::Right(stream)),
            };
            match accepted {
                Ok(connection) => return connection,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            // Where it cannot be removed, the next one replaces it.
            let _ = std::fs::remove_file(path);
        }
    }
}
