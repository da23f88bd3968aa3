//! What can go wrong with a server behind a network, told apart by what it means for the caller.

use std::{io, sync::Arc, time::Duration};

use sqlx::postgres::{PgDatabaseError, PgSeverity};
use tokio::time::{Instant, sleep};

use super::{Fault, link::STATEMENT};

/// For how long a lost server is looked for. Together with one last try this stays below the ten
/// seconds that the engine gives an operation by default, so the caller learns what happened.
const PATIENCE: Duration = Duration::from_secs(4);

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Why PostgreSQL did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PostgresFault {
    /// No connection within the time. Nothing was written.
    #[error("PostgreSQL cannot be reached: {0}")]
    Unreachable(Arc<sqlx::Error>),
    /// The server ended the statement after this time. Nothing was written.
    #[error("PostgreSQL took longer than {0:?}")]
    Slow(Duration),
    /// The connection broke in the midst of a write, and the server did not come back in time to
    /// say what became of it: read before writing again.
    #[error("the connection to PostgreSQL broke during a write that may have been done: {0}")]
    InDoubt(Arc<sqlx::Error>),
    /// The disk of the server, or a quota on it, is full. Nothing was written. Readers are served, and once there is room the
    /// next write is done.
    #[error("PostgreSQL has no room left: free some on the server's disk ({0})")]
    Full(Arc<sqlx::Error>),
    /// The server does not take it, however often it is asked. Nothing was written.
    #[error("PostgreSQL refuses: {0}")]
    Refused(Arc<sqlx::Error>),
    /// The writer ended, because its runtime did.
    #[error("the writer of this database has stopped; connect again")]
    Stopped,
}

impl PostgresFault {
    /// A fault of the server under its name, as one who only reads has it; one of anything else as it is.
    pub(super) fn named(fault: Fault) -> Fault {
        match fault.downcast::<sqlx::Error>() {
            Ok(error) => Self::of_read(*error).into(),
            Err(fault) => fault,
        }
    }

    /// What it means for one who only reads.
    pub(super) fn of_read(error: sqlx::Error) -> Self {
        let trouble = Trouble::of(&error);
        let error = Arc::new(error);
        match trouble {
            Trouble::Slow => Self::Slow(STATEMENT),
            Trouble::Full => Self::Full(error),
            Trouble::Refused => Self::Refused(error),
            Trouble::Lost | Trouble::Standby | Trouble::Clash => Self::Unreachable(error),
        }
    }
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection is of no more use; another one may be.
    Lost,
    /// The server only reads, as one does that is about to take another's place. Nothing was done.
    Standby,
    /// Two transactions were in each other's way.
    Clash,
    /// The statement timeout.
    Slow,
    /// The server has no room left.
    Full,
    /// Asking again would not help.
    Refused,
}

impl Trouble {
    /// Whether asking again may help, be it on another connection.
    pub(super) fn may_pass(self) -> bool {
        matches!(self, Self::Lost | Self::Standby | Self::Clash)
    }

    pub(super) fn of(error: &sqlx::Error) -> Self {
        let sqlx::Error::Database(error) = error else {
            let is_ours = matches!(
                error,
                sqlx::Error::Encode(_)
                    | sqlx::Error::Decode(_)
                    | sqlx::Error::ColumnDecode { .. }
                    | sqlx::Error::RowNotFound
                    | sqlx::Error::Configuration(_)
            );
            return if is_ours { Self::Refused } else { Self::Lost };
        };
        let told = error.try_downcast_ref::<PgDatabaseError>();
        if told.is_some_and(is_last_word) {
            return Self::Lost;
        }
        // Appendix A of PostgreSQL's manual.
        match error.code().as_deref() {
            Some("40001" | "40P01") => Self::Clash,
            Some("57014") => Self::Slow,
            Some("53100") => Self::Full,
            Some("XX000") if told.is_some_and(is_of_a_file_that_cannot_grow) => Self::Full,
            Some("25006") => Self::Standby,
            // Too many connections; shut down, crashed, starting.
            Some("53300" | "57P01" | "57P02" | "57P03") => Self::Lost,
            Some(code) if code.starts_with("08") => Self::Lost,
            _ => Self::Refused,
        }
    }
}

/// Whether the server ends every connection with this error and begins anew, as it does when its own log cannot be written.
/// What it was about to commit is found done afterwards, or not.
fn is_last_word(error: &PgDatabaseError) -> bool {
    error.severity() == PgSeverity::Panic
}

/// A full disk has a code of its own; a quota that is used up has none, nor has a limit on the size of files. What could
/// not be done is the same, and the server's function for it has one name in every language.
fn is_of_a_file_that_cannot_grow(error: &PgDatabaseError) -> bool {
    matches!(error.routine(), Some("mdextend" | "mdzeroextend"))
}

/// An answer that did not come, as the broken connection that it is.
pub(super) fn unanswered() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer"))
}

/// How often something is tried again: at growing distances, for a bounded time.
#[derive(Debug)]
pub(super) struct Tries {
    until: Instant,
    pause: Duration,
}

impl Tries {
    pub(super) fn since(asked: Instant) -> Self {
        Self {
            until: asked + PATIENCE,
            pause: FIRST_PAUSE,
        }
    }

    /// Waits for the next try; `false` when there is none.
    pub(super) async fn again(&mut self) -> bool {
        if Instant::now() + self.pause > self.until {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}
