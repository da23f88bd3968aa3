//! What went wrong with the store, for people: neither addresses nor answers of the store, which may tell of credentials.

use super::name::Name;
use crate::Error;

/// Longest part of a reason that is shown.
const MAX_REASON: usize = 200;

/// The store did not do it.
pub(super) fn away(name: &Name, error: &object_store::Error) -> Error {
    let problem = reason(error);
    tracing::warn!(name = name.as_str(), %problem, "the file store did not do what was asked");
    Error::StoreAway {
        name: name.as_str().to_owned(),
        problem,
    }
}

/// What the store has is not what was put there.
pub(super) fn damaged(name: &Name, problem: impl Into<String>) -> Error {
    let problem = problem.into();
    tracing::error!(name = name.as_str(), %problem, "an object is not as it was put");
    Error::StoreDamaged {
        name: name.as_str().to_owned(),
        problem,
    }
}

/// Whether there is no such object.
pub(super) fn is_missing(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::NotFound { .. })
}

fn reason(error: &object_store::Error) -> String {
    use object_store::Error as E;
    match error {
        E::NotFound { .. } => "there is no such bucket or object".into(),
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
            "it refuses these credentials".into()
        }
        error => {
            let mut last: &(dyn std::error::Error + 'static) = error;
            while let Some(next) = last.source() {
                last = next;
            }
            // An answer's status, without the answer.
            let text = last.to_string();
            let words = text.split(['<', '\n']).next().unwrap_or_default();
            let words = words.trim().trim_end_matches(':');
            words.chars().take(MAX_REASON).collect()
        }
    }
}
