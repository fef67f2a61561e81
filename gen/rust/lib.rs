//! Messages, validation and gRPC stubs of Larder, generated from its contract.

/// Messages, one module per Protobuf package. Requests implement `protovalidate_buffa::Validate`.
#[path = "src/proto/mod.rs"]
pub mod proto;

/// Clients and server traits, one module per Protobuf package.
#[path = "src/rpc/mod.rs"]
pub mod rpc;

/// Messages of others that have no crate of their own, such as `google.rpc.ErrorInfo`.
#[path = "src/others/mod.rs"]
pub mod others;

/// What clients that no sidecar stands beside may retry, and how long they may wait.
#[path = "src/mesh_config.rs"]
pub mod mesh_config;

/// The gRPC services of others: health and reflection.
#[path = "src/others_rpc/mod.rs"]
pub mod others_rpc;

/// The contract itself, with its policy and all that it imports, as a `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!("src/contract.binpb");

/// The version of the contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
