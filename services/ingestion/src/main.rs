use std::process::ExitCode;
use std::time::Duration;

use ingestion::config::load_config;
use ingestion::handler::routes;
use ingestion::intake::Intake;
use larder_contract::proto::larder::telemetry::v1::ReadingsIngested;
use larder_events::{EventLog, Retention, retain};
use larder_platform::{Service, environment, run, serve};

/// For readings, should the contract not say itself how long they stay.
const RETENTION: Duration = Duration::from_hours(24);

fn main() -> ExitCode {
    run(async {
        let config = load_config(&environment)?;
        let log = EventLog::open(&config.event_log_url, "ingestion")?;
        let intake = Intake::new(log.clone(), &config);
        let old = log.clone();
        let service = Service::new("ingestion", routes(intake, &config))
            .ready(move || {
                let log = log.clone();
                async move { log.ping().await.map_err(Into::into) }
            })
            .background(move |stop| async move {
                retain(&old, &[Retention::of::<ReadingsIngested>(RETENTION)], &stop).await;
                Ok(())
            });
        serve(config.platform, service).await
    })
}
