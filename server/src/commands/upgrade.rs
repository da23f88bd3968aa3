//! Stored states come into the shape of today's program, or it is said how many would.

use std::sync::Arc;

use holdfast::{Kind, StateManager, SystemClock, schema::Mode};

use serde_json::json;

use super::Terminal;
use crate::{Error, Settings, application::open::open_states};

pub(super) async fn upgrade(
    settings: &Settings,
    only: Option<&str>,
    is_dry: bool,
    terminal: Terminal,
) -> Result<(), Error> {
    let (states, _cache) = open_states(settings, Arc::new(SystemClock)).await?;
    let (mode, verb) = match is_dry {
        true => (Mode::DryRun, "would be"),
        false => (Mode::Apply, "were"),
    };
    let mut failed = 0;
    for (kind, version) in wanted(&states, only)? {
        let report = states.migrate_kind(&kind, mode).await?;
        for failure in &report.failed {
            let words = || format!("{} in {}: {}", failure.id, failure.scope, failure.problem);
            terminal.tell(words, || {
                json!({
                    "kind": kind, "id": failure.id, "scope": failure.scope.to_string(), "problem": failure.problem,
                })
            });
        }
        failed += report.failed.len();
        let words = || {
            format!(
                "{kind}: {} states looked at; {} {verb} brought to version {version}, {} cannot be",
                report.examined,
                report.changed,
                report.failed.len()
            )
        };
        terminal.tell(words, || {
            json!({
                "is_dry": is_dry, "kind": kind, "version": version, "examined": report.examined,
                "changed": report.changed, "failed": report.failed.len(),
            })
        });
    }
    match failed {
        0 => Ok(()),
        some => Err(Error::Failed(format!(
            "{some} states cannot be brought into today's shape, and are as they were"
        ))),
    }
}

/// The kinds of which older data may be stored, and their newest version.
fn wanted(states: &StateManager, only: Option<&str>) -> Result<Vec<(Kind, u32)>, Error> {
    let mut versions = states.schema_versions();
    let Some(only) = only else {
        return Ok(versions);
    };
    let all: Vec<&str> = versions.iter().map(|(kind, _)| kind.as_str()).collect();
    let problem = format!(
        "no kind `{only}` has more than one version; those that have: {}",
        all.join(", ")
    );
    versions.retain(|(kind, _)| kind.as_str() == only);
    match versions.is_empty() {
        true => Err(Error::NotThere(problem)),
        false => Ok(versions),
    }
}
