//! One request, from its arrival to the only answer it gets: request id, peer identity, deadline, the end user, and in the
//! end the answer, one log line, the metrics and the span.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use connectrpc::{ConnectError, ErrorCode, RequestContext};
use futures::FutureExt as _;
use larder_contract::proto::mesh::v1::EndUser;
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator};
use prometheus::{Histogram, IntCounter};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::call::{
    Call, PEER_HEADER, REQUEST_HEADER, TRACE_HEADER, USER_HEADER, User, is_safe_id, is_traceparent,
};
use crate::caller::caller_of;
use crate::contract::Method;
use crate::errors::{CODE_NAMES, RpcError, to_answer};
use crate::log::{Level, Logger};
use crate::platform_config::PlatformConfig;
use crate::silence::Silence;
use crate::telemetry::{Metrics, Span, Tracing};
use crate::user::Users;

/// What all methods of a server share.
pub(crate) struct Shared {
    pub(crate) workload: String,
    pub(crate) config: PlatformConfig,
    pub(crate) logger: &'static Logger,
    pub(crate) metrics: Metrics,
    pub(crate) tracing: Option<&'static Tracing>,
    pub(crate) users: Users,
    /// Ends when SIGTERM has come.
    pub(crate) draining: CancellationToken,
    /// Ends when calls may not take any longer.
    pub(crate) cut: CancellationToken,
}

/// What is known about a method before it is called.
pub(crate) struct Plan {
    pub(crate) method: Method,
    name: &'static str,
    handled: Vec<IntCounter>,
    duration: Histogram,
}

impl Plan {
    pub(crate) fn new(method: Method, metrics: &Metrics) -> Self {
        // There is one for each method, for as long as the process lives.
        let name = String::leak(format!("{}/{}", method.service, method.name));
        let labels = [method.service.as_str(), method.name.as_str()];
        let count = |code| {
            metrics
                .handled
                .with_label_values(&[labels[0], labels[1], code])
        };
        Self {
            name,
            handled: CODE_NAMES.into_iter().map(count).collect(),
            duration: metrics.duration.with_label_values(&labels),
            method,
        }
    }
}

/// One request. Dropped before its end, it was left by its caller.
pub(crate) struct Exchange {
    plan: Arc<Plan>,
    shared: Arc<Shared>,
    pub(crate) call: Arc<Call>,
    started: Instant,
    /// None: it may be silent for as long as it lasts.
    pub(crate) silence: Option<Silence>,
    span: Option<Span>,
    ended: bool,
}

/// Begins a request: what its handler is told stands in the context then. The result beside it says whether it may go on.
pub(crate) fn begin(
    shared: &Arc<Shared>,
    plan: &Arc<Plan>,
    context: &mut RequestContext,
) -> (Exchange, Result<(), RpcError>) {
    let started = Instant::now();
    let header = |name| {
        context
            .headers()
            .get_all(name)
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok())
    };
    let config = &shared.config;
    let assertion = header(USER_HEADER).map(str::to_owned);
    let traceparent = header(TRACE_HEADER).filter(|text| is_traceparent(text));
    let span = shared
        .tracing
        .map(|tracing| tracing.begin(plan.name, traceparent));
    let request_id = header(REQUEST_HEADER)
        .filter(|id| is_safe_id(id))
        .map(str::to_owned);
    let admitted = admit(shared, &plan.method, assertion.as_deref());
    let call = Call {
        method: plan.name,
        caller: header(PEER_HEADER)
            .and_then(|value| caller_of(value, config, plan.method.for_devices)),
        user: admitted.as_ref().ok().cloned().flatten(),
        request_id: request_id.unwrap_or_else(new_id),
        deadline: context
            .deadline()
            .or_else(|| plan.method.limit.map(|limit| started + limit)),
        assertion,
        traceparent: span
            .as_ref()
            .and_then(Span::traceparent)
            .or_else(|| traceparent.map(str::to_owned)),
    };
    let call = Arc::new(call);
    context.extensions_mut().insert(Arc::clone(&call));
    let exchange = Exchange {
        plan: Arc::clone(plan),
        shared: Arc::clone(shared),
        call,
        started,
        silence: plan.method.idle.map(Silence::new),
        span,
        ended: false,
    };
    (exchange, admitted.map(|_| ()))
}

