///Shorthand for `OwnedView<ListSlotsRequestView<'static>>`.
pub type OwnedListSlotsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::ListSlotsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListSlotsResponseView<'static>>`.
pub type OwnedListSlotsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::ListSlotsResponseView<'static>,
>;
///Shorthand for `OwnedView<BookRequestView<'static>>`.
pub type OwnedBookRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::BookRequestView<'static>,
>;
///Shorthand for `OwnedView<BookResponseView<'static>>`.
pub type OwnedBookResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::BookResponseView<'static>,
>;
///Shorthand for `OwnedView<ConfirmRequestView<'static>>`.
pub type OwnedConfirmRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::ConfirmRequestView<'static>,
>;
///Shorthand for `OwnedView<ConfirmResponseView<'static>>`.
pub type OwnedConfirmResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::ConfirmResponseView<'static>,
>;
///Shorthand for `OwnedView<CancelRequestView<'static>>`.
pub type OwnedCancelRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::CancelRequestView<'static>,
>;
///Shorthand for `OwnedView<CancelResponseView<'static>>`.
pub type OwnedCancelResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::CancelResponseView<'static>,
>;
///Shorthand for `OwnedView<StartPickingRequestView<'static>>`.
pub type OwnedStartPickingRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::StartPickingRequestView<'static>,
>;
///Shorthand for `OwnedView<StartPickingResponseView<'static>>`.
pub type OwnedStartPickingResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::StartPickingResponseView<'static>,
>;
///Shorthand for `OwnedView<DispatchRequestView<'static>>`.
pub type OwnedDispatchRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::DispatchRequestView<'static>,
>;
///Shorthand for `OwnedView<DispatchResponseView<'static>>`.
pub type OwnedDispatchResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::DispatchResponseView<'static>,
>;
///Shorthand for `OwnedView<AttachSensorRequestView<'static>>`.
pub type OwnedAttachSensorRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::AttachSensorRequestView<'static>,
>;
///Shorthand for `OwnedView<AttachSensorResponseView<'static>>`.
pub type OwnedAttachSensorResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::AttachSensorResponseView<'static>,
>;
///Shorthand for `OwnedView<CompleteDeliveryRequestView<'static>>`.
pub type OwnedCompleteDeliveryRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<CompleteDeliveryResponseView<'static>>`.
pub type OwnedCompleteDeliveryResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<FailDeliveryRequestView<'static>>`.
pub type OwnedFailDeliveryRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryRequestView<'static>,
>;
///Shorthand for `OwnedView<FailDeliveryResponseView<'static>>`.
pub type OwnedFailDeliveryResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::ListSlotsResponse>
for crate::proto::larder::shipping::v1::__buffa::view::ListSlotsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::ListSlotsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::ListSlotsResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::BookResponse>
for crate::proto::larder::shipping::v1::__buffa::view::BookResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::BookResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::BookResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::ConfirmResponse>
for crate::proto::larder::shipping::v1::__buffa::view::ConfirmResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::ConfirmResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::ConfirmResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::CancelResponse>
for crate::proto::larder::shipping::v1::__buffa::view::CancelResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::CancelResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::CancelResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::StartPickingResponse>
for crate::proto::larder::shipping::v1::__buffa::view::StartPickingResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::StartPickingResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::StartPickingResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::DispatchResponse>
for crate::proto::larder::shipping::v1::__buffa::view::DispatchResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::DispatchResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::DispatchResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::AttachSensorResponse>
for crate::proto::larder::shipping::v1::__buffa::view::AttachSensorResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::AttachSensorResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::AttachSensorResponseView<'static>,
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
impl ::connectrpc::Encodable<
    crate::proto::larder::shipping::v1::CompleteDeliveryResponse,
>
for crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<
    crate::proto::larder::shipping::v1::CompleteDeliveryResponse,
