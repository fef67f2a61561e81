//! Every reason that ingestion gives for a failed call.

use larder_platform::{Error, ErrorCode, RpcError};

pub(crate) fn log_unavailable(cause: impl Into<Error>) -> RpcError {
    let message = "the event log cannot be written now";
    RpcError::new(ErrorCode::Unavailable, "LOG_UNAVAILABLE", message).caused_by(cause)
}

pub(crate) fn too_many_streams(most: usize) -> RpcError {
    let message = format!("{most} streams are open, which is as many as there may be");
    RpcError::new(ErrorCode::ResourceExhausted, "TOO_MANY_STREAMS", message)
}

pub(crate) fn too_many_streams_of_device(most: usize) -> RpcError {
    let message = format!("the device has {most} streams, which is as many as one may have");
    RpcError::new(
        ErrorCode::ResourceExhausted,
        "TOO_MANY_STREAMS_OF_DEVICE",
        message,
    )
}

pub(crate) fn device_unknown() -> RpcError {
    let message = "the call carries no certificate of a device";
    RpcError::new(ErrorCode::PermissionDenied, "DEVICE_UNKNOWN", message)
}

pub(crate) fn batch_out_of_order(batch: i64, expected: i64) -> RpcError {
    let message = format!("batch {batch} came where {expected} was expected");
    RpcError::new(ErrorCode::InvalidArgument, "BATCH_OUT_OF_ORDER", message)
        .with("batch", batch.to_string())
        .with("expected", expected.to_string())
}
