//! An arm's patients become a run's tables.

use std::path::Path;

use super::arms::Arm;
use crate::{
    Error,
    simulation::{
        RunResult,
        tables::{Columns, GROUP_PATIENTS, Writer},
    },
};

/// Writes both tables into an empty folder. Blocking.
pub(crate) fn write(arm: &Arm, folder: &Path) -> Result<RunResult, Error> {
    let writer = Writer::create(folder)?;
    let mut number = 0_u32;
    for (group, patients) in arm.patients.chunks(GROUP_PATIENTS as usize).enumerate() {
        let mut columns = Columns::default();
        for (enrolled, visits) in patients {
            number += 1;
            columns.push_measured(number, *enrolled, visits);
        }
        writer.write(group, columns)?;
    }
    let written = writer.finish()?;
    Ok(RunResult {
        patients: number,
        visits: written.visits as u64,
        bytes: written.bytes,
        checksum: written.checksum,
        runtime_ms: 0,
        means: written.means,
    })
}
