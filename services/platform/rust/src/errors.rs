//! How a failure becomes a status, and what a caller reads from one.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use buffa::MessageName as _;
use connectrpc::{ConnectError, ErrorCode, ErrorDetail};
use larder_contract::others::google::rpc::bad_request::FieldViolation;
use larder_contract::others::google::rpc::{BadRequest, ErrorInfo};
use protovalidate_buffa::ValidationError;

/// What anything can fail with.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A failure as it stands in the contract. All but its cause reaches the caller.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RpcError {
    pub code: ErrorCode,
    /// The workload that gives the reason. Empty means the one that answers.
    pub domain: String,
    /// `UPPER_SNAKE_CASE` and stable: what a caller branches on.
    pub reason: String,
    pub message: String,
    /// The variable parts of the message.
    pub metadata: HashMap<String, String>,
    pub(crate) violations: Vec<FieldViolation>,
    #[source]
    pub(crate) cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl RpcError {
    /// Makes the error to return from a handler, of the workload that answers.
    pub fn new(code: ErrorCode, reason: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            domain: String::new(),
            reason: reason.to_owned(),
            message: message.into(),
            metadata: HashMap::new(),
            violations: Vec::new(),
            cause: None,
        }
    }

    /// Adds a variable part of the message.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    /// Says what is behind it: for the log only.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Error>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The failure of a call whose store cannot be reached: UNAVAILABLE, so that it may be tried again.
    pub fn store_unavailable(cause: impl Into<Error>) -> Self {
        let message = "the database is unavailable";
        Self::new(ErrorCode::Unavailable, "STORE_UNAVAILABLE", message).caused_by(cause)
    }

    fn details(&self) -> Vec<ErrorDetail> {
        if self.reason.is_empty() {
            return Vec::new();
        }
        let info = ErrorInfo {
            reason: self.reason.clone(),
            domain: self.domain.clone(),
            metadata: self.metadata.clone().into_iter().collect(),
            ..Default::default()
        };
        let mut details = vec![ErrorDetail::from_message(ErrorInfo::FULL_NAME, &info)];
        if !self.violations.is_empty() {
            let request = BadRequest {
                field_violations: self.violations.clone(),
                ..Default::default()
            };
            details.push(ErrorDetail::from_message(BadRequest::FULL_NAME, &request));
        }
        details
    }
}

impl From<RpcError> for ConnectError {
    fn from(error: RpcError) -> Self {
        let mut answer = Self::new(error.code, error.message.clone());
        answer.details = error.details();
        answer.with_source(error)
    }
}

/// What the callee gave as the domain and reason of a failed call. None for a status without one, as sidecars give.
#[must_use]
pub fn reason(error: &ConnectError) -> Option<(String, String)> {
    let info: ErrorInfo = detail(error)?;
    Some((info.domain, info.reason))
}

/// One of the details of a failed call.
#[must_use]
pub fn detail<M: buffa::Message + buffa::MessageName>(error: &ConnectError) -> Option<M> {
    let found = error
        .details
        .iter()
        .find(|detail| detail.type_url.rsplit('/').next().unwrap_or_default() == M::FULL_NAME)?;
    let text = found.value.as_deref()?.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    M::decode(&mut bytes.as_slice()).ok()
}

/// Whether a failure stands in the contract already.
pub(crate) fn is_answer(error: &ConnectError) -> bool {
    let source = error.source_arc();
    source.is_some_and(|source| source.is::<RpcError>())
}

/// Gives every failure of a handler its answer. Where the cause is set, it is for the log only.
pub(crate) fn to_answer(workload: &str, error: &ConnectError) -> RpcError {
    let source = error.source_arc();
    if let Some(own) = source.as_ref().and_then(|it| it.downcast_ref::<RpcError>()) {
        let mut answer = own.clone();
        if answer.domain.is_empty() {
            workload.clone_into(&mut answer.domain);
        }
        return answer;
    }
    // What failed beneath a handler says nothing about the handler's own contract, unless it says to try again or to
    // hurry. The message stays here: it comes from a transport, which likes to name addresses.
    let mut answer = RpcError::new(ErrorCode::Internal, "", "internal error");
    if let ErrorCode::Unavailable
    | ErrorCode::DeadlineExceeded
    | ErrorCode::Canceled
    | ErrorCode::ResourceExhausted = error.code
    {
        answer.code = error.code;
        "a service that this one needs did not answer".clone_into(&mut answer.message);
        (answer.domain, answer.reason) = reason(error)
            .unwrap_or_else(|| (workload.to_owned(), "DEPENDENCY_UNAVAILABLE".to_owned()));
    }
    answer.caused_by(error.clone())
}

/// How many faults of a request an answer names: clients and proxies refuse one whose trailers are longer than some
/// kilobytes, and with it what it says.
const MOST_NAMED: usize = 16;

/// Turns what protovalidate found into INVALID_ARGUMENT with a `google.rpc.BadRequest` that names the fields, the first 16.
/// Rules that could not be run are a failure of the service.
pub(crate) fn to_invalid(found: ValidationError) -> ConnectError {
    if found.compile_error.is_some() || found.runtime_error.is_some() {
        return ConnectError::internal("a rule could not be run").with_source(found);
    }
    let mut invalid = RpcError::new(ErrorCode::InvalidArgument, "INVALID_REQUEST", "");
    let mut texts = Vec::new();
    for violation in found.violations.iter().take(MOST_NAMED) {
        let (field, text) = (violation.field.to_string(), violation.message.to_string());
        texts.push(if field.is_empty() {
            text.clone()
        } else {
            format!("{field}: {text}")
        });
        invalid.violations.push(FieldViolation {
            field,
            description: text,
            ..Default::default()
        });
    }
    if found.violations.len() > MOST_NAMED {
        texts.push(format!("and {} more", found.violations.len() - MOST_NAMED));
    }
    invalid.message = texts.join("; ");
    invalid.into()
}

/// The names that gRPC gives the codes, by their number, as all kits write them.
pub(crate) const CODE_NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
