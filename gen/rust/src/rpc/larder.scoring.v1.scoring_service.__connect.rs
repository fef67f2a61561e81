///Shorthand for `OwnedView<ScoreRequestView<'static>>`.
pub type OwnedScoreRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreRequestView<'static>,
>;
///Shorthand for `OwnedView<ScoreResponseView<'static>>`.
pub type OwnedScoreResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreResponseView<'static>,
>;
///Shorthand for `OwnedView<ScoreBatchRequestView<'static>>`.
pub type OwnedScoreBatchRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchRequestView<'static>,
>;
///Shorthand for `OwnedView<ScoreBatchResponseView<'static>>`.
pub type OwnedScoreBatchResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchResponseView<'static>,
>;
///Shorthand for `OwnedView<ScoreStreamRequestView<'static>>`.
pub type OwnedScoreStreamRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreStreamRequestView<'static>,
>;
///Shorthand for `OwnedView<ScoreStreamResponseView<'static>>`.
pub type OwnedScoreStreamResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreStreamResponseView<'static>,
>;
///Shorthand for `OwnedView<ListModelsRequestView<'static>>`.
pub type OwnedListModelsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ListModelsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListModelsResponseView<'static>>`.
pub type OwnedListModelsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ListModelsResponseView<'static>,
>;
///Shorthand for `OwnedView<ActivateModelRequestView<'static>>`.
pub type OwnedActivateModelRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ActivateModelRequestView<'static>,
>;
///Shorthand for `OwnedView<ActivateModelResponseView<'static>>`.
pub type OwnedActivateModelResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ActivateModelResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ScoreResponse>
for crate::proto::larder::scoring::v1::__buffa::view::ScoreResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ScoreResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreResponseView<'static>,
> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self.reborrow(), codec)
    }
    /// An `OwnedView` still holds the buffer it was decoded from, so
    /// its large fields can be handed to the response body by
    /// reference count instead of copied. The bare view impl above
    /// cannot do this: it has borrows but no buffer to name.
    fn encode_segments(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::connectrpc::EncodedBody, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body_segments(
            self.reborrow(),
            self.bytes(),
            codec,
        )
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ScoreBatchResponse>
for crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ScoreBatchResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchResponseView<'static>,
> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self.reborrow(), codec)
    }
    /// An `OwnedView` still holds the buffer it was decoded from, so
    /// its large fields can be handed to the response body by
    /// reference count instead of copied. The bare view impl above
    /// cannot do this: it has borrows but no buffer to name.
    fn encode_segments(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::connectrpc::EncodedBody, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body_segments(
            self.reborrow(),
            self.bytes(),
            codec,
        )
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ScoreStreamResponse>
for crate::proto::larder::scoring::v1::__buffa::view::ScoreStreamResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ScoreStreamResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ScoreStreamResponseView<'static>,
> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self.reborrow(), codec)
    }
    /// An `OwnedView` still holds the buffer it was decoded from, so
    /// its large fields can be handed to the response body by
    /// reference count instead of copied. The bare view impl above
    /// cannot do this: it has borrows but no buffer to name.
    fn encode_segments(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::connectrpc::EncodedBody, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body_segments(
            self.reborrow(),
            self.bytes(),
            codec,
        )
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ListModelsResponse>
for crate::proto::larder::scoring::v1::__buffa::view::ListModelsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ListModelsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ListModelsResponseView<'static>,
> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self.reborrow(), codec)
    }
    /// An `OwnedView` still holds the buffer it was decoded from, so
    /// its large fields can be handed to the response body by
    /// reference count instead of copied. The bare view impl above
    /// cannot do this: it has borrows but no buffer to name.
    fn encode_segments(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::connectrpc::EncodedBody, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body_segments(
            self.reborrow(),
            self.bytes(),
            codec,
        )
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ActivateModelResponse>
for crate::proto::larder::scoring::v1::__buffa::view::ActivateModelResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::scoring::v1::ActivateModelResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::scoring::v1::__buffa::view::ActivateModelResponseView<'static>,
> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self.reborrow(), codec)
    }
    /// An `OwnedView` still holds the buffer it was decoded from, so
    /// its large fields can be handed to the response body by
    /// reference count instead of copied. The bare view impl above
    /// cannot do this: it has borrows but no buffer to name.
    fn encode_segments(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::connectrpc::EncodedBody, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body_segments(
            self.reborrow(),
            self.bytes(),
            codec,
        )
    }
}
/// Full service name for this service.
pub const SCORING_SERVICE_SERVICE_NAME: &str = "larder.scoring.v1.ScoringService";
/// Static [`Spec`](::connectrpc::Spec) for the `Score` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SCORING_SERVICE_SCORE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.scoring.v1.ScoringService/Score",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ScoreBatch` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SCORING_SERVICE_SCORE_BATCH_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.scoring.v1.ScoringService/ScoreBatch",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ScoreStream` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SCORING_SERVICE_SCORE_STREAM_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.scoring.v1.ScoringService/ScoreStream",
        ::connectrpc::StreamType::BidiStream,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListModels` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SCORING_SERVICE_LIST_MODELS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.scoring.v1.ScoringService/ListModels",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ActivateModel` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SCORING_SERVICE_ACTIVATE_MODEL_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.scoring.v1.ScoringService/ActivateModel",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Scores goods by the active model, and says which one there is.
