//! The backup that is due where several servers are on the same states: one makes it, and another takes over when that one is
//! gone.

use std::{fs, sync::Arc, time::Duration};

use app::Keep;
use futures::future::join_all;
use holdfast::{
    Actor, Clock, Kind, ManualClock, New, Scope, StateManager, SystemClock, backend::Memory,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Builder;

const SECOND: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_secs(6 * 3600);
/// How long a server is left alone that makes one.
const LEASE: Duration = Duration::from_secs(120);
/// When one is tried again that could not be made.
const AGAIN: Duration = Duration::from_secs(600);

/// Servers on the same states, each with a folder of its own.
struct Team {
    backend: Arc<Memory>,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl Team {
    async fn new() -> Self {
        let team = Self {
            backend: Arc::new(Memory::new()),
            clock: Arc::new(ManualClock::new(SystemClock.now())),
            folder: tempfile::tempdir().unwrap(),
        };
        let new = New::of(Kind::STORE, "study.name", Scope::Shared, json!("Liver"));
        let states = team.states();
        states.register(new, &Actor::system()).await.unwrap();
        team
    }

    fn states(&self) -> StateManager {
        let builder = StateManager::builder(self.backend.clone());
        builder.clock(self.clock.clone()).build()
    }

    fn server(&self, name: &str) -> Keep {
        let folder = self.folder.path().join(name);
        let clock = self.clock.clone();
        Keep::new(folder, self.states(), clock, 100, Some(EVERY))
    }

    /// Backups in the folders of these.
    fn made(&self, names: &[&str]) -> usize {
        let folders = names.iter().map(|name| self.folder.path().join(name));
        let files = folders.filter_map(|folder| fs::read_dir(folder).ok());
        let names = files
            .flatten()
            .map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".backup")).count()
    }

    /// Until when the newest turn has a holder.
    async fn until(&self) -> Value {
        let note = self.states().note("backup-begun").await.unwrap();
        note.unwrap().value["until"].clone()
    }

    /// Waits until the newest turn is over.
    async fn is_over(&self) {
        while !self.until().await.is_null() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// All of them look at once; whether one of them has begun a backup.
async fn look<const N: usize>(servers: [&Keep; N]) -> bool {
    let looks = servers.map(|keep| {
        let keep = keep.clone();
        tokio::spawn(async move {
            keep.make_if_due().await;
            keep.progress().is_some()
        })
    });
    let begun = join_all(looks).await;
    begun.into_iter().any(Result::unwrap)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_makes_each_backup_that_is_due() {
    let team = Team::new().await;
    let (one, other) = (team.server("one"), team.server("other"));
    for turn in 1..=20 {
        look([&one, &other]).await;
        team.is_over().await;
        assert_eq!(team.made(&["one", "other"]), turn);
        // One that has just started knows of it, too.
        let third = team.server("third");
        assert!(!look([&one, &other, &third]).await);
        team.clock.advance(EVERY - SECOND);
        assert!(!look([&one, &other, &third]).await);
        team.clock.advance(SECOND);
    }
    assert_eq!(team.made(&["third"]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_turn_of_a_server_that_is_gone_is_taken_over() {
    let team = Team::new().await;
    let gone = team.server("gone");
    let last = move || {
        // What it has begun ends with it.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(gone.make_if_due());
    };
    tokio::task::spawn_blocking(last).await.unwrap();

    let (one, other) = (team.server("one"), team.server("other"));
    assert!(!look([&one, &other]).await);
    team.clock.advance(LEASE);
    look([&one, &other]).await;
    team.is_over().await;
    assert_eq!(team.made(&["gone", "one", "other"]), 1);
    assert_eq!(team.made(&["gone"]), 0);
    // The next one is due when it always was.
    team.clock.advance(EVERY - LEASE - SECOND);
    assert!(!look([&one, &other]).await);
    team.clock.advance(SECOND);
    look([&one, &other]).await;
    team.is_over().await;
    assert_eq!(team.made(&["one", "other"]), 2);
}

#[test]
fn a_backup_that_takes_long_is_left_to_its_server() {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().max_blocking_threads(1);
    runtime.build().unwrap().block_on(async {
        let team = Team::new().await;
        let (one, other) = (team.server("one"), team.server("other"));
        // The disk does not answer for ten minutes.
        let (answers, disk) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || disk.recv().is_err());
        one.make_if_due().await;
        for _ in 0..60 {
            team.clock.advance(10 * SECOND);
            tokio::time::sleep(Duration::from_millis(1)).await;
            other.make_if_due().await;
            assert_eq!(other.progress(), None);
        }
        drop(answers);
        assert!(busy.await.unwrap());
        team.is_over().await;
        assert_eq!((team.made(&["one"]), team.made(&["other"])), (1, 0));
    });
}

#[tokio::test]
async fn a_backup_that_could_not_be_made_is_tried_again_by_whoever_can() {
    let team = Team::new().await;
    fs::write(team.folder.path().join("full"), "").unwrap();
    let (full, other) = (team.server("full"), team.server("other"));
    let leased = team.clock.now().0 + i64::try_from(LEASE.as_millis()).unwrap();
    full.make_if_due().await;
    while team.until().await.as_i64() == Some(leased) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(full.problem().is_some());
    team.clock.advance(AGAIN - SECOND);
    assert!(!look([&other]).await);
    team.clock.advance(SECOND);
    look([&other]).await;
    team.is_over().await;
    assert_eq!(team.made(&["other"]), 1);
}

/// On one thread: nothing of it is made before it is given up.
#[tokio::test]
async fn a_backup_that_somebody_gave_up_is_not_made_in_the_same_turn() {
    let team = Team::new().await;
    let (one, other) = (team.server("one"), team.server("other"));
    one.make_if_due().await;
    one.cancel();
    team.is_over().await;
    team.clock.advance(LEASE);
    assert!(!look([&one, &other]).await);
    assert_eq!(one.problem(), None);
    team.clock.advance(EVERY - LEASE);
    look([&one, &other]).await;
    team.is_over().await;
    assert_eq!(team.made(&["one", "other"]), 1);
}
