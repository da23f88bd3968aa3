//! What the server answers about the memory for results. Only on the server.

use super::server::Memory;
use crate::{AppError, context::Caller};

/// Results that are named on the page.
const NAMED: usize = 50;

pub(super) async fn memory(caller: &Caller) -> Result<Memory, AppError> {
    let mut report = caller.state.runs.memory_of(&caller.by()?);
    report.items.truncate(NAMED);
    Ok(Memory {
        report,
        may_raise: caller.administers().await?,
    })
}

/// A budget that a suggestion can come to: a larger one is the settings' business.
const MOST_MEMORY: u64 = 1 << 40;

pub(super) async fn raise_memory(caller: &Caller, bytes: u64) -> Result<(), AppError> {
    if !caller.administers().await? {
        return Err(AppError::Forbidden(
            "Only who administers this server may raise the memory for results.".into(),
        ));
    }
    let runs = &caller.state.runs;
    if bytes > MOST_MEMORY || bytes < runs.memory().budget {
        return Err(AppError::Invalid {
            path: "bytes".into(),
            problem: "a budget can only be raised here, to a terabyte at most".into(),
        });
    }
    runs.set_memory_budget(bytes);
    Ok(())
}
