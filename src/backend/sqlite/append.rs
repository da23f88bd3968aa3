//! What a group writes: the rows of the log, where the states stand in it, what the scopes hold.

use rusqlite::{CachedStatement, Connection, params};

use super::Write;
use crate::{
    Status,
    backend::{ledger::Usage, origin},
};

const APPEND: &str = "
    INSERT INTO log (revision, previous, scope, id, version, transition, actor, client, at, kind,
                     live, due, bytes, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

const BEGIN: &str = "
    INSERT INTO states (scope, id, kind, version, revision, live, due, bytes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const POINT: &str = "
    UPDATE states SET kind = ?2, version = ?3, revision = ?4, live = ?5, bytes = ?6
    WHERE number = ?1";

const MOVE: &str = "UPDATE states SET due = ?2 WHERE number = ?1";

const USE: &str = "
    INSERT INTO scopes (scope, states, bytes) VALUES (?1, ?2, ?3)
    ON CONFLICT (scope) DO UPDATE SET states = excluded.states, bytes = excluded.bytes";

/// The statements, each prepared once for as long as the connection lives.
pub(super) struct Pen<'a> {
    append: CachedStatement<'a>,
    begin: CachedStatement<'a>,
    point: CachedStatement<'a>,
    due: CachedStatement<'a>,
    usage: CachedStatement<'a>,
}

impl<'a> Pen<'a> {
    pub(super) fn of(connection: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            append: connection.prepare_cached(APPEND)?,
            begin: connection.prepare_cached(BEGIN)?,
            point: connection.prepare_cached(POINT)?,
            due: connection.prepare_cached(MOVE)?,
            usage: connection.prepare_cached(USE)?,
        })
    }

    /// Appends a record to the log.
    pub(super) fn append(
        &mut self,
        revision: u64,
        previous: Option<u64>,
        scope: &str,
        write: &Write,
        json: &str,
    ) -> rusqlite::Result<()> {
        let state = &write.after;
        self.append.execute(params![
            revision,
            previous,
            scope,
            state.id.as_str(),
            state.version.0,
            write.transition.as_str(),
            write.actor.name,
            origin::of(&write.actor).as_deref(),
            state.updated_at.0,
            state.kind.as_str(),
            state.status != Status::DELETED,
            write.due.map(|due| due.0),
            write.bytes,
            json,
        ])?;
        Ok(())
    }

    /// Has a new state stand at this record.
    pub(super) fn begin(
        &mut self,
        revision: u64,
        scope: &str,
        write: &Write,
    ) -> rusqlite::Result<()> {
        let state = &write.after;
        self.begin.execute(params![
            scope,
            state.id.as_str(),
            state.kind.as_str(),
            state.version.0,
            revision,
            state.status != Status::DELETED,
            write.due.map(|due| due.0),
            write.bytes,
        ])?;
        Ok(())
    }

    /// Has the state of this number stand at this record.
    pub(super) fn point(
        &mut self,
        number: i64,
        revision: u64,
        write: &Write,
    ) -> rusqlite::Result<()> {
        let state = &write.after;
        self.point.execute(params![
            number,
            state.kind.as_str(),
            state.version.0,
            revision,
            state.status != Status::DELETED,
            write.bytes,
        ])?;
        Ok(())
    }

    /// Moves a state in the index of what is due.
    pub(super) fn due(&mut self, number: i64, due: Option<i64>) -> rusqlite::Result<()> {
        self.due.execute(params![number, due])?;
        Ok(())
    }

    /// Notes what a scope holds.
    pub(super) fn usage(&mut self, scope: &str, usage: Usage) -> rusqlite::Result<()> {
        self.usage
            .execute(params![scope, usage.states, usage.bytes])?;
        Ok(())
    }
}
