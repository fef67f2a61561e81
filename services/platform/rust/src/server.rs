//! The life of a service, from its settings to its last span.

use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use connectrpc::{ConnectRpcService, Limits};
use futures::future::BoxFuture;
use larder_contract::others_rpc::grpc::health::v1::HealthServer;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{ConfigError, EXIT_BAD_CONFIG};
use crate::errors::Error;
use crate::exchange::Shared;
use crate::guard::Guard;
use crate::health::Reporter;
use crate::listen::Listener;
use crate::log::{self, Logger};
use crate::ops::{self, Ops};
use crate::platform_config::PlatformConfig;
use crate::reflection::{Index, Reflection};
use crate::routes::Routes;
use crate::telemetry::{Metrics, Tracing, start_tracing};
use crate::user::Users;
use crate::{contract, transport};

/// Says whether the service could answer now.
pub(crate) type Ready = Box<dyn Fn() -> BoxFuture<'static, Result<(), Error>> + Send + Sync>;

/// Work that no caller starts.
type Background =
    Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, Result<(), Error>> + Send>;

/// What a service brings to `serve`.
#[derive(Default)]
pub struct Service {
    workload: String,
    routes: Routes,
    ready: Option<Ready>,
    background: Vec<Background>,
    close: Option<BoxFuture<'static, ()>>,
}

impl Service {
    /// `workload` is its name in the contract.
    #[must_use]
    pub fn new(workload: &str, routes: Routes) -> Self {
        Self {
            workload: workload.to_owned(),
            routes,
            ..Self::default()
        }
    }

    /// Says whether the service could answer now. Without it: always.
    #[must_use]
    pub fn ready<F>(mut self, ready: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.ready = Some(Box::new(move || Box::pin(ready())));
        self
    }

    /// Adds work that no caller starts. It runs until the token ends, after the last call; if it fails, the process drains
    /// and ends with 1.
    #[must_use]
    pub fn background<F>(
        mut self,
        run: impl FnOnce(CancellationToken) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.background
            .push(Box::new(move |stop| Box::pin(run(stop))));
        self
    }

    /// Is awaited when no call is in progress any more.
    #[must_use]
    pub fn close(mut self, close: impl Future<Output = ()> + Send + 'static) -> Self {
        self.close = Some(Box::pin(close));
        self
    }
}

/// How long something that should end soon may take at the end: what is not done by then is left behind.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// The largest message that the transport takes. What is larger than the kit accepts, and not larger than this, is refused
/// by the kit, with a reason.
const TRANSPORT_BYTES: usize = 4 << 20;

