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
    /// Redis cannot write to its disk, or may take no more memory. Nothing was written. Readers are served, and once there
    /// is room the next write is done.
    #[error("Redis has no room left: free some on its disk, or raise its `maxmemory` ({0})")]
    Full(String),
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
            Self::answered(error)
        }
    }

    /// What it means for a call that writes.
    pub(super) fn of_write(error: &Error) -> Self {
        if is_lost(error) {
            Self::Unsure(error.to_string())
        } else {
            Self::answered(error)
        }
    }

    /// What Redis means by an error, before it has begun.
    fn answered(error: &Error) -> Self {
        match code(error.details()) {
            Some("MISCONF" | "OOM") => Self::Full(error.to_string()),
            _ => Self::Refused(error.to_string()),
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
        ErrorKind::Unknown => code(error.details()).is_none(),
        _ => false,
    }
}

/// The code that an answer begins with.
fn code(text: &str) -> Option<&str> {
    let word = text.split_ascii_whitespace().next()?;
    let is_code = word.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then_some(word)
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
        let answer = Error::new(ErrorKind::Unknown, "ERR unknown command");
        assert!(matches!(
            RedisFault::of_write(&answer),
            RedisFault::Refused(_)
        ));
    }

    #[test]
    fn a_redis_without_room_is_told_from_one_that_refuses() {
        for answer in [
            "MISCONF Errors writing to the AOF file: No space left on device",
            "OOM command not allowed when used memory > 'maxmemory'.",
        ] {
            let answer = Error::new(ErrorKind::Unknown, answer);
            for fault in [RedisFault::of_read(&answer), RedisFault::of_write(&answer)] {
                assert!(matches!(fault, RedisFault::Full(_)), "{fault}");
            }
        }
        let other = Error::new(ErrorKind::Unknown, "MISCONFIGURED by hand");
        let fault = RedisFault::of_write(&other);
        assert!(matches!(fault, RedisFault::Refused(_)), "{fault}");
    }
}
