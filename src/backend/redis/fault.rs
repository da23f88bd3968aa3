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
    match error.kind() {
        ErrorKind::IO
        | ErrorKind::Timeout
        | ErrorKind::Tls
        | ErrorKind::Canceled
        | ErrorKind::Protocol
        | ErrorKind::Routing
        | ErrorKind::Backpressure => true,
        // What Redis answers begins with a code, like `ERR`. Without one it is the client that gave up: between two
        // connections it has no kind for that.
        ErrorKind::Unknown => !begins_with_code(error.details()),
        _ => false,
    }
}

fn begins_with_code(text: &str) -> bool {
    let word = text.split_ascii_whitespace().next().unwrap_or_default();
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_could_not_send_is_no_answer_of_redis() {
        let lost = Error::new(ErrorKind::Unknown, "Failed to route command.");
        assert!(matches!(
            RedisFault::of_read(&lost),
            RedisFault::Unreachable(_)
        ));
        assert!(matches!(RedisFault::of_write(&lost), RedisFault::Unsure(_)));
        for answer in ["ERR unknown command", "OOM command not allowed"] {
            let answer = Error::new(ErrorKind::Unknown, answer);
            assert!(matches!(
                RedisFault::of_write(&answer),
                RedisFault::Refused(_)
            ));
        }
    }
}
