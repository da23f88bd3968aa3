//! What is said of a query: its name, its notes, what it asks.

use app::AppError;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::datasets::Question;

/// Longest name, as the page has it; in characters.
const MAX_NAME: usize = 80;
/// Longest notes.
const MAX_NOTES: usize = 1000;

/// A query to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QueryOrder)]
pub(super) struct Order {
    /// What people call it.
    #[schema(min_length = 1, max_length = 80, pattern = r"\S")]
    pub(super) name: String,
    /// What they want to remember about it.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub(super) notes: String,
    /// What it asks.
    pub(super) spec: Question,
}

/// What of a saved query becomes something else; what is not said stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = QueryEdit)]
pub(super) struct Edit {
    /// What people call it.
    #[schema(min_length = 1, max_length = 80, pattern = r"\S")]
    pub(super) name: Option<String>,
    /// What they want to remember about it.
    #[schema(max_length = 1000)]
    pub(super) notes: Option<String>,
    /// What it asks.
    pub(super) spec: Option<Question>,
}

/// A name as it is kept.
///
/// # Errors
/// [`AppError::Invalid`] for none, and for one that is too long.
pub(super) fn named(name: &str) -> Result<String, AppError> {
    let is_fine = !name.trim().is_empty() && name.chars().count() <= MAX_NAME;
    match is_fine {
        true => Ok(name.trim().to_owned()),
        false => Err(AppError::Invalid {
            path: "name".into(),
            problem: format!("give it a name of 1 to {MAX_NAME} characters"),
        }),
    }
}

/// Notes as they are kept.
///
/// # Errors
/// [`AppError::Invalid`] for more than 1,000 characters.
pub(super) fn noted(notes: &str) -> Result<String, AppError> {
    match notes.chars().count() <= MAX_NOTES {
        true => Ok(notes.trim().to_owned()),
        false => Err(AppError::Invalid {
            path: "notes".into(),
            problem: format!("at most {MAX_NOTES} characters"),
        }),
    }
}
