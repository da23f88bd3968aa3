//! The one error that crosses from the server to the browser, typed.
//!
//! Each variant says who can fix it. What only we can fix is logged once under a reference and
//! reaches the browser as that reference.

mod shown;

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// What went wrong, for the person in front of the page. `Debug` shows of a conflict its version, and never what stands there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "error", content = "detail", rename_all = "snake_case")]
pub enum AppError {
    /// 401. There is no session (any more). The browser opens one and asks again.
    NoSession,
    /// 403. They may not do this.
    Forbidden(String),
    /// 404. It is not here, or not theirs: the two look the same.
    NotFound(String),
    /// 409. Somebody wrote in between; here is what stands there now.
    Conflict {
        /// The version in force; 0 if there is none.
        version: u64,
        /// Its content, as JSON.
        data: Option<String>,
    },
    /// 422. A field is wrong: where, and what to do.
    Invalid {
        /// The field.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// 413. Too large for this server.
    TooLarge(String),
    /// 423. Somebody else has locked it.
    Locked(String),
    /// 429. Too much at once; try again.
    Busy(String),
    /// 400. The request cannot be read.
    BadRequest(String),
    /// 503. Something behind this server is away, or has been damaged there; try again later.
    Away(String),
    /// 504. Something behind this server did not say in time what became of it: it may have been done.
    Unsure,
    /// 507. The disk is full, or the database's.
    DiskFull,
    /// The person cancelled.
    Cancelled,
    /// The server was not reached, or something in between answered for it. Only the browser makes this one.
    Offline,
    /// 500. We look; the reference finds it in the log.
    Internal {
        /// Names the log line.
        reference: String,
    },
}

impl AppError {
    /// Whether the server has read what it was sent and will never take it. Anything else may pass when it is sent again:
    /// after an outage, a restart, a full disk, a lock.
    #[cfg(any(feature = "hydrate", test))]
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Forbidden(_) | Self::Invalid { .. } | Self::TooLarge(_) | Self::BadRequest(_) => {
                true
            }
            Self::NoSession
            | Self::NotFound(_)
            | Self::Conflict { .. }
            | Self::Locked(_)
            | Self::Busy(_)
            | Self::Away(_)
            | Self::Unsure
            | Self::DiskFull
            | Self::Cancelled
            | Self::Offline
            | Self::Internal { .. } => false,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSession => {
                f.write_str("Your session has ended. Reload the page to start a new one.")
            }
            Self::Forbidden(what)
            | Self::NotFound(what)
            | Self::TooLarge(what)
            | Self::Locked(what)
            | Self::Busy(what)
            | Self::Away(what) => f.write_str(what),
            Self::Conflict { .. } => f.write_str("Somebody changed this in the meantime."),
            Self::Invalid { path, problem } => write!(f, "{path}: {problem}"),
            Self::BadRequest(problem) => f.write_str(problem),
            Self::Unsure => f.write_str(
                "The database did not answer in time, so this may have been done or not. Look, and try again.",
            ),
            Self::DiskFull => {
                f.write_str("The disk is full. Nothing was kept; make room and try again.")
            }
            Self::Cancelled => f.write_str("Cancelled. Nothing was kept."),
            Self::Offline => {
                f.write_str("The server cannot be reached. It is tried again by itself.")
            }
            Self::Internal { reference } => write!(
                f,
                "Something went wrong on the server. Try again; the log knows it as {reference}."
            ),
        }
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = crate::json::Plain;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            // An answer that is none of ours: something in between has spoken, such as a proxy with its page about a bad
            // gateway.
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Deserialization(_) => Self::Offline,
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Args(problem)
            | ServerFnErrorErr::MissingArg(problem)
            | ServerFnErrorErr::Deserialization(problem) => {
                server::set_status(400);
                Self::BadRequest(format!("The request cannot be read: {problem}"))
            }
            other => Self::BadRequest(other.to_string()),
        }
    }
}

#[cfg(feature = "ssr")]
pub(crate) use server::answer;

#[cfg(feature = "ssr")]
mod server {
    use axum::http::StatusCode;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    use super::AppError;

    const AWAY: &str =
        "The database cannot be reached. Nothing was written; try again in a moment.";

