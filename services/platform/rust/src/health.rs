//! The health of a server: NOT_SERVING until told otherwise. The empty name stands for the server as a whole.

use std::collections::HashSet;

use connectrpc::{
    ErrorCode, RequestContext, Response, ServiceRequest, ServiceResult, ServiceStream,
};
use futures::stream;
use larder_contract::others::grpc::health::v1::health_check_response::ServingStatus;
use larder_contract::others::grpc::health::v1::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
};
use larder_contract::others_rpc::grpc::health::v1::Health;
use tokio::sync::watch;

use crate::errors::RpcError;

pub(crate) struct Reporter {
    names: HashSet<String>,
    serving: watch::Sender<bool>,
}

impl Reporter {
    pub(crate) fn new(services: impl IntoIterator<Item = String>) -> Self {
        let names = services.into_iter().chain([String::new()]).collect();
        Self {
            names,
            serving: watch::Sender::new(false),
        }
    }

    pub(crate) fn set(&self, serving: bool) {
        self.serving.send_replace(serving);
    }

    pub(crate) fn is_serving(&self) -> bool {
        *self.serving.borrow()
    }
}

fn response(serving: bool) -> HealthCheckResponse {
    let status = if serving {
        ServingStatus::SERVING
    } else {
        ServingStatus::NOT_SERVING
    };
    HealthCheckResponse {
        status: status.into(),
        ..Default::default()
    }
}

impl Health for Reporter {
    async fn check(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, HealthCheckRequest>,
    ) -> ServiceResult<HealthCheckResponse> {
        if self.names.contains(request.service) {
            return Response::ok(response(self.is_serving()));
        }
        Err(RpcError::new(
            ErrorCode::NotFound,
            "SERVICE_UNKNOWN",
            "the server has no service of that name",
        )
        .into())
    }

    async fn watch(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, HealthCheckRequest>,
    ) -> ServiceResult<ServiceStream<HealthCheckResponse>> {
        let known = self.names.contains(request.service);
        let told = Some(self.serving.subscribe());
        Ok(Response::stream(stream::unfold(
            (told, true),
            move |(receiver, first)| async move {
                let mut receiver = receiver?;
                if !known {
                    // Nothing more is to be said, and the stream stays open.
                    if !first {
                        std::future::pending::<()>().await;
                    }
                    let unknown = ServingStatus::SERVICE_UNKNOWN.into();
                    let answer = HealthCheckResponse {
                        status: unknown,
                        ..Default::default()
                    };
                    return Some((Ok(answer), (Some(receiver), false)));
                }
                if !first {
                    receiver.changed().await.ok()?;
                }
                let serving = *receiver.borrow_and_update();
                Some((Ok(response(serving)), (Some(receiver), false)))
            },
        )))
    }

    async fn list(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, HealthListRequest>,
    ) -> ServiceResult<HealthListResponse> {
        let all = self
            .names
            .iter()
            .map(|name| (name.clone(), response(self.is_serving())));
        Response::ok(HealthListResponse {
            statuses: all.collect(),
            ..Default::default()
        })
    }
}
