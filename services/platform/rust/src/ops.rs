//! What operators ask over plain HTTP: /healthz, /readyz, /metrics and /version.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};

use crate::exchange::Shared;
use crate::health::Reporter;
use crate::listen::Listener;
use crate::server::Ready;

pub(crate) struct Ops {
    pub(crate) shared: Arc<Shared>,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) ready: Option<Ready>,
}

/// How long the store may take to say that it is there.
const READY_LIMIT: Duration = Duration::from_secs(1);

/// Answers until it is dropped.
pub(crate) async fn serve(listener: Listener, ops: Arc<Ops>) {
    loop {
        let connection = listener.accept().await;
        let ops = Arc::clone(&ops);
        let answering = service_fn(move |request: Request<Incoming>| {
            let ops = Arc::clone(&ops);
            async move { Ok::<_, Infallible>(ops.answer(request.uri().path()).await) }
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(5))
            .serve_connection(TokioIo::new(connection), answering);
        tokio::spawn(serving);
    }
}

impl Ops {
    async fn answer(&self, path: &str) -> Response<Full<Bytes>> {
        match path {
            "/healthz" => reply(StatusCode::OK, &json!({"alive": true})),
            "/readyz" => {
                let ready = self.is_ready().await;
                let status = if ready {
                    StatusCode::OK
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                };
                reply(status, &json!({"ready": ready}))
            }
            "/version" => reply(
                StatusCode::OK,
                &json!({
                    "service": self.shared.workload,
                    "build": self.shared.config.build,
                    "contract": larder_contract::VERSION,
                }),
            ),
            "/metrics" => match self.shared.metrics.text() {
                Ok(text) => response(StatusCode::OK, "text/plain; version=0.0.4", text),
                Err(error) => reply(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    &json!({"error": error.to_string()}),
                ),
            },
            _ => {
                let error = "there are /healthz, /readyz, /metrics and /version";
                reply(StatusCode::NOT_FOUND, &json!({ "error": error }))
            }
        }
    }

    async fn is_ready(&self) -> bool {
        if !self.reporter.is_serving() {
            return false;
        }
        let Some(ready) = &self.ready else {
            return true;
        };
        match tokio::time::timeout(READY_LIMIT, ready()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                crate::log::debug("not ready", &[("error", json!(error.to_string()))]);
                false
            }
            Err(_) => false,
        }
    }
}

fn reply(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    response(status, "application/json", format!("{body}\n"))
}

fn response(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(kind),
    );
    response
}
