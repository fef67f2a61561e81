///Shorthand for `OwnedView<GetWalletRequestView<'static>>`.
pub type OwnedGetWalletRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::GetWalletRequestView<'static>,
>;
///Shorthand for `OwnedView<GetWalletResponseView<'static>>`.
pub type OwnedGetWalletResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::GetWalletResponseView<'static>,
>;
///Shorthand for `OwnedView<ListPostingsRequestView<'static>>`.
pub type OwnedListPostingsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::ListPostingsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListPostingsResponseView<'static>>`.
pub type OwnedListPostingsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::ListPostingsResponseView<'static>,
>;
///Shorthand for `OwnedView<HoldRequestView<'static>>`.
pub type OwnedHoldRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::HoldRequestView<'static>,
>;
///Shorthand for `OwnedView<HoldResponseView<'static>>`.
pub type OwnedHoldResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::HoldResponseView<'static>,
>;
///Shorthand for `OwnedView<CaptureRequestView<'static>>`.
pub type OwnedCaptureRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::CaptureRequestView<'static>,
>;
///Shorthand for `OwnedView<CaptureResponseView<'static>>`.
pub type OwnedCaptureResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::CaptureResponseView<'static>,
>;
///Shorthand for `OwnedView<VoidRequestView<'static>>`.
pub type OwnedVoidRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::VoidRequestView<'static>,
>;
///Shorthand for `OwnedView<VoidResponseView<'static>>`.
pub type OwnedVoidResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::VoidResponseView<'static>,
>;
///Shorthand for `OwnedView<RefundRequestView<'static>>`.
pub type OwnedRefundRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::RefundRequestView<'static>,
>;
///Shorthand for `OwnedView<RefundResponseView<'static>>`.
pub type OwnedRefundResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::RefundResponseView<'static>,
>;
///Shorthand for `OwnedView<DepositRequestView<'static>>`.
pub type OwnedDepositRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::DepositRequestView<'static>,
>;
///Shorthand for `OwnedView<DepositResponseView<'static>>`.
pub type OwnedDepositResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::DepositResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::GetWalletResponse>
for crate::proto::larder::customer::v1::__buffa::view::GetWalletResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::GetWalletResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::GetWalletResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::ListPostingsResponse>
for crate::proto::larder::customer::v1::__buffa::view::ListPostingsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::ListPostingsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::ListPostingsResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::HoldResponse>
for crate::proto::larder::customer::v1::__buffa::view::HoldResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::HoldResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::HoldResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::CaptureResponse>
for crate::proto::larder::customer::v1::__buffa::view::CaptureResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::CaptureResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::CaptureResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::VoidResponse>
for crate::proto::larder::customer::v1::__buffa::view::VoidResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::VoidResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::VoidResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::RefundResponse>
for crate::proto::larder::customer::v1::__buffa::view::RefundResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::RefundResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::RefundResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::DepositResponse>
for crate::proto::larder::customer::v1::__buffa::view::DepositResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::customer::v1::DepositResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::customer::v1::__buffa::view::DepositResponseView<'static>,
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
pub const WALLET_SERVICE_SERVICE_NAME: &str = "larder.customer.v1.WalletService";
/// Static [`Spec`](::connectrpc::Spec) for the `GetWallet` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_GET_WALLET_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/GetWallet",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListPostings` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_LIST_POSTINGS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/ListPostings",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `Hold` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_HOLD_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/Hold",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Capture` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_CAPTURE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/Capture",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Void` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_VOID_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/Void",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Refund` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_REFUND_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/Refund",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Deposit` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const WALLET_SERVICE_DEPOSIT_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.customer.v1.WalletService/Deposit",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Holds, takes and gives back money.
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
pub trait WalletService: Send + Sync + 'static {
    /// Returns the wallet of the user who asks. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `WALLET_NOT_FOUND`: the user has no wallet.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_wallet<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::GetWalletRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::GetWalletResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the postings of the user who asks, newest first. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `WALLET_NOT_FOUND`: the user has no wallet.
    /// - `INVALID_ARGUMENT`, reason `PAGE_TOKEN_INVALID`: the token is not one that this method gave.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn list_postings<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::ListPostingsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::ListPostingsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Holds an amount for an order. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `WALLET_NOT_FOUND`: the customer has no wallet.
    /// - `FAILED_PRECONDITION`, reason `FUNDS_SHORT`: the wallet holds less than the amount.
    /// - `FAILED_PRECONDITION`, reason `UNDONE`: the step was undone before it arrived.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn hold<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::HoldRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::HoldResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Takes what is held. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `HOLD_NOT_FOUND`: nothing was held under that name.
    /// - `FAILED_PRECONDITION`, reason `UNDONE`: the hold was voided, or what was taken has been refunded.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn capture<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::CaptureRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::CaptureResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Undoes a Hold. Where the Hold has not arrived yet, it will be refused. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `FAILED_PRECONDITION`, reason `ALREADY_CAPTURED`: the money is taken: give it back with Refund.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn void<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::VoidRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::VoidResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Undoes a Capture: gives back what was taken. Where the Capture has not arrived yet, it will be refused, and what is
    /// held is given back. Repeating it changes nothing.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn refund<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::RefundRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::RefundResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Puts money into a wallet. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `WALLET_NOT_FOUND`: the customer has no wallet.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn deposit<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::customer::v1::DepositRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::customer::v1::DepositResponse,
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
pub trait WalletServiceExt: WalletService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: WalletService> WalletServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                WALLET_SERVICE_SERVICE_NAME,
                "GetWallet",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::GetWalletRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::GetWalletRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_wallet(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::GetWalletResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_GET_WALLET_SPEC)
            .route_view_idempotent(
                WALLET_SERVICE_SERVICE_NAME,
                "ListPostings",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::ListPostingsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::ListPostingsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_postings(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::ListPostingsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_LIST_POSTINGS_SPEC)
            .route_view(
                WALLET_SERVICE_SERVICE_NAME,
                "Hold",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::HoldRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::HoldRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.hold(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::HoldResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_HOLD_SPEC)
            .route_view(
                WALLET_SERVICE_SERVICE_NAME,
                "Capture",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::CaptureRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::CaptureRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.capture(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::CaptureResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_CAPTURE_SPEC)
            .route_view(
                WALLET_SERVICE_SERVICE_NAME,
                "Void",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::VoidRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::VoidRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.void(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::VoidResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_VOID_SPEC)
            .route_view(
                WALLET_SERVICE_SERVICE_NAME,
                "Refund",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::RefundRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::RefundRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.refund(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::RefundResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_REFUND_SPEC)
            .route_view(
                WALLET_SERVICE_SERVICE_NAME,
                "Deposit",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::customer::v1::__buffa::view::DepositRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::customer::v1::DepositRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.deposit(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::customer::v1::DepositResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(WALLET_SERVICE_DEPOSIT_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct WalletServiceRegisterMarker;
impl<S: WalletService> ::connectrpc::ServiceRegister<WalletServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as WalletServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `WalletService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = WalletServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct WalletServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: WalletService> WalletServiceServer<T> {
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
impl<T> Clone for WalletServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: WalletService> ::connectrpc::Dispatcher for WalletServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.customer.v1.WalletService/")?;
        match method {
            "GetWallet" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(WALLET_SERVICE_GET_WALLET_SPEC),
                )
            }
            "ListPostings" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(WALLET_SERVICE_LIST_POSTINGS_SPEC),
                )
            }
            "Hold" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(WALLET_SERVICE_HOLD_SPEC),
                )
            }
            "Capture" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(WALLET_SERVICE_CAPTURE_SPEC),
                )
            }
            "Void" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(WALLET_SERVICE_VOID_SPEC),
                )
            }
            "Refund" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(WALLET_SERVICE_REFUND_SPEC),
                )
            }
            "Deposit" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(WALLET_SERVICE_DEPOSIT_SPEC),
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
        let Some(method) = path.strip_prefix("larder.customer.v1.WalletService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "GetWallet" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::GetWalletRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::GetWalletRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::GetWalletRequest,
                    >::from_parts(&req, &body);
                    svc.get_wallet(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::GetWalletResponse,
                        >(format)
                })
            }
            "ListPostings" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::ListPostingsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::ListPostingsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::ListPostingsRequest,
                    >::from_parts(&req, &body);
                    svc.list_postings(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::ListPostingsResponse,
                        >(format)
                })
            }
            "Hold" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::HoldRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::HoldRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::HoldRequest,
                    >::from_parts(&req, &body);
                    svc.hold(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::HoldResponse,
                        >(format)
                })
            }
            "Capture" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::CaptureRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::CaptureRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::CaptureRequest,
                    >::from_parts(&req, &body);
                    svc.capture(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::CaptureResponse,
                        >(format)
                })
            }
            "Void" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::VoidRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::VoidRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::VoidRequest,
                    >::from_parts(&req, &body);
                    svc.void(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::VoidResponse,
                        >(format)
                })
            }
            "Refund" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::RefundRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::RefundRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::RefundRequest,
                    >::from_parts(&req, &body);
                    svc.refund(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::RefundResponse,
                        >(format)
                })
            }
            "Deposit" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::customer::v1::DepositRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::customer::v1::__buffa::view::DepositRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::customer::v1::DepositRequest,
                    >::from_parts(&req, &body);
                    svc.deposit(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::customer::v1::DepositResponse,
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
        let Some(method) = path.strip_prefix("larder.customer.v1.WalletService/") else {
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
        let Some(method) = path.strip_prefix("larder.customer.v1.WalletService/") else {
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
        let Some(method) = path.strip_prefix("larder.customer.v1.WalletService/") else {
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
/// let client = WalletServiceClient::new(conn, config);
/// let response = client.get_wallet(request).await?;
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
/// let client = WalletServiceClient::new(http, config);
/// let response = client.get_wallet(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.get_wallet(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.get_wallet(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct WalletServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> WalletServiceClient<T>
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
    /// Call the GetWallet RPC. Sends a request to /larder.customer.v1.WalletService/GetWallet.
    pub async fn get_wallet(
        &self,
        request: crate::proto::larder::customer::v1::GetWalletRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::GetWalletResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_wallet_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetWallet RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_wallet_with_options(
        &self,
        request: crate::proto::larder::customer::v1::GetWalletRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::GetWalletResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_GET_WALLET_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListPostings RPC. Sends a request to /larder.customer.v1.WalletService/ListPostings.
    pub async fn list_postings(
        &self,
        request: crate::proto::larder::customer::v1::ListPostingsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::ListPostingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_postings_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListPostings RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_postings_with_options(
        &self,
        request: crate::proto::larder::customer::v1::ListPostingsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::ListPostingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_LIST_POSTINGS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Hold RPC. Sends a request to /larder.customer.v1.WalletService/Hold.
    pub async fn hold(
        &self,
        request: crate::proto::larder::customer::v1::HoldRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::HoldResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.hold_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Hold RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn hold_with_options(
        &self,
        request: crate::proto::larder::customer::v1::HoldRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::HoldResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_HOLD_SPEC.with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Capture RPC. Sends a request to /larder.customer.v1.WalletService/Capture.
    pub async fn capture(
        &self,
        request: crate::proto::larder::customer::v1::CaptureRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::CaptureResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.capture_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Capture RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn capture_with_options(
        &self,
        request: crate::proto::larder::customer::v1::CaptureRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::CaptureResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_CAPTURE_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Void RPC. Sends a request to /larder.customer.v1.WalletService/Void.
    pub async fn void(
        &self,
        request: crate::proto::larder::customer::v1::VoidRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::VoidResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.void_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Void RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn void_with_options(
        &self,
        request: crate::proto::larder::customer::v1::VoidRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::VoidResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_VOID_SPEC.with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Refund RPC. Sends a request to /larder.customer.v1.WalletService/Refund.
    pub async fn refund(
        &self,
        request: crate::proto::larder::customer::v1::RefundRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::RefundResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.refund_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Refund RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn refund_with_options(
        &self,
        request: crate::proto::larder::customer::v1::RefundRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::RefundResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_REFUND_SPEC.with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Deposit RPC. Sends a request to /larder.customer.v1.WalletService/Deposit.
    pub async fn deposit(
        &self,
        request: crate::proto::larder::customer::v1::DepositRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::DepositResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.deposit_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Deposit RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn deposit_with_options(
        &self,
        request: crate::proto::larder::customer::v1::DepositRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::customer::v1::__buffa::view::DepositResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                WALLET_SERVICE_DEPOSIT_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