///
/// Every method that scores may answer:
/// - `UNAVAILABLE`, reason `MODEL_UNAVAILABLE`: no model could be loaded yet.
///
/// # Implementing handlers
///
/// Implement methods with plain `async fn`; the returned future satisfies
/// the `Send` bound automatically.
///
/// **Unary and server-streaming requests** arrive as
/// [`ServiceRequest<'_, Req>`](::connectrpc::ServiceRequest): a zero-copy
/// view of the request plus its body, valid for the duration of the call.
/// Fields are read directly (`request.name` is a `&str` into the decoded
/// buffer) and the borrow may be held across `.await` points. Anything
/// that must outlive the call — `tokio::spawn`, channels, server state,
/// or data captured by a returned response stream — takes owned data:
/// call `request.to_owned_message()` (or copy the specific fields)
/// first.
///
/// **Client-streaming and bidi requests** arrive as
/// [`InboundStream<Req>`](::connectrpc::InboundStream) — a
/// `ServiceStream` of [`StreamMessage`](::connectrpc::StreamMessage)s.
/// Each item owns its decoded buffer and is `Send + 'static`, so items
/// can be buffered or moved into spawned tasks; read fields zero-copy
/// through the generated accessor methods (`item.name()`) or `.view()`,
/// convert with `.to_owned_message()`, or yield an item back unchanged —
/// `StreamMessage<M>` implements `Encodable<M>`.
///
/// Request types resolved through `extern_path` (e.g. well-known types
/// from another crate) use the same wrappers; the crate that owns the
/// type must be generated with buffa ≥ 0.9.0 and views enabled so the
/// backing `HasMessageView` impl exists.
///
/// The `impl Encodable<Out>` return bound accepts the owned `Out`, the
/// generated `OutView<'_>` / `OwnedOutView`,
/// [`MaybeBorrowed`](::connectrpc::MaybeBorrowed), or
/// [`PreEncoded`](::connectrpc::PreEncoded) for handlers that encode a
/// non-`'static` view internally and pass the bytes across the handler
/// boundary. View bodies are not emitted for output types mapped via
/// `extern_path` (the impl would be an orphan); return owned for
/// WKT/extern outputs.
///
/// Server-streaming and bidi-streaming methods return
/// `ServiceStream<impl Encodable<Out> + Send + use<Self>>`. The
/// `use<Self>` precise-capturing clause excludes `&self`'s lifetime and
/// the request's lifetime (unary methods use `use<'a, Self>` and may
/// borrow from `&self`), so stream items must be `'static` and cannot
/// borrow from the request. To stream view-encoded data, encode each
/// item inside the stream body and yield
/// [`PreEncoded`](::connectrpc::PreEncoded) — see its `# Streaming
/// example` doc.
#[allow(clippy::type_complexity)]
pub trait ScoringService: Send + Sync + 'static {
    /// Scores goods. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `HISTORY_OUT_OF_ORDER`: the times of the history do not rise.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn score<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::scoring::v1::ScoreRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::scoring::v1::ScoreResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Scores many goods, all or none. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `HISTORY_OUT_OF_ORDER`: the times of a history do not rise.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn score_batch<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::scoring::v1::ScoreBatchRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::scoring::v1::ScoreBatchResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Scores goods as they come, and answers in their order. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `HISTORY_OUT_OF_ORDER`: the times of a history do not rise. It ends the stream.
    ///
    /// Each `requests` item is a [`StreamMessage`](::connectrpc::StreamMessage):
    /// it owns its buffer, is `Send + 'static`, and exposes zero-copy
    /// accessor methods (`item.name()`), `.view()`, and
    /// `.to_owned_message()`.
    fn score_stream(
        &self,
        ctx: ::connectrpc::RequestContext,
        requests: ::connectrpc::InboundStream<
            crate::proto::larder::scoring::v1::ScoreStreamRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            ::connectrpc::ServiceStream<
                impl ::connectrpc::Encodable<
                    crate::proto::larder::scoring::v1::ScoreStreamResponse,
                > + Send + use<Self>,
            >,
        >,
    > + Send;
    /// Lists the models, newest first. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `PAGE_TOKEN_INVALID`: the token is not one that this method gave.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn list_models<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::scoring::v1::ListModelsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::scoring::v1::ListModelsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Makes a model the one that scores come from, on every instance. Where it cannot be used, the one before stays.
    /// Repeating it changes nothing.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `MODEL_NOT_FOUND`: no model has that name.
    /// - `FAILED_PRECONDITION`, reason `MODEL_CORRUPT`: its file is not the one whose checksum is known.
    /// - `FAILED_PRECONDITION`, reason `MODEL_UNFIT`: it takes or gives something else than a score needs.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn activate_model<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::scoring::v1::ActivateModelRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::scoring::v1::ActivateModelResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
}
/// Extension trait for registering a service implementation with a Router.
///
/// This trait is automatically implemented for all types that implement the service trait.
/// Prefer [`Router::add_service`](::connectrpc::Router::add_service) for
/// top-down registration; `register` remains available for compatibility
/// and cases where the service-first call shape is more convenient.
///
/// # Example
///
/// ```rust,ignore
/// use std::sync::Arc;
///
/// let service = Arc::new(MyServiceImpl);
/// let router = service.register(Router::new());
/// ```
pub trait ScoringServiceExt: ScoringService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: ScoringService> ScoringServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                SCORING_SERVICE_SERVICE_NAME,
                "Score",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::scoring::v1::__buffa::view::ScoreRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::scoring::v1::ScoreRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.score(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::scoring::v1::ScoreResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SCORING_SERVICE_SCORE_SPEC)
            .route_view_idempotent(
                SCORING_SERVICE_SERVICE_NAME,
                "ScoreBatch",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::scoring::v1::ScoreBatchRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.score_batch(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::scoring::v1::ScoreBatchResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SCORING_SERVICE_SCORE_BATCH_SPEC)
            .route_view_bidi_stream::<
                _,
                _,
                crate::proto::larder::scoring::v1::ScoreStreamResponse,
            >(
                SCORING_SERVICE_SERVICE_NAME,
                "ScoreStream",
                ::connectrpc::view_bidi_streaming_handler_fn({
                    let svc = ::std::sync::Arc::clone(&self);
                    move |ctx, req| {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let req = ::connectrpc::dispatcher::codegen::into_stream_messages::<
                                crate::proto::larder::scoring::v1::ScoreStreamRequest,
                            >(req);
                            svc.score_stream(ctx, req).await
                        }
                    }
                }),
            )
            .with_spec(SCORING_SERVICE_SCORE_STREAM_SPEC)
            .route_view_idempotent(
                SCORING_SERVICE_SERVICE_NAME,
                "ListModels",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::scoring::v1::__buffa::view::ListModelsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::scoring::v1::ListModelsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_models(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::scoring::v1::ListModelsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SCORING_SERVICE_LIST_MODELS_SPEC)
            .route_view(
                SCORING_SERVICE_SERVICE_NAME,
                "ActivateModel",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::scoring::v1::__buffa::view::ActivateModelRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::scoring::v1::ActivateModelRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.activate_model(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::scoring::v1::ActivateModelResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SCORING_SERVICE_ACTIVATE_MODEL_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct ScoringServiceRegisterMarker;
impl<S: ScoringService> ::connectrpc::ServiceRegister<ScoringServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as ScoringServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `ScoringService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = ScoringServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct ScoringServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: ScoringService> ScoringServiceServer<T> {
    /// Wrap a service implementation in a monomorphic dispatcher.
    pub fn new(service: T) -> Self {
        Self {
            inner: ::std::sync::Arc::new(service),
        }
    }
    /// Wrap an already-`Arc`'d service implementation.
    pub fn from_arc(inner: ::std::sync::Arc<T>) -> Self {
        Self { inner }
    }
}
impl<T> Clone for ScoringServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: ScoringService> ::connectrpc::Dispatcher for ScoringServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.scoring.v1.ScoringService/")?;
        match method {
            "Score" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(SCORING_SERVICE_SCORE_SPEC),
                )
            }
            "ScoreBatch" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(SCORING_SERVICE_SCORE_BATCH_SPEC),
                )
            }
            "ScoreStream" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::bidi_streaming()
                        .with_spec(SCORING_SERVICE_SCORE_STREAM_SPEC),
                )
            }
            "ListModels" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(SCORING_SERVICE_LIST_MODELS_SPEC),
                )
            }
            "ActivateModel" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SCORING_SERVICE_ACTIVATE_MODEL_SPEC),
                )
            }
            _ => None,
        }
    }
    fn call_unary(
        &self,
        path: &str,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::Payload,
        format: ::connectrpc::CodecFormat,
    ) -> ::connectrpc::dispatcher::codegen::UnaryResult {
        let Some(method) = path.strip_prefix("larder.scoring.v1.ScoringService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "Score" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::scoring::v1::ScoreRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::scoring::v1::__buffa::view::ScoreRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::scoring::v1::ScoreRequest,
                    >::from_parts(&req, &body);
                    svc.score(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::scoring::v1::ScoreResponse,
                        >(format)
                })
            }
            "ScoreBatch" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::scoring::v1::ScoreBatchRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::scoring::v1::ScoreBatchRequest,
                    >::from_parts(&req, &body);
                    svc.score_batch(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::scoring::v1::ScoreBatchResponse,
                        >(format)
                })
            }
            "ListModels" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::scoring::v1::ListModelsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::scoring::v1::__buffa::view::ListModelsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::scoring::v1::ListModelsRequest,
                    >::from_parts(&req, &body);
                    svc.list_models(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::scoring::v1::ListModelsResponse,
                        >(format)
                })
            }
            "ActivateModel" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::scoring::v1::ActivateModelRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::scoring::v1::__buffa::view::ActivateModelRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::scoring::v1::ActivateModelRequest,
                    >::from_parts(&req, &body);
                    svc.activate_model(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::scoring::v1::ActivateModelResponse,
                        >(format)
                })
            }
            _ => ::connectrpc::dispatcher::codegen::unimplemented_unary(path),
        }
    }
    fn call_server_streaming(
        &self,
        path: &str,
        ctx: ::connectrpc::RequestContext,
        request: ::buffa::bytes::Bytes,
        format: ::connectrpc::CodecFormat,
    ) -> ::connectrpc::dispatcher::codegen::StreamingResult {
        let Some(method) = path.strip_prefix("larder.scoring.v1.ScoringService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            _ => ::connectrpc::dispatcher::codegen::unimplemented_streaming(path),
        }
    }
    fn call_client_streaming(
        &self,
        path: &str,
        ctx: ::connectrpc::RequestContext,
        requests: ::connectrpc::dispatcher::codegen::RequestStream,
        format: ::connectrpc::CodecFormat,
    ) -> ::connectrpc::dispatcher::codegen::UnaryResult {
        let Some(method) = path.strip_prefix("larder.scoring.v1.ScoringService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &requests, &format);
        match method {
            _ => ::connectrpc::dispatcher::codegen::unimplemented_unary(path),
        }
    }
    fn call_bidi_streaming(
        &self,
        path: &str,
        ctx: ::connectrpc::RequestContext,
        requests: ::connectrpc::dispatcher::codegen::RequestStream,
        format: ::connectrpc::CodecFormat,
    ) -> ::connectrpc::dispatcher::codegen::StreamingResult {
        let Some(method) = path.strip_prefix("larder.scoring.v1.ScoringService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &requests, &format);
        match method {
            "ScoreStream" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let req_stream = ::connectrpc::dispatcher::codegen::decode_message_request_stream::<
                        crate::proto::larder::scoring::v1::ScoreStreamRequest,
                    >(requests, format, ctx.decode_options().clone());
                    let resp = svc.score_stream(ctx, req_stream).await?;
                    Ok(
                        resp
                            .map_body(|s| ::connectrpc::dispatcher::codegen::encode_response_stream::<
                                crate::proto::larder::scoring::v1::ScoreStreamResponse,
                                _,
                                _,
                            >(s, format)),
                    )
                })
            }
            _ => ::connectrpc::dispatcher::codegen::unimplemented_streaming(path),
        }
    }
}
/// Client for this service.
///
/// Generic over `T: ClientTransport`. For **gRPC** (HTTP/2), use
/// `Http2Connection` — it has honest `poll_ready` and composes with
/// `tower::balance` for multi-connection load balancing. For **Connect
/// over HTTP/1.1** (or unknown protocol), use `HttpClient`.
///
/// # Example (gRPC / HTTP/2)
///
/// ```rust,ignore
/// use connectrpc::client::{Http2Connection, ClientConfig};
/// use connectrpc::Protocol;
///
/// let uri: http::Uri = "http://localhost:8080".parse()?;
/// let conn = Http2Connection::connect_plaintext(uri.clone()).await?.shared(1024);
/// let config = ClientConfig::new(uri).with_protocol(Protocol::Grpc);
///
/// let client = ScoringServiceClient::new(conn, config);
/// let response = client.score(request).await?;
/// ```
///
/// # Example (Connect / HTTP/1.1 or ALPN)
///
/// ```rust,ignore
/// use connectrpc::client::{HttpClient, ClientConfig};
///
/// let http = HttpClient::plaintext();  // cleartext http:// only
/// let config = ClientConfig::new("http://localhost:8080".parse()?);
///
/// let client = ScoringServiceClient::new(http, config);
/// let response = client.score(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.score(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.score(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct ScoringServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> ScoringServiceClient<T>
where
    T: ::connectrpc::client::ClientTransport,
    <T::ResponseBody as ::connectrpc::http_body::Body>::Error: ::std::fmt::Display,
{
    /// Create a new client with the given transport and configuration.
    pub fn new(transport: T, config: ::connectrpc::client::ClientConfig) -> Self {
        Self { transport, config }
    }
    /// Get the client configuration.
    pub fn config(&self) -> &::connectrpc::client::ClientConfig {
        &self.config
    }
    /// Get a mutable reference to the client configuration.
    pub fn config_mut(&mut self) -> &mut ::connectrpc::client::ClientConfig {
        &mut self.config
    }
    /// Call the Score RPC. Sends a request to /larder.scoring.v1.ScoringService/Score.
    pub async fn score(
        &self,
        request: crate::proto::larder::scoring::v1::ScoreRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ScoreResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.score_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Score RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn score_with_options(
        &self,
        request: crate::proto::larder::scoring::v1::ScoreRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ScoreResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SCORING_SERVICE_SCORE_SPEC.with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ScoreBatch RPC. Sends a request to /larder.scoring.v1.ScoringService/ScoreBatch.
    pub async fn score_batch(
        &self,
        request: crate::proto::larder::scoring::v1::ScoreBatchRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.score_batch_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ScoreBatch RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn score_batch_with_options(
        &self,
        request: crate::proto::larder::scoring::v1::ScoreBatchRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ScoreBatchResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SCORING_SERVICE_SCORE_BATCH_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ScoreStream RPC. Sends a request to /larder.scoring.v1.ScoringService/ScoreStream.
    pub async fn score_stream(
        &self,
    ) -> Result<
        ::connectrpc::client::BidiStream<
            T::ResponseBody,
            crate::proto::larder::scoring::v1::ScoreStreamRequest,
            crate::proto::larder::scoring::v1::__buffa::view::ScoreStreamResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.score_stream_with_options(::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the ScoreStream RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn score_stream_with_options(
        &self,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::BidiStream<
            T::ResponseBody,
            crate::proto::larder::scoring::v1::ScoreStreamRequest,
            crate::proto::larder::scoring::v1::__buffa::view::ScoreStreamResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_bidi_stream(
                &self.transport,
                &self.config,
                SCORING_SERVICE_SCORE_STREAM_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                options,
            )
            .await
    }
    /// Call the ListModels RPC. Sends a request to /larder.scoring.v1.ScoringService/ListModels.
    pub async fn list_models(
        &self,
        request: crate::proto::larder::scoring::v1::ListModelsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ListModelsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_models_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListModels RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_models_with_options(
        &self,
        request: crate::proto::larder::scoring::v1::ListModelsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ListModelsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SCORING_SERVICE_LIST_MODELS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ActivateModel RPC. Sends a request to /larder.scoring.v1.ScoringService/ActivateModel.
    pub async fn activate_model(
        &self,
        request: crate::proto::larder::scoring::v1::ActivateModelRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ActivateModelResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.activate_model_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ActivateModel RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn activate_model_with_options(
        &self,
        request: crate::proto::larder::scoring::v1::ActivateModelRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::scoring::v1::__buffa::view::ActivateModelResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SCORING_SERVICE_ACTIVATE_MODEL_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
