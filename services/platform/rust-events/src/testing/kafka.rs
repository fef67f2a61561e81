//! A Kafka that acknowledges only what is on disk: the broker of the tests in TypeScript, started by them. Needs Java, and a minute.

use super::{PASSWORD, root};
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running broker; gone with what holds it, and with this process, however that ends.
pub struct TestKafka {
    child: Child,
    /// The broker ends with it.
    told: Option<ChildStdin>,
    said: Lines<BufReader<ChildStdout>>,
    url: String,
    secure: String,
    ca: String,
}

impl TestKafka {
    /// Starts a broker that knows these users beside the one that may do everything. Blocks until it answers.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(users: &[&str]) -> Self {
        let root = root();
        let mut child = Command::new(root.join("node_modules/.bin/node"))
            .arg(root.join("test/live/kafka/broker.ts"))
            .args(users)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let told = child.stdin.take();
        let output = child.stdout.take().expect("its output is ours");
        let mut kafka = Self {
            child,
            told,
            said: BufReader::new(output).lines(),
            url: String::new(),
            secure: String::new(),
            ca: String::new(),
        };
        let place = kafka.listen();
        let text = |name: &str| place[name].as_str().unwrap_or_default().to_owned();
        (kafka.url, kafka.secure, kafka.ca) = (text("url"), text("secure"), text("ca"));
        kafka
    }

    /// As in `EventLog::open`, for who may do everything.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The same for another user.
    #[must_use]
    pub fn url_of(&self, user: &str) -> String {
        let place = self.url.split_once('@').map_or("", |(_, place)| place);
        format!("kafka://{user}:{PASSWORD}@{place}")
    }

    /// `host:port` of the listener with TLS, where users log in by SCRAM, and the file of who vouches for it.
    #[must_use]
    pub fn secure(&self) -> (&str, &str) {
        (&self.secure, &self.ca)
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.tell("kill");
    }

    /// Starts it again on the same data; nothing if it runs.
    pub fn start_again(&mut self) {
        self.tell("start");
    }

    /// SIGSTOP: it is there, and says nothing.
    pub fn pause(&mut self) {
        self.tell("pause");
    }

    /// SIGCONT.
    pub fn resume(&mut self) {
        self.tell("resume");
    }

    fn tell(&mut self, what: &str) {
        let told = self.told.as_mut().expect("the broker's keeper listens");
        writeln!(told, "{what}").expect("the broker's keeper listens");
        assert_eq!(self.listen()["done"], what);
    }

    fn listen(&mut self) -> serde_json::Value {
        let line = self.said.next().expect("the broker's keeper is there");
        serde_json::from_str(&line.expect("it can be read")).expect("it speaks JSON")
    }
}

impl Drop for TestKafka {
    fn drop(&mut self) {
        drop(self.told.take());
        drop(self.child.wait());
    }
}
