//! What the server answers the Monitor. Only on the server.

use super::{
    Monitor,
    figures::{charts, memory, tiles},
    rows::{event, file, operations, queue, refusals, slow, told, verdict},
    server::{Backups, Overview, Verdict},
    suggest::{self, Grounds},
};
use crate::{AppError, components::format, context::Caller, states::newest_changes};

/// Changes in the feed: a screen.
const EVENTS: usize = 12;
/// Minutes that suggestions rest on.
const HOUR: u32 = 60;
/// Minutes that can be asked for.
const MOST_MINUTES: u32 = 24 * 60;

/// How the server fares; `None` for who does not administer it.
pub(super) async fn overview(caller: &Caller, minutes: u32) -> Result<Option<Overview>, AppError> {
    if !caller.administers().await? {
        return Ok(None);
    }
    let (monitor, states) = (&caller.state.monitor, &caller.state.manager);
    let minutes = minutes.clamp(1, MOST_MINUTES);
    let (now, newest) = monitor.now();
    let (held, problem) = match states.held().await {
        Ok(held) => (Some(held), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let queues = states.subscribers().await.unwrap_or_default();
    // Before the list: when none is being made any more, the list has it, and not the ones that left for it.
    let working = monitor.keep().progress();
    let files = monitor.keep().list().await?;
    let last_backup = files.first().map(|file| file.made_at.0);
    let changes = newest_changes(caller, EVENTS).await.unwrap_or_default();
    let hour = monitor.samples(HOUR);
    let suggestions = suggest::suggestions(&Grounds {
        now: &now,
        samples: &hour,
        budgets: monitor.parts().budgets,
        last_backup,
        has_changes: !changes.is_empty(),
        queues: &queues,
    });
    Ok(Some(Overview {
        problem,
        about: about(monitor, now.at),
        tiles: tiles(&now, &newest, held, states.kinds().len(), files.first()),
        charts: charts(monitor, now.at, minutes),
        memory: memory(monitor, &now, caller.state.workbench.memory()),
        events: changes
            .iter()
            .map(|(change, who)| event(change, who))
            .collect(),
        suggestions,
        operations: operations(monitor, &now),
        refusals: refusals(&now),
        queues: queues.iter().map(queue).collect(),
        slow: slow(states.slow(), &now.vitals.slow),
        slow_above: told(monitor.parts().slow_above),
        backups: Backups {
            files: files.into_iter().map(file).collect(),
            folder: monitor.keep().folder().display().to_string(),
            working,
            problem: monitor.keep().problem(),
        },
    }))
}

pub(super) async fn back_up(caller: &Caller) -> Result<(), AppError> {
    admit(caller).await?;
    caller.state.monitor.keep().begin()
}

pub(super) async fn cancel(caller: &Caller) -> Result<(), AppError> {
    admit(caller).await?;
    caller.state.monitor.keep().cancel();
    Ok(())
}

pub(super) async fn verify(caller: &Caller, name: &str) -> Result<Verdict, AppError> {
    admit(caller).await?;
    Ok(verdict(caller.state.monitor.keep().verify(name).await?))
}

/// How the server fares is for whoever administers it.
async fn admit(caller: &Caller) -> Result<(), AppError> {
    if caller.administers().await? {
        return Ok(());
    }
    let told = "Only who administers this server may do this.";
    Err(AppError::Forbidden(told.into()))
}

/// `SQLite, up 12 d`.
fn about(monitor: &Monitor, now: i64) -> String {
    let parts = monitor.parts();
    let up = match format::age(now, parts.vitals.started_at().0).as_str() {
        "now" => "just started".to_owned(),
        age => format!("up {age}"),
    };
    format!("{}, {up}", parts.backend)
}
