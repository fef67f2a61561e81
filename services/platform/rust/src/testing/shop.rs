//! A service for tests, which stands in for all.

use std::sync::Arc;

use connectrpc::{
    ConnectError, InboundStream, RequestContext, Response, ServiceRequest, ServiceResult,
    ServiceStream,
};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use larder_contract::proto::larder::customer::v1::*;
use larder_contract::proto::larder::notification::v1::*;
use larder_contract::proto::larder::telemetry::v1::*;
use larder_contract::rpc::larder::customer::v1::*;
use larder_contract::rpc::larder::notification::v1::*;
use larder_contract::rpc::larder::telemetry::v1::*;

use crate::call::Call;
use crate::routes::{Routes, checked};

/// What a method of the shop does with the call and a word of its request.
type Act =
    Arc<dyn Fn(Arc<Call>, String) -> BoxFuture<'static, Result<(), ConnectError>> + Send + Sync>;

/// A service for tests: what its methods do is up to the test. Three services of the contract stand in for all.
#[derive(Clone)]
pub(crate) struct Shop(Act);

impl Shop {
    pub(crate) fn new<F>(act: impl Fn(Arc<Call>, String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), ConnectError>> + Send + 'static,
    {
        Self(Arc::new(move |call, word| Box::pin(act(call, word))))
    }

    pub(crate) fn routes(&self) -> Routes {
        Routes::new()
            .service(IngestionServiceServer::new(self.clone()))
            .service(CustomerServiceServer::new(self.clone()))
            .service(NotificationServiceServer::new(self.clone()))
            .takes::<BatchIngestReadingsRequest>()
            .takes_checked::<IngestReadingsRequest>()
            .takes::<StreamReadingsRequest>()
            .takes::<GetCustomerRequest>()
            .takes::<BatchGetCustomersRequest>()
            .takes::<GetPreferencesRequest>()
            .takes::<UpdatePreferencesRequest>()
            .takes::<ListMessagesRequest>()
    }
}

fn unused<T>() -> ServiceResult<T> {
    Err(ConnectError::unimplemented("no test calls it"))
}

impl IngestionService for Shop {
    async fn batch_ingest_readings(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, BatchIngestReadingsRequest>,
    ) -> ServiceResult<BatchIngestReadingsResponse> {
        let word = request
            .readings
            .first()
            .map_or("", |reading| reading.device)
            .to_owned();
        (self.0)(Call::of(&context), word).await?;
        Response::ok(BatchIngestReadingsResponse::default())
    }

    async fn ingest_readings(
        &self,
        _: RequestContext,
        requests: InboundStream<IngestReadingsRequest>,
    ) -> ServiceResult<IngestReadingsResponse> {
        let mut requests = checked(requests);
        let mut accepted = 0;
        while let Some(request) = requests.next().await {
            accepted += i64::try_from(request?.view().readings.len()).unwrap();
        }
        Response::ok(IngestReadingsResponse {
            accepted,
            ..Default::default()
        })
    }

    async fn stream_readings(
        &self,
        context: RequestContext,
        requests: InboundStream<StreamReadingsRequest>,
    ) -> ServiceResult<ServiceStream<StreamReadingsResponse>> {
        let (act, call) = (Arc::clone(&self.0), Call::of(&context));
        Ok(Response::stream(requests.then(move |request| {
            let (act, call) = (Arc::clone(&act), Arc::clone(&call));
            async move {
                let request = request?.to_owned_message();
                act(call, request.readings[0].device.clone()).await?;
                Ok(StreamReadingsResponse {
                    acknowledged_batch: request.batch,
                    ..Default::default()
                })
            }
        })))
    }
}

impl CustomerService for Shop {
    async fn get_customer(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, GetCustomerRequest>,
    ) -> ServiceResult<GetCustomerResponse> {
        (self.0)(Call::of(&context), request.name.to_owned()).await?;
        Response::ok(GetCustomerResponse::default())
    }

    async fn batch_get_customers(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, BatchGetCustomersRequest>,
    ) -> ServiceResult<BatchGetCustomersResponse> {
        unused()
    }
}

impl NotificationService for Shop {
    async fn get_preferences(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, GetPreferencesRequest>,
    ) -> ServiceResult<GetPreferencesResponse> {
        unused()
    }

    async fn update_preferences(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, UpdatePreferencesRequest>,
    ) -> ServiceResult<UpdatePreferencesResponse> {
        unused()
    }

    async fn list_messages(
        &self,
        context: RequestContext,
        _: ServiceRequest<'_, ListMessagesRequest>,
    ) -> ServiceResult<ListMessagesResponse> {
        (self.0)(Call::of(&context), String::new()).await?;
        Response::ok(ListMessagesResponse::default())
    }
}
