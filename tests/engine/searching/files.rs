//! SQLite's index is a file that may be lost, damaged or somebody else's: searches do not notice.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use holdfast::{
    Error, Expected, Query, StateManager, Update,
    backend::{Sqlite, SqliteFault},
};
use serde_json::json;
use tempfile::TempDir;

use super::{all_with, found};
use crate::support::{ada, adas, id, store};

async fn engine(file: &Path) -> StateManager {
    StateManager::builder(Arc::new(Sqlite::open(file).await.unwrap())).build()
}

/// A closed database with a history, and the file of its index.
async fn closed() -> (TempDir, PathBuf, PathBuf) {
    let (folder, file, index) = closed_with("seen twice").await;
    is_right(&engine(&file).await).await;
    (folder, file, index)
}

async fn closed_with(note: &str) -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    for n in 0..200 {
        states
            .register(store(&format!("s{n:03}")), &ada())
            .await
            .unwrap();
    }
    for n in 0..100 {
        let (id, data) = (
            id(&format!("s{n:03}")),
            Update::Replace(json!({"n": n, "note": note})),
        );
        states
            .update(&adas(), &id, data, Expected::Any, &ada())
            .await
            .unwrap();
    }
    states
        .delete(&adas(), &id("s000"), Expected::Any, &ada())
        .await
        .unwrap();
    assert_eq!(
        found(&states, Query::default().limit(1000)).await.len(),
        199
    );
    let index = folder.path().join("states.db-search");
    assert!(index.exists());
    (folder, file, index)
}

async fn is_right(states: &StateManager) {
    assert_eq!(
        found(states, Query::default().text("twice").limit(1000))
            .await
            .len(),
        99
    );
    assert_eq!(found(states, all_with("data.n = 0")).await.len(), 100);
    assert_eq!(
        found(
            states,
            all_with("data.n > 97").sort("name".parse().unwrap())
        )
        .await,
        ["s098", "s099"]
    );
}

#[tokio::test]
async fn an_index_that_is_missing_is_made_from_the_states() {
    let (_folder, file, index) = closed().await;
    fs::remove_file(&index).unwrap();
    is_right(&engine(&file).await).await;
}

#[tokio::test]
async fn an_index_that_is_no_database_is_made_anew() {
    let (_folder, file, index) = closed().await;
    fs::write(
        &index,
        "no database at all, but long enough to be looked at ".repeat(100),
    )
    .unwrap();
    is_right(&engine(&file).await).await;
}

#[tokio::test]
async fn an_index_with_damaged_pages_is_made_anew() {
    let (_folder, file, index) = closed().await;
    // Everything behind the first page, as a bad disk would leave it.
    let length = fs::metadata(&index).unwrap().len();
    let mut damaged = fs::File::options().write(true).open(&index).unwrap();
    damaged.seek(SeekFrom::Start(4096)).unwrap();
    damaged
        .write_all(&vec![0xa5; usize::try_from(length - 4096).unwrap()])
        .unwrap();
    drop(damaged);
    for part in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{part}", index.display()));
    }
    is_right(&engine(&file).await).await;
}

#[tokio::test]
async fn an_index_of_another_database_is_made_anew() {
    let (_folder, _, theirs) = closed_with("something else").await;
    let (_other, file, index) = closed().await;
    for part in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{part}", index.display()));
        let _ = fs::copy(
            format!("{}{part}", theirs.display()),
            format!("{}{part}", index.display()),
        );
    }
    is_right(&engine(&file).await).await;
}

#[tokio::test]
async fn an_index_ahead_of_a_restored_database_is_made_anew() {
    let (_folder, _, index) = closed().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    states.register(store("only"), &ada()).await.unwrap();
    assert_eq!(found(&states, Query::default()).await, ["only"]);
    drop(states);
    for part in ["", "-wal", "-shm"] {
        let old = folder.path().join(format!("states.db-search{part}"));
        let _ = fs::remove_file(&old);
        let _ = fs::copy(format!("{}{part}", index.display()), &old);
    }
    assert_eq!(
        found(&engine(&file).await, Query::default()).await,
        ["only"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_damaged_while_it_is_read_is_made_anew() {
    let (_folder, file, index) = closed().await;
    let states = engine(&file).await;
    is_right(&states).await;
    let length = usize::try_from(fs::metadata(&index).unwrap().len()).unwrap();
    fs::write(&index, vec![0x5a; length]).unwrap();
    let _ = fs::write(format!("{}-wal", index.display()), vec![0x5a; 8192]);
    is_right(&states).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_file_share_its_index() {
    let (_folder, file, _) = closed().await;
    let (ours, theirs) = (engine(&file).await, engine(&file).await);
    for n in 0..30 {
        for (who, states) in [("ours", &ours), ("theirs", &theirs)] {
            states
                .register(store(&format!("{who}{n}")), &ada())
                .await
                .unwrap();
        }
        for states in [&ours, &theirs] {
            assert_eq!(
                found(states, all_with("data.n = 0")).await.len(),
                100 + 2 * (n + 1)
            );
        }
    }
}

/// Something else is in its place and cannot be thrown away: the search fails by name, everything else works,
/// and once the way is free so does the search.
#[tokio::test]
async fn an_index_that_cannot_be_made_is_a_typed_fault_until_somebody_helps() {
    let (_folder, file, index) = closed().await;
    for part in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{part}", index.display()));
    }
    fs::create_dir(&index).unwrap();
    let states = engine(&file).await;
    for _ in 0..2 {
        let failed = states.search(&adas(), Query::default()).await;
        let Err(Error::Failed { source, .. }) = failed else {
            panic!("there is no index: {failed:?}");
        };
        let fault = source.downcast_ref::<SqliteFault>();
        assert!(
            matches!(fault, Some(SqliteFault::Unreachable(_))),
            "{source:?}"
        );
    }
    states.register(store("meanwhile"), &ada()).await.unwrap();
    states
        .delete(&adas(), &id("meanwhile"), Expected::Any, &ada())
        .await
        .unwrap();
    fs::remove_dir(&index).unwrap();
    is_right(&states).await;
}
