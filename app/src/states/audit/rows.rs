//! The audit for programs: whole rows, as the log has them. Only on the server.

use holdfast::{Change, Revision};
use serde::Serialize;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{answers::look_back, server::Question};
use crate::{AppError, AppState, Visitor, context::Caller, states::answers::shown};

/// Changes that are read at once.
const PAGE: usize = 500;

/// A change as it leaves the program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditRow {
    /// Its place in the log.
    pub revision: u64,
    /// When, RFC 3339, UTC.
    pub at: String,
    /// Who, as the log has it.
    pub actor: String,
    /// Where from.
    pub address: Option<String>,
    /// From which tab or program.
    pub client: Option<String>,
    /// Whose state.
    pub scope: String,
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The version that this change made.
    pub version: u64,
    /// What was done.
    pub transition: String,
    /// The status after it.
    pub status: String,
    /// What the next version is chained to.
    pub digest: String,
    /// What changed, as JSON Patch (RFC 6902); `null` where a policy has removed the content.
    pub patch: Value,
}

impl AuditRow {
    fn of(change: Change) -> Self {
        let change = Change {
            before: change.before.as_ref().map(shown),
            after: shown(&change.after),
            ..change
        };
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(change.at.0) * 1_000_000);
        let at = at.ok().and_then(|at| at.format(&Rfc3339).ok());
        let state = &change.after;
        Self {
            revision: change.revision.0,
            at: at.unwrap_or_default(),
            patch: change.diff().unwrap_or(Value::Null),
            address: change.actor.address.map(|it| it.to_string()),
            scope: state.scope.to_string(),
            kind: state.kind.to_string(),
            id: state.id.to_string(),
            name: state.name.clone(),
            version: state.version.0,
            transition: change.transition.to_string(),
            status: state.status.to_string(),
            digest: state.digest.to_string(),
            actor: change.actor.name,
            client: change.actor.client,
        }
    }
}

/// Changes that fit, the newest first, from before a place in the log; and where to go on.
///
/// # Errors
/// [`AppError::Forbidden`] for whoever does not administer the server; [`AppError::Invalid`] with the field.
pub async fn audit_rows(
    state: &AppState,
    visitor: &Visitor,
    question: &Question,
    before: Option<Revision>,
) -> Result<(Vec<AuditRow>, Option<Revision>), AppError> {
    let caller = Caller {
        visitor: visitor.clone(),
        state: state.clone(),
    };
    let trail = look_back(&caller, question, before, PAGE).await?;
    let rows = trail.changes.into_iter().map(AuditRow::of).collect();
    Ok((rows, trail.next))
}
