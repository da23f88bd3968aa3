//! What a backup promises: one moment of a busy engine in one file, and back from it on any backend;
//! and a file that is not whole brings back nothing.

mod damage;

use std::{
    any::Any,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use holdfast::{
    CopyError, Error, Expected, Kind, Lifecycle, Limits, ManualClock, New, Progress, Revision,
    StateManager, Status, Timestamp,
    backend::{Backend, Memory},
    copy::Place,
};
use serde_json::json;

use crate::support::{
    ada, adas, id,
    life::{goes_on, lived, log_of, same},
    memory, postgres,
    puppet::Puppet,
    redis, sqlite, store, worlds, worlds_within,
};

fn quiet(_: Progress) {}

fn engine(backend: Arc<dyn Backend>, clock: &Arc<ManualClock>) -> StateManager {
    StateManager::builder(backend).clock(clock.clone()).build()
}

/// An engine in memory that has lived, with a note.
async fn full() -> (Arc<ManualClock>, StateManager) {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let backend = Arc::new(Memory::new());
    let note = json!({"seen": 3});
    backend.write_note("reader", 0, Some(&note)).await.unwrap();
    let states = engine(backend, &clock);
    lived(&states, &clock).await;
    (clock, states)
}

fn file_in(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("backup.jsonl")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_any_backend_is_restored_on_any_other_and_nothing_differs() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut last) = full().await;
    let path = file_in(&folder);
    let mut whole = last.backup(&path, quiet).await.unwrap();
    let worlds = worlds().await;
    for world in &worlds {
        // From the backend before this one, so that each is read from and written to.
        let states = &world.states;
        world.clock.advance(Duration::from_secs(2));
        let restored = states.restore(&path, quiet).await.unwrap();
        assert_eq!(restored, whole, "{}", world.name);
        same(&last, states).await;
        assert!(restored.revision == Revision(14) && restored.states == 7 && restored.notes == 1);
        whole = states.backup(&path, quiet).await.unwrap();
        last = states.clone();
    }
    for world in &worlds {
        // What will become of it is the same too: what was due is ended.
        world.clock.advance(Duration::from_secs(61));
        assert_eq!(world.states.sweep().await.unwrap(), 2, "{}", world.name);
    }
}

#[tokio::test]
async fn what_a_scope_holds_is_counted_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_, states) = full().await;
    states.backup(file_in(&folder), quiet).await.unwrap();
    // Ada has `s`, `u`, `x`, `y` and what is left of `brief`.
    let limits = Limits {
        scope_states: 5,
        ..Limits::default()
    };
    for world in worlds_within(limits).await {
        let states = &world.states;
        states.restore(file_in(&folder), quiet).await.unwrap();
        let refused = states.register(store("one more"), &ada()).await;
        assert!(
            matches!(refused, Err(Error::TooLarge { .. })),
            "{refused:?}"
        );
        states
            .delete(&adas(), &id("x"), Expected::Any, &ada())
            .await
            .unwrap();
        states.register(store("one more"), &ada()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_one_moment_while_writes_go_on() {
    for world in worlds().await {
        let folder = tempfile::tempdir().unwrap();
        let states = &world.states;
        goes_on(states.clone(), |n| n == 600).await;
        let is_over = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn({
            let is_over = is_over.clone();
            goes_on(states.clone(), move |_| is_over.load(SeqCst))
        });
        let mut steps = Vec::new();
        let backup = states.backup(file_in(&folder), |at| steps.push(at)).await;
        let backup = backup.unwrap();
        is_over.store(true, SeqCst);
        writing.await.unwrap();
        assert!(backup.revision >= Revision(600));
        assert_eq!(steps.last().unwrap().copied, backup.revision);
        assert!(steps.len() > 2 && steps.is_sorted_by_key(|step| step.copied));
        let (_, clock) = (world.name, &world.clock);
        let restored = engine(Arc::new(Memory::new()), clock);
        restored.restore(file_in(&folder), quiet).await.unwrap();
        let log = log_of(states, backup.revision).await;
        assert!(
            log_of(&restored, backup.revision).await == log,
            "{}",
            world.name
        );
        assert_eq!(restored.revision().await.unwrap(), backup.revision);
    }
}

#[tokio::test]
async fn nothing_is_restored_over_something_or_for_kinds_that_nobody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_in(&folder);
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    let kind = Kind::new("machine");
    let lifecycle = Lifecycle::starting(Status::ACTIVE);
    let states = StateManager::builder(Arc::new(Memory::new()))
        .lifecycle(kind.clone(), lifecycle)
        .build();
    let machine = New::of(kind, "m", adas(), json!(1));
    states.register(machine, &ada()).await.unwrap();
    states.backup(&path, quiet).await.unwrap();

    let other = engine(Arc::new(Memory::new()), &clock);
    let unknown = other.restore(&path, quiet).await.unwrap_err();
    assert!(matches!(&unknown, CopyError::Engine(Error::Invalid { path, .. }) if path == "kind"));
    assert_eq!(other.revision().await.unwrap(), Revision(0));
    let full = states.restore(&path, quiet).await.unwrap_err();
    let revision = Revision(1);
    assert!(matches!(full, CopyError::Occupied { revision: found } if found == revision));
}

#[tokio::test]
async fn what_was_not_written_as_it_was_given_is_found_by_reading_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let (_, states) = full().await;
    states.backup(file_in(&folder), quiet).await.unwrap();
    let puppet = Puppet::new();
    puppet.lie_about("y");
    let into = StateManager::builder(puppet).build();
    let error = into.restore(file_in(&folder), quiet).await.unwrap_err();
    let CopyError::Differs { differences } = error else {
        panic!("{error}")
    };
    let place = Place::Change(Revision(13), adas(), id("y"));
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].place, place);
    assert_eq!(differences[0].fields, ["after.data"]);
}

