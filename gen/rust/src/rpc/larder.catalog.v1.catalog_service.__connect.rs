///Shorthand for `OwnedView<GetProductRequestView<'static>>`.
pub type OwnedGetProductRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::GetProductRequestView<'static>,
>;
///Shorthand for `OwnedView<GetProductResponseView<'static>>`.
pub type OwnedGetProductResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::GetProductResponseView<'static>,
>;
///Shorthand for `OwnedView<BatchGetProductsRequestView<'static>>`.
pub type OwnedBatchGetProductsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<BatchGetProductsResponseView<'static>>`.
pub type OwnedBatchGetProductsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ListProductsRequestView<'static>>`.
pub type OwnedListProductsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ListProductsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListProductsResponseView<'static>>`.
pub type OwnedListProductsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ListProductsResponseView<'static>,
>;
///Shorthand for `OwnedView<SearchProductsRequestView<'static>>`.
pub type OwnedSearchProductsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::SearchProductsRequestView<'static>,
>;
///Shorthand for `OwnedView<SearchProductsResponseView<'static>>`.
pub type OwnedSearchProductsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::SearchProductsResponseView<'static>,
>;
///Shorthand for `OwnedView<ListPriceChangesRequestView<'static>>`.
pub type OwnedListPriceChangesRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ListPriceChangesResponseView<'static>>`.
pub type OwnedListPriceChangesResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ChangePriceRequestView<'static>>`.
pub type OwnedChangePriceRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ChangePriceRequestView<'static>,
>;
///Shorthand for `OwnedView<ChangePriceResponseView<'static>>`.
pub type OwnedChangePriceResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ChangePriceResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::GetProductResponse>
for crate::proto::larder::catalog::v1::__buffa::view::GetProductResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::GetProductResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::GetProductResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::BatchGetProductsResponse>
for crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::BatchGetProductsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::ListProductsResponse>
for crate::proto::larder::catalog::v1::__buffa::view::ListProductsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::ListProductsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ListProductsResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::SearchProductsResponse>
for crate::proto::larder::catalog::v1::__buffa::view::SearchProductsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::SearchProductsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::SearchProductsResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::ListPriceChangesResponse>
for crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::ListPriceChangesResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::ChangePriceResponse>
for crate::proto::larder::catalog::v1::__buffa::view::ChangePriceResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::catalog::v1::ChangePriceResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::catalog::v1::__buffa::view::ChangePriceResponseView<'static>,
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
pub const CATALOG_SERVICE_SERVICE_NAME: &str = "larder.catalog.v1.CatalogService";
/// Static [`Spec`](::connectrpc::Spec) for the `GetProduct` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const CATALOG_SERVICE_GET_PRODUCT_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.catalog.v1.CatalogService/GetProduct",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `BatchGetProducts` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const CATALOG_SERVICE_BATCH_GET_PRODUCTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.catalog.v1.CatalogService/BatchGetProducts",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListProducts` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const CATALOG_SERVICE_LIST_PRODUCTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.catalog.v1.CatalogService/ListProducts",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `SearchProducts` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const CATALOG_SERVICE_SEARCH_PRODUCTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.catalog.v1.CatalogService/SearchProducts",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListPriceChanges` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const CATALOG_SERVICE_LIST_PRICE_CHANGES_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.catalog.v1.CatalogService/ListPriceChanges",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ChangePrice` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const CATALOG_SERVICE_CHANGE_PRICE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.catalog.v1.CatalogService/ChangePrice",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Looks products up, and lets the back office change prices.
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
pub trait CatalogService: Send + Sync + 'static {
    /// Returns one product. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: no product has that name.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_product<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::catalog::v1::GetProductRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::catalog::v1::GetProductResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Returns up to 100 products in the order asked for. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: at least one name is unknown; the metadata field `name` holds the first.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn batch_get_products<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::catalog::v1::BatchGetProductsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::catalog::v1::BatchGetProductsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists products by category, in the order of their names. Safe to repeat.
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
    fn list_products<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::catalog::v1::ListProductsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::catalog::v1::ListProductsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Finds products by words of their name, brand, category or description, best match first. Safe to repeat.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `PAGE_TOKEN_INVALID`: the token is not one that this method gave for the same query.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn search_products<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::catalog::v1::SearchProductsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::catalog::v1::SearchProductsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the changes of one product's price, newest first. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: no product has that name.
    /// - `INVALID_ARGUMENT`, reason `PAGE_TOKEN_INVALID`: the token is not one that this method gave for the same product.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn list_price_changes<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::catalog::v1::ListPriceChangesRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::catalog::v1::ListPriceChangesResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Changes the price of a product from now on. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: no product has that name.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn change_price<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::catalog::v1::ChangePriceRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::catalog::v1::ChangePriceResponse,
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
pub trait CatalogServiceExt: CatalogService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: CatalogService> CatalogServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                CATALOG_SERVICE_SERVICE_NAME,
                "GetProduct",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::catalog::v1::__buffa::view::GetProductRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::catalog::v1::GetProductRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_product(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::catalog::v1::GetProductResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(CATALOG_SERVICE_GET_PRODUCT_SPEC)
            .route_view_idempotent(
                CATALOG_SERVICE_SERVICE_NAME,
                "BatchGetProducts",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::catalog::v1::BatchGetProductsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.batch_get_products(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::catalog::v1::BatchGetProductsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(CATALOG_SERVICE_BATCH_GET_PRODUCTS_SPEC)
            .route_view_idempotent(
                CATALOG_SERVICE_SERVICE_NAME,
                "ListProducts",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::catalog::v1::__buffa::view::ListProductsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::catalog::v1::ListProductsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_products(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::catalog::v1::ListProductsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(CATALOG_SERVICE_LIST_PRODUCTS_SPEC)
            .route_view_idempotent(
                CATALOG_SERVICE_SERVICE_NAME,
                "SearchProducts",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::catalog::v1::__buffa::view::SearchProductsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::catalog::v1::SearchProductsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.search_products(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::catalog::v1::SearchProductsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(CATALOG_SERVICE_SEARCH_PRODUCTS_SPEC)
            .route_view_idempotent(
                CATALOG_SERVICE_SERVICE_NAME,
                "ListPriceChanges",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::catalog::v1::ListPriceChangesRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_price_changes(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::catalog::v1::ListPriceChangesResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(CATALOG_SERVICE_LIST_PRICE_CHANGES_SPEC)
            .route_view(
                CATALOG_SERVICE_SERVICE_NAME,
                "ChangePrice",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::catalog::v1::__buffa::view::ChangePriceRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::catalog::v1::ChangePriceRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.change_price(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::catalog::v1::ChangePriceResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(CATALOG_SERVICE_CHANGE_PRICE_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct CatalogServiceRegisterMarker;
impl<S: CatalogService> ::connectrpc::ServiceRegister<CatalogServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as CatalogServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `CatalogService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = CatalogServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct CatalogServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: CatalogService> CatalogServiceServer<T> {
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
impl<T> Clone for CatalogServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: CatalogService> ::connectrpc::Dispatcher for CatalogServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.catalog.v1.CatalogService/")?;
        match method {
            "GetProduct" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(CATALOG_SERVICE_GET_PRODUCT_SPEC),
                )
            }
            "BatchGetProducts" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(CATALOG_SERVICE_BATCH_GET_PRODUCTS_SPEC),
                )
            }
            "ListProducts" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(CATALOG_SERVICE_LIST_PRODUCTS_SPEC),
                )
            }
            "SearchProducts" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(CATALOG_SERVICE_SEARCH_PRODUCTS_SPEC),
                )
            }
            "ListPriceChanges" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(CATALOG_SERVICE_LIST_PRICE_CHANGES_SPEC),
                )
            }
            "ChangePrice" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(CATALOG_SERVICE_CHANGE_PRICE_SPEC),
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
        let Some(method) = path.strip_prefix("larder.catalog.v1.CatalogService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "GetProduct" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::catalog::v1::GetProductRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::catalog::v1::__buffa::view::GetProductRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::catalog::v1::GetProductRequest,
                    >::from_parts(&req, &body);
                    svc.get_product(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::catalog::v1::GetProductResponse,
                        >(format)
                })
            }
            "BatchGetProducts" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::catalog::v1::BatchGetProductsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::catalog::v1::BatchGetProductsRequest,
                    >::from_parts(&req, &body);
                    svc.batch_get_products(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::catalog::v1::BatchGetProductsResponse,
                        >(format)
                })
            }
            "ListProducts" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::catalog::v1::ListProductsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::catalog::v1::__buffa::view::ListProductsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::catalog::v1::ListProductsRequest,
                    >::from_parts(&req, &body);
                    svc.list_products(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::catalog::v1::ListProductsResponse,
                        >(format)
                })
            }
            "SearchProducts" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::catalog::v1::SearchProductsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::catalog::v1::__buffa::view::SearchProductsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::catalog::v1::SearchProductsRequest,
                    >::from_parts(&req, &body);
                    svc.search_products(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::catalog::v1::SearchProductsResponse,
                        >(format)
                })
            }
            "ListPriceChanges" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::catalog::v1::ListPriceChangesRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::catalog::v1::ListPriceChangesRequest,
                    >::from_parts(&req, &body);
                    svc.list_price_changes(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::catalog::v1::ListPriceChangesResponse,
                        >(format)
                })
            }
            "ChangePrice" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::catalog::v1::ChangePriceRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::catalog::v1::__buffa::view::ChangePriceRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::catalog::v1::ChangePriceRequest,
                    >::from_parts(&req, &body);
                    svc.change_price(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::catalog::v1::ChangePriceResponse,
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
        let Some(method) = path.strip_prefix("larder.catalog.v1.CatalogService/") else {
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
        let Some(method) = path.strip_prefix("larder.catalog.v1.CatalogService/") else {
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
        let Some(method) = path.strip_prefix("larder.catalog.v1.CatalogService/") else {
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
/// let client = CatalogServiceClient::new(conn, config);
/// let response = client.get_product(request).await?;
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
/// let client = CatalogServiceClient::new(http, config);
/// let response = client.get_product(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.get_product(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.get_product(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct CatalogServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> CatalogServiceClient<T>
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
    /// Call the GetProduct RPC. Sends a request to /larder.catalog.v1.CatalogService/GetProduct.
    pub async fn get_product(
        &self,
        request: crate::proto::larder::catalog::v1::GetProductRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::GetProductResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_product_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetProduct RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_product_with_options(
        &self,
        request: crate::proto::larder::catalog::v1::GetProductRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::GetProductResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                CATALOG_SERVICE_GET_PRODUCT_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the BatchGetProducts RPC. Sends a request to /larder.catalog.v1.CatalogService/BatchGetProducts.
    pub async fn batch_get_products(
        &self,
        request: crate::proto::larder::catalog::v1::BatchGetProductsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.batch_get_products_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the BatchGetProducts RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn batch_get_products_with_options(
        &self,
        request: crate::proto::larder::catalog::v1::BatchGetProductsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::BatchGetProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                CATALOG_SERVICE_BATCH_GET_PRODUCTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListProducts RPC. Sends a request to /larder.catalog.v1.CatalogService/ListProducts.
    pub async fn list_products(
        &self,
        request: crate::proto::larder::catalog::v1::ListProductsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::ListProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_products_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListProducts RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_products_with_options(
        &self,
        request: crate::proto::larder::catalog::v1::ListProductsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::ListProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                CATALOG_SERVICE_LIST_PRODUCTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the SearchProducts RPC. Sends a request to /larder.catalog.v1.CatalogService/SearchProducts.
    pub async fn search_products(
        &self,
        request: crate::proto::larder::catalog::v1::SearchProductsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::SearchProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.search_products_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the SearchProducts RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn search_products_with_options(
        &self,
        request: crate::proto::larder::catalog::v1::SearchProductsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::SearchProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                CATALOG_SERVICE_SEARCH_PRODUCTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListPriceChanges RPC. Sends a request to /larder.catalog.v1.CatalogService/ListPriceChanges.
    pub async fn list_price_changes(
        &self,
        request: crate::proto::larder::catalog::v1::ListPriceChangesRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_price_changes_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListPriceChanges RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_price_changes_with_options(
        &self,
        request: crate::proto::larder::catalog::v1::ListPriceChangesRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::ListPriceChangesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                CATALOG_SERVICE_LIST_PRICE_CHANGES_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ChangePrice RPC. Sends a request to /larder.catalog.v1.CatalogService/ChangePrice.
    pub async fn change_price(
        &self,
        request: crate::proto::larder::catalog::v1::ChangePriceRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::ChangePriceResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.change_price_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ChangePrice RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn change_price_with_options(
        &self,
        request: crate::proto::larder::catalog::v1::ChangePriceRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::catalog::v1::__buffa::view::ChangePriceResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                CATALOG_SERVICE_CHANGE_PRICE_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
