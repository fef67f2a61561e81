//! Readings in numbers, as cheaply as can be: load for ingestion and the aggregator, and the limits that they are measured against.
//!
//! `readings WORK OPTIONS`, with options and outcome in JSON: `empty` and `send` for ingestion, `fill`, `windows` and `missing` for the log.

mod device;
mod empty;
mod fill;
mod logged;
mod missing;
mod send;
mod windows;

// The rules of the aggregator themselves, without what surrounds them there.
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/batch_average.rs"]
mod batch_average;
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/excursion.rs"]
mod excursion;
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/history.rs"]
mod history;
#[cfg(test)]
#[path = "../../../services/aggregator/src/numbers.rs"]
mod numbers;
#[path = "../../../services/aggregator/src/pane.rs"]
mod pane;
#[path = "../../../services/aggregator/src/reading.rs"]
mod reading;
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/sequence.rs"]
mod sequence;
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/sketch.rs"]
mod sketch;
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/source.rs"]
mod source;
#[path = "../../../services/aggregator/src/temperature.rs"]
mod temperature;
#[allow(dead_code)]
#[path = "../../../services/aggregator/src/window.rs"]
mod window;

use serde::de::DeserializeOwned;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [work, options] = args.as_slice() else {
        return Err("a work and its options are asked for".into());
    };
    let said = match work.as_str() {
        "empty" => empty::serve(&read::<empty::Options>(options)?).await?,
        "send" => serde_json::to_string(&send::send(read(options)?).await?)?,
        "fill" => serde_json::to_string(&fill::fill(&read(options)?).await?)?,
        "windows" => serde_json::to_string(&windows::windows(&read(options)?).await?)?,
        "missing" => serde_json::to_string(&missing::missing(&read(options)?).await?)?,
        other => return Err(format!("{other} is no work").into()),
    };
    println!("{said}");
    Ok(())
}

fn read<T: DeserializeOwned>(options: &str) -> Outcome<T> {
    Ok(serde_json::from_str(options)?)
}
