///Shorthand for `OwnedView<PlaceOrderRequestView<'static>>`.
pub type OwnedPlaceOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::PlaceOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<PlaceOrderResponseView<'static>>`.
pub type OwnedPlaceOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::PlaceOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<GetOrderRequestView<'static>>`.
pub type OwnedGetOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::GetOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<GetOrderResponseView<'static>>`.
pub type OwnedGetOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::GetOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<ListOrdersRequestView<'static>>`.
pub type OwnedListOrdersRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::ListOrdersRequestView<'static>,
>;
///Shorthand for `OwnedView<ListOrdersResponseView<'static>>`.
pub type OwnedListOrdersResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::ListOrdersResponseView<'static>,
>;
///Shorthand for `OwnedView<WatchOrderRequestView<'static>>`.
pub type OwnedWatchOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::WatchOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<WatchOrderResponseView<'static>>`.
pub type OwnedWatchOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::WatchOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<CancelOrderRequestView<'static>>`.
pub type OwnedCancelOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::CancelOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<CancelOrderResponseView<'static>>`.
pub type OwnedCancelOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::CancelOrderResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::PlaceOrderResponse>
for crate::proto::larder::order::v1::__buffa::view::PlaceOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::PlaceOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::PlaceOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::GetOrderResponse>
for crate::proto::larder::order::v1::__buffa::view::GetOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::GetOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::GetOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::ListOrdersResponse>
for crate::proto::larder::order::v1::__buffa::view::ListOrdersResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::ListOrdersResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::ListOrdersResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::WatchOrderResponse>
for crate::proto::larder::order::v1::__buffa::view::WatchOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::WatchOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::WatchOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::CancelOrderResponse>
for crate::proto::larder::order::v1::__buffa::view::CancelOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::order::v1::CancelOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::order::v1::__buffa::view::CancelOrderResponseView<'static>,
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
pub const ORDER_SERVICE_SERVICE_NAME: &str = "larder.order.v1.OrderService";
/// Static [`Spec`](::connectrpc::Spec) for the `PlaceOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const ORDER_SERVICE_PLACE_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.order.v1.OrderService/PlaceOrder",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `GetOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const ORDER_SERVICE_GET_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.order.v1.OrderService/GetOrder",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListOrders` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const ORDER_SERVICE_LIST_ORDERS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.order.v1.OrderService/ListOrders",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `WatchOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const ORDER_SERVICE_WATCH_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.order.v1.OrderService/WatchOrder",
        ::connectrpc::StreamType::ServerStream,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `CancelOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const ORDER_SERVICE_CANCEL_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.order.v1.OrderService/CancelOrder",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Places, shows and cancels orders of the user who asks.
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
pub trait OrderService: Send + Sync + 'static {
    /// Places an order: prices it, holds stock, money and slot, and decides.
    ///
    /// Returns the order as CONFIRMED, or as PENDING when the caller's deadline is near; it goes on by itself then.
    /// Repeating a `request_id` returns the order as it stands, or the refusal that it met.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: a line names no product on sale.
    /// - `NOT_FOUND`, reason `SLOT_NOT_FOUND`: no slot has that name.
    /// - `NOT_FOUND`, reason `WALLET_NOT_FOUND`: the user has no wallet.
    /// - `FAILED_PRECONDITION`, reason `PRICE_CHANGED`: the total is not the expected one; the metadata holds both.
    /// - `FAILED_PRECONDITION`, reason `COUPON_INVALID`: a coupon is unknown, over, or not for this basket.
    /// - `FAILED_PRECONDITION`, reason `STOCK_SHORT`: not enough; the metadata names the product and how many packs are left.
    /// - `FAILED_PRECONDITION`, reason `FUNDS_SHORT`: the wallet holds less than the total.
    /// - `FAILED_PRECONDITION`, reason `SLOT_FULL`: no delivery is free in the slot.
    /// - `FAILED_PRECONDITION`, reason `SLOT_PAST`: the slot has begun.
    /// - `FAILED_PRECONDITION`, reason `TIMED_OUT`: the steps did not end in time, and the order was undone.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn place_order<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::order::v1::PlaceOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::order::v1::PlaceOrderResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Returns one order of the user who asks. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `ORDER_NOT_FOUND`: the user has no order of that name.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_order<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::order::v1::GetOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::order::v1::GetOrderResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the orders of the user who asks, newest first. Safe to repeat.
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
    fn list_orders<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::order::v1::ListOrdersRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::order::v1::ListOrdersResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Streams an order of the user who asks: as it stands, then at every step, until it is settled, or delivered if that
    /// is asked for. A stream that nothing happens on ends after a minute: ask again. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `ORDER_NOT_FOUND`: the user has no order of that name.
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call (until the response stream is returned);
    /// message fields are read directly on it (zero-copy). Data the
    /// returned stream needs must be copied out or converted via
    /// `.to_owned_message()`.
    fn watch_order(
        &self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::order::v1::WatchOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            ::connectrpc::ServiceStream<
                impl ::connectrpc::Encodable<
                    crate::proto::larder::order::v1::WatchOrderResponse,
                > + Send + use<Self>,
            >,
        >,
    > + Send;
    /// Cancels an order of the user who asks, until its goods are picked. Returns once the decision is stored; money, stock
    /// and slot are given back after. Repeating it returns the order as it stands.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `ORDER_NOT_FOUND`: the user has no order of that name.
    /// - `FAILED_PRECONDITION`, reason `ALREADY_PICKED`: the goods are being picked, on their way or delivered.
    /// - `FAILED_PRECONDITION`, reason `NOT_CANCELLABLE`: the order was refused.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn cancel_order<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::order::v1::CancelOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::order::v1::CancelOrderResponse,
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
pub trait OrderServiceExt: OrderService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: OrderService> OrderServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view(
                ORDER_SERVICE_SERVICE_NAME,
                "PlaceOrder",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::order::v1::__buffa::view::PlaceOrderRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::order::v1::PlaceOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.place_order(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::order::v1::PlaceOrderResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(ORDER_SERVICE_PLACE_ORDER_SPEC)
            .route_view_idempotent(
                ORDER_SERVICE_SERVICE_NAME,
                "GetOrder",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::order::v1::__buffa::view::GetOrderRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::order::v1::GetOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_order(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::order::v1::GetOrderResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(ORDER_SERVICE_GET_ORDER_SPEC)
            .route_view_idempotent(
                ORDER_SERVICE_SERVICE_NAME,
                "ListOrders",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::order::v1::__buffa::view::ListOrdersRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::order::v1::ListOrdersRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_orders(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::order::v1::ListOrdersResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(ORDER_SERVICE_LIST_ORDERS_SPEC)
            .route_view_server_stream::<
                _,
                _,
                crate::proto::larder::order::v1::WatchOrderResponse,
            >(
                ORDER_SERVICE_SERVICE_NAME,
                "WatchOrder",
                ::connectrpc::view_streaming_handler_fn({
                    let svc = ::std::sync::Arc::clone(&self);
                    move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::order::v1::__buffa::view::WatchOrderRequestView<
                                'static,
                            >,
                        >|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::order::v1::WatchOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.watch_order(ctx, sreq).await
                        }
                    }
                }),
            )
            .with_spec(ORDER_SERVICE_WATCH_ORDER_SPEC)
            .route_view(
                ORDER_SERVICE_SERVICE_NAME,
                "CancelOrder",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::order::v1::__buffa::view::CancelOrderRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::order::v1::CancelOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.cancel_order(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::order::v1::CancelOrderResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(ORDER_SERVICE_CANCEL_ORDER_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct OrderServiceRegisterMarker;
impl<S: OrderService> ::connectrpc::ServiceRegister<OrderServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as OrderServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `OrderService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = OrderServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct OrderServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: OrderService> OrderServiceServer<T> {
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
impl<T> Clone for OrderServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: OrderService> ::connectrpc::Dispatcher for OrderServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.order.v1.OrderService/")?;
        match method {
            "PlaceOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(ORDER_SERVICE_PLACE_ORDER_SPEC),
                )
            }
            "GetOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(ORDER_SERVICE_GET_ORDER_SPEC),
                )
            }
            "ListOrders" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(ORDER_SERVICE_LIST_ORDERS_SPEC),
                )
            }
            "WatchOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::server_streaming()
                        .with_spec(ORDER_SERVICE_WATCH_ORDER_SPEC),
                )
            }
            "CancelOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(ORDER_SERVICE_CANCEL_ORDER_SPEC),
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
        let Some(method) = path.strip_prefix("larder.order.v1.OrderService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "PlaceOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::order::v1::PlaceOrderRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::order::v1::__buffa::view::PlaceOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::order::v1::PlaceOrderRequest,
                    >::from_parts(&req, &body);
                    svc.place_order(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::order::v1::PlaceOrderResponse,
                        >(format)
                })
            }
            "GetOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::order::v1::GetOrderRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::order::v1::__buffa::view::GetOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::order::v1::GetOrderRequest,
                    >::from_parts(&req, &body);
                    svc.get_order(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::order::v1::GetOrderResponse,
                        >(format)
                })
            }
            "ListOrders" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::order::v1::ListOrdersRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::order::v1::__buffa::view::ListOrdersRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::order::v1::ListOrdersRequest,
                    >::from_parts(&req, &body);
                    svc.list_orders(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::order::v1::ListOrdersResponse,
                        >(format)
                })
            }
            "CancelOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::order::v1::CancelOrderRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::order::v1::__buffa::view::CancelOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::order::v1::CancelOrderRequest,
                    >::from_parts(&req, &body);
                    svc.cancel_order(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::order::v1::CancelOrderResponse,
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
        let Some(method) = path.strip_prefix("larder.order.v1.OrderService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "WatchOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::order::v1::WatchOrderRequest,
                    >(request, format)?;
                    let req: crate::proto::larder::order::v1::__buffa::view::WatchOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::order::v1::WatchOrderRequest,
                    >::from_parts(&req, &body);
                    let resp = svc.watch_order(ctx, req).await?;
                    Ok(
                        resp
                            .map_body(|s| ::connectrpc::dispatcher::codegen::encode_response_stream::<
                                crate::proto::larder::order::v1::WatchOrderResponse,
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
        let Some(method) = path.strip_prefix("larder.order.v1.OrderService/") else {
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
        let Some(method) = path.strip_prefix("larder.order.v1.OrderService/") else {
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
/// let client = OrderServiceClient::new(conn, config);
/// let response = client.place_order(request).await?;
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
/// let client = OrderServiceClient::new(http, config);
/// let response = client.place_order(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.place_order(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.place_order(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct OrderServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> OrderServiceClient<T>
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
    /// Call the PlaceOrder RPC. Sends a request to /larder.order.v1.OrderService/PlaceOrder.
    pub async fn place_order(
        &self,
        request: crate::proto::larder::order::v1::PlaceOrderRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::PlaceOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.place_order_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the PlaceOrder RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn place_order_with_options(
        &self,
        request: crate::proto::larder::order::v1::PlaceOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::PlaceOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                ORDER_SERVICE_PLACE_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the GetOrder RPC. Sends a request to /larder.order.v1.OrderService/GetOrder.
    pub async fn get_order(
        &self,
        request: crate::proto::larder::order::v1::GetOrderRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::GetOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_order_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetOrder RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_order_with_options(
        &self,
        request: crate::proto::larder::order::v1::GetOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::GetOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                ORDER_SERVICE_GET_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListOrders RPC. Sends a request to /larder.order.v1.OrderService/ListOrders.
    pub async fn list_orders(
        &self,
        request: crate::proto::larder::order::v1::ListOrdersRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::ListOrdersResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_orders_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListOrders RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_orders_with_options(
        &self,
        request: crate::proto::larder::order::v1::ListOrdersRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::ListOrdersResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                ORDER_SERVICE_LIST_ORDERS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the WatchOrder RPC. Sends a request to /larder.order.v1.OrderService/WatchOrder.
    pub async fn watch_order(
        &self,
        request: crate::proto::larder::order::v1::WatchOrderRequest,
    ) -> Result<
        ::connectrpc::client::ServerStream<
            T::ResponseBody,
            crate::proto::larder::order::v1::__buffa::view::WatchOrderResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.watch_order_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the WatchOrder RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn watch_order_with_options(
        &self,
        request: crate::proto::larder::order::v1::WatchOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::ServerStream<
            T::ResponseBody,
            crate::proto::larder::order::v1::__buffa::view::WatchOrderResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_server_stream(
                &self.transport,
                &self.config,
                ORDER_SERVICE_WATCH_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the CancelOrder RPC. Sends a request to /larder.order.v1.OrderService/CancelOrder.
    pub async fn cancel_order(
        &self,
        request: crate::proto::larder::order::v1::CancelOrderRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::CancelOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.cancel_order_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the CancelOrder RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn cancel_order_with_options(
        &self,
        request: crate::proto::larder::order::v1::CancelOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::order::v1::__buffa::view::CancelOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                ORDER_SERVICE_CANCEL_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
