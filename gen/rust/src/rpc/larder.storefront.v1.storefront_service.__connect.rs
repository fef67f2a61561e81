///Shorthand for `OwnedView<ListProductsRequestView<'static>>`.
pub type OwnedListProductsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListProductsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListProductsResponseView<'static>>`.
pub type OwnedListProductsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListProductsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<SearchProductsRequestView<'static>>`.
pub type OwnedSearchProductsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::SearchProductsRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<SearchProductsResponseView<'static>>`.
pub type OwnedSearchProductsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::SearchProductsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<GetProductRequestView<'static>>`.
pub type OwnedGetProductRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetProductRequestView<'static>,
>;
///Shorthand for `OwnedView<GetProductResponseView<'static>>`.
pub type OwnedGetProductResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetProductResponseView<'static>,
>;
///Shorthand for `OwnedView<GetQuoteRequestView<'static>>`.
pub type OwnedGetQuoteRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetQuoteRequestView<'static>,
>;
///Shorthand for `OwnedView<GetQuoteResponseView<'static>>`.
pub type OwnedGetQuoteResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetQuoteResponseView<'static>,
>;
///Shorthand for `OwnedView<ListSlotsRequestView<'static>>`.
pub type OwnedListSlotsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListSlotsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListSlotsResponseView<'static>>`.
pub type OwnedListSlotsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListSlotsResponseView<'static>,
>;
///Shorthand for `OwnedView<PlaceOrderRequestView<'static>>`.
pub type OwnedPlaceOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<PlaceOrderResponseView<'static>>`.
pub type OwnedPlaceOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<GetOrderRequestView<'static>>`.
pub type OwnedGetOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<GetOrderResponseView<'static>>`.
pub type OwnedGetOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<ListOrdersRequestView<'static>>`.
pub type OwnedListOrdersRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListOrdersRequestView<'static>,
>;
///Shorthand for `OwnedView<ListOrdersResponseView<'static>>`.
pub type OwnedListOrdersResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListOrdersResponseView<'static>,
>;
///Shorthand for `OwnedView<WatchOrderRequestView<'static>>`.
pub type OwnedWatchOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::WatchOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<WatchOrderResponseView<'static>>`.
pub type OwnedWatchOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::WatchOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<CancelOrderRequestView<'static>>`.
pub type OwnedCancelOrderRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::CancelOrderRequestView<'static>,
>;
///Shorthand for `OwnedView<CancelOrderResponseView<'static>>`.
pub type OwnedCancelOrderResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::CancelOrderResponseView<'static>,
>;
///Shorthand for `OwnedView<GetProfileRequestView<'static>>`.
pub type OwnedGetProfileRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetProfileRequestView<'static>,
>;
///Shorthand for `OwnedView<GetProfileResponseView<'static>>`.
pub type OwnedGetProfileResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetProfileResponseView<'static>,
>;
///Shorthand for `OwnedView<ListPostingsRequestView<'static>>`.
pub type OwnedListPostingsRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListPostingsRequestView<'static>,
>;
///Shorthand for `OwnedView<ListPostingsResponseView<'static>>`.
pub type OwnedListPostingsResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListPostingsResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<UpdatePreferencesRequestView<'static>>`.
pub type OwnedUpdatePreferencesRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesRequestView<
        'static,
    >,
>;
///Shorthand for `OwnedView<UpdatePreferencesResponseView<'static>>`.
pub type OwnedUpdatePreferencesResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesResponseView<
        'static,
    >,
>;
///Shorthand for `OwnedView<ListMessagesRequestView<'static>>`.
pub type OwnedListMessagesRequestView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListMessagesRequestView<'static>,
>;
///Shorthand for `OwnedView<ListMessagesResponseView<'static>>`.
pub type OwnedListMessagesResponseView = ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListMessagesResponseView<
        'static,
    >,
>;
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListProductsResponse>
for crate::proto::larder::storefront::v1::__buffa::view::ListProductsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListProductsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListProductsResponseView<
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
    crate::proto::larder::storefront::v1::SearchProductsResponse,