#[tokio::test]
async fn a_backup_that_fails_or_is_cancelled_leaves_the_older_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_in(&folder);
    fs::write(&path, "the older one").unwrap();
    let puppet = Puppet::new();
    let states = StateManager::builder(puppet.clone()).build();
    goes_on(states.clone(), |n| n == 600).await;
    // In the middle, when the first page is in the file.
    let failed = states.backup(&path, |_| puppet.set_down(true)).await;
    assert!(matches!(
        failed,
        Err(CopyError::Engine(Error::Failed { .. }))
    ));
    puppet.set_down(false);
    let mut cancelled = Box::pin(states.backup(&path, quiet));
    assert!(futures::poll!(&mut cancelled).is_pending());
    drop(cancelled);
    assert_eq!(fs::read_to_string(&path).unwrap(), "the older one");
    let nowhere = states
        .backup(folder.path().join("no/such/folder"), quiet)
        .await;
    assert!(matches!(nowhere, Err(CopyError::File { .. })));
    while fs::read_dir(folder.path()).unwrap().count() > 1 {
        // What was cancelled is tidied up as soon as the disk lets go of it.
        tokio::task::yield_now().await;
    }
    states.backup(&path, quiet).await.unwrap();
    assert!(
        fs::read_to_string(Path::new(&path))
            .unwrap()
            .starts_with("{\"begin\"")
    );
}

#[tokio::test]
async fn a_state_is_read_as_it_was_at_any_revision_and_time() {
    for world in worlds().await {
        let states = &world.states;
        let (scope, s) = (adas(), id("s"));
        for n in 0..3 {
            let new = New {
                data: json!(n),
                ..store("s")
            };
            states.put(new, Expected::Any, &ada()).await.unwrap();
            states
                .put(store("other"), Expected::Any, &ada())
                .await
                .unwrap();
            world.clock.advance(Duration::from_secs(10));
        }
        states
            .delete(&scope, &s, Expected::Any, &ada())
            .await
            .unwrap();
        let at = async |revision| states.at(&scope, &s, Revision(revision)).await.unwrap();
        assert_eq!(at(0).await, None);
        for revision in 1..=6 {
            let data = json!((revision - 1) / 2);
            assert_eq!(at(revision).await.unwrap().data, data, "{}", world.name);
        }
        assert_eq!((at(7).await, at(u64::MAX).await), (None, None));
        let then = async |time| states.at(&scope, &s, Timestamp(time)).await.unwrap();
        assert_eq!(then(999_999).await, None);
        assert_eq!(then(1_000_000).await.unwrap().data, json!(0));
        assert_eq!(then(1_019_999).await.unwrap().data, json!(1));
        assert_eq!(then(1_030_000).await, None);
        assert_eq!(
            states.at(&scope, &id("never"), Revision(9)).await.unwrap(),
            None
        );
    }
}

#[path = "../../benches/backup/run.rs"]
#[expect(dead_code, reason = "the benchmark prints what this only looks at")]
mod run;

/// What `cargo bench --bench backup` does with a million states.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_amid_writes_is_what_there_was_at_its_moment_on_another_backend() {
    for (_guard, target) in [
        made(postgres().await),
        made(redis().await),
        made(memory().await),
    ] {
        let (folder, source) = sqlite().await;
        let report = run::run(2500, source, target, folder.path()).await;
        assert_eq!(report.states, 2500);
        assert!(report.revision > Revision(2500), "{report:?}");
    }
}

/// A backend beside what it needs while it lives, whatever that is.
fn made<G: Any + Send>(
    (guard, backend): (G, Arc<dyn Backend>),
) -> (Box<dyn Any + Send>, Arc<dyn Backend>) {
    (Box::new(guard), backend)
}

/// Opening an engine notes which versions it writes, so it is not quite empty.
#[tokio::test]
async fn a_backup_is_restored_into_an_engine_that_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let opened = async || {
        let builder = StateManager::builder(Arc::new(Memory::new()));
        builder.upcaster(Kind::STORE, Ok).open().await.unwrap()
    };
    let states = opened().await;
    let written = states.register(store("s"), &ada()).await.unwrap();
    states.backup(file_in(&folder), quiet).await.unwrap();
    let other = opened().await;
    other.restore(file_in(&folder), quiet).await.unwrap();
    assert_eq!(other.get(&adas(), &id("s")).await.unwrap(), Some(written));
    // An older program is told before anything is written.
    let older = StateManager::builder(Arc::new(Memory::new())).build();
    let refused = older.restore(file_in(&folder), quiet).await.unwrap_err();
    assert!(matches!(refused, CopyError::Engine(Error::TooNew { .. })));
    assert_eq!(older.revision().await.unwrap(), Revision(0));
}

/// A backup that is made can be read.
#[tokio::test]
async fn what_no_backup_can_hold_is_refused_when_it_is_written_and_told_when_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let backend: Arc<dyn Backend> = Arc::new(Memory::new());
    let limits = Limits {
        metadata_bytes: u64::MAX,
        ..Limits::default()
    };
    let builder = StateManager::builder(backend.clone()).limits(limits);
    let states = builder.build();
    let text = |mebibytes: usize| json!("x".repeat(mebibytes * 1024 * 1024));
    let refused = states.write_note("n", 0, Some(&text(11))).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })));
    let mut large = store("s");
    large.metadata = json!({"text": text(5)});
    let refused = states.register(large, &ada()).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })));
    backend.write_note("n", 0, Some(&text(21))).await.unwrap();
    let refused = states.backup(file_in(&folder), quiet).await.unwrap_err();
    assert!(matches!(refused, CopyError::TooLong { .. }));
}
