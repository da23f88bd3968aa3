//! What there is to be told of the server, read at one moment: in numbers, for the page (`answers`) and for programs alike.
//! Only on the server.

use std::time::Duration;

use holdfast::{
    Change, Timestamp,
    backend::{Held, Queues},
    callbacks::Status,
    metrics::Slow,
};

use workbench::simulation::memory::MemoryReport;

use super::{
    keep::BackupFile,
    sample::{Sample, Totals},
    server::Suggestion,
    suggest::{self, Grounds},
    vitals::Budgets,
};
use crate::{AppError, context::Caller, states::newest_changes};

/// Changes that are told: a screen.
const CHANGES: usize = 12;
/// Slow operations that are told.
const SLOW: usize = 20;
/// Minutes that suggestions rest on.
const HOUR: u32 = 60;
/// Minutes that can be asked for.
const MOST_MINUTES: u32 = 24 * 60;

/// How the server fares.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What is wrong, if something is.
    pub problem: Option<String>,
    /// Where states are kept, in words.
    pub backend: &'static str,
    /// When the program was started.
    pub started_at: Timestamp,
    /// The counters as they stand.
    pub now: Totals,
    /// What happened last.
    pub newest: Sample,
    /// What happened in the minutes that were asked for, the oldest first.
    pub samples: Vec<Sample>,
    /// So many minutes.
    pub minutes: u32,
    /// What is kept; `None` while the backend does not answer.
    pub held: Option<Held>,
    /// Kinds of states.
    pub kinds: usize,
    /// Bytes of columns and indexes in memory.
    pub tables: u64,
    /// Results of runs in memory, and how many there may be.
    pub runs: MemoryReport,
    /// How much there may be of the others.
    pub budgets: Budgets,
    /// The newest changes, each with who made it.
    pub changes: Vec<(Change, String)>,
    /// What should be done, the most urgent first.
    pub suggestions: Vec<Suggestion>,
    /// Who is told of changes.
    pub queues: Vec<Status>,
    /// What waits where states are kept; nothing while the backend does not answer.
    pub waiting: Queues,
    /// What took long, the newest first.
    pub slow: Vec<Slow>,
    /// From where on something is slow.
    pub slow_above: Duration,
    /// The backups, the newest first.
    pub backups: Vec<BackupFile>,
    /// Of a backup that is under way: done and in all.
    pub working: Option<(u64, u64)>,
}

/// How the server fares, with samples of so many minutes; `None` for who does not administer it.
///
/// # Errors
/// When accounts, or the folder of backups, cannot be read. A backend that does not answer is told in the reading.
pub async fn read(caller: &Caller, minutes: u32) -> Result<Option<Reading>, AppError> {
    if !caller.administers().await? {
        return Ok(None);
    }
    let (monitor, states) = (&caller.state.monitor, &caller.state.manager);
    let minutes = minutes.clamp(1, MOST_MINUTES);
    let (now, newest) = monitor.now();
    // Together: where a database hangs each of them takes as long as an operation may.
    let (held, waiting) = tokio::join!(states.held(), states.queues());
    let (held, problem) = match held {
        Ok(held) => (Some(held), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let waiting = waiting.unwrap_or_default();
    let queues = states.subscribers().await.unwrap_or_default();
    // Before the list: when none is being made any more, the list has it, and not the ones that left for it.
    let working = monitor.keep().progress();
    let backups = monitor.keep().list().await?;
    let changes = newest_changes(caller, CHANGES).await.unwrap_or_default();
    let parts = monitor.parts();
    let runs = caller.state.runs.memory();
    let suggestions = suggest::suggestions(&Grounds {
        now: &now,
        samples: &monitor.samples(HOUR),
        budgets: parts.budgets,
        last_backup: backups.first().map(|file| file.made_at.0),
        has_changes: !changes.is_empty(),
        queues: &queues,
        runs: &runs,
    });
    Ok(Some(Reading {
        problem,
        backend: parts.backend,
        started_at: monitor.started_at(),
        samples: monitor.samples(minutes),
        slow: slow(states.slow(), &now.vitals.slow),
        slow_above: parts.slow_above,
        tables: caller.state.workbench.memory(),
        runs,
        budgets: parts.budgets,
        kinds: states.kinds().len(),
        now,
        newest,
        minutes,
        held,
        changes,
        suggestions,
        queues,
        waiting,
        backups,
        working,
    }))
}

/// Those of the engine and those of the program around it as one list.
fn slow(of_engine: Vec<Slow>, requests: &[Slow]) -> Vec<Slow> {
    let mut all = of_engine;
    all.extend(requests.iter().cloned());
    all.sort_by_key(|it| std::cmp::Reverse(it.at.0));
    all.truncate(SLOW);
    all
}