>
for crate::proto::larder::storefront::v1::__buffa::view::SearchProductsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<
    crate::proto::larder::storefront::v1::SearchProductsResponse,
>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::SearchProductsResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetProductResponse>
for crate::proto::larder::storefront::v1::__buffa::view::GetProductResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetProductResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetProductResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetQuoteResponse>
for crate::proto::larder::storefront::v1::__buffa::view::GetQuoteResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetQuoteResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetQuoteResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListSlotsResponse>
for crate::proto::larder::storefront::v1::__buffa::view::ListSlotsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListSlotsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListSlotsResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::PlaceOrderResponse>
for crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::PlaceOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetOrderResponse>
for crate::proto::larder::storefront::v1::__buffa::view::GetOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListOrdersResponse>
for crate::proto::larder::storefront::v1::__buffa::view::ListOrdersResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListOrdersResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListOrdersResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::WatchOrderResponse>
for crate::proto::larder::storefront::v1::__buffa::view::WatchOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::WatchOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::WatchOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::CancelOrderResponse>
for crate::proto::larder::storefront::v1::__buffa::view::CancelOrderResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::CancelOrderResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::CancelOrderResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetProfileResponse>
for crate::proto::larder::storefront::v1::__buffa::view::GetProfileResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::GetProfileResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::GetProfileResponseView<'static>,
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListPostingsResponse>
for crate::proto::larder::storefront::v1::__buffa::view::ListPostingsResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListPostingsResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListPostingsResponseView<
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
    crate::proto::larder::storefront::v1::UpdatePreferencesResponse,
>
for crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesResponseView<
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
    crate::proto::larder::storefront::v1::UpdatePreferencesResponse,
>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesResponseView<
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
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListMessagesResponse>
for crate::proto::larder::storefront::v1::__buffa::view::ListMessagesResponseView<'_> {
    fn encode(
        &self,
        codec: ::connectrpc::CodecFormat,
    ) -> ::std::result::Result<::buffa::bytes::Bytes, ::connectrpc::ConnectError> {
        ::connectrpc::__codegen::encode_view_body(self, codec)
    }
}
impl ::connectrpc::Encodable<crate::proto::larder::storefront::v1::ListMessagesResponse>
for ::buffa::view::OwnedView<
    crate::proto::larder::storefront::v1::__buffa::view::ListMessagesResponseView<
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
pub const STOREFRONT_SERVICE_SERVICE_NAME: &str = "larder.storefront.v1.StorefrontService";
/// Static [`Spec`](::connectrpc::Spec) for the `ListProducts` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_LIST_PRODUCTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/ListProducts",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `SearchProducts` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_SEARCH_PRODUCTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/SearchProducts",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `GetProduct` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_GET_PRODUCT_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/GetProduct",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `GetQuote` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_GET_QUOTE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/GetQuote",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListSlots` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_LIST_SLOTS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/ListSlots",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `PlaceOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_PLACE_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/PlaceOrder",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `GetOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_GET_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/GetOrder",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListOrders` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_LIST_ORDERS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/ListOrders",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `WatchOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_WATCH_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/WatchOrder",
        ::connectrpc::StreamType::ServerStream,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `CancelOrder` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_CANCEL_ORDER_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/CancelOrder",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `GetProfile` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_GET_PROFILE_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/GetProfile",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `ListPostings` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_LIST_POSTINGS_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/ListPostings",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Static [`Spec`](::connectrpc::Spec) for the `UpdatePreferences` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_UPDATE_PREFERENCES_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/UpdatePreferences",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::Idempotent);
