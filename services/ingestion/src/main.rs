use std::process::ExitCode;

use ingestion::config::load_config;
use ingestion::handler::routes;
use ingestion::intake::Intake;
use larder_events::EventLog;
use larder_platform::{Service, environment, run, serve};

fn main() -> ExitCode {
    run(async {
        let config = load_config(&environment)?;
        let log = EventLog::open(&config.event_log_url, "ingestion")?;
        let intake = Intake::new(log.clone(), &config);
        let service = Service::new("ingestion", routes(intake, &config)).ready(move || {
            let log = log.clone();
            async move { log.ping().await.map_err(Into::into) }
        });
        serve(config.platform, service).await
    })
}
