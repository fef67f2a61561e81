///Shorthand for `OwnedView<BatchIngestReadingsRequestView<'static>>`.
pub type OwnedBatchIngestReadingsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<BatchIngestReadingsResponseView<'static>>`.
pub type OwnedBatchIngestReadingsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<IngestReadingsRequestView<'static>>`.
pub type OwnedIngestReadingsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::IngestReadingsRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<IngestReadingsResponseView<'static>>`.
pub type OwnedIngestReadingsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::IngestReadingsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<StreamReadingsRequestView<'static>>`.
pub type OwnedStreamReadingsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::StreamReadingsRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<StreamReadingsResponseView<'static>>`.
pub type OwnedStreamReadingsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::StreamReadingsResponseView<
        'static,
    >,
>;
impl ::connectrpc::Encodable<
    crate::proto::larder::telemetry::v1::BatchIngestReadingsResponse,
>
for crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsResponseView<
    '_,
> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<
    crate::proto::larder::telemetry::v1::BatchIngestReadingsResponse,
>
for ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::telemetry::v1::IngestReadingsResponse>
for crate::proto::larder::telemetry::v1::__buffa::view::IngestReadingsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::telemetry::v1::IngestReadingsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::IngestReadingsResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::telemetry::v1::StreamReadingsResponse>
for crate::proto::larder::telemetry::v1::__buffa::view::StreamReadingsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::telemetry::v1::StreamReadingsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::telemetry::v1::__buffa::view::StreamReadingsResponseView<
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
/// Full service name for this service.
pub const INGESTION_SERVICE_SERVICE_NAME: &str = "larder.telemetry.v1.IngestionService";
/// Static [`Spec`](::connectrpc::Spec) for the `BatchIngestReadings` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INGESTION_SERVICE_BATCH_INGEST_READINGS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.telemetry.v1.IngestionService/BatchIngestReadings",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `IngestReadings` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INGESTION_SERVICE_INGEST_READINGS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.telemetry.v1.IngestionService/IngestReadings",
        ::connectrpc::StreamType::ClientStream,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `StreamReadings` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INGESTION_SERVICE_STREAM_READINGS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.telemetry.v1.IngestionService/StreamReadings",
        ::connectrpc::StreamType::BidiStream,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Takes readings from devices. A device speaks for itself and for its probes, by its certificate. What is acknowledged is
