//! A run's tables in memory, shared by all who read them.

use std::{sync::Arc, time::Instant};

use arrow::array::RecordBatch;

use super::{
    By, Runs, RunsError,
    look::result_of,
    record::{Access, info},
};
use crate::{
    Error,
    simulation::{
        MemoryReport, RunResult,
        memory::{Look, Owner, estimate, weigh},
        tables::Tables,
    },
    yielding::yielding,
};

impl Runs {
    /// The whole result of a completed run. It is read from disk where it is not in memory; whoever asks for the same at
    /// that moment waits for the one who reads. It is noted that it was read.
    ///
    /// As long as it is held, it stays in memory: let go of it when the answer is made.
    ///
    /// # Errors
    /// [`RunsError::Pending`], [`RunsError::NoResults`], [`RunsError::Files`] where the tables are broken.
    pub async fn results(&self, by: &By, id: &str) -> Result<Arc<Tables>, RunsError> {
        let state = self.find_to_read(&by.scope, id).await?;
        let run = info(&state, Access::default())?;
        let owner = Owner {
            scope: state.scope.clone(),
            name: run.name.clone(),
            is_pinned: run.is_pinned,
        };
        let result = result_of(run)?;
        self.note_access(id);
        let look = || self.inner.memory.look(id, &owner, self.inner.clock.now());
        let gate = match look() {
            Look::Here(tables) => return Ok(tables),
            Look::Missing(gate) => gate,
        };
        let turn = gate.lock_owned().await;
        if let Look::Here(tables) = look() {
            return Ok(tables);
        }
        let (runs, id) = (self.clone(), id.to_owned());
        // Who asked may go away meanwhile; those who wait for it do not.
        let loading = tokio::spawn(async move {
            let _turn = turn;
            runs.load(id, result).await
        });
        let loaded = loading.await;
        loaded.map_err(|error| Error::Internal(error.to_string()))?
    }

    /// What is in memory of everybody's results, with what was counted.
    pub fn memory(&self) -> MemoryReport {
        self.inner.memory.report(None, self.inner.clock.now())
    }

    /// The same where only the results of one scope are named.
    pub fn memory_of(&self, by: &By) -> MemoryReport {
        let now = self.inner.clock.now();
        self.inner.memory.report(Some(&by.scope), now)
    }

    /// Another budget in bytes, from now on; results that no longer fit leave.
    pub fn set_memory_budget(&self, bytes: u64) {
        self.inner.memory.set_budget(bytes, self.inner.clock.now());
    }

    /// Reads a result from disk into memory.
    async fn load(&self, id: String, expected: RunResult) -> Result<Arc<Tables>, RunsError> {
        let closed = |_| Error::Internal("nothing is loaded any more".into());
        let _turn = self.inner.loading.acquire().await.map_err(closed)?;
        let (memory, clock) = (&self.inner.memory, &self.inner.clock);
        let room = memory.expect(&id, estimate(&expected), clock.now());
        let begun = Instant::now();
        let run = id.clone();
        let (tables, bytes) = self
            .blocking(move |home| {
                let stored = home.stored(&run)?;
                let tables = yielding(|| stored.load())?;
                check(&run, &tables, &expected)?;
                let bytes = weigh(&tables);
                Ok((Arc::new(tables), bytes))
            })
            .await?;
        let took = begun.elapsed();
        memory.put(&id, &tables, bytes, took, room, clock.now());
        Ok(tables)
    }
}

/// Whether the tables have as many rows as were written. That every value is right is what `verify` looks at.
fn check(id: &str, tables: &Tables, expected: &RunResult) -> Result<(), Error> {
    let rows = |batches: &[RecordBatch]| {
        let rows = batches.iter().map(|batch| batch.num_rows() as u64);
        rows.sum::<u64>()
    };
    let found = (rows(&tables.patients), rows(&tables.visits));
    if found == (expected.patients.into(), expected.visits) {
        return Ok(());
    }
    let (patients, visits) = found;
    Err(Error::Internal(format!(
        "the tables of {id} have {patients} patients and {visits} visits instead of {} and {}; \
         they were changed, simulate it again",
        expected.patients, expected.visits
    )))
}
