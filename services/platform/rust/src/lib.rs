//! What every Rust service of Larder runs on: settings, a gRPC server with health, reflection and a guard around each
//! handler, errors and telemetry. It knows no service. Its files have twins in the kits of the other languages.

mod answers;
mod call;
mod caller;
mod config;
mod contract;
mod errors;
mod event_span;
mod exchange;
mod guard;
mod health;
mod listen;
pub mod log;
mod ops;
mod platform_config;
mod reflection;
mod routes;
mod server;
mod silence;
mod telemetry;
mod transport;
mod user;

#[cfg(test)]
mod accept_test;
#[cfg(test)]
mod answer_test;
#[cfg(test)]
mod config_test;
#[cfg(test)]
mod guard_test;
#[cfg(test)]
mod reflection_test;
#[cfg(test)]
mod silence_test;
#[cfg(test)]
mod telemetry_test;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod user_test;

pub use call::{Call, User};
pub use config::{ConfigError, EXIT_BAD_CONFIG, Env, Setting, environment};
pub use connectrpc::ErrorCode;
pub use errors::{Error, RpcError, detail, reason};
pub use event_span::EventSpan;
pub use platform_config::PlatformConfig;
pub use routes::{MAX_REQUEST_BYTES, Routes, checked};
pub use server::{Service, run, serve};
pub use tokio_util::sync::CancellationToken;
