//! What the workbench refuses about runs, for the person in front of the page. Only on the server.

use workbench::simulation::{package::PackageError, runs::RunsError};

use crate::{AppError, components::format::sentence};

impl From<RunsError> for AppError {
    fn from(error: RunsError) -> Self {
        let told = error.to_string();
        match error {
            RunsError::Protocol(error) => Self::Invalid {
                path: "protocol".into(),
                problem: error.to_string(),
            },
            RunsError::Order(error) => Self::Invalid {
                path: error.field.into(),
                problem: error.problem,
            },
            RunsError::Package(PackageError::Disk(error)) => error.into(),
            RunsError::Package(_) => Self::Invalid {
                path: "package".into(),
                problem: told,
            },
            RunsError::Missing(_) | RunsError::Swept(_) | RunsError::NoResults { .. } => {
                Self::NotFound(sentence(&told))
            }
            RunsError::Pending(_) | RunsError::Over { .. } | RunsError::Changed(_) => {
                Self::BadRequest(sentence(&told))
            }
            RunsError::Brought { file, problem } => match Self::from(*problem) {
                Self::Invalid { path, problem } => Self::Invalid {
                    path,
                    problem: format!("{file}: {problem}"),
                },
                other => other,
            },
            RunsError::Busy(_) => Self::Busy(sentence(&told)),
            RunsError::State(error) => error.into(),
            RunsError::Files(error) => error.into(),
        }
    }
}
