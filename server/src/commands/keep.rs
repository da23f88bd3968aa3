//! Backup, restore and moving. What is sealed stays sealed on its way: no key is needed.

use std::path::Path;

use holdfast::{backup::Backup, migrate::Migration};
use serde_json::json;

use super::Terminal;
use crate::{
    Error, Settings,
    application::open::{address, open_bare},
};

pub(super) async fn backup(
    settings: &Settings,
    file: &Path,
    terminal: Terminal,
) -> Result<(), Error> {
    let states = open_bare(settings, &address(settings)?).await?;
    let backup = states.backup(file, terminal.shown()).await?;
    let words = || {
        format!(
            "{}: {} states up to revision {}, {} notes, SHA-256 {}",
            file.display(),
            backup.states,
            backup.revision.0,
            backup.notes,
            backup.sha256
        )
    };
    terminal.tell(words, || value(&backup));
    Ok(())
}

fn value(backup: &Backup) -> serde_json::Value {
    json!({
        "states": backup.states, "revision": backup.revision.0, "notes": backup.notes, "sha256": backup.sha256,
    })
}

pub(super) async fn restore(
    settings: &Settings,
    file: &Path,
    terminal: Terminal,
) -> Result<(), Error> {
    std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
    let states = open_bare(settings, &address(settings)?).await?;
    let backup = states.restore(file, terminal.shown()).await?;
    let words = || {
        format!(
            "restored {} states up to revision {}, and compared",
            backup.states, backup.revision.0
        )
    };
    terminal.tell(words, || value(&backup));
    Ok(())
}

pub(super) async fn migrate_backend(
    settings: &Settings,
    from: Option<&str>,
    to: &str,
    terminal: Terminal,
) -> Result<(), Error> {
    let from = match from {
        Some(url) => settings.address(url)?,
        None => address(settings)?,
    };
    let to = settings.address(to)?;
    let old = open_bare(settings, &from).await?;
    let new = open_bare(settings, &to).await?;
    let mut migration = Migration::begin(&old, &new).await?;
    migration.follow(terminal.shown()).await?;
    let moved = migration.cut_over(terminal.shown()).await?;
    let words = || {
        format!(
            "moved {} states up to revision {} and {} notes; both sides are the same: SHA-256 {}",
            moved.states, moved.revision.0, moved.notes, moved.sha256
        )
    };
    terminal.tell(words, || {
        json!({
            "states": moved.states, "revision": moved.revision.0, "notes": moved.notes, "sha256": moved.sha256,
        })
    });
    terminal.mention(
        "now change `state.backend` and its address, and start the server; to undo it, do not",
    );
    Ok(())
}
