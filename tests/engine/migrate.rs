//! What moving promises: the same on both sides before anybody is told to use the new one, and a way
//! back.

#[path = "../../examples/sqlite_to_postgres.rs"]
#[expect(dead_code, reason = "its `main` is for people")]
mod example;

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use holdfast::{
    CopyError, Expected, ManualClock, Progress, Revision, StateManager, Timestamp, Update,
    backend::{Backend, Memory},
    copy::Place,
    migrate::{Migration, migrate},
};
use serde_json::json;

use crate::support::{
    ada, adas, id,
    life::{goes_on, lived, log_of, same},
    memory, postgres,
    puppet::Puppet,
    redis, sqlite, store,
};

fn quiet(_: Progress) {}

fn engine(backend: Arc<dyn Backend>, clock: &Arc<ManualClock>) -> StateManager {
    StateManager::builder(backend).clock(clock.clone()).build()
}

type Made = (Box<dyn Any + Send>, Arc<dyn Backend>);

/// A whole move under load: follow, stop, cut over, go on there; and the way back is open.
async fn moves((_one, from): Made, (_other, to): Made) {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let (old, new) = (engine(from.clone(), &clock), engine(to.clone(), &clock));
    lived(&old, &clock).await;
    from.write_note("kept", 0, Some(&json!(1))).await.unwrap();
    to.write_note("stray", 0, Some(&json!(1))).await.unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let is_over = is_over.clone();
        goes_on(old.clone(), move |n| {
            is_over.load(SeqCst) && n > 300 || n == 2000
        })
    });
    let mut migration = Migration::begin(&old, &new).await.unwrap();
    let first = migration.follow(quiet).await.unwrap();
    assert!(first >= Revision(14));
    migration.follow(quiet).await.unwrap();
    is_over.store(true, SeqCst);
    writing.await.unwrap();
    from.write_note("kept", 1, Some(&json!({"seen": 2})))
        .await
        .unwrap();
    let moved = migration.cut_over(quiet).await.unwrap();

    assert_eq!(moved.revision, old.revision().await.unwrap());
    assert_eq!(
        (moved.states, moved.notes, moved.sha256.len()),
        (7 + 7, 1, 64)
    );
    same(&old, &new).await;
    let notes = to.notes("").await.unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!(
        (notes[0].0.as_str(), &notes[0].1.value),
        ("kept", &json!({"seen": 2}))
    );
    // The new one goes on where the old one stood; the old one can still be gone back to.
    let before = log_of(&old, moved.revision).await;
    let state = new.get(&adas(), &id("busy 0")).await.unwrap().unwrap();
    let patch = Update::Merge(json!({"moved": true}));
    let expected = Expected::Version(state.version);
    new.update(&adas(), &state.id, patch, expected, &ada())
        .await
        .unwrap();
    assert_eq!(new.revision().await.unwrap().0, moved.revision.0 + 1);
    assert_eq!(old.revision().await.unwrap(), moved.revision);
    assert!(log_of(&old, moved.revision).await == before);
}

