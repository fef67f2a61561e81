//! What a service offers: its handlers, and the messages that they take.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use buffa::view::{MessageView as _, ViewReborrow};
use buffa::{HasMessageView, MessageName};
use connectrpc::dispatcher::{MethodDescriptor, RequestStream, StreamingResult, UnaryResult};
use connectrpc::{
    CodecFormat, ConnectError, Dispatcher, ErrorCode, InboundStream, Payload, RequestContext,
    StreamMessage,
};
use futures::{Stream, StreamExt as _};
use protovalidate_buffa::Validate;

use crate::errors::{Error, RpcError, is_answer, to_invalid};

/// The largest request that is accepted, in bytes.
pub const MAX_REQUEST_BYTES: usize = 1 << 20;

/// Refuses bytes that are no message, or one that breaks the rules of the contract.
type Accept = fn(&[u8]) -> Result<(), ConnectError>;

/// The handlers of a service and the messages that they take.
#[derive(Default)]
pub struct Routes {
    pub(crate) handlers: Handlers,
    pub(crate) accepts: HashMap<&'static str, Accept>,
    /// Of these, the ones that are left to `checked`.
    pub(crate) checked: HashSet<&'static str>,
}

impl Routes {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the generated server of a service of the contract, around its handler.
    #[must_use]
    pub fn service(mut self, server: impl Dispatcher) -> Self {
        self.handlers.0.push(Arc::new(server));
        self
    }

    /// Names a message that a method takes. The server does not start before each one is named: only a type can say how
    /// it is decoded and validated.
    #[must_use]
    pub fn takes<M>(mut self) -> Self
    where
        M: HasMessageView + MessageName,
        for<'a> M::View<'a>: Validate,
    {
        self.accepts.insert(M::FULL_NAME, accept::<M>);
        self
    }

    /// Names a message of streams that the handler takes through [`checked`], and not otherwise. The server looks at its size alone:
    /// decoding it here too would cost streams of many small things more than what is then done with them.
    #[must_use]
    pub fn takes_checked<M: MessageName>(mut self) -> Self {
        self.accepts.insert(M::FULL_NAME, fits);
        self.checked.insert(M::FULL_NAME);
        self
    }
}

fn accept<M>(body: &[u8]) -> Result<(), ConnectError>
where
    M: HasMessageView + MessageName,
    for<'a> M::View<'a>: Validate,
{
    fits(body)?;
    let message = M::View::decode_view(body).map_err(malformed::<M>)?;
    message.validate().map_err(to_invalid)
}

fn fits(body: &[u8]) -> Result<(), ConnectError> {
    if body.len() > MAX_REQUEST_BYTES {
        return Err(too_large(Some(body.len())).into());
    }
    Ok(())
}

fn malformed<M: MessageName>(cause: impl Into<Error>) -> ConnectError {
    let text = format!("the request is not a {}", M::FULL_NAME);
    let malformed = RpcError::new(ErrorCode::InvalidArgument, "MALFORMED_REQUEST", text);
    malformed.caused_by(cause).into()
}

/// The messages of a stream that [`Routes::takes_checked`] names, each held against the rules of the contract. Fails with the first one
/// that breaks them, or is none, as the server itself does.
pub fn checked<M>(
    requests: InboundStream<M>,
) -> impl Stream<Item = Result<StreamMessage<M>, ConnectError>> + Send
where
    M: HasMessageView + MessageName + 'static,
    for<'a> M::View<'a>: Validate,
    for<'a> M::View<'static>: ViewReborrow<Reborrowed<'a> = M::View<'a>>,
{
    requests.map(|request| {
        // What the server has an answer for has not come to be decoded.
        let request = request.map_err(|error| {
            if is_answer(&error) {
                error
            } else {
                malformed::<M>(error)
            }
        })?;
        request.view().validate().map_err(to_invalid)?;
        Ok(request)
    })
}

/// `size` is None where the transport gave up counting.
pub(crate) fn too_large(size: Option<usize>) -> RpcError {
    let size = size.map_or_else(|| "too many".to_owned(), |size| size.to_string());
    let text = format!("the request has {size} bytes, at most {MAX_REQUEST_BYTES} are accepted");
    RpcError::new(ErrorCode::ResourceExhausted, "REQUEST_TOO_LARGE", text)
}

/// All handlers of a server: a call goes to the one that knows its path.
#[derive(Clone, Default)]
pub(crate) struct Handlers(Vec<Arc<dyn Dispatcher>>);

impl Handlers {
    pub(crate) fn of(&self, path: &str) -> Option<&Arc<dyn Dispatcher>> {
        self.0.iter().find(|handler| handler.lookup(path).is_some())
    }

    pub(crate) fn add(&mut self, handler: impl Dispatcher) {
        self.0.push(Arc::new(handler));
    }
}

fn unknown(path: &str) -> ConnectError {
    ConnectError::unimplemented(format!("there is no method {path}"))
}

impl Dispatcher for Handlers {
    fn lookup(&self, path: &str) -> Option<MethodDescriptor> {
        self.0.iter().find_map(|handler| handler.lookup(path))
    }

    fn call_unary(
        &self,
        path: &str,
        context: RequestContext,
        request: Payload,
        format: CodecFormat,
    ) -> UnaryResult {
        match self.of(path) {
            Some(handler) => handler.call_unary(path, context, request, format),
            None => Box::pin(std::future::ready(Err(unknown(path)))),
        }
    }

    fn call_server_streaming(
        &self,
        path: &str,
        context: RequestContext,
        request: buffa::bytes::Bytes,
        format: CodecFormat,
    ) -> StreamingResult {
        match self.of(path) {
            Some(handler) => handler.call_server_streaming(path, context, request, format),
            None => Box::pin(std::future::ready(Err(unknown(path)))),
        }
    }

    fn call_client_streaming(
        &self,
        path: &str,
        context: RequestContext,
        requests: RequestStream,
        format: CodecFormat,
    ) -> UnaryResult {
        match self.of(path) {
            Some(handler) => handler.call_client_streaming(path, context, requests, format),
            None => Box::pin(std::future::ready(Err(unknown(path)))),
        }
    }

    fn call_bidi_streaming(
        &self,
        path: &str,
        context: RequestContext,
        requests: RequestStream,
        format: CodecFormat,
    ) -> StreamingResult {
        match self.of(path) {
            Some(handler) => handler.call_bidi_streaming(path, context, requests, format),
            None => Box::pin(std::future::ready(Err(unknown(path)))),
        }
    }
}