/// Refuses a call that lacks the user its contract asks for.
fn admit(
    shared: &Shared,
    method: &Method,
    assertion: Option<&str>,
) -> Result<Option<Arc<User>>, RpcError> {
    let assertion = match (method.end_user, assertion) {
        (EndUser::END_USER_UNSPECIFIED, _) | (EndUser::END_USER_OPTIONAL, None) => return Ok(None),
        (EndUser::END_USER_REQUIRED, None) => {
            let message = "the call must be made for an end user";
            return Err(RpcError::new(
                ErrorCode::Unauthenticated,
                "USER_ASSERTION_MISSING",
                message,
            ));
        }
        (_, Some(assertion)) => assertion,
    };
    let user = shared.users.verify(assertion)?;
    if let Some(scope) = method
        .scopes
        .iter()
        .find(|scope| !user.scopes.contains(scope))
    {
        let message = format!("the end user has not been granted {scope}");
        return Err(RpcError::new(
            ErrorCode::PermissionDenied,
            "USER_SCOPE_MISSING",
            message,
        ));
    }
    Ok(Some(user))
}

fn new_id() -> String {
    RandomIdGenerator::default().new_trace_id().to_string()
}

impl Exchange {
    /// Waits for a part of the work, as long as the call may take.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, ConnectError> {
        let work = AssertUnwindSafe(work).catch_unwind();
        tokio::select! {
            biased;
            why = self.over() => Err(why.into()),
            done = work => done.map_err(|panic| panicked(&*panic)),
        }
    }

    /// Settles when the call may not take any longer, with why.
    pub(crate) fn over(&self) -> impl Future<Output = RpcError> + Send + use<> {
        let deadline = self.call.deadline.map(tokio::time::Instant::from);
        let (silence, cut) = (self.silence.clone(), self.shared.cut.clone());
        async move {
            tokio::select! {
                biased;
                why = out_of_time(deadline, silence) => RpcError::new(ErrorCode::DeadlineExceeded, "", why),
                () = cut.cancelled() => {
                    let message = "the service is shutting down";
                    RpcError::new(ErrorCode::Unavailable, "SHUTTING_DOWN", message)
                }
            }
        }
    }

    /// Gives a failure its answer, then counts and logs the call.
    pub(crate) fn end(&mut self, failure: Option<ConnectError>) -> Option<ConnectError> {
        let answer = failure.map(|error| to_answer(&self.shared.workload, &error));
        let code = answer.as_ref().map_or(0, |answer| answer.code.grpc_code());
        self.record(code, answer.as_ref());
        answer.map(Into::into)
    }

    fn record(&mut self, code: u32, answer: Option<&RpcError>) {
        self.ended = true;
        let took = self.started.elapsed();
        let name = CODE_NAMES[code as usize];
        self.plan.handled[code as usize].inc();
        self.plan.duration.observe(took.as_secs_f64());
        let level = level_of(name);
        if let Some(span) = &self.span {
            span.end(code, (level != Level::Info).then_some(name));
        }
        if !self.shared.logger.is_wanted(level) {
            return;
        }
        let mut fields: Vec<(&str, Value)> = Vec::with_capacity(8);
        fields.push(("method", json!(self.plan.name)));
        fields.push(("code", json!(name)));
        fields.push(("duration_ms", json!(milliseconds(took))));
        fields.push(("request_id", json!(self.call.request_id)));
        if let Some(caller) = &self.call.caller {
            fields.push(("caller", json!(caller)));
        }
        if let Some(trace) = self
            .call
            .traceparent
            .as_deref()
            .and_then(|text| text.get(3..35))
        {
            fields.push(("trace_id", json!(trace)));
        }
        if let Some(answer) = answer {
            if !answer.reason.is_empty() {
                fields.push(("reason", json!(answer.reason)));
            }
            if let Some(cause) = &answer.cause {
                fields.push(("error", json!(cause.to_string())));
            }
        }
        self.shared.logger.log(level, "request", &fields);
    }
}

async fn out_of_time(
    deadline: Option<tokio::time::Instant>,
    silence: Option<Silence>,
) -> &'static str {
    loop {
        let silent = silence.as_ref().map(Silence::end);
        let Some(end) = deadline.into_iter().chain(silent).min() else {
            return std::future::pending().await;
        };
        tokio::time::sleep_until(end).await;
        if Some(end) == deadline {
            return "the deadline has passed";
        }
        // It may have been broken meanwhile.
        if silence.as_ref().map(Silence::end) == Some(end) {
            return "the call was silent for too long";
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let late = self
            .call
            .deadline
            .is_some_and(|deadline| deadline <= Instant::now());
        let code = if late {
            ErrorCode::DeadlineExceeded
        } else {
            ErrorCode::Canceled
        };
        self.record(code.grpc_code(), None);
    }
}

fn level_of(code: &str) -> Level {
    match code {
        "INTERNAL" | "UNKNOWN" | "DATA_LOSS" => Level::Error,
        "UNAVAILABLE" | "DEADLINE_EXCEEDED" => Level::Warn,
        _ => Level::Info,
    }
}

#[allow(clippy::cast_precision_loss, reason = "of microseconds, for a log")]
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

/// What becomes of a call whose handler panicked.
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> ConnectError {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    ConnectError::internal(format!("panic: {}", text.unwrap_or_default()))
}
