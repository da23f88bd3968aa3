//! A run as its state has it: what happened in `data`, what people say about it in `metadata`.

use holdfast::{New, Scope, State, StateId, Status};
use serde::{Deserialize, Serialize};

use super::SIMULATION;
use crate::{
    Error,
    simulation::{
        Amendment, ENGINE, Order, Recruitment, RunInfo, RunResult, RunStatus, protocol::Protocol,
    },
};

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    protocol_name: String,
    protocol_version: String,
    protocol_checksum: String,
    protocol: String,
    engine: String,
    model: String,
    patients: u32,
    duration_years: f64,
    seed: u64,
    recruitment: Recruitment,
    start_date: String,
    created_by: String,
    result: Option<RunResult>,
    reason: Option<String>,
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
            result: None,
            reason: None,
        }
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
