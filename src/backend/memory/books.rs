//! What only one writer at a time may look at and change: the log, the scopes, what is due, the notes.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU64,
    ops::Bound::{self, Unbounded},
    sync::Arc,
};

use super::{
    super::{
        Batch, Note, Write,
        address::Address,
        ledger::{Head, Ledger, Usage, Verdict, decide},
    },
    record::{Log, Record},
    slot::{ById, Shelf, Slot, Stand},
};
use crate::{Actor, Scope, State, StateId, Timestamp, hash::Map};

#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) log: Log,
    pub(super) notes: BTreeMap<String, Note>,
    scopes: Map<Scope, Holdings>,
    /// When to look at which state. A state whose time was put off is moved when its old time has come:
    /// most are written again long before, and each write would move them.
    due: BTreeMap<Due, Arc<Slot>>,
    /// Who wrote last: often who writes next, and then is kept once.
    actor: Arc<Actor>,
}

/// A scope, and its states by id.
#[derive(Debug)]
struct Holdings {
    shelf: Arc<Shelf>,
    slots: BTreeSet<ById>,
}

/// A time, and the revision that gave the state this place: no two are the same.
pub(super) type Due = (Timestamp, u64);

impl Books {
    /// Whether a batch of one write may be written.
    pub(super) fn admit_one(&self, slot: &Slot, write: &Write) -> Result<(), Verdict> {
        let head = slot.stand().head;
        decide(write, Some(head), slot.shelf.usage()).map(drop)
    }

    /// Whether any batch may be written.
    pub(super) fn admit(
        &self,
        batch: &Batch,
        find: impl Fn(&Scope, &StateId) -> Option<Arc<Slot>>,
    ) -> Result<(), Verdict> {
        let mut ledger = Ledger::default();
        let guarded = batch.guards.iter().map(|guard| (&guard.scope, &guard.id));
        let written = batch.writes.iter().map(|write| &write.after);
        let written = written.map(|state| (&state.scope, &state.id));
        for (scope, id) in guarded.chain(written) {
            if let Some(slot) = find(scope, id) {
                let head = slot.stand().head;
                ledger.heads.insert(Address::at(scope, id), head);
            }
            if let Some(holdings) = self.scopes.get(scope) {
                ledger.usage.insert(scope.clone(), holdings.shelf.usage());
            }
        }
        ledger.admit(batch)
    }

    /// Writes what was admitted: its revision, its slot, and whether that was made for it.
    pub(super) fn keep(
        &mut self,
        known: Option<Arc<Slot>>,
        write: &Write,
        json: Arc<str>,
        also: impl FnOnce(&mut Stand),
    ) -> (u64, Arc<Slot>, bool) {
        let head = Head::of(write);
        let Some(slot) = known else {
            let actor = self.known(&write.actor, None);
            let record = Record::of(write, None, Arc::clone(&actor), Arc::clone(&json));
            let place = self.log.push(record);
            let mut stand = Stand {
                place,
                head,
                json,
                actor,
                warm: None,
                is_queued: false,
                is_wanted: false,
                due: write.due,
                indexed: None,
            };
            also(&mut stand);
            let slot = self.made(&write.after, stand);
            let mut stand = slot.stand();
            self.index(&slot, &mut stand, place);
            drop(stand);
            return (place, slot, true);
        };
        let mut stand = slot.stand();
        let previous = NonZeroU64::new(stand.place);
        let actor = self.known(&write.actor, Some(&stand.actor));
        let record = Record::of(write, previous, Arc::clone(&actor), Arc::clone(&json));
        let usage = slot.shelf.usage().with(Some(stand.head), head);
        slot.shelf.set_usage(usage);
        stand.place = self.log.push(record);
        stand.head = head;
        stand.json = json;
        stand.actor = actor;
        stand.due = write.due;
        also(&mut stand);
        let place = stand.place;
        self.index(&slot, &mut stand, place);
        drop(stand);
        (place, slot, false)
    }

    /// This actor, without another copy if it wrote this state before, or was the last to write any.
    fn known(&mut self, actor: &Actor, before: Option<&Arc<Actor>>) -> Arc<Actor> {
        if let Some(before) = before.filter(|before| ***before == *actor) {
            return Arc::clone(before);
        }
        if *self.actor != *actor {
            self.actor = Arc::new(actor.clone());
        }
        Arc::clone(&self.actor)
    }

    /// A new slot on the shelf of its scope.
    fn made(&mut self, state: &State, stand: Stand) -> Arc<Slot> {
        let holdings = self.scopes.entry(state.scope.clone());
        let holdings = holdings.or_insert_with(|| Holdings {
            shelf: Arc::new(Shelf::new(state.scope.clone())),
            slots: BTreeSet::new(),
        });
        let shelf = Arc::clone(&holdings.shelf);
        shelf.set_usage(shelf.usage().with(None, stand.head));
        let slot = Arc::new(Slot::new(shelf, state.id.clone(), stand));
        holdings.slots.insert(ById(Arc::clone(&slot)));
        slot
    }

    /// Sees to it that the index has the slot, and not too late.
    fn index(&mut self, slot: &Arc<Slot>, stand: &mut Stand, revision: u64) {
        let Some(due) = stand.due else { return };
        if stand.indexed.is_some_and(|(indexed, _)| indexed <= due) {
            return;
        }
        if let Some(indexed) = stand.indexed.replace((due, revision)) {
            self.due.remove(&indexed);
        }
        self.due.insert((due, revision), Arc::clone(slot));
    }

    /// What is due by now, the longest overdue first.
    pub(super) fn due(&mut self, now: Timestamp, limit: usize) -> Vec<Arc<Slot>> {
        loop {
            let first = self.due.range(..=(now, u64::MAX)).take(limit);
            let first: Vec<_> = first.map(|(at, slot)| (*at, Arc::clone(slot))).collect();
            let mut is_exact = true;
            for (at, slot) in &first {
                let mut stand = slot.stand();
                if stand.due == Some(at.0) {
                    continue;
                }
                is_exact = false;
                self.due.remove(at);
                stand.indexed = stand.due.map(|due| (due, at.1));
                if let Some(indexed) = stand.indexed {
                    self.due.insert(indexed, Arc::clone(slot));
                }
            }
            if is_exact {
                return first.into_iter().map(|(_, slot)| slot).collect();
            }
        }
    }

    /// The slots of a scope from an id on, by id.
    pub(super) fn slots(
        &self,
        scope: &Scope,
        from: Bound<&StateId>,
    ) -> impl Iterator<Item = &Arc<Slot>> {
        let holdings = self.scopes.get(scope);
        let slots = holdings.map(|it| it.slots.range::<StateId, _>((from, Unbounded)));
        slots.into_iter().flatten().map(|slot| &slot.0)
    }

    /// What each scope holds.
    pub(super) fn usage(&self) -> impl Iterator<Item = Usage> {
        self.scopes.values().map(|holdings| holdings.shelf.usage())
    }
}
