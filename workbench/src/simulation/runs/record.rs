//! A run as its state has it: what happened in `data`, what people say about it in `metadata`.
//!
//! | schema version | |
//! |---|---|
//! | 1 | simulated runs only |
//! | 2 | `trial` and `carried`: what a run was made of that was not simulated here |

use arrow::temporal_conversions::date32_to_datetime;
use holdfast::{New, Scope, State, StateId, Status, backend::Fault};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SIMULATION;
use crate::{
    Error,
    simulation::{
        Amendment, ENGINE, Order, Recruitment, RunInfo, RunResult, RunStatus,
        protocol::Protocol,
        trial::{Arm, Carried, IMPORTED, TimeIs, Trial},
    },
};

/// The shape that records have today.
pub(super) const SCHEMA: u32 = 2;

/// The field of a record by which a run is cancelled at another server.
pub(super) const CANCEL_ASKED: &str = "cancel_asked";

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) protocol_name: String,
    pub(super) protocol_version: String,
    pub(super) protocol_checksum: String,
    pub(super) protocol: String,
    pub(super) engine: String,
    pub(super) model: String,
    pub(super) patients: u32,
    pub(super) duration_years: f64,
    pub(super) seed: u64,
    pub(super) recruitment: Recruitment,
    pub(super) start_date: String,
    pub(super) created_by: String,
    pub(super) trial: Option<Trial>,
    pub(super) carried: Option<Carried>,
    pub(super) result: Option<RunResult>,
    pub(super) reason: Option<String>,
    /// The reason with which the server that simulates it is to end it, asked for at another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cancel_asked: Option<String>,
}

/// From version 1 to 2: everything was simulated here.
pub(super) fn upcast(mut data: Value) -> Result<Value, Fault> {
    let fields = data.as_object_mut().ok_or("a run that is no object")?;
    for field in ["trial", "carried"] {
        fields.entry(field).or_insert(Value::Null);
    }
    Ok(data)
}

/// What people say about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct About {
    tags: Vec<String>,
    notes: String,
    pinned: bool,
}

/// How often its tables were read: a note beside the log, as it is no change of the run.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Access {
    pub(super) last: Option<i64>,
    pub(super) count: u64,
}

impl Record {
    pub(super) fn of(order: &Order, protocol: &Protocol, created_by: &str) -> Self {
        Self {
            protocol_name: protocol.about.name.clone(),
            protocol_version: protocol.about.version.clone(),
            protocol_checksum: protocol.checksum.clone(),
            protocol: order.protocol.clone(),
            engine: ENGINE.into(),
            model: protocol.scheduling.name().into(),
            patients: order.patients,
            duration_years: order.duration_years,
            seed: order.seed,
            recruitment: order.recruitment,
            start_date: order.start_date.clone(),
            created_by: created_by.to_owned(),
            trial: None,
            carried: None,
            result: None,
            reason: None,
            cancel_asked: None,
        }
    }

    /// An arm of a trial.
    pub(super) fn of_arm(arm: &Arm, trial: Trial, result: RunResult, created_by: &str) -> Self {
        let start_date = date32_to_datetime(arm.first_day).unwrap_or_default();
        Self {
            protocol_name: trial.file.clone(),
            protocol_version: String::new(),
            protocol_checksum: trial.checksum.clone(),
            protocol: String::new(),
            engine: IMPORTED.into(),
            model: IMPORTED.into(),
            patients: result.patients,
            duration_years: arm.years,
            seed: 0,
            recruitment: match trial.mapping.time_is {
                TimeIs::Days => Recruitment::AllAtOnce,
                TimeIs::Date => Recruitment::OverTheRun,
            },
            start_date: start_date.date().to_string(),
            created_by: created_by.to_owned(),
            trial: Some(trial),
            carried: None,
            result: Some(result),
            reason: None,
            cancel_asked: None,
        }
    }

    /// A record of an older or today's shape; `None` for what no program up to today wrote.
    pub(super) fn of_version(version: u32, mut data: Value) -> Option<Self> {
        if version == 1 {
            data = upcast(data).ok()?;
        }
        let is_known = (1..=SCHEMA).contains(&version);
        is_known
            .then(|| serde_json::from_value(data).ok())
            .flatten()
    }

    /// A state of this run with what people say about it.
    pub(super) fn state(&self, id: &str, scope: &Scope, about: &Amendment) -> Result<New, Error> {
        let metadata = About {
            tags: about.tags.clone(),
            notes: about.notes.clone(),
            pinned: about.is_pinned,
        };
        let new = New::of(SIMULATION, &about.name, scope.clone(), json(self)?);
        Ok(New {
            metadata: json(&metadata)?,
            ..new.with_id(StateId::new(id))
        })
    }

    pub(super) fn read(state: &State) -> Result<Self, Error> {
        Self::deserialize(&state.data).map_err(|error| unreadable(state, &error))
    }
}

/// Everything about a run.
pub(super) fn info(state: &State, access: Access) -> Result<RunInfo, Error> {
    let record = Record::read(state)?;
    let about = About::deserialize(&state.metadata).map_err(|error| unreadable(state, &error))?;
    Ok(RunInfo {
        id: state.id.to_string(),
        name: state.name.clone(),
        status: status(&state.status),
        reason: record.reason,
        protocol_name: record.protocol_name,
        protocol_version: record.protocol_version,
        protocol_checksum: record.protocol_checksum,
        protocol: record.protocol,
        engine: record.engine,
        model: record.model,
        patients: record.patients,
        duration_years: record.duration_years,
        seed: record.seed,
        recruitment: record.recruitment,
        start_date: record.start_date,
        created_at: state.created_at.0,
        created_by: record.created_by,
        trial: record.trial,
        carried: record.carried,
        result: record.result,
        tags: about.tags,
        notes: about.notes,
        is_pinned: about.pinned,
        last_accessed: access.last,
        access_count: access.count,
        version: state.version.0,
    })
}

fn status(status: &Status) -> RunStatus {
    match status.as_str() {
        "completed" => RunStatus::Completed,
        "pending" => RunStatus::Pending,
        _ => RunStatus::Failed,
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<serde_json::Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.to_string()))
}

fn unreadable(state: &State, error: &serde_json::Error) -> Error {
    Error::Internal(format!("the state {} cannot be read: {error}", state.id))
}
