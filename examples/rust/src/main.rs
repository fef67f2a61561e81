//! What to do: the command line and the exit codes, which are the same in every language.
//!
//! ```text
//! larder-client score CLASS[,CLASS...] CELSIUS...
//! larder-client report DEVICE FIRST CELSIUS...
//! larder-client ingest DEVICE FIRST CELSIUS...
//! ```

mod channel;
mod ingest;
mod policy;
mod score;
mod settings;
mod status;

use std::process::ExitCode;

use connectrpc::ConnectError;

const FAILED: u8 = 1;
const REFUSED: u8 = 2;
const USAGE: u8 = 64;

/// Why the program did not do what it was asked.
enum Failure {
    /// It was not told what it needs.
    Usage(String),
    /// A call failed.
    Call(Box<ConnectError>),
    /// The server ended a stream before it had acknowledged everything.
    Unfinished(String),
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::Call(Box::new(error))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(REFUSED),
        Err(Failure::Usage(message)) => {
            eprintln!("{message}");
            ExitCode::from(USAGE)
        }
        Err(Failure::Unfinished(message)) => {
            eprintln!("{message}");
            ExitCode::from(FAILED)
        }
        Err(Failure::Call(error)) => {
            for line in status::explain(&error) {
                eprintln!("{line}");
            }
            ExitCode::from(FAILED)
        }
    }
}

/// Returns whether everything was taken.
async fn run(words: &[String]) -> Result<bool, Failure> {
    let (command, words) = settings::first(words);
    match command {
        "score" => score::score(words).await,
        "report" => ingest::report(words).await,
        "ingest" => ingest::stream(words).await,
        _ => Err(Failure::Usage(
            "the command is one of score, report, ingest".into(),
        )),
    }
}