>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::FailDeliveryResponse>
for crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::shipping::v1::FailDeliveryResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryResponseView<'static>,
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
pub const SHIPPING_SERVICE_SERVICE_NAME: &str = "larder.shipping.v1.ShippingService";
/// Static [`Spec`](::connectrpc::Spec) for the `ListSlots` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_LIST_SLOTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/ListSlots",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `Book` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_BOOK_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/Book",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Confirm` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_CONFIRM_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/Confirm",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Cancel` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_CANCEL_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/Cancel",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `StartPicking` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_START_PICKING_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/StartPicking",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Dispatch` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_DISPATCH_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/Dispatch",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `AttachSensor` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_ATTACH_SENSOR_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/AttachSensor",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `CompleteDelivery` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_COMPLETE_DELIVERY_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/CompleteDelivery",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `FailDelivery` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const SHIPPING_SERVICE_FAIL_DELIVERY_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.shipping.v1.ShippingService/FailDelivery",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Books deliveries.
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
pub trait ShippingService: Send + Sync + 'static {
    /// Lists the slots of the next seven days that are still free, earliest first. Safe to repeat.
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
    fn list_slots<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::ListSlotsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::ListSlotsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Books a slot for an order. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SLOT_NOT_FOUND`: no slot has that name.
    /// - `FAILED_PRECONDITION`, reason `SLOT_FULL`: no delivery is free in the slot.
    /// - `FAILED_PRECONDITION`, reason `SLOT_PAST`: the slot has begun.
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
    fn book<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::BookRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::BookResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Makes a booked shipment final. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SHIPMENT_NOT_FOUND`: nothing was booked under that name.
    /// - `FAILED_PRECONDITION`, reason `UNDONE`: the shipment was cancelled.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn confirm<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::ConfirmRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::ConfirmResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Undoes a Book or a Confirm: gives the slot back. Where the Book has not arrived yet, it will be refused.
    /// Repeating it changes nothing. A shipment that failed stays as it is: its slot is used.
    ///
    /// Errors:
    /// - `FAILED_PRECONDITION`, reason `ALREADY_PICKED`: the goods are being picked, on their way or delivered.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn cancel<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::CancelRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::CancelResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Starts to pick the goods of a confirmed shipment; from then on it cannot be cancelled. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SHIPMENT_NOT_FOUND`: nothing was booked under that name.
    /// - `FAILED_PRECONDITION`, reason `NOT_CONFIRMED`: the shipment is booked only, or cancelled.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn start_picking<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::StartPickingRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::StartPickingResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Hands the picked goods of a shipment to the carrier. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SHIPMENT_NOT_FOUND`: nothing was booked under that name.
    /// - `FAILED_PRECONDITION`, reason `NOT_PICKED`: nobody has started to pick its goods.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn dispatch<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::DispatchRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::DispatchResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Attaches a sensor to a shipment until it is handed over or given up, and takes it off what it was attached to.
    /// Repeating it changes nothing.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SHIPMENT_NOT_FOUND`: nothing was booked under that name.
    /// - `FAILED_PRECONDITION`, reason `NOT_PICKED`: nobody has started to pick its goods.
    /// - `FAILED_PRECONDITION`, reason `DELIVERY_OVER`: it was handed over, or could not be.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn attach_sensor<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::AttachSensorRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::AttachSensorResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Says that a shipment was handed over. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SHIPMENT_NOT_FOUND`: nothing was booked under that name.
    /// - `FAILED_PRECONDITION`, reason `NOT_DISPATCHED`: it has not left the warehouse, or its delivery has failed.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn complete_delivery<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::CompleteDeliveryRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::CompleteDeliveryResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Says that a shipment could not be handed over; its order is cancelled then. Repeating it changes nothing: the first
    /// cause stands.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `SHIPMENT_NOT_FOUND`: nothing was booked under that name.
    /// - `FAILED_PRECONDITION`, reason `NOT_DISPATCHED`: it has not left the warehouse, or was delivered.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn fail_delivery<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::shipping::v1::FailDeliveryRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::shipping::v1::FailDeliveryResponse,
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
pub trait ShippingServiceExt: ShippingService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: ShippingService> ShippingServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                SHIPPING_SERVICE_SERVICE_NAME,
                "ListSlots",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::ListSlotsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::ListSlotsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_slots(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::ListSlotsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_LIST_SLOTS_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "Book",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::BookRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::BookRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.book(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::BookResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_BOOK_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "Confirm",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::ConfirmRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::ConfirmRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.confirm(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::ConfirmResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_CONFIRM_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "Cancel",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::CancelRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::CancelRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.cancel(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::CancelResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_CANCEL_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "StartPicking",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::StartPickingRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::StartPickingRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.start_picking(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::StartPickingResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_START_PICKING_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "Dispatch",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::DispatchRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::DispatchRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.dispatch(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::DispatchResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_DISPATCH_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "AttachSensor",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::AttachSensorRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::AttachSensorRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.attach_sensor(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::AttachSensorResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_ATTACH_SENSOR_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "CompleteDelivery",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::CompleteDeliveryRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.complete_delivery(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::CompleteDeliveryResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_COMPLETE_DELIVERY_SPEC)
            .route_view(
                SHIPPING_SERVICE_SERVICE_NAME,
                "FailDelivery",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::shipping::v1::FailDeliveryRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.fail_delivery(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::shipping::v1::FailDeliveryResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(SHIPPING_SERVICE_FAIL_DELIVERY_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct ShippingServiceRegisterMarker;
impl<S: ShippingService> ::connectrpc::ServiceRegister<ShippingServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as ShippingServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `ShippingService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = ShippingServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct ShippingServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: ShippingService> ShippingServiceServer<T> {
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
impl<T> Clone for ShippingServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: ShippingService> ::connectrpc::Dispatcher for ShippingServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.shipping.v1.ShippingService/")?;
        match method {
            "ListSlots" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(SHIPPING_SERVICE_LIST_SLOTS_SPEC),
                )
            }
            "Book" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_BOOK_SPEC),
                )
            }
            "Confirm" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_CONFIRM_SPEC),
                )
            }
            "Cancel" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_CANCEL_SPEC),
                )
            }
            "StartPicking" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_START_PICKING_SPEC),
                )
            }
            "Dispatch" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_DISPATCH_SPEC),
                )
            }
            "AttachSensor" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_ATTACH_SENSOR_SPEC),
                )
            }
            "CompleteDelivery" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_COMPLETE_DELIVERY_SPEC),
                )
            }
            "FailDelivery" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(SHIPPING_SERVICE_FAIL_DELIVERY_SPEC),
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
        let Some(method) = path.strip_prefix("larder.shipping.v1.ShippingService/") else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "ListSlots" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::ListSlotsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::ListSlotsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::ListSlotsRequest,
                    >::from_parts(&req, &body);
                    svc.list_slots(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::ListSlotsResponse,
                        >(format)
                })
            }
            "Book" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::BookRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::BookRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::BookRequest,
                    >::from_parts(&req, &body);
                    svc.book(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::BookResponse,
                        >(format)
                })
            }
            "Confirm" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::ConfirmRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::ConfirmRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::ConfirmRequest,
                    >::from_parts(&req, &body);
                    svc.confirm(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::ConfirmResponse,
                        >(format)
                })
            }
            "Cancel" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::CancelRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::CancelRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::CancelRequest,
                    >::from_parts(&req, &body);
                    svc.cancel(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::CancelResponse,
                        >(format)
                })
            }
            "StartPicking" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::StartPickingRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::StartPickingRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::StartPickingRequest,
                    >::from_parts(&req, &body);
                    svc.start_picking(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::StartPickingResponse,
                        >(format)
                })
            }
            "Dispatch" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::DispatchRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::DispatchRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::DispatchRequest,
                    >::from_parts(&req, &body);
                    svc.dispatch(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::DispatchResponse,
                        >(format)
                })
            }
            "AttachSensor" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::AttachSensorRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::AttachSensorRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::AttachSensorRequest,
                    >::from_parts(&req, &body);
                    svc.attach_sensor(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::AttachSensorResponse,
                        >(format)
                })
            }
            "CompleteDelivery" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::CompleteDeliveryRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::CompleteDeliveryRequest,
                    >::from_parts(&req, &body);
                    svc.complete_delivery(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::CompleteDeliveryResponse,
                        >(format)
                })
            }
            "FailDelivery" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::shipping::v1::FailDeliveryRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::shipping::v1::FailDeliveryRequest,
                    >::from_parts(&req, &body);
                    svc.fail_delivery(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::shipping::v1::FailDeliveryResponse,
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
        let Some(method) = path.strip_prefix("larder.shipping.v1.ShippingService/") else {
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
        let Some(method) = path.strip_prefix("larder.shipping.v1.ShippingService/") else {
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
        let Some(method) = path.strip_prefix("larder.shipping.v1.ShippingService/") else {
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
/// let client = ShippingServiceClient::new(conn, config);
/// let response = client.list_slots(request).await?;
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
/// let client = ShippingServiceClient::new(http, config);
/// let response = client.list_slots(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.list_slots(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.list_slots(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct ShippingServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> ShippingServiceClient<T>
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
    /// Call the ListSlots RPC. Sends a request to /larder.shipping.v1.ShippingService/ListSlots.
    pub async fn list_slots(
        &self,
        request: crate::proto::larder::shipping::v1::ListSlotsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::ListSlotsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_slots_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListSlots RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_slots_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::ListSlotsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::ListSlotsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_LIST_SLOTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Book RPC. Sends a request to /larder.shipping.v1.ShippingService/Book.
    pub async fn book(
        &self,
        request: crate::proto::larder::shipping::v1::BookRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::BookResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.book_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Book RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn book_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::BookRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::BookResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_BOOK_SPEC.with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Confirm RPC. Sends a request to /larder.shipping.v1.ShippingService/Confirm.
    pub async fn confirm(
        &self,
        request: crate::proto::larder::shipping::v1::ConfirmRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::ConfirmResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.confirm_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Confirm RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn confirm_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::ConfirmRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::ConfirmResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_CONFIRM_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Cancel RPC. Sends a request to /larder.shipping.v1.ShippingService/Cancel.
    pub async fn cancel(
        &self,
        request: crate::proto::larder::shipping::v1::CancelRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::CancelResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.cancel_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Cancel RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn cancel_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::CancelRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::CancelResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_CANCEL_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the StartPicking RPC. Sends a request to /larder.shipping.v1.ShippingService/StartPicking.
    pub async fn start_picking(
        &self,
        request: crate::proto::larder::shipping::v1::StartPickingRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::StartPickingResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.start_picking_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the StartPicking RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn start_picking_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::StartPickingRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::StartPickingResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_START_PICKING_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Dispatch RPC. Sends a request to /larder.shipping.v1.ShippingService/Dispatch.
    pub async fn dispatch(
        &self,
        request: crate::proto::larder::shipping::v1::DispatchRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::DispatchResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.dispatch_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Dispatch RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn dispatch_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::DispatchRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::DispatchResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_DISPATCH_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the AttachSensor RPC. Sends a request to /larder.shipping.v1.ShippingService/AttachSensor.
    pub async fn attach_sensor(
        &self,
        request: crate::proto::larder::shipping::v1::AttachSensorRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::AttachSensorResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.attach_sensor_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the AttachSensor RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn attach_sensor_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::AttachSensorRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::AttachSensorResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_ATTACH_SENSOR_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the CompleteDelivery RPC. Sends a request to /larder.shipping.v1.ShippingService/CompleteDelivery.
    pub async fn complete_delivery(
        &self,
        request: crate::proto::larder::shipping::v1::CompleteDeliveryRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.complete_delivery_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the CompleteDelivery RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn complete_delivery_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::CompleteDeliveryRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::CompleteDeliveryResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_COMPLETE_DELIVERY_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the FailDelivery RPC. Sends a request to /larder.shipping.v1.ShippingService/FailDelivery.
    pub async fn fail_delivery(
        &self,
        request: crate::proto::larder::shipping::v1::FailDeliveryRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.fail_delivery_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the FailDelivery RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn fail_delivery_with_options(
        &self,
        request: crate::proto::larder::shipping::v1::FailDeliveryRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::shipping::v1::__buffa::view::FailDeliveryResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                SHIPPING_SERVICE_FAIL_DELIVERY_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
