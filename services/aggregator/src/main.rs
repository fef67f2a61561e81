//! The aggregator: sums up readings by time of measurement, and finds excursions.

mod attachment;
mod batch_average;
mod config;
mod excursion;
mod handler;
mod history;
mod message;
mod metrics;
#[cfg(test)]
mod numbers;
mod pane;
mod reading;
mod recent;
mod retention;
mod sequence;
mod service;
mod silence;
mod sketch;
mod source;
mod store;
mod temperature;
mod window;

use larder_platform::{environment, run, serve};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(async {
        let config = config::load_config(&environment)?;
        let (platform, service) = service::build(config).await?;
        serve(platform, service).await
    })
}
