///Shorthand for `OwnedView<BatchGetStockRequestView<'static>>`.
pub type OwnedBatchGetStockRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockRequestView<'static>,
>;
///Shorthand for `OwnedView<BatchGetStockResponseView<'static>>`.
pub type OwnedBatchGetStockResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ListRoomsRequestView<'static>>`.
pub type OwnedListRoomsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ListRoomsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListRoomsResponseView<'static>>`.
pub type OwnedListRoomsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ListRoomsResponseView<'static>,
>;
///Shorthand for `OwnedView<ListRoomStockRequestView<'static>>`.
pub type OwnedListRoomStockRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockRequestView<'static>,
>;
///Shorthand for `OwnedView<ListRoomStockResponseView<'static>>`.
pub type OwnedListRoomStockResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<AttachRoomSensorRequestView<'static>>`.
pub type OwnedAttachRoomSensorRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<AttachRoomSensorResponseView<'static>>`.
pub type OwnedAttachRoomSensorResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ReserveRequestView<'static>>`.
pub type OwnedReserveRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReserveRequestView<'static>,
>;
///Shorthand for `OwnedView<ReserveResponseView<'static>>`.
pub type OwnedReserveResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReserveResponseView<'static>,
>;
///Shorthand for `OwnedView<CommitRequestView<'static>>`.
pub type OwnedCommitRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::CommitRequestView<'static>,
>;
///Shorthand for `OwnedView<CommitResponseView<'static>>`.
pub type OwnedCommitResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::CommitResponseView<'static>,
>;
///Shorthand for `OwnedView<ReleaseRequestView<'static>>`.
pub type OwnedReleaseRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReleaseRequestView<'static>,
>;
///Shorthand for `OwnedView<ReleaseResponseView<'static>>`.
pub type OwnedReleaseResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReleaseResponseView<'static>,
>;
///Shorthand for `OwnedView<RestockRequestView<'static>>`.
pub type OwnedRestockRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::RestockRequestView<'static>,
>;
///Shorthand for `OwnedView<RestockResponseView<'static>>`.
pub type OwnedRestockResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::RestockResponseView<'static>,
>;
///Shorthand for `OwnedView<ReceiveStockRequestView<'static>>`.
pub type OwnedReceiveStockRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockRequestView<'static>,
>;
///Shorthand for `OwnedView<ReceiveStockResponseView<'static>>`.
pub type OwnedReceiveStockResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockResponseView<'static>,
>;
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::BatchGetStockResponse>
for crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::BatchGetStockResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ListRoomsResponse>
for crate::proto::larder::inventory::v1::__buffa::view::ListRoomsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ListRoomsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ListRoomsResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ListRoomStockResponse>
for crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ListRoomStockResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockResponseView<
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
impl ::connectrpc::Encodable<
    crate::proto::larder::inventory::v1::AttachRoomSensorResponse,
>
for crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorResponseView<
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
    crate::proto::larder::inventory::v1::AttachRoomSensorResponse,