/// Runs the main work of a process, and says how it ended: 0, or 64 for settings that are wrong, or 1.
pub fn run(main: impl Future<Output = Result<(), Error>>) -> ExitCode {
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::from)
        .and_then(|runtime| {
            let ended = runtime.block_on(main);
            // Work that blocks must not keep the process alive.
            runtime.shutdown_background();
            ended
        });
    log::flush();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The logger may not be there yet, and people look here.
            eprintln!("{error}");
            if error.is::<ConfigError>() {
                ExitCode::from(EXIT_BAD_CONFIG)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Runs a service until SIGTERM or SIGINT comes: it reports NOT_SERVING, listens, reports SERVING; then NOT_SERVING again,
/// waits for the calls in progress as long as `drain`, ends the background work, closes the store and sends its last spans.
///
/// # Errors
///
/// It could not start, or background work failed.
pub async fn serve(config: PlatformConfig, mut service: Service) -> Result<(), Error> {
    let logger = log::install(config.log_level, &service.workload, &config.build);
    tokio::spawn(log::flush_often(logger));
    let close = service.close.take();
    let tracing = start_tracing(&config, &service.workload)?;
    let shared = shared(config, &service.workload, logger, tracing)?;
    let ended = live(shared, service).await;
    if let Some(close) = close {
        within("close", close).await;
    }
    if let Some(tracing) = tracing {
        let sent = tokio::task::spawn_blocking(|| tracing.shutdown());
        within("export of spans", async { drop(sent.await) }).await;
    }
    ended
}

async fn live(shared: Arc<Shared>, service: Service) -> Result<(), Error> {
    let (drain, draining, cut) = (
        shared.config.drain,
        shared.draining.clone(),
        shared.cut.clone(),
    );
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let (calls, reporter) = build(&shared, service.routes)?;
    let ops_listener = Listener::bind(&shared.config.ops_listen).await?;
    let listener = Listener::bind(&shared.config.listen).await?;
    let addresses = [
        ("address", json!(listener.address())),
        ("ops", json!(ops_listener.address())),
    ];
    let ops = Arc::new(Ops {
        shared,
        reporter: Arc::clone(&reporter),
        ready: service.ready,
    });
    // The operations pages answer until the very end.
    let mut machinery = JoinSet::new();
    machinery.spawn(ops::serve(ops_listener, ops));
    let mut serving = tokio::spawn(transport::serve(listener, calls, draining.clone()));
    let stop = CancellationToken::new();
    let mut background: JoinSet<Result<(), Error>> = JoinSet::new();
    for run in service.background {
        background.spawn(run(stop.clone()));
    }
    reporter.set(true);
    log::info("serving", &addresses);

    let failure = tokio::select! {
        failure = first_failure(&mut background) => Some(failure),
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
    };
    match &failure {
        Some(failure) => log::error("ending", &[("error", json!(failure.to_string()))]),
        None => log::info("draining", &[]),
    }
    reporter.set(false);
    draining.cancel();
    if tokio::time::timeout(drain, &mut serving).await.is_err() {
        log::warn(
            "calls were cut off",
            &[("after_seconds", json!(drain.as_secs_f64()))],
        );
        cut.cancel();
        within("calls", async { drop((&mut serving).await) }).await;
        serving.abort();
    }
    stop.cancel();
    within("background work", async {
        while background.join_next().await.is_some() {}
    })
    .await;
    machinery.shutdown().await;
    log::info("stopped", &[]);
    failure.map_or(Ok(()), Err)
}

/// Waits for background work that fails; for ever, if none does.
async fn first_failure(background: &mut JoinSet<Result<(), Error>>) -> Error {
    loop {
        match background.join_next().await {
            Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) => return format!("background work: {error}").into(),
            Some(Err(error)) => return format!("background work: {error}").into(),
            None => std::future::pending().await,
        }
    }
}

/// Waits for something that should end soon.
async fn within(what: &str, end: impl Future<Output = ()>) {
    if tokio::time::timeout(LAST_WAIT, end).await.is_err() {
        log::warn("not stopped in time", &[("what", json!(what))]);
    }
}

pub(crate) fn shared(
    config: PlatformConfig,
    workload: &str,
    logger: &'static Logger,
    tracing: Option<&'static Tracing>,
) -> Result<Arc<Shared>, Error> {
    Ok(Arc::new(Shared {
        workload: workload.to_owned(),
        metrics: Metrics::new(workload, &config.build)?,
        users: Users::new(config.user_jwks.clone()),
        config,
        logger,
        tracing,
        draining: CancellationToken::new(),
        cut: CancellationToken::new(),
    }))
}

/// Puts health, reflection and the guard around the handlers.
pub(crate) fn build(
    shared: &Arc<Shared>,
    routes: Routes,
) -> Result<(ConnectRpcService<Guard>, Arc<Reporter>), Error> {
    let files = contract::files();
    let mut guard = Guard::new(Arc::clone(shared), routes, &contract::methods(&files))?;
    let mut services = guard.services();
    let reporter = Arc::new(Reporter::new(services.clone()));
    guard.add(HealthServer::from_arc(Arc::clone(&reporter)));
    services.extend(
        [
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
        ]
        .map(str::to_owned),
    );
    services.push("grpc.reflection.v1alpha.ServerReflection".to_owned());
    services.sort();
    guard.add(Reflection::new(Index::new(services, files)));
    let limits = Limits::default()
        .with_max_request_body_size(TRANSPORT_BYTES)
        .with_max_message_size(TRANSPORT_BYTES);
    Ok((ConnectRpcService::new(guard).with_limits(limits), reporter))
}