/// durable; a repeat of it is harmless.
///
/// Every method may answer:
/// - `UNAVAILABLE`, reason `LOG_UNAVAILABLE`: the event log cannot be written now; what was not acknowledged is to be sent again.
/// - `RESOURCE_EXHAUSTED`, reason `TOO_MANY_STREAMS`: as many streams are open as there may be.
/// - `RESOURCE_EXHAUSTED`, reason `TOO_MANY_STREAMS_OF_DEVICE`: the device has as many open as one may have.
/// - `PERMISSION_DENIED`, reason `DEVICE_UNKNOWN`: the call carries no certificate of a device.
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
pub trait IngestionService: Send + Sync + 'static {
    /// Takes one batch, for devices that measure rarely. Readings that are refused do not hold up the others. Safe to repeat.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn batch_ingest_readings<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::telemetry::v1::BatchIngestReadingsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::telemetry::v1::BatchIngestReadingsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Takes batches until the device ends the stream, and answers once with what became of them, when all of it is durable.
    /// A stream that breaks off leaves what had become durable. Safe to repeat.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// Each `requests` item is a [`StreamMessage`](::connectrpc::StreamMessage):
    /// it owns its buffer, is `Send + 'static`, and exposes zero-copy
    /// accessor methods (`item.name()`), `.view()`, and
    /// `.to_owned_message()`.
    fn ingest_readings<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        requests: ::connectrpc::InboundStream<
            crate::proto::larder::telemetry::v1::IngestReadingsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::telemetry::v1::IngestReadingsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Takes batches for as long as the device likes, and acknowledges them in their order as they become durable. A device
    /// keeps at most `window` batches without acknowledgement; the stream of one that sends more, or reads no
    /// acknowledgements, is not read any further. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `BATCH_OUT_OF_ORDER`: the number of a batch is not one more than that of the batch before.
    ///
    /// Each `requests` item is a [`StreamMessage`](::connectrpc::StreamMessage):
    /// it owns its buffer, is `Send + 'static`, and exposes zero-copy
    /// accessor methods (`item.name()`), `.view()`, and
    /// `.to_owned_message()`.
    fn stream_readings(
        &self,
        ctx: ::connectrpc::RequestContext,
        requests: ::connectrpc::InboundStream<
            crate::proto::larder::telemetry::v1::StreamReadingsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            ::connectrpc::ServiceStream<
                impl ::connectrpc::Encodable<
                    crate::proto::larder::telemetry::v1::StreamReadingsResponse,
                > + Send + use<Self>,
            >,
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
pub trait IngestionServiceExt: IngestionService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: IngestionService> IngestionServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view(
                INGESTION_SERVICE_SERVICE_NAME,
                "BatchIngestReadings",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::telemetry::v1::BatchIngestReadingsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.batch_ingest_readings(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::telemetry::v1::BatchIngestReadingsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INGESTION_SERVICE_BATCH_INGEST_READINGS_SPEC)
            .route_view_client_stream(
                INGESTION_SERVICE_SERVICE_NAME,
                "IngestReadings",
                ::connectrpc::view_client_streaming_handler_fn({
                    let svc = ::std::sync::Arc::clone(&self);
                    move |ctx, req, format| {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let req = ::connectrpc::dispatcher::codegen::into_stream_messages::<
                                crate::proto::larder::telemetry::v1::IngestReadingsRequest,
                            >(req);
                            svc.ingest_readings(ctx, req)
                                .await?
                                .encode::<
                                    crate::proto::larder::telemetry::v1::IngestReadingsResponse,
                                >(format)
                        }
                    }
                }),
            )
            .with_spec(INGESTION_SERVICE_INGEST_READINGS_SPEC)
            .route_view_bidi_stream::<
                _,
                _,
                crate::proto::larder::telemetry::v1::StreamReadingsResponse,
            >(
                INGESTION_SERVICE_SERVICE_NAME,
                "StreamReadings",
                ::connectrpc::view_bidi_streaming_handler_fn({
                    let svc = ::std::sync::Arc::clone(&self);
                    move |ctx, req| {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let req = ::connectrpc::dispatcher::codegen::into_stream_messages::<
                                crate::proto::larder::telemetry::v1::StreamReadingsRequest,
                            >(req);
                            svc.stream_readings(ctx, req).await
                        }
                    }
                }),
            )
            .with_spec(INGESTION_SERVICE_STREAM_READINGS_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct IngestionServiceRegisterMarker;
impl<S: IngestionService> ::connectrpc::ServiceRegister<IngestionServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as IngestionServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `IngestionService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = IngestionServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct IngestionServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: IngestionService> IngestionServiceServer<T> {
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
impl<T> Clone for IngestionServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: IngestionService> ::connectrpc::Dispatcher for IngestionServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.telemetry.v1.IngestionService/")?;
        match method {
            "BatchIngestReadings" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INGESTION_SERVICE_BATCH_INGEST_READINGS_SPEC),
                )
            }
            "IngestReadings" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::client_streaming()
                        .with_spec(INGESTION_SERVICE_INGEST_READINGS_SPEC),
                )
            }
            "StreamReadings" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::bidi_streaming()
                        .with_spec(INGESTION_SERVICE_STREAM_READINGS_SPEC),
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
        let Some(method) = path.strip_prefix("larder.telemetry.v1.IngestionService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "BatchIngestReadings" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::telemetry::v1::BatchIngestReadingsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::telemetry::v1::BatchIngestReadingsRequest,
                    >::from_parts(&req, &body);
                    svc.batch_ingest_readings(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::telemetry::v1::BatchIngestReadingsResponse,
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
        let Some(method) = path.strip_prefix("larder.telemetry.v1.IngestionService/")
        else {
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
        let Some(method) = path.strip_prefix("larder.telemetry.v1.IngestionService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &requests, &format);
        match method {
            "IngestReadings" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let req_stream = ::connectrpc::dispatcher::codegen::decode_message_request_stream::<
                        crate::proto::larder::telemetry::v1::IngestReadingsRequest,
                    >(requests, format, ctx.decode_options().clone());
                    svc.ingest_readings(ctx, req_stream)
                        .await?
                        .encode::<
                            crate::proto::larder::telemetry::v1::IngestReadingsResponse,
                        >(format)
                })
            }
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
        let Some(method) = path.strip_prefix("larder.telemetry.v1.IngestionService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &requests, &format);
        match method {
            "StreamReadings" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let req_stream = ::connectrpc::dispatcher::codegen::decode_message_request_stream::<
                        crate::proto::larder::telemetry::v1::StreamReadingsRequest,
                    >(requests, format, ctx.decode_options().clone());
                    let resp = svc.stream_readings(ctx, req_stream).await?;
                    Ok(
                        resp
                            .map_body(|s| ::connectrpc::dispatcher::codegen::encode_response_stream::<
                                crate::proto::larder::telemetry::v1::StreamReadingsResponse,
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
/// let client = IngestionServiceClient::new(conn, config);
/// let response = client.batch_ingest_readings(request).await?;
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
/// let client = IngestionServiceClient::new(http, config);
/// let response = client.batch_ingest_readings(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.batch_ingest_readings(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.batch_ingest_readings(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct IngestionServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> IngestionServiceClient<T>
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
    /// Call the BatchIngestReadings RPC. Sends a request to /larder.telemetry.v1.IngestionService/BatchIngestReadings.
    pub async fn batch_ingest_readings(
        &self,
        request: crate::proto::larder::telemetry::v1::BatchIngestReadingsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.batch_ingest_readings_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the BatchIngestReadings RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn batch_ingest_readings_with_options(
        &self,
        request: crate::proto::larder::telemetry::v1::BatchIngestReadingsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::telemetry::v1::__buffa::view::BatchIngestReadingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INGESTION_SERVICE_BATCH_INGEST_READINGS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the IngestReadings RPC. Sends a request to /larder.telemetry.v1.IngestionService/IngestReadings.
    ///
    /// `requests` is any `Stream<Item = ...> + Send + 'static` of
    /// request messages (the `ClientRequestStream` bound); messages
    /// are sent as the stream yields them. It backs the request
    /// body, so yield owned messages or feed the call from a
    /// channel-backed stream. For a collection that is already in
    /// hand, wrap it with `::connectrpc::stream_iter(...)`.
    ///
    /// Dropping the returned future cancels the call: the request
    /// body is dropped along with it, so messages the stream had
    /// not yet yielded are never delivered. A caller that needs the
    /// request delivered must drive the call to completion rather
    /// than, say, wrapping it in a `timeout`.
    pub async fn ingest_readings(
        &self,
        requests: impl ::connectrpc::client::ClientRequestStream<
            crate::proto::larder::telemetry::v1::IngestReadingsRequest,
        >,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::telemetry::v1::__buffa::view::IngestReadingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.ingest_readings_with_options(
                requests,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the IngestReadings RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    ///
    /// `requests` is any `Stream<Item = ...> + Send + 'static` of
    /// request messages (the `ClientRequestStream` bound); messages
    /// are sent as the stream yields them. It backs the request
    /// body, so yield owned messages or feed the call from a
    /// channel-backed stream. For a collection that is already in
    /// hand, wrap it with `::connectrpc::stream_iter(...)`.
    ///
    /// Dropping the returned future cancels the call: the request
    /// body is dropped along with it, so messages the stream had
    /// not yet yielded are never delivered. A caller that needs the
    /// request delivered must drive the call to completion rather
    /// than, say, wrapping it in a `timeout`.
    pub async fn ingest_readings_with_options(
        &self,
        requests: impl ::connectrpc::client::ClientRequestStream<
            crate::proto::larder::telemetry::v1::IngestReadingsRequest,
        >,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::telemetry::v1::__buffa::view::IngestReadingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_client_stream(
                &self.transport,
                &self.config,
                INGESTION_SERVICE_INGEST_READINGS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                requests,
                options,
            )
            .await
    }
    /// Call the StreamReadings RPC. Sends a request to /larder.telemetry.v1.IngestionService/StreamReadings.
    pub async fn stream_readings(
        &self,
    ) -> Result<
        ::connectrpc::client::BidiStream<
            T::ResponseBody,
            crate::proto::larder::telemetry::v1::StreamReadingsRequest,
            crate::proto::larder::telemetry::v1::__buffa::view::StreamReadingsResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.stream_readings_with_options(::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the StreamReadings RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn stream_readings_with_options(
        &self,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::BidiStream<
            T::ResponseBody,
            crate::proto::larder::telemetry::v1::StreamReadingsRequest,
            crate::proto::larder::telemetry::v1::__buffa::view::StreamReadingsResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_bidi_stream(
                &self.transport,
                &self.config,
                INGESTION_SERVICE_STREAM_READINGS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                options,
            )
            .await
    }
}
