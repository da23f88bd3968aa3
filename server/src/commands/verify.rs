//! Whether the log is as it was written.

use std::sync::Arc;

use holdfast::SystemClock;

use serde_json::json;

use super::Terminal;
use crate::{Error, Settings, application::open::open_states};

pub(super) async fn verify(settings: &Settings, terminal: Terminal) -> Result<(), Error> {
    let (states, _cache) = open_states(settings, Arc::new(SystemClock)).await?;
    let verified = states.verify().await?;
    for finding in &verified.findings {
        let words = || {
            format!(
                "revision {}: {} in {}, {}: {}",
                finding.revision.0, finding.id, finding.scope, finding.version, finding.problem
            )
        };
        terminal.tell(words, || {
            json!({
                "revision": finding.revision.0, "id": finding.id, "scope": finding.scope.to_string(),
                "version": finding.version.0, "problem": finding.problem.to_string(),
            })
        });
    }
    let words = || {
        format!(
            "{} changes up to revision {}, {} of them without content by policy; digest {}",
            verified.changes, verified.revision.0, verified.removed, verified.digest
        )
    };
    terminal.tell(words, || {
        json!({
            "changes": verified.changes, "revision": verified.revision.0, "removed": verified.removed,
            "digest": verified.digest.to_string(), "findings": verified.findings.len(),
        })
    });
    match verified.findings.len() {
        0 => Ok(()),
        some => Err(Error::Tampered(some)),
    }
}
