//! Which files states refer to, or did not long ago: what was removed, replaced or rolled back can come back for a while.

use std::collections::{HashMap, HashSet};

use holdfast::{Change, Kind, Revision, Scope, State, StateId, StateManager, Status, Timestamp};
use tokio::time::Instant;

use crate::Error;

/// Records of the log that are read at once.
const PAGE: usize = 250;

/// What the log says up to a place.
#[derive(Default)]
struct Needed {
    /// What each state refers to that is there.
    now: HashMap<(Scope, StateId), String>,
    /// When a state last ceased to refer to a file.
    let_go: HashMap<String, Timestamp>,
}

/// The files that states refer to, or did since then. It rests as long as it reads, so that others hardly notice.
pub(super) async fn needed(
    states: &StateManager,
    since: Timestamp,
) -> Result<HashSet<String>, Error> {
    let (mut needed, mut seen) = (Needed::default(), Revision(0));
    loop {
        let begun = Instant::now();
        let page = states.log(seen, PAGE).await?;
        let Some(last) = page.last() else {
            break;
        };
        seen = last.revision;
        page.iter().for_each(|change| needed.look(change));
        if page.len() == PAGE {
            tokio::time::sleep(begun.elapsed()).await;
        }
    }
    let recent = needed.let_go.into_iter().filter(|(_, at)| *at >= since);
    let recent = recent.map(|(file, _)| file);
    Ok(needed.now.into_values().chain(recent).collect())
}

impl Needed {
    fn look(&mut self, change: &Change) {
        let state = &change.after;
        if ![Kind::DATASET, Kind::TRANSACTION].contains(&state.kind) {
            return;
        }
        let place = (state.scope.clone(), state.id.clone());
        let file = file_of(state);
        let before = match &file {
            Some(file) => self.now.insert(place, file.clone()),
            None => self.now.remove(&place),
        };
        if let Some(before) = before.filter(|before| Some(before) != file.as_ref()) {
            let at = self.let_go.entry(before).or_insert(change.at);
            *at = change.at.max(*at);
        }
    }
}

/// The file that a state refers to: of a table or a result its own, of an import that waits the one it would bring.
fn file_of(state: &State) -> Option<String> {
    let id = match &state.kind {
        _ if state.status == Status::DELETED => return None,
        kind if *kind == Kind::DATASET => &state.data["id"],
        _ if state.status == Status::PENDING => &state.data["table"]["id"],
        _ => return None,
    };
    id.as_str().map(str::to_owned)
}