/// Static [`Spec`](::connectrpc::Spec) for the `ListMessages` RPC, as seen by the server; the generated client passes it with [`origin`](::connectrpc::Spec::origin) `Client` (compare across sides with [`Spec::same_method`](::connectrpc::Spec::same_method)).
pub const STOREFRONT_SERVICE_LIST_MESSAGES_SPEC: ::connectrpc::Spec = ::connectrpc::Spec::server(
        "/larder.storefront.v1.StorefrontService/ListMessages",
        ::connectrpc::StreamType::Unary,
    )
    .with_idempotency_level(::connectrpc::IdempotencyLevel::NoSideEffects);
/// Everything that a customer does in the shop. Reading the shelves needs no token; everything else needs one with the
/// scope that the method names.
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
pub trait StorefrontService: Send + Sync + 'static {
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
            crate::proto::larder::storefront::v1::ListProductsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::ListProductsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Finds products by words, best match first. Safe to repeat.
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
            crate::proto::larder::storefront::v1::SearchProductsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::SearchProductsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Returns one product, and how many packs can be had where that is known in time. Safe to repeat.
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
            crate::proto::larder::storefront::v1::GetProductRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::GetProductResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Prices a basket, each adjustment explained. With a token, as the user of the token. Changes nothing; safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `PRODUCT_NOT_FOUND`: a line names no product on sale.
    /// - `FAILED_PRECONDITION`, reason `COUPON_INVALID`: a coupon is unknown, over, or not for this basket.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_quote<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::storefront::v1::GetQuoteRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::GetQuoteResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the delivery slots that are still free, earliest first. Safe to repeat.
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
            crate::proto::larder::storefront::v1::ListSlotsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::ListSlotsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Places an order for the user of the token.
    ///
    /// Returns the order as CONFIRMED, or as PENDING when the deadline is near; it goes on by itself then: see WatchOrder.
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
            crate::proto::larder::storefront::v1::PlaceOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::PlaceOrderResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Returns one order of the user of the token. Safe to repeat.
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
            crate::proto::larder::storefront::v1::GetOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::GetOrderResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the orders of the user of the token, newest first. Safe to repeat.
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
            crate::proto::larder::storefront::v1::ListOrdersRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::ListOrdersResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Streams an order of the user of the token: as it stands, then at every step, until it is settled, or delivered if that
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
            crate::proto::larder::storefront::v1::WatchOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            ::connectrpc::ServiceStream<
                impl ::connectrpc::Encodable<
                    crate::proto::larder::storefront::v1::WatchOrderResponse,
                > + Send + use<Self>,
            >,
        >,
    > + Send;
    /// Cancels an order of the user of the token, until its goods are picked. Repeating it returns the order as it stands.
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
            crate::proto::larder::storefront::v1::CancelOrderRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::CancelOrderResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Returns account and wallet of the user of the token. Safe to repeat.
    ///
    /// Errors:
    /// - `NOT_FOUND`, reason `CUSTOMER_NOT_FOUND`: the user has no account.
    /// - `NOT_FOUND`, reason `WALLET_NOT_FOUND`: the user has no wallet.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn get_profile<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::storefront::v1::GetProfileRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::GetProfileResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists what was put into the wallet of the user of the token and taken out of it, newest first. Safe to repeat.
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
            crate::proto::larder::storefront::v1::ListPostingsRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::ListPostingsResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Changes how the user of the token is told about orders. Repeating it changes nothing.
    ///
    /// Errors:
    /// - `INVALID_ARGUMENT`, reason `UPDATE_MASK_INVALID`: the mask names a field that cannot be changed.
    ///
    /// `'a` lets the response body borrow from `&self` (e.g. server-resident state).
    ///
    /// `request` is borrowed from the request body and is valid for the
    /// duration of the call; message fields are read directly on it
    /// (zero-copy). The response cannot borrow from `request` — use
    /// `.to_owned_message()` (or copy the specific fields) for anything
    /// returned, stored, or moved into `tokio::spawn`.
    fn update_preferences<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::storefront::v1::UpdatePreferencesRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::UpdatePreferencesResponse,
            > + Send + use<'a, Self>,
        >,
    > + Send;
    /// Lists the messages that the user of the token was sent, newest first. Safe to repeat.
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
    fn list_messages<'a>(
        &'a self,
        ctx: ::connectrpc::RequestContext,
        request: ::connectrpc::ServiceRequest<
            '_,
            crate::proto::larder::storefront::v1::ListMessagesRequest,
        >,
    ) -> impl ::std::future::Future<
        Output = ::connectrpc::ServiceResult<
            impl ::connectrpc::Encodable<
                crate::proto::larder::storefront::v1::ListMessagesResponse,
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
pub trait StorefrontServiceExt: StorefrontService {
    /// Register this service implementation with a Router.
    ///
    /// Takes ownership of the `Arc<Self>` and returns a new Router with
    /// this service's methods registered.
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router;
}
impl<S: StorefrontService> StorefrontServiceExt for S {
    fn register(
        self: ::std::sync::Arc<Self>,
        router: ::connectrpc::Router,
    ) -> ::connectrpc::Router {
        router
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "ListProducts",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::ListProductsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::ListProductsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_products(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::ListProductsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_LIST_PRODUCTS_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "SearchProducts",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::SearchProductsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::SearchProductsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.search_products(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::SearchProductsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_SEARCH_PRODUCTS_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "GetProduct",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::GetProductRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::GetProductRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_product(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::GetProductResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_GET_PRODUCT_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "GetQuote",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::GetQuoteRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::GetQuoteRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_quote(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::GetQuoteResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_GET_QUOTE_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "ListSlots",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::ListSlotsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::ListSlotsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_slots(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::ListSlotsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_LIST_SLOTS_SPEC)
            .route_view(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "PlaceOrder",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::PlaceOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.place_order(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::PlaceOrderResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_PLACE_ORDER_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "GetOrder",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::GetOrderRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::GetOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_order(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::GetOrderResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_GET_ORDER_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "ListOrders",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::ListOrdersRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::ListOrdersRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_orders(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::ListOrdersResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_LIST_ORDERS_SPEC)
            .route_view_server_stream::<
                _,
                _,
                crate::proto::larder::storefront::v1::WatchOrderResponse,
            >(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "WatchOrder",
                ::connectrpc::view_streaming_handler_fn({
                    let svc = ::std::sync::Arc::clone(&self);
                    move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::WatchOrderRequestView<
                                'static,
                            >,
                        >|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::WatchOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.watch_order(ctx, sreq).await
                        }
                    }
                }),
            )
            .with_spec(STOREFRONT_SERVICE_WATCH_ORDER_SPEC)
            .route_view(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "CancelOrder",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::CancelOrderRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::CancelOrderRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.cancel_order(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::CancelOrderResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_CANCEL_ORDER_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "GetProfile",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::GetProfileRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::GetProfileRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.get_profile(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::GetProfileResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_GET_PROFILE_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "ListPostings",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::ListPostingsRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::ListPostingsRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_postings(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::ListPostingsResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_LIST_POSTINGS_SPEC)
            .route_view(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "UpdatePreferences",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::UpdatePreferencesRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.update_preferences(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::UpdatePreferencesResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_UPDATE_PREFERENCES_SPEC)
            .route_view_idempotent(
                STOREFRONT_SERVICE_SERVICE_NAME,
                "ListMessages",
                {
                    let svc = ::std::sync::Arc::clone(&self);
                    ::connectrpc::view_handler_fn(move |
                        ctx,
                        req: ::buffa::view::OwnedView<
                            crate::proto::larder::storefront::v1::__buffa::view::ListMessagesRequestView<
                                'static,
                            >,
                        >,
                        format|
                    {
                        let svc = ::std::sync::Arc::clone(&svc);
                        async move {
                            let sreq = ::connectrpc::ServiceRequest::<
                                crate::proto::larder::storefront::v1::ListMessagesRequest,
                            >::from_parts(req.reborrow(), req.bytes());
                            svc.list_messages(ctx, sreq)
                                .await?
                                .encode::<
                                    crate::proto::larder::storefront::v1::ListMessagesResponse,
                                >(format)
                        }
                    })
                },
            )
            .with_spec(STOREFRONT_SERVICE_LIST_MESSAGES_SPEC)
    }
}
/// Type-inference marker used by [`Router::add_service`](::connectrpc::Router::add_service).
#[doc(hidden)]
pub struct StorefrontServiceRegisterMarker;
impl<S: StorefrontService> ::connectrpc::ServiceRegister<StorefrontServiceRegisterMarker>
for ::std::sync::Arc<S> {
    fn register_service(self, router: ::connectrpc::Router) -> ::connectrpc::Router {
        <S as StorefrontServiceExt>::register(self, router)
    }
}
/// Monomorphic dispatcher for `StorefrontService`.
///
/// Unlike `.register(Router)` which type-erases each method into an `Arc<dyn ErasedHandler>` stored in a `HashMap`, this struct dispatches via a compile-time `match` on method name: no vtable, no hash lookup.
///
/// # Example
///
/// ```rust,ignore
/// use connectrpc::ConnectRpcService;
///
/// let server = StorefrontServiceServer::new(MyImpl);
/// let service = ConnectRpcService::new(server);
/// // hand `service` to axum/hyper as a fallback_service
/// ```
pub struct StorefrontServiceServer<T> {
    inner: ::std::sync::Arc<T>,
}
impl<T: StorefrontService> StorefrontServiceServer<T> {
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
impl<T> Clone for StorefrontServiceServer<T> {
    fn clone(&self) -> Self {
        Self {
            inner: ::std::sync::Arc::clone(&self.inner),
        }
    }
}
impl<T: StorefrontService> ::connectrpc::Dispatcher for StorefrontServiceServer<T> {
    #[inline]
    fn lookup(
        &self,
        path: &str,
    ) -> Option<::connectrpc::dispatcher::codegen::MethodDescriptor> {
        let method = path.strip_prefix("larder.storefront.v1.StorefrontService/")?;
        match method {
            "ListProducts" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_LIST_PRODUCTS_SPEC),
                )
            }
            "SearchProducts" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_SEARCH_PRODUCTS_SPEC),
                )
            }
            "GetProduct" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_GET_PRODUCT_SPEC),
                )
            }
            "GetQuote" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_GET_QUOTE_SPEC),
                )
            }
            "ListSlots" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_LIST_SLOTS_SPEC),
                )
            }
            "PlaceOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(STOREFRONT_SERVICE_PLACE_ORDER_SPEC),
                )
            }
            "GetOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_GET_ORDER_SPEC),
                )
            }
            "ListOrders" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_LIST_ORDERS_SPEC),
                )
            }
            "WatchOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::server_streaming()
                        .with_spec(STOREFRONT_SERVICE_WATCH_ORDER_SPEC),
                )
            }
            "CancelOrder" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(STOREFRONT_SERVICE_CANCEL_ORDER_SPEC),
                )
            }
            "GetProfile" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_GET_PROFILE_SPEC),
                )
            }
            "ListPostings" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_LIST_POSTINGS_SPEC),
                )
            }
            "UpdatePreferences" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(false)
                        .with_spec(STOREFRONT_SERVICE_UPDATE_PREFERENCES_SPEC),
                )
            }
            "ListMessages" => {
                Some(
                    ::connectrpc::dispatcher::codegen::MethodDescriptor::unary(true)
                        .with_spec(STOREFRONT_SERVICE_LIST_MESSAGES_SPEC),
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
        let Some(method) = path.strip_prefix("larder.storefront.v1.StorefrontService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_unary(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "ListProducts" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::ListProductsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::ListProductsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::ListProductsRequest,
                    >::from_parts(&req, &body);
                    svc.list_products(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::ListProductsResponse,
                        >(format)
                })
            }
            "SearchProducts" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::SearchProductsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::SearchProductsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::SearchProductsRequest,
                    >::from_parts(&req, &body);
                    svc.search_products(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::SearchProductsResponse,
                        >(format)
                })
            }
            "GetProduct" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::GetProductRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::GetProductRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::GetProductRequest,
                    >::from_parts(&req, &body);
                    svc.get_product(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::GetProductResponse,
                        >(format)
                })
            }
            "GetQuote" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::GetQuoteRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::GetQuoteRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::GetQuoteRequest,
                    >::from_parts(&req, &body);
                    svc.get_quote(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::GetQuoteResponse,
                        >(format)
                })
            }
            "ListSlots" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::ListSlotsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::ListSlotsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::ListSlotsRequest,
                    >::from_parts(&req, &body);
                    svc.list_slots(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::ListSlotsResponse,
                        >(format)
                })
            }
            "PlaceOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::PlaceOrderRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::PlaceOrderRequest,
                    >::from_parts(&req, &body);
                    svc.place_order(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::PlaceOrderResponse,
                        >(format)
                })
            }
            "GetOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::GetOrderRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::GetOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::GetOrderRequest,
                    >::from_parts(&req, &body);
                    svc.get_order(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::GetOrderResponse,
                        >(format)
                })
            }
            "ListOrders" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::ListOrdersRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::ListOrdersRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::ListOrdersRequest,
                    >::from_parts(&req, &body);
                    svc.list_orders(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::ListOrdersResponse,
                        >(format)
                })
            }
            "CancelOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::CancelOrderRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::CancelOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::CancelOrderRequest,
                    >::from_parts(&req, &body);
                    svc.cancel_order(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::CancelOrderResponse,
                        >(format)
                })
            }
            "GetProfile" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::GetProfileRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::GetProfileRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::GetProfileRequest,
                    >::from_parts(&req, &body);
                    svc.get_profile(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::GetProfileResponse,
                        >(format)
                })
            }
            "ListPostings" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::ListPostingsRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::ListPostingsRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::ListPostingsRequest,
                    >::from_parts(&req, &body);
                    svc.list_postings(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::ListPostingsResponse,
                        >(format)
                })
            }
            "UpdatePreferences" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::UpdatePreferencesRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::UpdatePreferencesRequest,
                    >::from_parts(&req, &body);
                    svc.update_preferences(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::UpdatePreferencesResponse,
                        >(format)
                })
            }
            "ListMessages" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::ListMessagesRequest,
                    >(request.encoded()?, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::ListMessagesRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::ListMessagesRequest,
                    >::from_parts(&req, &body);
                    svc.list_messages(ctx, req)
                        .await?
                        .encode::<
                            crate::proto::larder::storefront::v1::ListMessagesResponse,
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
        let Some(method) = path.strip_prefix("larder.storefront.v1.StorefrontService/")
        else {
            return ::connectrpc::dispatcher::codegen::unimplemented_streaming(path);
        };
        let _ = (&ctx, &request, &format);
        match method {
            "WatchOrder" => {
                let svc = ::std::sync::Arc::clone(&self.inner);
                Box::pin(async move {
                    let body = ::connectrpc::dispatcher::codegen::request_proto_bytes::<
                        crate::proto::larder::storefront::v1::WatchOrderRequest,
                    >(request, format)?;
                    let req: crate::proto::larder::storefront::v1::__buffa::view::WatchOrderRequestView<
                        '_,
                    > = ::connectrpc::dispatcher::codegen::decode_borrowed_request_view(
                        &body,
                        ctx.decode_options(),
                    )?;
                    let req = ::connectrpc::ServiceRequest::<
                        crate::proto::larder::storefront::v1::WatchOrderRequest,
                    >::from_parts(&req, &body);
                    let resp = svc.watch_order(ctx, req).await?;
                    Ok(
                        resp
                            .map_body(|s| ::connectrpc::dispatcher::codegen::encode_response_stream::<
                                crate::proto::larder::storefront::v1::WatchOrderResponse,
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
        let Some(method) = path.strip_prefix("larder.storefront.v1.StorefrontService/")
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
        let Some(method) = path.strip_prefix("larder.storefront.v1.StorefrontService/")
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
/// let client = StorefrontServiceClient::new(conn, config);
/// let response = client.list_products(request).await?;
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
/// let client = StorefrontServiceClient::new(http, config);
/// let response = client.list_products(request).await?;
/// ```
///
/// # Working with the response
///
/// Unary calls return [`UnaryResponse<OwnedView<FooView>>`](::connectrpc::client::UnaryResponse).
/// [`view()`](::connectrpc::client::UnaryResponse::view) borrows the response
/// message, so field access is zero-copy:
///
/// ```rust,ignore
/// let resp = client.list_products(request).await?;
/// let name: &str = resp.view().name;  // borrow into the response buffer
/// ```
///
/// If you need the owned struct (e.g. to store or pass by value), use
/// [`into_owned()`](::connectrpc::client::UnaryResponse::into_owned):
///
/// ```rust,ignore
/// let owned = client.list_products(request).await?.into_owned();
/// ```
///
/// [`into_view()`](::connectrpc::client::UnaryResponse::into_view) keeps the
/// zero-copy decoded body (an `OwnedView`) without copying; field access on it
/// goes through `.reborrow()`. Streaming responses yield one
/// [`StreamMessage`](::connectrpc::StreamMessage) per received message from
/// `.message().await` — read fields zero-copy through the generated accessor
/// methods (`msg.name()`) or `.view()`, or convert with `.to_owned_message()`.
#[derive(Clone)]
pub struct StorefrontServiceClient<T> {
    transport: T,
    config: ::connectrpc::client::ClientConfig,
}
impl<T> StorefrontServiceClient<T>
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
    /// Call the ListProducts RPC. Sends a request to /larder.storefront.v1.StorefrontService/ListProducts.
    pub async fn list_products(
        &self,
        request: crate::proto::larder::storefront::v1::ListProductsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListProductsResponseView<
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
        request: crate::proto::larder::storefront::v1::ListProductsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_LIST_PRODUCTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the SearchProducts RPC. Sends a request to /larder.storefront.v1.StorefrontService/SearchProducts.
    pub async fn search_products(
        &self,
        request: crate::proto::larder::storefront::v1::SearchProductsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::SearchProductsResponseView<
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
        request: crate::proto::larder::storefront::v1::SearchProductsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::SearchProductsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_SEARCH_PRODUCTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the GetProduct RPC. Sends a request to /larder.storefront.v1.StorefrontService/GetProduct.
    pub async fn get_product(
        &self,
        request: crate::proto::larder::storefront::v1::GetProductRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetProductResponseView<
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
        request: crate::proto::larder::storefront::v1::GetProductRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetProductResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_GET_PRODUCT_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the GetQuote RPC. Sends a request to /larder.storefront.v1.StorefrontService/GetQuote.
    pub async fn get_quote(
        &self,
        request: crate::proto::larder::storefront::v1::GetQuoteRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetQuoteResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_quote_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetQuote RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_quote_with_options(
        &self,
        request: crate::proto::larder::storefront::v1::GetQuoteRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetQuoteResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_GET_QUOTE_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListSlots RPC. Sends a request to /larder.storefront.v1.StorefrontService/ListSlots.
    pub async fn list_slots(
        &self,
        request: crate::proto::larder::storefront::v1::ListSlotsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListSlotsResponseView<
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
        request: crate::proto::larder::storefront::v1::ListSlotsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListSlotsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_LIST_SLOTS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the PlaceOrder RPC. Sends a request to /larder.storefront.v1.StorefrontService/PlaceOrder.
    pub async fn place_order(
        &self,
        request: crate::proto::larder::storefront::v1::PlaceOrderRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderResponseView<
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
        request: crate::proto::larder::storefront::v1::PlaceOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::PlaceOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_PLACE_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the GetOrder RPC. Sends a request to /larder.storefront.v1.StorefrontService/GetOrder.
    pub async fn get_order(
        &self,
        request: crate::proto::larder::storefront::v1::GetOrderRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetOrderResponseView<
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
        request: crate::proto::larder::storefront::v1::GetOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_GET_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListOrders RPC. Sends a request to /larder.storefront.v1.StorefrontService/ListOrders.
    pub async fn list_orders(
        &self,
        request: crate::proto::larder::storefront::v1::ListOrdersRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListOrdersResponseView<
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
        request: crate::proto::larder::storefront::v1::ListOrdersRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListOrdersResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_LIST_ORDERS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the WatchOrder RPC. Sends a request to /larder.storefront.v1.StorefrontService/WatchOrder.
    pub async fn watch_order(
        &self,
        request: crate::proto::larder::storefront::v1::WatchOrderRequest,
    ) -> Result<
        ::connectrpc::client::ServerStream<
            T::ResponseBody,
            crate::proto::larder::storefront::v1::__buffa::view::WatchOrderResponseView<
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
        request: crate::proto::larder::storefront::v1::WatchOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::ServerStream<
            T::ResponseBody,
            crate::proto::larder::storefront::v1::__buffa::view::WatchOrderResponseView<
                'static,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_server_stream(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_WATCH_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the CancelOrder RPC. Sends a request to /larder.storefront.v1.StorefrontService/CancelOrder.
    pub async fn cancel_order(
        &self,
        request: crate::proto::larder::storefront::v1::CancelOrderRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::CancelOrderResponseView<
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
        request: crate::proto::larder::storefront::v1::CancelOrderRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::CancelOrderResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_CANCEL_ORDER_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the GetProfile RPC. Sends a request to /larder.storefront.v1.StorefrontService/GetProfile.
    pub async fn get_profile(
        &self,
        request: crate::proto::larder::storefront::v1::GetProfileRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetProfileResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.get_profile_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the GetProfile RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn get_profile_with_options(
        &self,
        request: crate::proto::larder::storefront::v1::GetProfileRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::GetProfileResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_GET_PROFILE_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListPostings RPC. Sends a request to /larder.storefront.v1.StorefrontService/ListPostings.
    pub async fn list_postings(
        &self,
        request: crate::proto::larder::storefront::v1::ListPostingsRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListPostingsResponseView<
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
        request: crate::proto::larder::storefront::v1::ListPostingsRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListPostingsResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_LIST_POSTINGS_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the UpdatePreferences RPC. Sends a request to /larder.storefront.v1.StorefrontService/UpdatePreferences.
    pub async fn update_preferences(
        &self,
        request: crate::proto::larder::storefront::v1::UpdatePreferencesRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.update_preferences_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the UpdatePreferences RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn update_preferences_with_options(
        &self,
        request: crate::proto::larder::storefront::v1::UpdatePreferencesRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::UpdatePreferencesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_UPDATE_PREFERENCES_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
    /// Call the ListMessages RPC. Sends a request to /larder.storefront.v1.StorefrontService/ListMessages.
    pub async fn list_messages(
        &self,
        request: crate::proto::larder::storefront::v1::ListMessagesRequest,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListMessagesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        self.list_messages_with_options(
                request,
                ::connectrpc::client::CallOptions::default(),
            )
            .await
    }
    /// Call the ListMessages RPC with explicit per-call options. Options override [`ClientConfig`](::connectrpc::client::ClientConfig) defaults.
    pub async fn list_messages_with_options(
        &self,
        request: crate::proto::larder::storefront::v1::ListMessagesRequest,
        options: ::connectrpc::client::CallOptions,
    ) -> Result<
        ::connectrpc::client::UnaryResponse<
            ::buffa::view::OwnedView<
                crate::proto::larder::storefront::v1::__buffa::view::ListMessagesResponseView<
                    'static,
                >,
            >,
        >,
        ::connectrpc::ConnectError,
    > {
        ::connectrpc::client::call_unary(
                &self.transport,
                &self.config,
                STOREFRONT_SERVICE_LIST_MESSAGES_SPEC
                    .with_origin(::connectrpc::SpecOrigin::Client),
                request,
                options,
            )
            .await
    }
}
