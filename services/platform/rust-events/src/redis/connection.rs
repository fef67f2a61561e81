//! Connections to a Redis-compatible server: one for commands, and one for each read that waits.

use super::address::{self, Address};
use super::functions::{Call, library};
use crate::log::{AddressError, LogError};
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, Pipeline, RedisError, TlsCertificates,
    Value,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

const CONNECT: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(5);

/// What the server says when it cannot serve now: loading its data, out of memory, disk full, replica, busy with a script.
const NOT_NOW: [&str; 9] = [
    "LOADING",
    "OOM",
    "MISCONF",
    "READONLY",
    "MASTERDOWN",
    "NOREPLICAS",
    "BUSY",
    "CLUSTERDOWN",
    "TRYAGAIN",
];

#[derive(Clone)]
pub(crate) struct Connection {
    client: Arc<Client>,
    client_name: Arc<str>,
    shared: Arc<Mutex<Option<MultiplexedConnection>>>,
    /// Connections for reads that wait, which nobody uses now.
    idle: Arc<Mutex<Vec<MultiplexedConnection>>>,
}

impl Connection {
    pub(crate) fn open(url: &str, client_name: &str) -> Result<Self, AddressError> {
        let Address { info, authorities } = address::parse(url)?;
        let client = match authorities {
            root_cert @ Some(_) => Client::build_with_tls(
                info,
                TlsCertificates {
                    client_tls: None,
                    root_cert,
                },
            ),
            None => Client::open(info),
        };
        let client = client.map_err(|error| AddressError(error.to_string()))?;
        Ok(Self {
            client: client.into(),
            client_name: client_name.into(),
            shared: Arc::default(),
            idle: Arc::default(),
        })
    }

    /// Calls functions, all in one round trip. Fails with the first failure after all have been answered.
    pub(crate) async fn call(&self, calls: &[Call]) -> Result<Vec<Value>, LogError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        // Made anew for a second time: they are as large as what they carry, and sent by value.
        let commands = || calls.iter().map(Call::command).collect();
        let what = |at: usize| {
            calls
                .get(at)
                .map_or_else(String::new, |call| call.keys.join(" "))
        };
        let mut answers = self.send(commands()).await?;
        let missing = |value: &Value| matches!(value, Value::ServerError(error) if text_of(error).contains("Function not found"));
        if answers.iter().any(missing) {
            self.load().await?;
            answers = self.send(commands()).await?;
        }
        answers
            .into_iter()
            .enumerate()
            .map(|(at, value)| checked(value, &what(at)))
            .collect()
    }

    /// Sends one command. `what` it is about, for the error.
    pub(crate) async fn run(&self, command: Cmd, what: &str) -> Result<Value, LogError> {
        let answer = self.send(vec![command]).await?.pop();
        checked(answer.unwrap_or(Value::Nil), what)
    }

    /// Sends a command that waits in the server, on a connection of its own. A future that is dropped closes that connection. Fails if
    /// there is no answer within `limit`.
    pub(crate) async fn block(
        &self,
        command: &Cmd,
        limit: Duration,
        what: &str,
    ) -> Result<Value, LogError> {
        let idle = self.idle.lock().await.pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connect(None).await?,
        };
        let answer = tokio::time::timeout(limit, connection.send_packed_command(command));
        match answer.await {
            Ok(Ok(value)) => {
                self.idle.lock().await.push(connection);
                checked(value, what)
            }
            Ok(Err(error)) => Err(of_error(&error, what)),
            Err(_) => Err(LogError::Unavailable("the server does not answer".into())),
        }
    }

    async fn send(&self, commands: Vec<Cmd>) -> Result<Vec<Value>, LogError> {
        let mut connection = self.shared().await?;
        let count = commands.len();
        let mut pipeline = Pipeline::with_capacity(count);
        for command in commands {
            pipeline.add_command(command);
        }
        let sent = connection.send_packed_commands(&pipeline, 0, count).await;
        match sent {
            Ok(values) => Ok(values),
            Err(error) => {
                // Whatever it was, the next call begins with a connection that is known to be good.
                *self.shared.lock().await = None;
                Err(of_error(&error, "this command"))
            }
        }
    }

    async fn shared(&self) -> Result<MultiplexedConnection, LogError> {
        let mut shared = self.shared.lock().await;
        match &*shared {
            Some(connection) => Ok(connection.clone()),
            None => Ok(shared.insert(self.connect(Some(ANSWER)).await?).clone()),
        }
    }

    async fn connect(&self, answer: Option<Duration>) -> Result<MultiplexedConnection, LogError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(answer);
        let connected = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await;
        // A server without TLS waits for the rest of what it takes for a command.
        let secured = matches!(
            self.client.get_connection_info().addr(),
            ConnectionAddr::TcpTls { .. }
        );
        let mut connection = connected.map_err(|error| {
            if error.is_timeout() && secured {
                return LogError::Unavailable("the server does not answer by TLS".into());
            }
            of_error(&error, "this login")
        })?;
        let mut name = redis::cmd("CLIENT");
        name.arg("SETNAME").arg(&*self.client_name);
        connection
            .send_packed_command(&name)
            .await
            .map_err(|error| of_error(&error, "a name"))?;
        Ok(connection)
    }

    async fn load(&self) -> Result<(), LogError> {
        let mut command = redis::cmd("FUNCTION");
        command.arg("LOAD").arg(library());
        match self.run(command, "functions").await {
            // Another process was faster.
            Err(LogError::Refused(why)) if why.contains("already exists") => Ok(()),
            other => other.map(drop),
        }
    }
}

fn text_of(error: &redis::ServerError) -> String {
    format!("{} {}", error.code(), error.details().unwrap_or_default())
}

fn checked(value: Value, what: &str) -> Result<Value, LogError> {
    match value {
        Value::ServerError(error) => Err(of_text(&text_of(&error), what)),
        value => Ok(value),
    }
}

// What is refused for a reason of its own (no right, wrong type) is passed on; everything else means that the log is not there.
fn of_error(error: &RedisError, what: &str) -> LogError {
    match error.code() {
        Some(code) => of_text(
            &format!("{code} {}", error.detail().unwrap_or_default()),
            what,
        ),
        None => LogError::Unavailable(error.to_string()),
    }
}

fn of_text(text: &str, what: &str) -> LogError {
    let lower = text.to_lowercase();
    // Inside a function it is part of a longer message.
    if ["noperm", "acl failure", "no permissions"]
        .iter()
        .any(|sign| lower.contains(sign))
    {
        return LogError::Forbidden(what.to_owned());
    }
    if NOT_NOW.iter().any(|code| text.starts_with(code)) || text.starts_with("WRONGPASS") {
        return LogError::Unavailable(text.trim().to_owned());
    }
    LogError::Refused(text.trim().to_owned())
}
