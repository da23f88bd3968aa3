//! A thinned log is copied as it is, wherever the removal falls while it is copied.

use std::sync::Arc;

use holdfast::{
    Expected, ManualClock, Progress, Revision, StateManager, Timestamp, Version,
    backend::{Backend, Memory},
    compaction::SETTLED,
    migrate::{Migration, migrate},
    schema::Mode,
};

use super::{is_proven, newest, thinned, update, versions};
use crate::support::{
    ada, adas, id,
    life::{log_of, same},
    puppet::Puppet,
    worlds,
};

fn quiet(_: Progress) {}

fn engine(backend: Arc<dyn Backend>, clock: &Arc<ManualClock>) -> StateManager {
    StateManager::builder(backend).clock(clock.clone()).build()
}

fn elsewhere(clock: &Arc<ManualClock>) -> StateManager {
    engine(Arc::new(Memory::new()), clock)
}

#[tokio::test]
async fn backup_restore_and_moving_keep_a_thinned_log_as_it_is() {
    for world in worlds().await {
        let (states, folder) = (&world.states, tempfile::tempdir().unwrap());
        versions(states, "s", 20).await;
        world.clock.advance(SETTLED);
        states.compact(&newest(4), Mode::Apply).await.unwrap();
        update(states, "s", 99).await;
        let file = folder.path().join("backup");
        states.backup(&file, quiet).await.unwrap();
        let restored = elsewhere(&world.clock);
        restored.restore(&file, quiet).await.unwrap();
        same(states, &restored).await;
        is_proven(&restored, 15).await;
        let moved = elsewhere(&world.clock);
        migrate(states, &moved, quiet).await.unwrap();
        same(states, &moved).await;
    }
}

#[tokio::test]
async fn a_thinned_log_that_moved_in_goes_on_there_on_every_backend() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let old = elsewhere(&clock);
    versions(&old, "s", 20).await;
    clock.advance(SETTLED);
    old.compact(&newest(4), Mode::Apply).await.unwrap();
    for world in worlds().await {
        migrate(&old, &world.states, quiet).await.unwrap();
        same(&old, &world.states).await;
        world.clock.advance(SETTLED);
        let done = world.states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(done.total(), 3, "{}", world.name);
        update(&world.states, "s", 99).await;
        is_proven(&world.states, 18).await;
    }
}

/// What was copied before it was removed is removed where it was copied to, too.
#[tokio::test]
async fn what_is_removed_amid_a_move_is_removed_on_both_sides() {
    for world in worlds().await {
        let states = &world.states;
        versions(states, "s", 300).await;
        world.clock.advance(SETTLED);
        let to: Arc<dyn Backend> = Arc::new(Memory::new());
        let new = engine(to.clone(), &world.clock);
        let mut migration = Migration::begin(states, &new).await.unwrap();
        migration.follow(quiet).await.unwrap();
        assert!(thinned(&new, "s").await.is_empty());
        states.compact(&newest(2), Mode::Apply).await.unwrap();
        // Begun anew, the copy finds what it wrote in another form at the source.
        drop(migration);
        let mut migration = Migration::begin(states, &new).await.unwrap();
        migration.follow(quiet).await.unwrap();
        let moved = migration.cut_over(quiet).await.unwrap();
        assert_eq!(moved.revision, states.revision().await.unwrap());
        same(states, &new).await;
        is_proven(&new, 297).await;
    }
}

/// A backup in which content is missing has the account of it, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_amid_a_removal_is_whole() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let states = elsewhere(&clock);
    versions(&states, "s", 600).await;
    clock.advance(SETTLED);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    // After the first page everything is removed that may be.
    let (sender, mut go) = tokio::sync::mpsc::unbounded_channel();
    let removing = tokio::spawn({
        let states = states.clone();
        async move {
            go.recv().await.unwrap();
            states.compact(&newest(1), Mode::Apply).await.unwrap();
        }
    });
    let mut removing = Some(removing);
    let backup = states.backup(&file, |progress| {
        if progress.copied == Revision(250) {
            sender.send(()).unwrap();
            let removing = removing.take().unwrap();
            // Everybody else goes on while this task waits.
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current()
                    .block_on(removing)
                    .unwrap();
            });
        }
    });
    let backup = backup.await.unwrap();
    assert!(backup.revision > Revision(600));
    let restored = elsewhere(&clock);
    restored.restore(&file, quiet).await.unwrap();
    let verified = restored.verify().await.unwrap();
    assert_eq!((verified.findings, verified.removed), (vec![], 598));
    let log = log_of(&states, backup.revision).await;
    assert!(log_of(&restored, backup.revision).await == log);
}

/// The account was written and the database went away before the content did.
#[tokio::test]
async fn what_was_announced_and_not_removed_is_no_damage_and_is_removed_by_the_next_run() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let puppet = Puppet::new();
    let states = engine(puppet.clone(), &clock);
    versions(&states, "s", 10).await;
    clock.advance(SETTLED);
    puppet.keep_content(true);
    states.compact(&newest(2), Mode::Apply).await.unwrap_err();
    assert_eq!(
        states.revision().await.unwrap(),
        Revision(11),
        "it was announced"
    );
    is_proven(&states, 0).await;
    let back = states
        .rollback(&adas(), &id("s"), Version(3), Expected::Any, &ada())
        .await;
    assert_eq!(back.unwrap().version, Version(11));
    puppet.keep_content(false);
    states.compact(&newest(2), Mode::Apply).await.unwrap();
    // Up to what the rollback was made on.
    assert_eq!(thinned(&states, "s").await, [2, 3, 4, 5, 6, 7, 8, 9]);
    is_proven(&states, 8).await;
}
