//! One run through the log, from its beginning to where it ended when the run began.
//!
//! It reads page by page and rests as long as it worked, so others hardly notice; what may go is gathered
//! into batches. A batch is first written down in the log and then removed: a crash in between leaves an
//! account of more than is gone, which `verify` can tell from less. Nothing has to stop meanwhile, and
//! several servers may do the same: content is removed once, whoever does it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use tokio::time::Instant;

use super::{
    Compacted, Compaction,
    account::{Account, Tally},
    choice::{Choice, choose},
};
use crate::{
    Actor, Change, Error, Revision, Scope, State, StateId, StateManager, Timestamp, Transition,
    Version, backend::Thinned, callbacks::Hold, schema::Mode, validate,
};

/// Records of the log that are read at once.
const PAGE: usize = 250;

/// Versions that lose their content together: one change of the log, one transaction of the backend.
const BATCH: usize = 250;

/// States that a run remembers where it met them last, in about 200 bytes each. What it has forgotten it
/// asks the backend for.
const REMEMBERED: usize = 50_000;

impl StateManager {
    /// Takes the content out of old versions, as the policies say, while others read and write. Each batch
    /// is a change of the state `compaction` in the shared scope, which names the versions. It may be dropped
    /// at any time. With [`Mode::DryRun`] it only says what it would do.
    ///
    /// A run reads all of the log. [`StateManager::spawn_compactor`] has it done every so often.
    ///
    /// # Errors
    /// As the backend fails; what was removed until then is gone, and written down.
    pub async fn compact(&self, policies: &Compaction, mode: Mode) -> Result<Compacted, Error> {
        let hold = Hold::read(self).await?;
        let mut run = Run {
            states: self,
            policies,
            mode,
            now: self.now(),
            met: HashMap::new(),
            batch: Vec::new(),
            done: Compacted {
                floor: hold.floor(),
                ..Compacted::default()
            },
            hold,
        };
        let (mut seen, newest) = (Revision(0), self.revision().await?);
        while seen < newest && !policies.is_empty() {
            let begun = Instant::now();
            let page = self.log(seen, PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            seen = last.revision;
            for change in &page {
                run.look(change).await?;
            }
            tokio::time::sleep(begun.elapsed()).await;
        }
        run.remove().await?;
        Ok(run.done)
    }
}

struct Run<'a> {
    states: &'a StateManager,
    policies: &'a Compaction,
    mode: Mode,
    now: Timestamp,
    hold: Hold,
    met: HashMap<(Scope, StateId), Met>,
    /// What may go, as its record is now.
    batch: Vec<Change>,
    done: Compacted,
}

/// Where a state was met last, and how far it is by now.
struct Met {
    link: Link,
    newest: Option<Version>,
}

/// A change, without the states.
#[derive(Clone)]
struct Link {
    version: Version,
    revision: Revision,
    transition: Transition,
    actor: Actor,
    at: Timestamp,
}

impl Link {
    fn of(change: &Change) -> Self {
        Self {
            version: change.after.version,
            revision: change.revision,
            transition: change.transition.clone(),
            actor: change.actor.clone(),
            at: change.at,
        }
    }
}

impl Run<'_> {
    /// Looks at the version that a change replaced.
    async fn look(&mut self, change: &Change) -> Result<(), Error> {
        self.done.examined += 1;
        let choice = choose(self.policies, &self.hold, change, self.now);
        if let Choice::Go(newest) = choice
            && let Some(before) = &change.before
            && self.is_reached(before, newest).await?
            && let Some(made) = self.made(before).await?
        {
            self.gather(made, before);
        }
        self.done.held += u64::from(choice == Choice::Held);
        if self.policies.of(&change.after.kind).is_some() {
            self.meet(change);
        }
        if self.batch.len() >= BATCH {
            self.remove().await?;
        }
        Ok(())
    }

    /// Whether the state stands at this version or behind it.
    async fn is_reached(&mut self, state: &State, at: Option<Version>) -> Result<bool, Error> {
        let Some(at) = at else { return Ok(true) };
        let place = (state.scope.clone(), state.id.clone());
        let known = self.met.get(&place).and_then(|met| met.newest);
        if let Some(known) = known {
            return Ok(known >= at);
        }
        let newest = self.states.backend().newest(&state.scope, &state.id);
        let newest = self.states.within("compact", newest).await?;
        let newest = newest.map_or(Version(0), |state| state.version);
        if let Some(met) = self.met.get_mut(&place) {
            met.newest = Some(newest);
        }
        Ok(newest >= at)
    }

    /// How a version was made, if by an update.
    async fn made(&self, state: &State) -> Result<Option<Link>, Error> {
        let place = (state.scope.clone(), state.id.clone());
        let met = self.met.get(&place).map(|met| &met.link);
        let link = match met.filter(|link| link.version == state.version) {
            Some(link) => Some(link.clone()),
            None => {
                let behind = Some(Version(state.version.0 + 1));
                let found = self
                    .states
                    .backend()
                    .history(&state.scope, &state.id, behind, 1);
                let found = self.states.within("compact", found).await?;
                let found = found.iter().find(|it| it.after.version == state.version);
                found.map(Link::of)
            }
        };
        Ok(link.filter(|link| link.transition == Transition::UPDATE))
    }

    fn gather(&mut self, made: Link, state: &Arc<State>) {
        let size = |value| validate::size(value).unwrap_or_default();
        self.done.bytes += size(&state.data).bytes + size(&state.metadata).bytes;
        *self.done.removed.entry(state.kind.clone()).or_default() += 1;
        self.batch.push(Change {
            revision: made.revision,
            transition: made.transition,
            actor: made.actor,
            at: made.at,
            before: None,
            after: Arc::clone(state),
        });
    }

    fn meet(&mut self, change: &Change) {
        if self.met.len() >= REMEMBERED {
            self.met.clear();
        }
        let place = (change.after.scope.clone(), change.after.id.clone());
        let link = Link::of(change);
        match self.met.get_mut(&place) {
            Some(met) => met.link = link,
            None => drop(self.met.insert(place, Met { link, newest: None })),
        }
    }

    /// Writes down what goes, and removes it.
    async fn remove(&mut self) -> Result<(), Error> {
        let mut batch = std::mem::take(&mut self.batch);
        if batch.is_empty() || self.mode == Mode::DryRun {
            return Ok(());
        }
        batch.sort_by_key(|change| change.revision);
        let mut tally = Tally::default();
        batch.iter().try_for_each(|change| tally.add(change))?;
        let mut account = Account {
            policies: BTreeMap::new(),
            removed: BTreeMap::new(),
            revisions: batch.iter().map(|change| change.revision).collect(),
            remains: tally.digest(),
        };
        for change in &batch {
            let kind = &change.after.kind;
            *account.removed.entry(kind.clone()).or_default() += 1;
            if let Some(keep) = self.policies.of(kind) {
                account.policies.insert(kind.clone(), keep.to_string());
            }
        }
        let by = self.states.announce_removal(&account).await?;
        let thinned = batch
            .iter()
            .filter_map(|change| account.thinned(change, &by));
        let thinned: Vec<Thinned> = thinned.collect();
        let thinned = self.states.backend().thin(&thinned);
        self.states.within("compact", thinned).await.map(drop)
    }
}
