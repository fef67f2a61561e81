//! What ingestion is measured against: the same stream, whose batches are decoded and acknowledged, and nothing else.

use crate::Outcome;
use connectrpc::{
    ConnectError, ConnectRpcService, InboundStream, RequestContext, Response, ServiceRequest,
    ServiceResult, ServiceStream,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use larder_contract::proto::larder::telemetry::v1::*;
use larder_contract::rpc::larder::telemetry::v1::*;
use tokio::net::UnixListener;

/// How many batches may be on their way, as in ingestion.
const WINDOW: i32 = 16;

#[derive(serde::Deserialize)]
pub(crate) struct Options {
    /// Where it listens.
    socket: String,
}

struct Empty;

/// Serves until the process is ended. Says so when it listens.
pub(crate) async fn serve(options: &Options) -> Outcome<String> {
    let listener = UnixListener::bind(&options.socket)?;
    let service = ConnectRpcService::new(IngestionServiceServer::new(Empty));
    println!("ready");
    loop {
        let (connection, _) = listener.accept().await?;
        let serving = http2::Builder::new(TokioExecutor::new()).serve_connection(
            TokioIo::new(connection),
            TowerToHyperService::new(service.clone()),
        );
        tokio::spawn(serving);
    }
}

impl IngestionService for Empty {
    async fn batch_ingest_readings(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, BatchIngestReadingsRequest>,
    ) -> ServiceResult<BatchIngestReadingsResponse> {
        Err(ConnectError::unimplemented("nobody calls it"))
    }

    async fn ingest_readings(
        &self,
        _: RequestContext,
        _: InboundStream<IngestReadingsRequest>,
    ) -> ServiceResult<IngestReadingsResponse> {
        Err(ConnectError::unimplemented("nobody calls it"))
    }

    async fn stream_readings(
        &self,
        _: RequestContext,
        requests: InboundStream<StreamReadingsRequest>,
    ) -> ServiceResult<ServiceStream<StreamReadingsResponse>> {
        let answer = |acknowledged_batch| StreamReadingsResponse {
            acknowledged_batch,
            window: WINDOW,
            ..Default::default()
        };
        let answers = requests.map_ok(move |request| answer(request.view().batch));
        let first = stream::once(std::future::ready(Ok(answer(0))));
        Ok(Response::stream(first.chain(answers)))
    }
}
