//! One step of an index behind the log: records in, entries out.

use std::collections::{HashMap, HashSet};

use super::terms::Terms;
use crate::{State, Status, backend::Fault};

/// A record of the log, as far as an index needs it.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::backend) struct Record {
    pub(in crate::backend) revision: i64,
    pub(in crate::backend) previous: Option<i64>,
    pub(in crate::backend) scope: String,
    /// `None` where a later record is known to take its place.
    pub(in crate::backend) state: Option<String>,
}

/// What an index keeps of one state.
#[derive(Debug)]
pub(in crate::backend) struct Entry {
    pub(in crate::backend) revision: i64,
    pub(in crate::backend) ends: Option<i64>,
    pub(in crate::backend) is_wide: bool,
    pub(in crate::backend) kind: String,
    pub(in crate::backend) created: i64,
    pub(in crate::backend) name: String,
    pub(in crate::backend) id: String,
    pub(in crate::backend) terms: Vec<String>,
}

/// The entries of what is newest in a batch and can be found; `terms` says which they have in a scope of this
/// number, at this revision. It takes a while: some 20 us a state.
pub(in crate::backend) async fn entries(
    records: Vec<Record>,
    numbers: HashMap<String, i64>,
    terms: fn(i64, i64) -> Terms,
) -> Result<Vec<Entry>, Fault> {
    let work = tokio::task::spawn_blocking(move || {
        let replaced: HashSet<i64> = records
            .iter()
            .filter_map(|record| record.previous)
            .collect();
        let newest = records
            .iter()
            .filter(|record| !replaced.contains(&record.revision));
        let entries = newest.filter_map(|record| {
            let text = record.state.as_ref()?;
            let number = numbers.get(&record.scope)?;
            entry(record.revision, &terms(*number, record.revision), text).transpose()
        });
        entries.collect::<Result<Vec<Entry>, Fault>>()
    });
    work.await?
}

fn entry(revision: i64, terms: &Terms, text: &str) -> Result<Option<Entry>, Fault> {
    let state: State = serde_json::from_str(text)?;
    if state.status == Status::DELETED || state.status == Status::EXPIRED {
        return Ok(None);
    }
    let found = terms.of(&state);
    Ok(Some(Entry {
        revision,
        ends: state.expires_at.map(|end| end.0),
        is_wide: found.is_none(),
        kind: state.kind.as_str().to_owned(),
        created: state.created_at.0,
        terms: match found {
            Some(found) => found.into_iter().collect(),
            None => vec![terms.any(), terms.wide()],
        },
        name: state.name,
        id: state.id.as_str().to_owned(),
    }))
}
