//! The deadlines and retries of the contract. The library reads no service config, so this does: as gRPC would for a program
//! that makes one call (a budget for retries, which needs many, is left out).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use connectrpc::client::CallOptions;
use connectrpc::{ConnectError, ErrorCode};
use larder_contract::mesh_config::service_config;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceConfig {
    method_config: Vec<MethodConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MethodConfig {
    name: Vec<HashMap<String, String>>,
    timeout: Option<String>,
    retry_policy: Option<RetryPolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: String,
    max_backoff: String,
    backoff_multiplier: f64,
    retryable_status_codes: Vec<String>,
}

/// Makes a call as the contract has it for a method: within its deadline, and again where it may be repeated.
pub(crate) async fn call<T>(
    service: &str,
    method: &str,
    mut once: impl AsyncFnMut(CallOptions) -> Result<T, ConnectError>,
) -> Result<T, ConnectError> {
    let config = config_of(service, method);
    let timeout = config.as_ref().and_then(|it| it.timeout.as_deref());
    let deadline = timeout.map(|it| Instant::now() + seconds(it));
    let retry = config.as_ref().and_then(|it| it.retry_policy.as_ref());
    let mut attempt = 1;
    loop {
        let left = deadline.map(|it| it.saturating_duration_since(Instant::now()));
        let options = left.map_or_else(CallOptions::default, |left| {
            CallOptions::default().with_timeout(left)
        });
        let error = match once(options).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match retry {
            Some(retry) if attempt < retry.max_attempts && retry.is_for(error.code) => {
                tokio::time::sleep(retry.pause(attempt)).await;
                attempt += 1;
            }
            _ => return Err(error),
        }
    }
}

fn config_of(service: &str, method: &str) -> Option<MethodConfig> {
    let config: ServiceConfig = serde_json::from_str(service_config(service)?)
        .expect("the package has service configs in their form");
    config.method_config.into_iter().find(|config| {
        config
            .name
            .iter()
            .any(|name| name.get("method").is_some_and(|it| it == method))
    })
}

impl RetryPolicy {
    fn is_for(&self, code: ErrorCode) -> bool {
        self.retryable_status_codes
            .contains(&crate::status::name(code))
    }

    /// How long to wait after an attempt, counted from 1. gRPC draws a time around this one, so that many clients do not come
    /// back at once; a client that stands alone need not.
    fn pause(&self, attempt: u32) -> Duration {
        let factor = self.backoff_multiplier.powf(f64::from(attempt - 1));
        seconds(&self.initial_backoff)
            .mul_f64(factor)
            .min(seconds(&self.max_backoff))
    }
}

/// Reads a duration of a service config, such as `0.250000000s`.
fn seconds(text: &str) -> Duration {
    let number = text.strip_suffix('s').and_then(|it| it.parse().ok());
    Duration::from_secs_f64(number.expect("durations are seconds"))
}
