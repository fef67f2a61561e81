//! What Kafka's error codes mean here.

use crate::log::LogError;

pub(super) const NONE: i16 = 0;
pub(super) const OFFSET_OUT_OF_RANGE: i16 = 1;
pub(super) const UNKNOWN_TOPIC: i16 = 3;
pub(super) const TOPIC_EXISTS: i16 = 36;
/// Who asks has not been given the right to look.
pub(super) const TOPIC_FORBIDDEN: i16 = 29;
pub(super) const UNSUPPORTED_MECHANISM: i16 = 33;

/// The sequence of a batch does not follow that of the producer's last one: it lies ahead, far behind, or the producer is forgotten.
pub(super) const OUT_OF_SEQUENCE: [i16; 3] = [45, 46, 59];

/// Topic, group and cluster that the user has no right to.
const FORBIDDEN: [i16; 3] = [TOPIC_FORBIDDEN, 30, 31];

/// Who is asked does not lead the partition (any more), or a topic is so new that this node does not know it.
const ELSEWHERE: [i16; 13] = [UNKNOWN_TOPIC, 5, 6, 9, 14, 15, 16, 41, 74, 75, 78, 100, 103];

/// The cluster cannot do it now; whether it was done is not known.
const UNAVAILABLE: [i16; 10] = [-1, 2, 7, 8, 13, 19, 20, 56, 77, 89];

/// Why a request did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// To be asked again, with fresh knowledge of who leads what. Nothing was done, unless it was an append: a node may cease to lead when it
    /// has taken one.
    Elsewhere(String),
    Log(LogError),
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl Failure {
    /// For those who may not be asked again: what was appended must not look as if it had not been.
    pub(super) fn definite(self) -> LogError {
        match self {
            Self::Elsewhere(why) => LogError::Unavailable(why),
            Self::Log(error) => error,
        }
    }
}

/// Fails with what a code means; 0 is success. `what` was asked for: `topic t`.
pub(super) fn check(code: i16, what: &str) -> Result<(), Failure> {
    let said = || format!("Kafka answered code {code} for {what}");
    match code {
        NONE => Ok(()),
        _ if FORBIDDEN.contains(&code) => Err(LogError::Forbidden(what.to_owned()).into()),
        _ if ELSEWHERE.contains(&code) => Err(Failure::Elsewhere(said())),
        _ if UNAVAILABLE.contains(&code) => Err(LogError::Unavailable(said()).into()),
        _ => Err(LogError::Refused(said()).into()),
    }
}
