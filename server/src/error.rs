//! Why the server does not start, or stops. Each message says what to change.

use std::{
    io::{ErrorKind, Write},
    path::PathBuf,
    process::ExitCode,
};

use workbench::{
    configurations::files::FileError,
    simulation::{package::PackageError, runs::RunsError},
};

/// What a shell says of a program that was interrupted.
const INTERRUPTED: u8 = 130;

/// A failure that ends the process. The operator can mend it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting is unknown or has a value that makes no sense.
    #[error("settings: {0}")]
    Settings(String),
    /// The settings name something that this build does not have.
    #[error("`{what}` is not in this build: use {instead}")]
    NotBuilt {
        /// What was asked for.
        what: String,
        /// What works.
        instead: &'static str,
    },
    /// A file or folder cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {addr} (setting `server.addr`): {source}")]
    Listen {
        /// The address.
        addr: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// The metrics' own address cannot be listened on.
    #[error("cannot listen on {addr} (setting `metrics.addr`): {source}")]
    ListenMetrics {
        /// The address.
        addr: std::net::SocketAddr,
        /// The system's word.
        source: std::io::Error,
    },
    /// The sessions' database cannot be used.
    #[error("sessions: {0}")]
    Sessions(#[from] crate::sessions::Error),
    /// The state engine cannot be opened.
    #[error("states: {0}")]
    States(Box<dyn std::error::Error + Send + Sync>),
    /// What is stored cannot be read by this program, or a state operation failed.
    #[error("states: {0}")]
    Engine(#[from] holdfast::Error),
    /// A backup, a restore or a move did not succeed.
    #[error("{0}")]
    Copy(#[from] holdfast::CopyError),
    /// The log is not as it was written.
    #[error("{0} of the log's records are not as they were written")]
    Tampered(usize),
    /// The workbench cannot be opened, or refuses or fails.
    #[error("{0}")]
    Workbench(#[from] workbench::Error),
    /// A run cannot be started, read or brought in.
    #[error("{0}")]
    Runs(#[from] RunsError),
    /// The folder of configurations cannot be used.
    #[error("configurations: {0}")]
    Configurations(#[from] FileError),
    /// Accounts cannot be read or written, or it cannot be done to them.
    #[error("accounts: {0}")]
    Accounts(app::AppError),
    /// What was looked for cannot be understood.
    #[error("{0}")]
    Misread(String),
    /// What was asked for is not there.
    #[error("{0}")]
    NotThere(String),
    /// It is not done, and nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// The study has a table of this name with other content.
    #[error(
        "there is another table {0}; say --on-duplicate replace, rename or skip, or another name (--as)"
    )]
    Taken(String),
    /// Some of several files did not come in. Each was told.
    #[error("{failed} of {of} files did not come in")]
    Partly {
        /// How many.
        failed: usize,
        /// Of so many.
        of: usize,
        /// The exit code of the first.
        code: u8,
    },
    /// It was begun, and did not succeed.
    #[error("{0}")]
    Failed(String),
    /// The person at the terminal, or the system, ended it.
    #[error("{0}")]
    Interrupted(String),
    /// `doctor` found something that has to be mended.
    #[error("{0} of these must be mended before a server can run here")]
    Unwell(usize),
    /// The server broke off.
    #[error("the server stopped: {0}")]
    Serve(std::io::Error),
}

impl Error {
    /// An I/O failure at a path, for `map_err`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// A failure of accounts, for `map_err`.
    pub(crate) fn accounts(error: impl Into<app::AppError>) -> Self {
        Self::Accounts(error.into())
    }

    /// Tells the person at the terminal. Standard error, because the log may not be on yet.
    pub fn report(&self, is_json: bool) -> ExitCode {
        let code = self.code();
        let mut terminal = std::io::stderr().lock();
        let told = match is_json {
            true => {
                let line = serde_json::json!({ "error": self.to_string(), "code": code });
                writeln!(terminal, "{line}")
            }
            false => writeln!(terminal, "holdfast: {self}"),
        };
        drop(told);
        ExitCode::from(code)
    }

    /// The exit code, as `holdfast --help` lists them.
    pub fn code(&self) -> u8 {
        use app::AppError as A;
        use holdfast::CopyError as C;
        match self {
            Self::Settings(_) | Self::NotBuilt { .. } | Self::Misread(_) => 2,
            Self::Accounts(A::NotFound(_)) | Self::NotThere(_) => 3,
            Self::Engine(error) => of_states(error),
            Self::Workbench(error) => of_workbench(error),
            Self::Runs(error) => of_runs(error),
            Self::Refused(_)
            | Self::Taken(_)
            | Self::Copy(C::Occupied { .. } | C::StillWritten { .. }) => 4,
            Self::Tampered(_)
            | Self::Copy(
                C::Damaged { .. } | C::Truncated { .. } | C::Foreign { .. } | C::Differs { .. },
            ) => 5,
            Self::Unwell(_) => 6,
            Self::Partly { code, .. } => *code,
            Self::Interrupted(_) => INTERRUPTED,
            _ => 1,
        }
    }
}

fn of_states(error: &holdfast::Error) -> u8 {
    use holdfast::Error as E;
    match error {
        E::Absent { .. } | E::Expired { .. } | E::Removed { .. } => 3,
        E::Refused { .. } | E::Conflict { .. } | E::Conflicts { .. } | E::Forbidden { .. } => 4,
        _ => 1,
    }
}

fn of_workbench(error: &workbench::Error) -> u8 {
    use workbench::Error as W;
    match error {
        W::BadFile { .. } | W::BadRequest(_) => 2,
        W::Missing(_) => 3,
        W::Io { source, .. } if source.kind() == ErrorKind::NotFound => 3,
        W::TooLarge { .. } | W::NoRoom { .. } => 4,
        W::State(error) => of_states(error),
        W::Cancelled => INTERRUPTED,
        _ => 1,
    }
}

fn of_runs(error: &RunsError) -> u8 {
    use RunsError as R;
    match error {
        R::Protocol(_) | R::Order(_) => 2,
        R::Missing(_) | R::Swept(_) | R::NoResults { .. } => 3,
        R::Pending(_) | R::Over { .. } | R::Busy(_) | R::Changed(_) => 4,
        R::Brought { problem, .. } => of_runs(problem),
        R::Package(PackageError::Disk(error)) | R::Files(error) => of_workbench(error),
        R::Package(_) => 5,
        R::State(error) => of_states(error),
    }
}