>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ReserveResponse>
for crate::proto::larder::inventory::v1::__buffa::view::ReserveResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ReserveResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReserveResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::CommitResponse>
for crate::proto::larder::inventory::v1::__buffa::view::CommitResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::CommitResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::CommitResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ReleaseResponse>
for crate::proto::larder::inventory::v1::__buffa::view::ReleaseResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ReleaseResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReleaseResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::RestockResponse>
for crate::proto::larder::inventory::v1::__buffa::view::RestockResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::RestockResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::RestockResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ReceiveStockResponse>
for crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::inventory::v1::ReceiveStockResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockResponseView<'static>,
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
pub const INVENTORY_SERVICE_SERVICE_NAME: &str = "larder.inventory.v1.InventoryService";
/// Static [`Spec`](::connectrpc::Spec) for the `BatchGetStock` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_BATCH_GET_STOCK_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/BatchGetStock",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListRooms` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_LIST_ROOMS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/ListRooms",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListRoomStock` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_LIST_ROOM_STOCK_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/ListRoomStock",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `AttachRoomSensor` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_ATTACH_ROOM_SENSOR_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/AttachRoomSensor",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Reserve` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_RESERVE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/Reserve",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Commit` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_COMMIT_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/Commit",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Release` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_RELEASE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/Release",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `Restock` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_RESTOCK_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/Restock",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `ReceiveStock` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const INVENTORY_SERVICE_RECEIVE_STOCK_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.inventory.v1.InventoryService/ReceiveStock",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Holds stock for orders.
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
pub trait InventoryService: Send + Sync + 'static {
    /// Returns the stock of up to 100 products. Unknown products have none. Safe to repeat.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn batch_get_stock<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::BatchGetStockRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::BatchGetStockResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the rooms of all warehouses, with their sensors. Safe to repeat.
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
    fn list_rooms<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::ListRoomsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::ListRoomsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists what lies in a room, by product. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `ROOM_NOT_FOUND`: no room has that name.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn list_room_stock<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::ListRoomStockRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::ListRoomStockResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Attaches a sensor to a room, and takes it off what it was attached to. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `ROOM_NOT_FOUND`: no room has that name.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn attach_room_sensor<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::AttachRoomSensorRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::AttachRoomSensorResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Holds stock for an order until it is committed or released, or 15 minutes have passed. Takes all lines or none.
    /// Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `FAILED_PRECONDITION`, reason `STOCK_SHORT`: not enough; the metadata names the product and how many packs are left.
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: no warehouse has ever had a product of that name.
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
    fn reserve<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::ReserveRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::ReserveResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Sells what a reservation holds. A reservation that has lapsed takes stock again. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `RESERVATION_NOT_FOUND`: nothing was reserved under that name.
    /// - `FAILED_PRECONDITION`, reason `STOCK_SHORT`: the reservation had lapsed and the stock is gone.
    /// - `FAILED_PRECONDITION`, reason `UNDONE`: the reservation was released, or what it sold was put back.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn commit<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::CommitRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::CommitResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Undoes a Reserve. Where the Reserve has not arrived yet, it will be refused. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `FAILED_PRECONDITION`, reason `ALREADY_COMMITTED`: the stock is sold: put it back with Restock.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn release<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::ReleaseRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::ReleaseResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Undoes a Commit: puts sold stock back. Where the Commit has not arrived yet, it will be refused, and what is held is
    /// given back. Repeating it changes nothing.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn restock<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::RestockRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::RestockResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Adds packs that arrived at a warehouse. Repeating a `request_id` returns the first result.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `WAREHOUSE_NOT_FOUND`: no warehouse has that name.
    /// - `ALREADY_EXISTS`, reason `REQUEST_ID_REUSED`: the request id was used with another body.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn receive_stock<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::inventory::v1::ReceiveStockRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::inventory::v1::ReceiveStockResponse,
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
pub trait InventoryServiceExt: InventoryService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: InventoryService> InventoryServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                INVENTORY_SERVICE_SERVICE_NAME,
                "BatchGetStock",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::BatchGetStockRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.batch_get_stock(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::BatchGetStockResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_BATCH_GET_STOCK_SPEC)
            .route_view_idempotent(
                INVENTORY_SERVICE_SERVICE_NAME,
                "ListRooms",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::ListRoomsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::ListRoomsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_rooms(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::ListRoomsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_LIST_ROOMS_SPEC)
            .route_view_idempotent(
                INVENTORY_SERVICE_SERVICE_NAME,
                "ListRoomStock",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::ListRoomStockRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_room_stock(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::ListRoomStockResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_LIST_ROOM_STOCK_SPEC)
            .route_view(
                INVENTORY_SERVICE_SERVICE_NAME,
                "AttachRoomSensor",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::AttachRoomSensorRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.attach_room_sensor(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::AttachRoomSensorResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_ATTACH_ROOM_SENSOR_SPEC)
            .route_view(
                INVENTORY_SERVICE_SERVICE_NAME,
                "Reserve",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::ReserveRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::ReserveRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.reserve(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::ReserveResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_RESERVE_SPEC)
            .route_view(
                INVENTORY_SERVICE_SERVICE_NAME,
                "Commit",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::CommitRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::CommitRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.commit(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::CommitResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_COMMIT_SPEC)
            .route_view(
                INVENTORY_SERVICE_SERVICE_NAME,
                "Release",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::ReleaseRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::ReleaseRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.release(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::ReleaseResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_RELEASE_SPEC)
            .route_view(
                INVENTORY_SERVICE_SERVICE_NAME,
                "Restock",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::RestockRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::RestockRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.restock(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::RestockResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_RESTOCK_SPEC)
            .route_view(
                INVENTORY_SERVICE_SERVICE_NAME,
                "ReceiveStock",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::inventory::v1::ReceiveStockRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.receive_stock(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::inventory::v1::ReceiveStockResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(INVENTORY_SERVICE_RECEIVE_STOCK_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct InventoryServiceRegisterMarker;
impl<S: InventoryService> ::connectrpc::ServiceRegister<InventoryServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as InventoryServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `InventoryService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = InventoryServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct InventoryServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: InventoryService> InventoryServiceServer<T> {
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
impl<T> Clone for InventoryServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: InventoryService> ::connectrpc::Dispatcher for InventoryServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.inventory.v1.InventoryService/")?;
        match method {
            "BatchGetStock" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(INVENTORY_SERVICE_BATCH_GET_STOCK_SPEC),
                )
            }
            "ListRooms" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(INVENTORY_SERVICE_LIST_ROOMS_SPEC),
                )
            }
            "ListRoomStock" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(INVENTORY_SERVICE_LIST_ROOM_STOCK_SPEC),
                )
            }
            "AttachRoomSensor" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INVENTORY_SERVICE_ATTACH_ROOM_SENSOR_SPEC),
                )
            }
            "Reserve" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INVENTORY_SERVICE_RESERVE_SPEC),
                )
            }
            "Commit" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INVENTORY_SERVICE_COMMIT_SPEC),
                )
            }
            "Release" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INVENTORY_SERVICE_RELEASE_SPEC),
                )
            }
            "Restock" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INVENTORY_SERVICE_RESTOCK_SPEC),
                )
            }
            "ReceiveStock" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(INVENTORY_SERVICE_RECEIVE_STOCK_SPEC),
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
        let Some(method) = path.strip_prefix("larder.inventory.v1.InventoryService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "BatchGetStock" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::BatchGetStockRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::BatchGetStockRequest,
                    >::from_parts(&req, &body);
                    svc.batch_get_stock(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::BatchGetStockResponse,
                        >(format)
                })
            }
            "ListRooms" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::ListRoomsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::ListRoomsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::ListRoomsRequest,
                    >::from_parts(&req, &body);
                    svc.list_rooms(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::ListRoomsResponse,
                        >(format)
                })
            }
            "ListRoomStock" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::ListRoomStockRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::ListRoomStockRequest,
                    >::from_parts(&req, &body);
                    svc.list_room_stock(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::ListRoomStockResponse,
                        >(format)
                })
            }
            "AttachRoomSensor" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::AttachRoomSensorRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::AttachRoomSensorRequest,
                    >::from_parts(&req, &body);
                    svc.attach_room_sensor(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::AttachRoomSensorResponse,
                        >(format)
                })
            }
            "Reserve" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::ReserveRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::ReserveRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::ReserveRequest,
                    >::from_parts(&req, &body);
                    svc.reserve(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::ReserveResponse,
                        >(format)
                })
            }
            "Commit" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::CommitRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::CommitRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::CommitRequest,
                    >::from_parts(&req, &body);
                    svc.commit(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::CommitResponse,
                        >(format)
                })
            }
            "Release" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::ReleaseRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::ReleaseRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::ReleaseRequest,
                    >::from_parts(&req, &body);
                    svc.release(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::ReleaseResponse,
                        >(format)
                })
            }
            "Restock" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::RestockRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::RestockRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::RestockRequest,
                    >::from_parts(&req, &body);
                    svc.restock(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::RestockResponse,
                        >(format)
                })
            }
            "ReceiveStock" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::inventory::v1::ReceiveStockRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::inventory::v1::ReceiveStockRequest,
                    >::from_parts(&req, &body);
                    svc.receive_stock(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::inventory::v1::ReceiveStockResponse,
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
        let Some(method) = path.strip_prefix("larder.inventory.v1.InventoryService/")
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
        let Some(method) = path.strip_prefix("larder.inventory.v1.InventoryService/")
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
        let Some(method) = path.strip_prefix("larder.inventory.v1.InventoryService/")
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
/// let client = InventoryServiceClient::new(conn, config);
/// let response = client.batch_get_stock(request).await?;
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
/// let client = InventoryServiceClient::new(http, config);
/// let response = client.batch_get_stock(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.batch_get_stock(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.batch_get_stock(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct InventoryServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> InventoryServiceClient<T>
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
    /// Call the BatchGetStock RPC. Sends a request to /larder.inventory.v1.InventoryService/BatchGetStock.
    pub async fn batch_get_stock(
        &self,
        request: crate::proto::larder::inventory::v1::BatchGetStockRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.batch_get_stock_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the BatchGetStock RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn batch_get_stock_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::BatchGetStockRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::BatchGetStockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_BATCH_GET_STOCK_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListRooms RPC. Sends a request to /larder.inventory.v1.InventoryService/ListRooms.
    pub async fn list_rooms(
        &self,
        request: crate::proto::larder::inventory::v1::ListRoomsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ListRoomsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_rooms_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListRooms RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_rooms_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::ListRoomsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ListRoomsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_LIST_ROOMS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListRoomStock RPC. Sends a request to /larder.inventory.v1.InventoryService/ListRoomStock.
    pub async fn list_room_stock(
        &self,
        request: crate::proto::larder::inventory::v1::ListRoomStockRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_room_stock_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListRoomStock RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_room_stock_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::ListRoomStockRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ListRoomStockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_LIST_ROOM_STOCK_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the AttachRoomSensor RPC. Sends a request to /larder.inventory.v1.InventoryService/AttachRoomSensor.
    pub async fn attach_room_sensor(
        &self,
        request: crate::proto::larder::inventory::v1::AttachRoomSensorRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.attach_room_sensor_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the AttachRoomSensor RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn attach_room_sensor_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::AttachRoomSensorRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::AttachRoomSensorResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_ATTACH_ROOM_SENSOR_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Reserve RPC. Sends a request to /larder.inventory.v1.InventoryService/Reserve.
    pub async fn reserve(
        &self,
        request: crate::proto::larder::inventory::v1::ReserveRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ReserveResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.reserve_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Reserve RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn reserve_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::ReserveRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ReserveResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_RESERVE_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Commit RPC. Sends a request to /larder.inventory.v1.InventoryService/Commit.
    pub async fn commit(
        &self,
        request: crate::proto::larder::inventory::v1::CommitRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::CommitResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.commit_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Commit RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn commit_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::CommitRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::CommitResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_COMMIT_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Release RPC. Sends a request to /larder.inventory.v1.InventoryService/Release.
    pub async fn release(
        &self,
        request: crate::proto::larder::inventory::v1::ReleaseRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ReleaseResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.release_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Release RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn release_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::ReleaseRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ReleaseResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_RELEASE_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the Restock RPC. Sends a request to /larder.inventory.v1.InventoryService/Restock.
    pub async fn restock(
        &self,
        request: crate::proto::larder::inventory::v1::RestockRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::RestockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.restock_with_options(request, ::connectrpc::client::CallOptions::default())
            .await
    }
    /// Call the Restock RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn restock_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::RestockRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::RestockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_RESTOCK_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ReceiveStock RPC. Sends a request to /larder.inventory.v1.InventoryService/ReceiveStock.
    pub async fn receive_stock(
        &self,
        request: crate::proto::larder::inventory::v1::ReceiveStockRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.receive_stock_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ReceiveStock RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn receive_stock_with_options(
        &self,
        request: crate::proto::larder::inventory::v1::ReceiveStockRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::inventory::v1::__buffa::view::ReceiveStockResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                INVENTORY_SERVICE_RECEIVE_STOCK_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
