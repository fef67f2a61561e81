//! HTTP/2 for the calls.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use buffa::bytes::Bytes;
use connectrpc::{ConnectRpcBody, ConnectRpcService};
use futures::FutureExt as _;
use http::Response;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use hyper::server::conn::http2;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio_util::sync::CancellationToken;

use crate::guard::Guard;
use crate::listen::Listener;

/// How many calls a connection may carry at once; a sidecar opens further connections for more.
const STREAMS: u32 = 256;

/// How much of a stream may wait for its handler, in bytes. The window of the connection holds all of them, so that a
/// stream that nobody reads cannot hold up the others.
const STREAM_WINDOW: u32 = 64 << 10;

/// Takes connections until the token ends, then waits for the calls in progress.
pub(crate) async fn serve(
    listener: Listener,
    service: ConnectRpcService<Guard>,
    draining: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let connection = tokio::select! {
            connection = listener.accept() => connection,
            () = draining.cancelled() => break,
        };
        let inner = TowerToHyperService::new(service.clone());
        let answering = service_fn(move |request| {
            let answer = inner.call(request);
            async move { answer.await.map(trailers_only) }
        });
        let serving = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(STREAMS * STREAM_WINDOW)
            .serve_connection(TokioIo::new(connection), answering);
        // A connection that breaks is its client's affair: the calls on it are recorded as left.
        tokio::spawn(graceful.watch(serving).map(drop));
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Answers a failure before the first message by headers alone: sidecars do not see its status otherwise, and would
/// neither retry nor eject by it.
fn trailers_only(response: Response<ConnectRpcBody>) -> Response<Answer> {
    let (mut head, mut body) = response.into_parts();
    let kind = head
        .headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], |value| value.as_bytes());
    let grpc = kind.starts_with(b"application/grpc") && !kind.starts_with(b"application/grpc-web");
    if !grpc || !matches!(body, ConnectRpcBody::Streaming(_)) {
        return Response::from_parts(
            head,
            Answer {
                first: None,
                rest: Some(body),
            },
        );
    }
    let first = match body.frame().now_or_never() {
        Some(Some(Ok(frame))) => frame,
        Some(_) => {
            return Response::from_parts(
                head,
                Answer {
                    first: None,
                    rest: None,
                },
            );
        }
        None => {
            return Response::from_parts(
                head,
                Answer {
                    first: None,
                    rest: Some(body),
                },
            );
        }
    };
    match first.into_trailers() {
        Ok(trailers) => {
            head.headers.extend(trailers);
            Response::from_parts(
                head,
                Answer {
                    first: None,
                    rest: None,
                },
            )
        }
        Err(first) => Response::from_parts(
            head,
            Answer {
                first: Some(first),
                rest: Some(body),
            },
        ),
    }
}

/// A body whose first frame may have been looked at.
struct Answer {
    first: Option<Frame<Bytes>>,
    rest: Option<ConnectRpcBody>,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        match &mut this.rest {
            Some(rest) => Pin::new(rest).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_none()
    }
}
