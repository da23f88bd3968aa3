//! Old versions lose their content, or it is said how many would.

use std::sync::Arc;

use holdfast::{SystemClock, schema::Mode};

use super::say;
use crate::{Error, Settings, application::open::open_states};

pub(super) async fn compact(settings: &Settings, is_dry: bool) -> Result<(), Error> {
    let policies = settings.compaction()?;
    if policies.is_empty() {
        say("no kind has `keep_versions` or `keep_days`: everything is kept");
        return Ok(());
    }
    let (states, _cache) = open_states(settings, Arc::new(SystemClock)).await?;
    let (mode, verb) = match is_dry {
        true => (Mode::DryRun, "would lose"),
        false => (Mode::Apply, "lost"),
    };
    let done = states.compact(&policies, mode).await?;
    for (kind, count) in &done.removed {
        say(&format!("{kind}: {count} versions {verb} their content"));
    }
    say(&format!(
        "{} changes looked at; {} versions, {} bytes; {} more wait for a subscriber",
        done.examined,
        done.total(),
        done.bytes,
        done.held
    ));
    Ok(())
}
