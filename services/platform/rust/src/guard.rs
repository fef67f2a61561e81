//! What happens around every handler, in one pass. All that a method needs is worked out when the service starts.

use std::collections::HashMap;
use std::sync::Arc;

use buffa::bytes::Bytes;
use connectrpc::dispatcher::{MethodDescriptor, RequestStream, StreamingResult, UnaryResult};
use connectrpc::{
    CodecFormat, ConnectError, Dispatcher, EncodedStream, ErrorCode, MethodKind, Payload,
    RequestContext,
};
use futures::{StreamExt as _, stream};
use tokio_util::sync::CancellationToken;

use crate::answers::Answers;
use crate::contract::Method;
use crate::errors::{Error, RpcError};
use crate::exchange::{Plan, Shared, begin};
use crate::routes::{Handlers, Routes, too_large};
use crate::silence::Silence;

/// The handlers of a server, guarded. Health and reflection are not: they are neither logged nor counted.
pub(crate) struct Guard {
    shared: Arc<Shared>,
    handlers: Handlers,
    methods: HashMap<String, Guarded>,
}

#[derive(Clone)]
struct Guarded {
    plan: Arc<Plan>,
    accept: fn(&[u8]) -> Result<(), ConnectError>,
}

impl Guard {
    /// Guards the methods of the contract that the routes have.
    ///
    /// # Errors
    ///
    /// The message of a method is not named, or as one of streams where it comes alone.
    pub(crate) fn new(
        shared: Arc<Shared>,
        routes: Routes,
        methods: &[Method],
    ) -> Result<Self, Error> {
        let mut guarded = HashMap::new();
        for method in methods {
            let path = format!("{}/{}", method.service, method.name);
            let Some(described) = routes.handlers.lookup(&path) else {
                continue;
            };
            let accept = *routes.accepts.get(method.input.as_str()).ok_or_else(|| {
                format!(
                    "the routes do not say that they take {}, which {path} does",
                    method.input
                )
            })?;
            let alone = !matches!(
                described.kind,
                MethodKind::ClientStreaming | MethodKind::BidiStreaming
            );
            if alone && routes.checked.contains(method.input.as_str()) {
                let text = "comes alone, and is named as one that a handler takes from a stream";
                return Err(format!("{} of {path} {text}", method.input).into());
            }
            let plan = Arc::new(Plan::new(method.clone(), &shared.metrics));
            guarded.insert(path, Guarded { plan, accept });
        }
        Ok(Self {
            shared,
            handlers: routes.handlers,
            methods: guarded,
        })
    }

    /// The services that have a guarded method, in order.
    pub(crate) fn services(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .methods
            .values()
            .map(|it| it.plan.method.service.clone())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Adds what is not guarded.
    pub(crate) fn add(&mut self, handler: impl Dispatcher) {
        self.handlers.add(handler);
    }
}

/// Looks at each message of a stream as it comes, which breaks its silence.
fn accepting(
    requests: RequestStream,
    accept: fn(&[u8]) -> Result<(), ConnectError>,
    silence: Option<Silence>,
) -> RequestStream {
    Box::pin(requests.map(move |item| {
        let body = item.map_err(broken_off)?;
        silence.iter().for_each(Silence::broken);
        accept(&body)?;
        Ok(body)
    }))
}

/// What became of a stream of requests that did not come to its end.
fn broken_off(error: ConnectError) -> ConnectError {
    match error.code {
        ErrorCode::ResourceExhausted => too_large(None).caused_by(error).into(),
        code => RpcError::new(code, "", "the requests broke off")
            .caused_by(error)
            .into(),
    }
}

/// The streams of health and reflection end when the service drains: those who watch must not keep it alive.
fn leaving(work: StreamingResult, draining: CancellationToken) -> StreamingResult {
    Box::pin(async move {
        Ok(work.await?.map_body(|body| -> EncodedStream {
            Box::pin(stream::unfold(Some((body, draining)), |state| async move {
                let (mut body, draining) = state?;
                tokio::select! {
                    biased;
                    item = body.next() => item.map(|item| (item, Some((body, draining)))),
                    () = draining.cancelled() => {
                        Some((Err(ConnectError::unavailable("the service is shutting down")), None))
                    }
                }
            }))
        }))
    })
}

impl Guard {
    fn unary(
        &self,
        guarded: &Guarded,
        mut context: RequestContext,
        first: Result<(), ConnectError>,
        call: impl FnOnce(RequestContext) -> UnaryResult,
    ) -> UnaryResult {
        let (mut exchange, admitted) = begin(&self.shared, &guarded.plan, &mut context);
        let work = call(context);
        Box::pin(async move {
            let result = match admitted.map_err(Into::into).and(first) {
                Ok(()) => exchange.within(work).await.flatten(),
                Err(refused) => Err(refused),
            };
            match result {
                Ok(answer) => {
                    exchange.end(None);
                    Ok(answer)
                }
                Err(failure) => Err(exchange
                    .end(Some(failure))
                    .unwrap_or_else(|| ConnectError::internal(""))),
            }
        })
    }

