//! The requests that we make, each in the one version that the twin makes too. Kafka 4 knows them all.

use kafka_protocol::messages::{
    ApiKey, CreateTopicsRequest, CreateTopicsResponse, DeleteRecordsRequest, DeleteRecordsResponse,
    DescribeConfigsRequest, DescribeConfigsResponse, DescribeProducersRequest,
    DescribeProducersResponse, FetchRequest, FetchResponse, FindCoordinatorRequest,
    FindCoordinatorResponse, ListOffsetsRequest, ListOffsetsResponse, MetadataRequest,
    MetadataResponse, OffsetCommitRequest, OffsetCommitResponse, OffsetFetchRequest,
    OffsetFetchResponse, ProduceRequest, ProduceResponse, SaslAuthenticateRequest,
    SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion};

/// A request of Kafka's protocol in one of its versions.
pub(super) trait Versioned: Encodable + HeaderVersion + Send + Sync + 'static {
    const KEY: ApiKey;
    const VERSION: i16;
    type Response: Decodable + HeaderVersion + Send + 'static;
}

macro_rules! versions {
    ($($key:ident, $request:ty, $response:ty, $version:literal;)*) => {
        $(impl Versioned for $request {
            const KEY: ApiKey = ApiKey::$key;
            const VERSION: i16 = $version;
            type Response = $response;
        })*
    };
}

// Of a fetch that in which a topic still goes by its name.
versions! {
    Produce, ProduceRequest, ProduceResponse, 11;
    Fetch, FetchRequest, FetchResponse, 12;
    ListOffsets, ListOffsetsRequest, ListOffsetsResponse, 8;
    Metadata, MetadataRequest, MetadataResponse, 12;
    OffsetCommit, OffsetCommitRequest, OffsetCommitResponse, 8;
    OffsetFetch, OffsetFetchRequest, OffsetFetchResponse, 8;
    FindCoordinator, FindCoordinatorRequest, FindCoordinatorResponse, 5;
    SaslHandshake, SaslHandshakeRequest, SaslHandshakeResponse, 1;
    CreateTopics, CreateTopicsRequest, CreateTopicsResponse, 7;
    DeleteRecords, DeleteRecordsRequest, DeleteRecordsResponse, 2;
    DescribeConfigs, DescribeConfigsRequest, DescribeConfigsResponse, 4;
    SaslAuthenticate, SaslAuthenticateRequest, SaslAuthenticateResponse, 2;
    DescribeProducers, DescribeProducersRequest, DescribeProducersResponse, 0;
}