macro_rules! made {
    ($backend:ident) => {{
        let (guard, backend) = $backend().await;
        (Box::new(guard) as Box<dyn Any + Send>, backend)
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_memory_to_sqlite_while_writes_go_on() {
    moves(made!(memory), made!(sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_sqlite_to_postgresql_while_writes_go_on() {
    moves(made!(sqlite), made!(postgres)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_postgresql_to_redis_while_writes_go_on() {
    moves(made!(postgres), made!(redis)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_redis_to_sqlite_while_writes_go_on() {
    moves(made!(redis), made!(sqlite)).await;
}

async fn lives() -> (Arc<ManualClock>, StateManager) {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let states = engine(Arc::new(Memory::new()), &clock);
    lived(&states, &clock).await;
    (clock, states)
}

#[tokio::test]
async fn nobody_is_told_to_use_a_copy_that_differs() {
    let (_, old) = lives().await;
    let puppet = Puppet::new();
    puppet.lie_about("u");
    let error = migrate(&old, &StateManager::builder(puppet).build(), quiet).await;
    let Err(CopyError::Differs { differences }) = error else {
        panic!("{error:?}")
    };
    let first = &differences[0];
    assert_eq!(first.place, Place::Change(Revision(3), adas(), id("u")));
    assert_eq!(first.fields, ["after.data"]);
    assert!(
        first
            .to_string()
            .contains("change 3 (`u` of user:ada) differs in after.data")
    );
}

#[tokio::test]
async fn a_cut_over_is_refused_while_somebody_writes() {
    let puppet = Puppet::new();
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let old = engine(puppet.clone(), &clock);
    lived(&old, &clock).await;
    // After the last page was copied, in the very moment of the cut-over.
    puppet.write_when_notes_are_read();
    let new = engine(Arc::new(Memory::new()), &clock);
    let error = migrate(&old, &new, quiet).await.unwrap_err();
    let CopyError::StillWritten { revision } = error else {
        panic!("{error}")
    };
    assert!(revision > Revision(14));
}

#[tokio::test]
async fn an_interrupted_move_is_taken_up_again_and_compared_from_the_beginning() {
    let (clock, old) = lives().await;
    let puppet = Puppet::new();
    let new = engine(puppet.clone(), &clock);
    let mut migration = Migration::begin(&old, &new).await.unwrap();
    migration.follow(quiet).await.unwrap();
    drop(migration);
    goes_on(old.clone(), |n| n == 700).await;
    // The second page meets a backend that is gone.
    let failed = migrate(&old, &new, |_| puppet.set_down(true)).await;
    assert!(matches!(failed, Err(CopyError::Engine(_))), "{failed:?}");
    puppet.set_down(false);
    let moved = migrate(&old, &new, quiet).await.unwrap();
    assert_eq!(moved.revision, Revision(714));
    same(&old, &new).await;
}

#[tokio::test]
async fn nothing_is_moved_onto_something_else() {
    let (clock, old) = lives().await;
    let new = engine(Arc::new(Memory::new()), &clock);
    new.register(store("mine"), &ada()).await.unwrap();
    let error = Migration::begin(&old, &new).await.unwrap_err();
    assert!(
        matches!(
            error,
            CopyError::Occupied {
                revision: Revision(1)
            }
        ),
        "{error}"
    );
    // Nor onto a log that goes on where this one ended.
    let ahead = engine(Arc::new(Memory::new()), &clock);
    migrate(&old, &ahead, quiet).await.unwrap();
    ahead.register(store("mine"), &ada()).await.unwrap();
    let error = migrate(&old, &ahead, quiet).await.unwrap_err();
    assert!(
        matches!(
            error,
            CopyError::Occupied {
                revision: Revision(15)
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_team_works_on_until_the_move_and_goes_on_behind_it() {
    let ((_folder, from), (_server, to)) = (sqlite().await, postgres().await);
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let (old, new) = (engine(from, &clock), engine(to, &clock));
    let (scope, s, any) = (adas(), id("s"), Expected::Any);
    old.register(store("s"), &ada()).await.unwrap();
    let last_words = async || {
        let patch = Update::Merge(json!({"n": 1}));
        old.update(&scope, &s, patch, any, &ada()).await.unwrap();
    };
    let moved = example::move_states(&old, &new, last_words).await.unwrap();
    assert_eq!((moved.states, moved.revision), (1, Revision(2)));
    let state = new.get(&scope, &s).await.unwrap().unwrap();
    assert_eq!(old.get(&scope, &s).await.unwrap(), Some(state.clone()));
    let seen = Expected::Version(state.version);
    new.delete(&scope, &s, seen, &ada()).await.unwrap();
    assert_eq!(
        old.revision().await.unwrap(),
        Revision(2),
        "the way back is open"
    );
}
