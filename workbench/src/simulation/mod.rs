//! Simulations of treatment: protocols, the model, its tables, and runs that are kept.
//!
//! - `protocol`: what is to be simulated, read strictly from YAML
//! - `types`: what is told about runs; plain data that crosses to the browser as it is
//! - `order`: what can be ordered
//! - `model`: one patient's life under a protocol, step by step
//! - `tables`: patients and visits as Arrow and Parquet, and their checksum
//! - `simulate`: all patients, on all cores, into a folder
//! - `package`: a run as one file that travels
//! - `trial`: a trial that was not simulated becomes a run
//! - `outcomes`: what came of a run, in the field's measures
//! - `memory`: results in memory, under a budget
//! - `registry`: what is told of runs, in memory: found, counted, ordered
//! - `runs`: runs are states of the engine: started, followed, cancelled, found, deleted

pub mod memory;
#[cfg(feature = "engine")]
pub mod model;
#[cfg(feature = "engine")]
mod order;
pub mod outcomes;
#[cfg(feature = "engine")]
pub mod package;
pub mod protocol;
pub mod registry;
#[cfg(feature = "engine")]
pub mod runs;
#[cfg(feature = "engine")]
mod simulate;
#[cfg(feature = "engine")]
pub mod tables;
pub mod trial;
mod types;

#[cfg(feature = "engine")]
pub(crate) use self::order::run_days;
pub use self::{
    memory::{MemoryItem, MemoryReport, Suggestion},
    types::{
        Amendment, Found, Means, Order, Progress, Recruitment, RunInfo, RunResult, RunStatus,
        Wanted,
    },
};
#[cfg(feature = "engine")]
pub use self::{
    order::{MAX_NAME, MAX_NOTES, MAX_TAGS, MAX_VISITS, OrderError, PATIENTS, YEARS},
    simulate::{ENGINE, Meter, Simulated, simulate},
};
