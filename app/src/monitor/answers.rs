//! What the server answers the Monitor. Only on the server.

use super::{
    Monitor,
    figures::{charts, memory, tiles},
    reading::{self, Reading},
    rows::{event, file, operations, queue, refusals, slow, told, verdict, waiting},
    server::{Backups, Overview, Verdict},
};
use crate::{AppError, components::format, context::Caller};

/// How the server fares; `None` for who does not administer it.
pub(super) async fn overview(caller: &Caller, minutes: u32) -> Result<Option<Overview>, AppError> {
    let found = reading::read(caller, minutes).await?;
    Ok(found.map(|reading| shown(&caller.state.monitor, reading)))
}

fn shown(monitor: &Monitor, reading: Reading) -> Overview {
    let Reading { now, .. } = &reading;
    Overview {
        about: about(&reading),
        tiles: tiles(&reading),
        charts: charts(&reading),
        memory: memory(&reading),
        operations: operations(&reading),
        refusals: refusals(now),
        events: reading
            .changes
            .iter()
            .map(|(change, who)| event(change, who))
            .collect(),
        queues: reading.queues.iter().map(queue).collect(),
        waiting: waiting(reading.waiting),
        slow: reading.slow.into_iter().map(slow).collect(),
        slow_above: told(reading.slow_above),
        problem: reading.problem,
        suggestions: reading.suggestions,
        backups: Backups {
            files: reading.backups.into_iter().map(file).collect(),
            folder: monitor.keep().folder().display().to_string(),
            working: reading.working,
            problem: monitor.keep().problem(),
        },
    }
}

pub(super) async fn back_up(caller: &Caller) -> Result<(), AppError> {
    admit_to_write(caller).await?;
    caller.state.monitor.keep().begin()
}

pub(super) async fn cancel(caller: &Caller) -> Result<(), AppError> {
    admit_to_write(caller).await?;
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

/// Of programs only those whose token may write: a backup pushes out an older one.
async fn admit_to_write(caller: &Caller) -> Result<(), AppError> {
    admit(caller).await?;
    caller.visitor.may_write()
}

/// `SQLite, up 12 d`.
fn about(reading: &Reading) -> String {
    let up = match format::age(reading.now.at, reading.started_at.0).as_str() {
        "now" => "just started".to_owned(),
        age => format!("up {age}"),
    };
    format!("{}, {up}", reading.backend)
}
