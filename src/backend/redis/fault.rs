//! What can go wrong between here and Redis, told apart by what it means for a write.

use fred::error::{Error, ErrorKind};

/// Why Redis did not do what was asked. Every [`Fault`](super::Fault) of this backend that Redis is
/// the cause of is one of these: `fault.downcast_ref::<RedisFault>()`.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedisFault {
    /// There is no connection, and none came up in time. Nothing was written.
    #[error("Redis cannot be reached: {0}")]
    Unreachable(String),
    /// The connection broke, or the time was over, before the answer to a write came. It may have
    /// been done: read before repeating it.
    #[error("Redis did not answer; the write may have been done: {0}")]
    Unsure(String),
    /// Redis answered with an error. Nothing was written.
    #[error("Redis refused: {0}")]
    Refused(String),
    /// Redis answered what this version of the engine does not understand.
    #[error("Redis answered something else than was asked: {0}")]
    Garbled(&'static str),
    /// The address or the prefix given to [`Redis::connect`](super::Redis::connect) cannot be used.
    #[error("{0}")]
    Settings(String),
}

impl RedisFault {
    /// What an error of the client means for a call that changes nothing.
    pub(super) fn of_read(error: &Error) -> Self {
        if is_lost(error) {
            Self::Unreachable(error.to_string())
        } else {
            Self::Refused(error.to_string())
        }
    }

    /// What it means for a call that writes.
    pub(super) fn of_write(error: &Error) -> Self {
        if is_lost(error) {
            Self::Unsure(error.to_string())
        } else {
            Self::Refused(error.to_string())
        }
    }
}

/// Whether no answer came, in contrast to one that is an error.
fn is_lost(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::IO
            | ErrorKind::Timeout
            | ErrorKind::Tls
            | ErrorKind::Canceled
            | ErrorKind::Protocol
            | ErrorKind::Routing
            | ErrorKind::Backpressure
    )
}
