//! Says on a new connection who is asking.

use super::address::{Login, Mechanism, Node};
use super::codes::{NONE, UNSUPPORTED_MECHANISM};
use super::connection::{ANSWER, Connection};
use super::scram::Scram;
use crate::log::LogError;
use bytes::Bytes;
use kafka_protocol::messages::{SaslAuthenticateRequest, SaslHandshakeRequest};
use kafka_protocol::protocol::StrBytes;
use std::time::Duration;

/// Returns for how long, if there is a limit. Fails, as for every reason why the log is not to be had, with `Unavailable`: passwords change, and whoever asks again may have luck.
pub(super) async fn log_in(
    connection: &Connection,
    login: &Login,
    node: &Node,
) -> Result<Option<Duration>, LogError> {
    let refused = |why: &str| {
        let Node { host, port } = node;
        LogError::Unavailable(format!("{host}:{port} refuses {}: {why}", login.username))
    };
    let name = login.mechanism.name();
    let asked = SaslHandshakeRequest::default().with_mechanism(StrBytes::from_static_str(name));
    let answer = connection.ask(&asked, ANSWER).await?;
    if answer.error_code == UNSUPPORTED_MECHANISM {
        let others: Vec<&str> = answer.mechanisms.iter().map(StrBytes::as_str).collect();
        return Err(refused(&format!(
            "it has no {name}, but {}",
            others.join(", ")
        )));
    }
    if answer.error_code != NONE {
        return Err(refused(&format!("code {}", answer.error_code)));
    }
    let say = async |text: String| {
        let request = SaslAuthenticateRequest::default().with_auth_bytes(text.into());
        let answer = connection.ask(&request, ANSWER).await?;
        if answer.error_code == NONE {
            // 0: none.
            let lifetime = u64::try_from(answer.session_lifetime_ms).unwrap_or(0);
            let session = (lifetime > 0).then(|| Duration::from_millis(lifetime));
            return Ok((answer.auth_bytes, session));
        }
        let code = format!("code {}", answer.error_code);
        Err(refused(answer.error_message.as_deref().unwrap_or(&code)))
    };
    if login.mechanism == Mechanism::Plain {
        let said = say(format!("\0{}\0{}", login.username, login.password)).await;
        return said.map(|(_, session)| session);
    }
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap_or_default();
    let scram = Scram::new(login, &uuid::Uuid::new_v4().simple().to_string());
    let (first, _) = say(scram.first()).await?;
    let (second, proof) = scram
        .second(&text(first))
        .ok_or_else(|| refused("it does not speak SCRAM as it should"))?;
    let (last, session) = say(second).await?;
    if proof.is_given(&text(last)) {
        Ok(session)
    } else {
        Err(refused("it does not know the password itself"))
    }
}
