//! The setting that every user of the log has.

use crate::log::EventLog;
use larder_platform::Env;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The address of a workload's event log, for `EventLog::open`: `<PREFIX>_EVENT_LOG_URL`, where a password that stands in a secret of its own
/// comes by `<PREFIX>_EVENT_LOG_PASSWORD`. An address that no engine understands is a problem of the settings.
pub fn event_log_url(env: &mut Env<'_>, prefix: &str) -> String {
    let name = format!("{prefix}_EVENT_LOG_URL");
    let written = env.secret(&name);
    let password = env.optional(&format!("{prefix}_EVENT_LOG_PASSWORD"));
    if written.is_empty() {
        return written;
    }
    let whole = match password {
        Some(password) => with_password(&written, &password),
        None => Ok(written),
    };
    let checked = whole.and_then(|url| {
        EventLog::open(&url, "settings")
            .map(|_| url)
            .map_err(|error| error.to_string())
    });
    checked.unwrap_or_else(|why| {
        env.problem(format!("{name} is wrong: {why}"));
        String::new()
    })
}

fn with_password(url: &str, password: &str) -> Result<String, String> {
    let parts = url
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)));
    match parts {
        Some((scheme, (user, place))) if !user.is_empty() && !user.contains([':', '/', '?']) => {
            let password = utf8_percent_encode(password, NON_ALPHANUMERIC);
            Ok(format!("{scheme}://{user}:{password}@{place}"))
        }
        _ => Err(
            "with a password apart it must name a user, and no password: kafkas://user@host".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, password: &str) -> Result<String, String> {
        let lookup = |name: &str| match name {
            "X_EVENT_LOG_URL" => Some(url.to_owned()),
            "X_EVENT_LOG_PASSWORD" => Some(password.to_owned()),
            _ => None,
        };
        let mut env = Env::new(&lookup);
        let url = event_log_url(&mut env, "X");
        env.finish(url).map_err(|error| error.to_string())
    }

    #[test]
    fn a_password_apart_comes_into_the_address() {
        assert_eq!(read("redis://a:b@host", ""), Ok("redis://a:b@host".into()));
        assert_eq!(
            read("redis://a@host", "s@c"),
            Ok("redis://a:s%40c@host".into())
        );
        assert_eq!(
            read("kafkas://a@one,two:9093?sasl=SCRAM-SHA-256", "s@c/d"),
            Ok("kafkas://a:s%40c%2Fd@one,two:9093?sasl=SCRAM-SHA-256".into())
        );
    }

    #[test]
    fn an_address_that_no_engine_understands_is_a_problem_of_the_settings() {
        for (url, password) in [
            ("", ""),
            ("http://host", ""),
            ("redis://host", "secret"),
            ("redis://a:b@host", "secret"),
            ("kafka://a:secret@host", ""),
            ("kafka://a@host", "secret"),
            ("kafkas://host?ca=/a@b", "secret"),
            ("kafkas://a:secret@host?ca=/nowhere/ca.pem", ""),
        ] {
            let error = read(url, password).unwrap_err();
            assert!(
                error.starts_with("X_EVENT_LOG_URL is ") && !error.contains("secret"),
                "{error}"
            );
        }
    }
}
