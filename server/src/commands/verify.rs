//! Whether the log is as it was written.

use std::sync::Arc;

use holdfast::SystemClock;

use super::say;
use crate::{Error, Settings, application::open::open_states};

pub(super) async fn verify(settings: &Settings) -> Result<(), Error> {
    let (states, _cache) = open_states(settings, Arc::new(SystemClock)).await?;
    let verified = states.verify().await?;
    for finding in &verified.findings {
        say(&format!(
            "revision {}: {} in {}, {}: {}",
            finding.revision.0, finding.id, finding.scope, finding.version, finding.problem
        ));
    }
    say(&format!(
        "{} changes up to revision {}, {} of them without content by policy; digest {}",
        verified.changes, verified.revision.0, verified.removed, verified.digest
    ));
    match verified.findings.len() {
        0 => Ok(()),
        some => Err(Error::Tampered(some)),
    }
}
