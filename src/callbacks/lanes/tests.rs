//! Whatever comes in whichever order, each state's changes are handled in order and all of them.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::{collections::HashMap, sync::Arc};

use proptest::{collection::vec, prelude::*};
use serde_json::json;

use super::{Key, Lanes, PAGE, Task};
use crate::{
    Actor, Change, Digest, Interest, Kind, Revision, Scope, State, StateId, Status, Timestamp,
    Transition, Version,
};

#[derive(Debug, Clone)]
enum Step {
    /// A state changes so often.
    Write(u8, u8),
    /// So many changes are taken from the log.
    Take(u8),
    Begin,
    /// A job ends well, or not.
    End(u8, bool),
    /// Time goes by.
    Wait,
    /// A revision is to be handled again.
    Again(u8),
    /// Everything is written down, and the process ends.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_u8, 1..50_u8).prop_map(|(state, times)| Step::Write(state, times)),
        6 => (1..60_u8).prop_map(Step::Take),
        6 => Just(Step::Begin),
        8 => (any::<u8>(), prop::bool::weighted(0.8)).prop_map(|(job, ok)| Step::End(job, ok)),
        3 => Just(Step::Wait),
        1 => any::<u8>().prop_map(Step::Again),
        1 => Just(Step::Restart),
    ]
}

/// What is under way; a fetch has read its page when it began.
enum Job {
    Handle(Arc<Change>),
    Fetch(Vec<Change>),
}

/// A log, the lanes over it, and what came of them.
#[derive(Default)]
struct World {
    log: Vec<Change>,
    taken: usize,
    lanes: Lanes,
    jobs: Vec<(Key, Job)>,
    handled: HashMap<StateId, Vec<u64>>,
    now: i64,
}

impl World {
    fn write(&mut self, state: u8) {
        let id = StateId::new(format!("s{state}"));
        let before = self.history(&id).last().map(|it| it.after.version.0);
        let at = Timestamp(0);
        let after = State {
            id,
            kind: Kind::STORE,
            name: String::new(),
            status: Status::ACTIVE,
            data: json!(null),
            metadata: json!(null),
            version: Version(before.unwrap_or(0) + 1),
            schema_version: 1,
            scope: Scope::Shared,
            created_at: at,
            updated_at: at,
            expires_at: None,
            digest: Digest::default(),
            removed: None,
        };
        self.log.push(Change {
            revision: Revision(self.log.len() as u64 + 1),
            transition: Transition::UPDATE,
            actor: Actor::system(),
            at,
            before: None,
            after: Arc::new(after),
        });
    }

    fn history(&self, id: &StateId) -> impl Iterator<Item = &Change> {
        self.log.iter().filter(move |it| it.after.id == *id)
    }

    fn take(&mut self) {
        if let Some(change) = self.log.get(self.taken) {
            self.lanes.take(Arc::new(change.clone()));
            self.taken += 1;
        }
    }

    fn begin(&mut self) -> bool {
        let Some((key, task)) = self.lanes.next() else {
            return false;
        };
        let is_busy = self.jobs.iter().any(|(other, _)| *other == key);
        assert!(!is_busy, "two jobs of one state");
        let job = match task {
            Task::Handle(change, _) => Job::Handle(change),
            Task::Fetch(from) => {
                let window = from.0..from.0 + PAGE;
                let page = self.history(&key.1);
                Job::Fetch(
                    page.filter(|it| window.contains(&it.after.version.0))
                        .cloned()
                        .collect(),
                )
            }
        };
        self.jobs.push((key, job));
        true
    }

    fn end(&mut self, job: usize, is_well: bool) {
        let (key, job) = self.jobs.swap_remove(job);
        let due = Timestamp(self.now + 10);
        match job {
            Job::Handle(_) if !is_well => self.lanes.failed(&key, due),
            Job::Handle(change) => {
                let handled = self.handled.entry(key.1.clone()).or_default();
                handled.push(change.after.version.0);
                self.lanes.handled(&key);
            }
            Job::Fetch(_) if !is_well => self.lanes.postponed(&key, due),
            Job::Fetch(page) => {
                let taken = Revision(self.taken as u64);
                self.lanes.fetched(&key, page, &Interest::default(), taken);
            }
        }
    }

    fn wait(&mut self) {
        self.now += 100;
        self.lanes.wake(Timestamp(self.now));
    }

    fn go_on(&mut self, step: Step) -> bool {
        match step {
            Step::Write(state, times) => (0..times).for_each(|_| self.write(state)),
            Step::Take(times) => (0..times).for_each(|_| self.take()),
            Step::Begin => while self.jobs.len() < 2 && self.begin() {},
            Step::End(job, is_well) if !self.jobs.is_empty() => {
                self.end(usize::from(job) % self.jobs.len(), is_well);
            }
            Step::End(..) => {}
            Step::Wait => self.wait(),
            Step::Again(place) if self.taken > 0 => {
                let change = self.log.get(usize::from(place) % self.taken).unwrap();
                return self.lanes.take_again(&Arc::new(change.clone()));
            }
            Step::Again(_) => {}
            Step::Restart => {
                self.lanes = Lanes::restored(self.lanes.open());
                self.jobs.clear();
            }
        }
        false
    }
}

proptest! {
    #[test]
    fn every_state_is_handled_in_order_and_whole(steps in vec(step(), 0..200)) {
        let mut world = World::default();
        let mut again = 0;
        for step in steps {
            again += usize::from(world.go_on(step));
        }
        // Everything is taken, everything works from now on, and everything is done some day.
        while world.taken < world.log.len() {
            world.take();
        }
        while world.lanes.len() > 0 {
            world.wait();
            while world.begin() {}
            while !world.jobs.is_empty() {
                world.end(0, true);
            }
        }
        let mut extra = 0;
        for id in ["s0", "s1", "s2"].map(StateId::new) {
            let handled = world.handled.remove(&id).unwrap_or_default();
            let mut next = 1;
            for version in handled {
                // What is handled again is older than what is next.
                prop_assert!(version <= next, "{version} before {next} of {id}");
                if version == next {
                    next += 1;
                } else {
                    extra += 1;
                }
            }
            let newest = world.history(&id).last().map_or(0, |it| it.after.version.0);
            prop_assert_eq!(next, newest + 1, "{} is handled whole", id);
        }
        prop_assert!(extra <= again, "{extra} were handled again, {again} were asked for");
    }
}
