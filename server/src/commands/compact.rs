//! Old versions lose their content, or it is said how many would.

use std::sync::Arc;

use holdfast::{SystemClock, schema::Mode};

use serde_json::json;

use super::Terminal;
use crate::{Error, Settings, application::open::open_states};

pub(super) async fn compact(
    settings: &Settings,
    is_dry: bool,
    terminal: Terminal,
) -> Result<(), Error> {
    let policies = settings.compaction()?;
    if policies.is_empty() {
        terminal.mention("no kind has `keep_versions` or `keep_days`: everything is kept");
        return Ok(());
    }
    let (states, _cache) = open_states(settings, Arc::new(SystemClock)).await?;
    let (mode, verb) = match is_dry {
        true => (Mode::DryRun, "would lose"),
        false => (Mode::Apply, "lost"),
    };
    let done = states.compact(&policies, mode).await?;
    for (kind, count) in &done.removed {
        terminal.mention(&format!("{kind}: {count} versions {verb} their content"));
    }
    let words = || {
        format!(
            "{} changes looked at; {} versions, {} bytes; {} more wait for a subscriber",
            done.examined,
            done.total(),
            done.bytes,
            done.held
        )
    };
    terminal.tell(words, || {
        json!({
            "is_dry": is_dry, "examined": done.examined, "removed": done.total(), "bytes": done.bytes, "held": done.held,
        })
    });
    Ok(())
}
