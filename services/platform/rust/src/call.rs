//! The request in progress: what a handler is told about it, and what travels with every further call it makes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connectrpc::RequestContext;
use connectrpc::client::CallOptions;

pub(crate) const PEER_HEADER: &str = "x-forwarded-client-cert";
pub(crate) const REQUEST_HEADER: &str = "x-request-id";
pub(crate) const USER_HEADER: &str = "x-larder-user";
pub(crate) const TRACE_HEADER: &str = "traceparent";

/// The person on whose behalf a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The customer's id.
    pub subject: String,
    pub scopes: Vec<String>,
}

/// What a handler is told about the request in progress. When its caller has gone or its deadline has passed, the
/// handler's future is dropped.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// `package.Service/Method`.
    pub method: &'static str,
    /// The calling workload, as its sidecar proved it. Another identity in full (`spiffe://…`) if it is not of this mesh.
    /// None without a sidecar.
    pub caller: Option<String>,
    /// None unless the contract asks for the end user and there is one.
    pub user: Option<Arc<User>>,
    pub request_id: String,
    /// None: no deadline.
    pub deadline: Option<Instant>,
    pub(crate) assertion: Option<String>,
    pub(crate) traceparent: Option<String>,
}

impl Call {
    /// The request that a handler was called for. Outside of the kit's server there is none, and what is returned is empty.
    #[must_use]
    pub fn of(context: &RequestContext) -> Arc<Self> {
        context.extensions().get().cloned().unwrap_or_default()
    }

    /// The W3C trace context for events that tell of what was done for this request.
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }

    /// What travels with a further call made for this request: the time that is left, its id, its trace, and the user.
    #[must_use]
    pub fn options(&self) -> CallOptions {
        let mut options = CallOptions::default();
        if let Some(deadline) = self.deadline {
            // Zero would mean that there is no limit.
            let left = deadline.saturating_duration_since(Instant::now());
            options = options.with_timeout(left.max(Duration::from_millis(1)));
        }
        let along = [
            (REQUEST_HEADER, Some(self.request_id.as_str())),
            (USER_HEADER, self.assertion.as_deref()),
            (TRACE_HEADER, self.traceparent.as_deref()),
        ];
        for (name, value) in along {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                options = options.with_header(name, value);
            }
        }
        options
    }

    /// The same for work that starts anew: no deadline and no user. Its id and its trace go along all the same.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self {
            request_id: self.request_id.clone(),
            traceparent: self.traceparent.clone(),
            ..Self::default()
        }
    }
}

/// Tells ids that cannot upset a log: 1 to 128 letters, digits and a few marks.
pub(crate) fn is_safe_id(id: &str) -> bool {
    let safe = |c: u8| c.is_ascii_alphanumeric() || b"-_.:".contains(&c);
    (1..=128).contains(&id.len()) && id.bytes().all(safe)
}

/// Tells what is a W3C trace context.
pub(crate) fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &&str| {
        part.bytes()
            .all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
    };
    parts.iter().map(|part| part.len()).eq([2, 32, 16, 2]) && parts.iter().all(hex)
}
