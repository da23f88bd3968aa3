//! Editing together over a real folder and a real engine: versions, sessions, merges, locks, drafts, disk edits.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "desk/crowds.rs"]
mod crowds;
#[path = "desk/people.rs"]
mod people;
#[path = "desk/saving.rs"]
mod saving;
#[path = "desk/shelf.rs"]
mod shelf;

use std::{fs, path::PathBuf, sync::Arc};

use holdfast::{Actor, Builder, ManualClock, Scope, StateManager, Timestamp, backend::Memory};
use workbench::{
    Person,
    configurations::{
        SaveOutcome, Stored,
        desk::{Desk, Who, Work, kinds},
    },
};

const FILE: &str = "protocol.yaml";
const TEXT: &str =
    "# when to come\nintervals:\n  min: 28\n  max: 112 # days\nstop:\n  poor_vision: 0.10\n";

struct Bench {
    desk: Desk,
    states: StateManager,
    clock: Arc<ManualClock>,
    folder: PathBuf,
    _guard: tempfile::TempDir,
}

fn bench() -> Bench {
    bench_with(|builder| builder)
}

/// A bench whose engine is built a little differently.
fn bench_with(change: impl FnOnce(Builder) -> Builder) -> Bench {
    let guard = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
    let mut builder = StateManager::builder(Arc::new(Memory::new())).clock(clock.clone());
    for (kind, lifecycle) in kinds() {
        builder = builder.lifecycle(kind, lifecycle);
    }
    let states = change(builder).build();
    let folder = guard.path().join("protocols");
    let desk = Desk::open(&folder, states.clone(), clock.clone()).unwrap();
    fs::write(folder.join(FILE), TEXT).unwrap();
    Bench {
        desk,
        states,
        clock,
        folder,
        _guard: guard,
    }
}

fn who(name: &str) -> Who {
    let scope = Scope::Session(name.to_owned());
    Who {
        actor: Actor::new(scope.to_string()),
        person: Person {
            key: name.to_owned(),
            name: name.to_owned(),
        },
        scope,
        may_override: false,
    }
}

fn work(base: u64, text: &str) -> Work {
    Work {
        text: text.to_owned(),
        base,
        token: None,
        is_overwriting: false,
        draft: None,
    }
}

fn saved(outcome: SaveOutcome) -> Stored {
    match outcome {
        SaveOutcome::Saved(stored) => stored,
        SaveOutcome::Conflicts(conflicts) => panic!("{:?}", conflicts.conflicts),
    }
}

impl Bench {
    fn on_disk(&self) -> String {
        fs::read_to_string(self.folder.join(FILE)).unwrap()
    }
}
