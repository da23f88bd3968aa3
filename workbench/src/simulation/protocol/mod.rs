//! A protocol: everything that a simulation needs to know but how many patients there are, for how long, and the seed.
//!
//! Nothing in it has a default: what is not written is a fault, and so is what is written and not known. The shape is
//! in `samples/protocols/protocol.schema.json`, one file for people's editors and for this program; what a schema cannot
//! say is in `rules`.

#[cfg(feature = "engine")]
mod read;
#[cfg(feature = "engine")]
mod rules;
mod scheduling;
mod types;
#[cfg(feature = "engine")]
mod written;

#[cfg(feature = "engine")]
pub use self::read::{MAX_BYTES, ProtocolError, checksum};
pub use self::{
    scheduling::{Loading, Reactive, Scheduling, TreatAndExtend},
    types::{
        About, Baseline, Change, DiseaseState, EndKind, EndRules, Protocol, Row, Rows,
        TreatmentEffect, VisionChanges,
    },
};
