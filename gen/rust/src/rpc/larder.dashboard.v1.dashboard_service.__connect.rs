///Shorthand for `OwnedView<GetSeriesRequestView<'static>>`.
pub type OwnedGetSeriesRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesRequestView<'static>,
>;
///Shorthand for `OwnedView<GetSeriesResponseView<'static>>`.
pub type OwnedGetSeriesResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesResponseView<'static>,
>;
///Shorthand for `OwnedView<ListExcursionsRequestView<'static>>`.
pub type OwnedListExcursionsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ListExcursionsResponseView<'static>>`.
pub type OwnedListExcursionsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<WatchReadingsRequestView<'static>>`.
pub type OwnedWatchReadingsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsRequestView<'static>,
>;
///Shorthand for `OwnedView<WatchReadingsResponseView<'static>>`.
pub type OwnedWatchReadingsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<GetOverviewRequestView<'static>>`.
pub type OwnedGetOverviewRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewRequestView<'static>,
>;
///Shorthand for `OwnedView<GetOverviewResponseView<'static>>`.
pub type OwnedGetOverviewResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::GetSeriesResponse>
for crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::GetSeriesResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::ListExcursionsResponse>
for crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::ListExcursionsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsResponseView<
        'static,
    >,
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
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::WatchReadingsResponse>
for crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::WatchReadingsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsResponseView<
        'static,
    >,
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
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::GetOverviewResponse>
for crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::dashboard::v1::GetOverviewResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewResponseView<'static>,
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
pub const DASHBOARD_SERVICE_SERVICE_NAME: &str = "larder.dashboard.v1.DashboardService";
/// Static [`Spec`](::connectrpc::Spec) for the `GetSeries` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const DASHBOARD_SERVICE_GET_SERIES_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.dashboard.v1.DashboardService/GetSeries",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListExcursions` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const DASHBOARD_SERVICE_LIST_EXCURSIONS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.dashboard.v1.DashboardService/ListExcursions",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `WatchReadings` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const DASHBOARD_SERVICE_WATCH_READINGS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.dashboard.v1.DashboardService/WatchReadings",
        ::connectrpc::StreamType::ServerStream,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `GetOverview` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const DASHBOARD_SERVICE_GET_OVERVIEW_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.dashboard.v1.DashboardService/GetOverview",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Shows the cold chain.
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
pub trait DashboardService: Send + Sync + 'static {
    /// Returns the temperatures of a device, a room or a shipment, in as many stretches as are asked for at most. What nobody
    /// measured has no point. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `RANGE_INVALID`: the range ends before it begins, or is longer than 31 days.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_series<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::dashboard::v1::GetSeriesRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::dashboard::v1::GetSeriesResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists excursions with what came of them, newest first. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `PAGE_TOKEN_INVALID`: the token is not one that this method gave for the same filter.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn list_excursions<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::dashboard::v1::ListExcursionsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::dashboard::v1::ListExcursionsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Streams summed up readings and excursions as they become known. After a break, ask with the last `resume_token`: what was
    /// missed in the last hour is sent first. An answer without content comes every 15 seconds, so that a silence tells of a
    /// break. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `RESUME_TOKEN_INVALID`: the token is not one that this method gave.
    /// - `OUT_OF_RANGE`, reason `RESUME_TOKEN_EXPIRED`: what was missed is older than an hour: begin anew without a token.
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call (until the response stream is returned);
    /// message fields are read directly on it (zero-copy). Data the
    /// returned stream needs must be copied out or converted via
    /// `.to_owned_message()`.
    fn watch_readings(
        &self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::dashboard::v1::WatchReadingsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            ::connectrpc::ServiceStream<
                impl ::connectrpc::Encodable<
                    crate::proto::larder::dashboard::v1::WatchReadingsResponse,
                > + Send + use<Self>,
            >,
        >,
    > + Send;
    /// Returns the cold chain at a glance. Safe to repeat.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_overview<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::dashboard::v1::GetOverviewRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::dashboard::v1::GetOverviewResponse,
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
pub trait DashboardServiceExt: DashboardService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: DashboardService> DashboardServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                DASHBOARD_SERVICE_SERVICE_NAME,
                "GetSeries",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::dashboard::v1::GetSeriesRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_series(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::dashboard::v1::GetSeriesResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(DASHBOARD_SERVICE_GET_SERIES_SPEC)
            .route_view_idempotent(
                DASHBOARD_SERVICE_SERVICE_NAME,
                "ListExcursions",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::dashboard::v1::ListExcursionsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_excursions(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::dashboard::v1::ListExcursionsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(DASHBOARD_SERVICE_LIST_EXCURSIONS_SPEC)
            .route_view_server_stream::<
                _,
                _,
                crate::proto::larder::dashboard::v1::WatchReadingsResponse,
            >(
                DASHBOARD_SERVICE_SERVICE_NAME,
                "WatchReadings",
                ::connectrpc::view_streaming_handler_fn({
                    let svc = ::std::sync::Arc::clone(&self);
                    move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsRequestView<
                                'static,
                            >,
                        >|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::dashboard::v1::WatchReadingsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.watch_readings(ctx, sreq).await
                        }
                    }
                }),
            )
            .with_spec(DASHBOARD_SERVICE_WATCH_READINGS_SPEC)
            .route_view_idempotent(
                DASHBOARD_SERVICE_SERVICE_NAME,
                "GetOverview",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::dashboard::v1::GetOverviewRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_overview(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::dashboard::v1::GetOverviewResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(DASHBOARD_SERVICE_GET_OVERVIEW_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct DashboardServiceRegisterMarker;
impl<S: DashboardService> ::connectrpc::ServiceRegister<DashboardServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as DashboardServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `DashboardService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = DashboardServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct DashboardServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: DashboardService> DashboardServiceServer<T> {
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
impl<T> Clone for DashboardServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: DashboardService> ::connectrpc::Dispatcher for DashboardServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.dashboard.v1.DashboardService/")?;
        match method {
            "GetSeries" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(DASHBOARD_SERVICE_GET_SERIES_SPEC),
                )
            }
            "ListExcursions" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(DASHBOARD_SERVICE_LIST_EXCURSIONS_SPEC),
                )
            }
            "WatchReadings" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::server_streaming()
                        .with_spec(DASHBOARD_SERVICE_WATCH_READINGS_SPEC),
                )
            }
            "GetOverview" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(DASHBOARD_SERVICE_GET_OVERVIEW_SPEC),
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
        let Some(method) = path.strip_prefix("larder.dashboard.v1.DashboardService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "GetSeries" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::dashboard::v1::GetSeriesRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::dashboard::v1::GetSeriesRequest,
                    >::from_parts(&req, &body);
                    svc.get_series(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::dashboard::v1::GetSeriesResponse,
                        >(format)
                })
            }
            "ListExcursions" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::dashboard::v1::ListExcursionsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::dashboard::v1::ListExcursionsRequest,
                    >::from_parts(&req, &body);
                    svc.list_excursions(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::dashboard::v1::ListExcursionsResponse,
                        >(format)
                })
            }
            "GetOverview" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::dashboard::v1::GetOverviewRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::dashboard::v1::GetOverviewRequest,
                    >::from_parts(&req, &body);
                    svc.get_overview(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::dashboard::v1::GetOverviewResponse,
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
        let Some(method) = path.strip_prefix("larder.dashboard.v1.DashboardService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "WatchReadings" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::dashboard::v1::WatchReadingsRequest,
                    >(request, format)?;
                    let req: crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::dashboard::v1::WatchReadingsRequest,
                    >::from_parts(&req, &body);
                    let resp = svc.watch_readings(ctx, req).await?;
                    Ok(
                        resp
                            .map_body(|s| ::connectrpc::dispatcher::codegen::encode_response_stream::<
                                crate::proto::larder::dashboard::v1::WatchReadingsResponse,
                                _,
                                _,
                            >(s, format)),
                    )
                })
            }
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
        let Some(method) = path.strip_prefix("larder.dashboard.v1.DashboardService/")
        else {
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
        let Some(method) = path.strip_prefix("larder.dashboard.v1.DashboardService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &requests, &format);
        match method {
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
/// let client = DashboardServiceClient::new(conn, config);
/// let response = client.get_series(request).await?;
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
/// let client = DashboardServiceClient::new(http, config);
/// let response = client.get_series(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.get_series(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.get_series(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct DashboardServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> DashboardServiceClient<T>
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
    /// Call the GetSeries RPC. Sends a request to /larder.dashboard.v1.DashboardService/GetSeries.
    pub async fn get_series(
        &self,
        request: crate::proto::larder::dashboard::v1::GetSeriesRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_series_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetSeries RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_series_with_options(
        &self,
        request: crate::proto::larder::dashboard::v1::GetSeriesRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::dashboard::v1::__buffa::view::GetSeriesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                DASHBOARD_SERVICE_GET_SERIES_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListExcursions RPC. Sends a request to /larder.dashboard.v1.DashboardService/ListExcursions.
    pub async fn list_excursions(
        &self,
        request: crate::proto::larder::dashboard::v1::ListExcursionsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_excursions_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListExcursions RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_excursions_with_options(
        &self,
        request: crate::proto::larder::dashboard::v1::ListExcursionsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::dashboard::v1::__buffa::view::ListExcursionsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                DASHBOARD_SERVICE_LIST_EXCURSIONS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the WatchReadings RPC. Sends a request to /larder.dashboard.v1.DashboardService/WatchReadings.
    pub async fn watch_readings(
        &self,
        request: crate::proto::larder::dashboard::v1::WatchReadingsRequest,
    ) -> Result<
        ::connectrpc::client::ServerStream<
            T::ResponseBody,
            crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.watch_readings_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the WatchReadings RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn watch_readings_with_options(
        &self,
        request: crate::proto::larder::dashboard::v1::WatchReadingsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::ServerStream<
            T::ResponseBody,
            crate::proto::larder::dashboard::v1::__buffa::view::WatchReadingsResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_server_stream(
                &self.transport,
                &self.config,
                DASHBOARD_SERVICE_WATCH_READINGS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the GetOverview RPC. Sends a request to /larder.dashboard.v1.DashboardService/GetOverview.
    pub async fn get_overview(
        &self,
        request: crate::proto::larder::dashboard::v1::GetOverviewRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_overview_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetOverview RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_overview_with_options(
        &self,
        request: crate::proto::larder::dashboard::v1::GetOverviewRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::dashboard::v1::__buffa::view::GetOverviewResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                DASHBOARD_SERVICE_GET_OVERVIEW_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
