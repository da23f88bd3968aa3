//! What a group has to know before it is decided: where the states stand that it writes or relies on, and
//! what their scopes hold.

use std::collections::hash_map::Entry;

use rusqlite::{CachedStatement, Connection, OptionalExtension};

use super::writer::Request;
use crate::{
    Scope, StateId, Version,
    backend::{
        address::Address,
        ledger::{Head, Ledger, Usage},
    },
    hash::Map,
};

const NEWEST: &str = "SELECT coalesce(max(revision), 0) FROM log";

const HEAD: &str = "
    SELECT version, live, bytes, number, revision, due FROM states WHERE scope = ?1 AND id = ?2";

const USAGE: &str = "SELECT states, bytes FROM scopes WHERE scope = ?1";

/// Where a state stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its row in the table of states.
    pub(super) number: i64,
    /// Its newest record.
    pub(super) revision: u64,
    /// When the index of what is due has it.
    pub(super) indexed: Option<i64>,
}

/// A scope of the group.
#[derive(Debug)]
pub(super) struct Name {
    /// As the tables have it.
    pub(super) text: String,
    /// What it held before the group; `None`: no row says.
    pub(super) usage: Option<Usage>,
}

/// What is stored of everything that a group touches.
#[derive(Debug, Default)]
pub(super) struct Stored<'a> {
    /// The newest revision.
    pub(super) newest: u64,
    pub(super) ledger: Ledger,
    /// Nowhere, where there was no such state yet.
    pub(super) places: Map<(&'a Scope, &'a StateId), Option<Place>>,
    pub(super) scopes: Map<&'a Scope, Name>,
}

impl<'a> Stored<'a> {
    pub(super) fn load(connection: &Connection, requests: &'a [Request]) -> rusqlite::Result<Self> {
        let mut newest = connection.prepare_cached(NEWEST)?;
        let mut stored = Self {
            newest: newest.query_row([], |row| row.get(0))?,
            ..Self::default()
        };
        // Most requests are one write of one state.
        stored.places.reserve(requests.len());
        stored.ledger.heads.reserve(requests.len());
        let mut head = connection.prepare_cached(HEAD)?;
        let mut usage = connection.prepare_cached(USAGE)?;
        for batch in requests.iter().map(|request| &request.batch) {
            let written = batch.writes.iter().map(|write| &*write.after);
            let written = written.map(|state| (&state.scope, &state.id));
            let guarded = batch.guards.iter().map(|guard| (&guard.scope, &guard.id));
            for at in written.chain(guarded) {
                stored.look(at, &mut head, &mut usage)?;
            }
        }
        Ok(stored)
    }

    fn look(
        &mut self,
        at: (&'a Scope, &'a StateId),
        head: &mut CachedStatement<'_>,
        usage: &mut CachedStatement<'_>,
    ) -> rusqlite::Result<()> {
        let Entry::Vacant(place) = self.places.entry(at) else {
            return Ok(());
        };
        let (scope, id) = at;
        let name = match self.scopes.entry(scope) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let text = scope.to_string();
                let read = |row: &rusqlite::Row<'_>| {
                    let (states, bytes) = (row.get(0)?, row.get(1)?);
                    Ok(Usage { states, bytes })
                };
                let usage = usage.query_row([&text], read).optional()?;
                if let Some(usage) = usage {
                    self.ledger.usage.insert(scope.clone(), usage);
                }
                new.insert(Name { text, usage })
            }
        };
        let read = |row: &rusqlite::Row<'_>| {
            let head = Head {
                version: Version(row.get(0)?),
                is_live: row.get(1)?,
                bytes: row.get(2)?,
            };
            let place = Place {
                number: row.get(3)?,
                revision: row.get(4)?,
                indexed: row.get(5)?,
            };
            Ok((head, place))
        };
        let found = head
            .query_row([name.text.as_str(), id.as_str()], read)
            .optional()?;
        if let Some((head, _)) = found {
            self.ledger.heads.insert(Address::at(scope, id), head);
        }
        place.insert(found.map(|(_, place)| place));
        Ok(())
    }
}
