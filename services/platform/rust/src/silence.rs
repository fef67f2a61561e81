//! How long no message came on a stream, from either side.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The silence of one stream; its clones are the same.
#[derive(Clone)]
pub(crate) struct Silence {
    longest: Duration,
    since: Arc<Mutex<Instant>>,
}

impl Silence {
    /// Begins now.
    pub(crate) fn new(longest: Duration) -> Self {
        Self {
            longest,
            since: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// A message ends it, and it begins anew.
    pub(crate) fn broken(&self) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When it will have lasted too long, unless it is broken before.
    pub(crate) fn end(&self) -> Instant {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) + self.longest
    }
}