    impl AppError {
        /// The HTTP status of each variant.
        pub fn status(&self) -> StatusCode {
            match self {
                Self::NoSession => StatusCode::UNAUTHORIZED,
                Self::Forbidden(_) => StatusCode::FORBIDDEN,
                Self::NotFound(_) => StatusCode::NOT_FOUND,
                Self::Conflict { .. } => StatusCode::CONFLICT,
                Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                Self::Locked(_) => StatusCode::LOCKED,
                Self::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
                Self::BadRequest(_) | Self::Cancelled => StatusCode::BAD_REQUEST,
                Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
                Self::Unsure => StatusCode::GATEWAY_TIMEOUT,
                Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
                Self::Offline | Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }

        /// Logs what only we can fix, and gives the browser the reference.
        pub fn internal(cause: impl std::fmt::Display) -> Self {
            let ids =
                holdfast::UuidV7::seeded_by_system(std::sync::Arc::new(holdfast::SystemClock));
            let reference = holdfast::Ids::next(&ids).to_string();
            tracing::error!(%reference, %cause, "internal error");
            Self::Internal { reference }
        }

        /// Tells whoever can make room what has none. The person cannot, and needs no reference.
        fn full(cause: &impl std::fmt::Display) -> Self {
            tracing::warn!(%cause, "no room left");
            Self::DiskFull
        }
    }

    impl From<holdfast::Error> for AppError {
        fn from(error: holdfast::Error) -> Self {
            use holdfast::Error as E;
            match error {
                E::Absent { .. } | E::Expired { .. } => {
                    Self::NotFound("This is not here any more.".into())
                }
                E::Removed { .. } => Self::NotFound(error.to_string()),
                E::Conflict { current, .. } => Self::Conflict {
                    version: current.as_ref().map_or(0, |state| state.version.0),
                    data: current.map(|state| state.data.to_string()),
                },
                E::Conflicts { conflicts } => match conflicts.into_iter().next() {
                    Some(first) => first.into(),
                    None => Self::Busy("Somebody else was faster. Try again.".into()),
                },
                E::Invalid { path, problem } => Self::Invalid { path, problem },
                E::Violations { ref problems, .. } => match problems.first() {
                    Some(first) => Self::Invalid {
                        path: first.path.clone(),
                        problem: error.to_string(),
                    },
                    None => Self::BadRequest(error.to_string()),
                },
                E::Forbidden { why, .. } => Self::Forbidden(format!("You may not do this: {why}.")),
                E::RateLimited { .. } => Self::Busy(error.to_string()),
                E::TooLarge { .. } => Self::TooLarge(error.to_string()),
                E::Refused { .. } => Self::BadRequest(error.to_string()),
                other if other.is_in_doubt() => {
                    tracing::warn!(cause = %other, "not known whether it was done");
                    Self::Unsure
                }
                other if other.is_full() => Self::full(&other),
                other if other.is_away() => {
                    tracing::warn!(cause = %other, "the database is away");
                    Self::Away(AWAY.into())
                }
                other => Self::internal(other),
            }
        }
    }

    impl From<workbench::Error> for AppError {
        fn from(error: workbench::Error) -> Self {
            use workbench::Error as E;
            match error {
                E::BadFile { .. } => Self::Invalid {
                    path: "file".into(),
                    problem: error.to_string(),
                },
                E::TooLarge { .. } | E::NoRoom { .. } => Self::TooLarge(error.to_string()),
                E::BadRequest(problem) => Self::BadRequest(problem),
                E::Missing(_) => Self::NotFound(error.to_string()),
                E::Cancelled => Self::Cancelled,
                E::StoreAway { .. } | E::StoreDamaged { .. } => Self::Away(error.to_string()),
                E::DiskFull => Self::full(&error),
                E::State(inner) => inner.into(),
                other => Self::internal(other),
            }
        }
    }

    /// Gives a server function's answer its HTTP status. A plain form keeps its redirect.
    pub(crate) async fn answer<T>(
        work: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let span = tracing::debug_span!("server_function");
        let result = tracing::Instrument::instrument(work, span).await;
        if let Err(error) = &result {
            set_status(error.status().as_u16());
        }
        result
    }

    pub(super) fn set_status(status: u16) {
        if let (Some(options), Ok(status)) = (
            use_context::<ResponseOptions>(),
            StatusCode::from_u16(status),
        ) {
            options.set_status(status);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AppError;

    #[test]
    fn only_what_the_server_read_and_refused_is_final() {
        let text = || "for a reason".to_owned();
        let refused = [
            AppError::Forbidden(text()),
            AppError::TooLarge(text()),
            AppError::BadRequest(text()),
            AppError::Invalid {
                path: text(),
                problem: text(),
            },
        ];
        assert!(refused.iter().all(AppError::is_final));
        let outages = [
            AppError::Internal { reference: text() },
            AppError::Away(text()),
            AppError::Busy(text()),
            AppError::Offline,
            AppError::DiskFull,
            AppError::Unsure,
            AppError::NoSession,
            AppError::NotFound(text()),
        ];
        assert!(!outages.iter().any(AppError::is_final));
    }
}