    fn streaming(
        &self,
        guarded: &Guarded,
        mut context: RequestContext,
        first: Result<(), ConnectError>,
        call: impl FnOnce(RequestContext, Option<Silence>) -> StreamingResult,
    ) -> StreamingResult {
        let (mut exchange, admitted) = begin(&self.shared, &guarded.plan, &mut context);
        let work = call(context, exchange.silence.clone());
        Box::pin(async move {
            let result = match admitted.map_err(Into::into).and(first) {
                Ok(()) => exchange.within(work).await.flatten(),
                Err(refused) => Err(refused),
            };
            match result {
                Ok(answer) => Ok(answer
                    .map_body(|body| -> EncodedStream { Box::pin(Answers::new(body, exchange)) })),
                Err(failure) => Err(exchange
                    .end(Some(failure))
                    .unwrap_or_else(|| ConnectError::internal(""))),
            }
        })
    }
}

impl Dispatcher for Guard {
    fn lookup(&self, path: &str) -> Option<MethodDescriptor> {
        self.handlers.lookup(path)
    }

    fn call_unary(
        &self,
        path: &str,
        context: RequestContext,
        request: Payload,
        format: CodecFormat,
    ) -> UnaryResult {
        let Some(guarded) = self.methods.get(path) else {
            return self.handlers.call_unary(path, context, request, format);
        };
        let first = request.encoded().and_then(|body| (guarded.accept)(&body));
        self.unary(guarded, context, first, |context| {
            self.handlers.call_unary(path, context, request, format)
        })
    }

    fn call_server_streaming(
        &self,
        path: &str,
        context: RequestContext,
        request: Bytes,
        format: CodecFormat,
    ) -> StreamingResult {
        let Some(guarded) = self.methods.get(path) else {
            let work = self
                .handlers
                .call_server_streaming(path, context, request, format);
            return leaving(work, self.shared.draining.clone());
        };
        let first = (guarded.accept)(&request);
        self.streaming(guarded, context, first, |context, _| {
            self.handlers
                .call_server_streaming(path, context, request, format)
        })
    }

    fn call_client_streaming(
        &self,
        path: &str,
        context: RequestContext,
        requests: RequestStream,
        format: CodecFormat,
    ) -> UnaryResult {
        let Some(guarded) = self.methods.get(path) else {
            return self
                .handlers
                .call_client_streaming(path, context, requests, format);
        };
        let requests = accepting(requests, guarded.accept, None);
        self.unary(guarded, context, Ok(()), |context| {
            self.handlers
                .call_client_streaming(path, context, requests, format)
        })
    }

    fn call_bidi_streaming(
        &self,
        path: &str,
        context: RequestContext,
        requests: RequestStream,
        format: CodecFormat,
    ) -> StreamingResult {
        let Some(guarded) = self.methods.get(path) else {
            let work = self
                .handlers
                .call_bidi_streaming(path, context, requests, format);
            return leaving(work, self.shared.draining.clone());
        };
        self.streaming(guarded, context, Ok(()), |context, silence| {
            let requests = accepting(requests, guarded.accept, silence);
            self.handlers
                .call_bidi_streaming(path, context, requests, format)
        })
    }
}
