//! Runs over a real folder and a real engine: started, followed, cancelled, left behind by a server that died.

use std::{fs, path::Path, sync::Arc, time::Duration};

use holdfast::{
    Actor, Builder, Clock, HistoryQuery, ManualClock, Scope, StateId, StateManager, Timestamp,
    backend::Memory,
};
use workbench::simulation::{
    Amendment, Order, Progress, RunStatus, Wanted,
    runs::{By, Runs, RunsError, kinds, upcasted},
};

use super::support::{STANDARD, order, with};

pub struct Bench {
    pub runs: Runs,
    pub states: StateManager,
    pub clock: Arc<ManualClock>,
    pub folder: tempfile::TempDir,
    backend: Arc<Memory>,
}

pub async fn bench() -> Bench {
    bench_of(upcasted).await
}

/// With an engine as an older program built it.
pub async fn bench_of(build: impl FnOnce(Builder) -> Builder) -> Bench {
    // 2026-03-11 14:05:09 UTC.
    let clock = Arc::new(ManualClock::new(Timestamp(1_773_237_909_000)));
    let folder = tempfile::tempdir().unwrap();
    let backend = Arc::new(Memory::new());
    at(backend, clock, folder, build).await
}

async fn at(
    backend: Arc<Memory>,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
    build: impl FnOnce(Builder) -> Builder,
) -> Bench {
    let states = states_on(&backend, &clock, build);
    let runs = open(folder.path(), &states, &clock).await;
    Bench {
        runs,
        states,
        clock,
        folder,
        backend,
    }
}

fn states_on(
    backend: &Arc<Memory>,
    clock: &Arc<ManualClock>,
    build: impl FnOnce(Builder) -> Builder,
) -> StateManager {
    let mut builder = StateManager::builder(backend.clone()).clock(clock.clone());
    for (kind, lifecycle) in kinds() {
        builder = builder.lifecycle(kind, lifecycle);
    }
    build(builder).build()
}

pub async fn open(folder: &Path, states: &StateManager, clock: &Arc<ManualClock>) -> Runs {
    let clock: Arc<dyn Clock> = clock.clone();
    Runs::open(folder, states.clone(), clock).await.unwrap()
}

pub fn by(scope: Scope) -> By {
    let actor = Actor::new("user:ada");
    let name = "Ada".to_owned();
    By { scope, actor, name }
}

pub fn ada() -> By {
    by(Scope::User("ada".into()))
}

pub fn small() -> Order {
    Order {
        patients: 100,
        duration_years: 1.0,
        ..order(STANDARD)
    }
}

/// Far more than is simulated before somebody cancels it.
pub fn endless() -> Order {
    Order {
        patients: 500_000,
        duration_years: 10.0,
        ..order(STANDARD)
    }
}

pub fn wanted() -> Wanted {
    Wanted {
        limit: 50,
        ..Wanted::default()
    }
}

/// Names of what is in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

impl Bench {
    /// The same states and files under another program.
    pub async fn reopened(self, build: impl FnOnce(Builder) -> Builder) -> Self {
        at(self.backend, self.clock, self.folder, build).await
    }

    /// Nothing is in the making, and nothing was left behind by what was.
    fn assert_tidy(&self) {
        for part in [".pending", ".unfinished"] {
            assert_eq!(
                names(&self.folder.path().join(part)),
                Vec::<String>::new(),
                "{part}"
            );
        }
    }

    async fn steps(&self, id: &str) -> Vec<String> {
        let query = HistoryQuery::default();
        let history = self
            .states
            .history(&ada().scope, &StateId::new(id), query)
            .await
            .unwrap();
        history
            .iter()
            .rev()
            .map(|it| it.transition.to_string())
            .collect()
    }
}

#[tokio::test]
async fn a_run_is_pending_then_completed_with_everything_that_tells_how_it_came_to_be() {
    let b = bench().await;
    let started = b.runs.start(&ada(), small()).await.unwrap();
    assert!(
        started.id.starts_with("sim_20260311_140509_01-00_"),
        "{}",
        started.id
    );
    assert_eq!(
        (started.status, started.result.as_ref()),
        (RunStatus::Pending, None)
    );
    assert!(started.id.ends_with(&started.name));

    let run = b.runs.wait(&ada(), &started.id).await.unwrap();
    assert_eq!(run.status, RunStatus::Completed);
    let result = run.result.clone().unwrap();
    assert_eq!(result.patients, 100);
    assert_eq!(
        (run.model.as_str(), run.seed, run.protocol.as_str()),
        ("treat_and_extend", 42, STANDARD)
    );
    assert_eq!(
        (run.protocol_name.as_str(), run.protocol_version.as_str()),
        ("Aflibercept T&E 4-16 wk", "1.0")
    );
    assert_eq!(run.created_by, "Ada");
    assert_eq!(b.steps(&run.id).await, ["create", "update", "activate"]);
    assert_eq!(b.runs.progress(&ada(), &run.id).await.unwrap(), None);
    assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
    b.assert_tidy();

    let tables = b
        .runs
        .tables(&ada(), &run.id)
        .await
        .unwrap()
        .load()
        .unwrap();
    let visits: usize = tables.visits.iter().map(|it| it.num_rows()).sum();
    assert_eq!(visits as u64, result.visits);
    b.clock.advance(Duration::from_secs(60));
    b.runs.tables(&ada(), &run.id).await.unwrap();
    let read = b.runs.get(&ada(), &run.id).await.unwrap();
    assert_eq!(
        (read.access_count, read.last_accessed),
        (2, Some(b.clock.now().0))
    );
    assert_eq!(read.version, run.version, "reading is no change");

    // The same order again is another run with the same result.
    let again = b.runs.start(&ada(), small()).await.unwrap();
    assert_ne!(again.id, run.id);
    let again = b.runs.wait(&ada(), &again.id).await.unwrap();
    assert_eq!(again.result.unwrap().checksum, result.checksum);
}

#[tokio::test]
async fn what_cannot_be_simulated_leaves_nothing_behind() {
    let b = bench().await;
    let broken = with(STANDARD, "extension_days: 14", "extension_days: 0");
    let refused = b.runs.start(&ada(), order(&broken)).await.unwrap_err();
    assert!(matches!(&refused, RunsError::Protocol(_)));
    assert!(
        refused
            .to_string()
            .contains("line 15, treat_and_extend.extension_days"),
        "{refused}"
    );
    let refused = b
        .runs
        .start(
            &ada(),
            Order {
                patients: 3,
                ..small()
            },
        )
        .await
        .unwrap_err();
    assert!(matches!(&refused, RunsError::Order(error) if error.field == "patients"));
    assert_eq!(b.runs.list(&ada(), &wanted()).await.unwrap().total, 0);
    b.assert_tidy();
}

#[tokio::test]
async fn who_cancels_stops_a_run_that_goes_on_and_one_that_waits() {
    let b = bench().await;
    let running = b.runs.start(&ada(), endless()).await.unwrap();
    let waiting = b.runs.start(&ada(), endless()).await.unwrap();
    loop {
        let progress = b.runs.progress(&ada(), &running.id).await.unwrap().unwrap();
        if progress.done > 0 {
            assert_eq!(progress.total, 500_000);
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let none = Progress { done: 0, total: 0 };
    assert_eq!(
        b.runs.progress(&ada(), &waiting.id).await.unwrap(),
        Some(none)
    );
    assert!(matches!(
        b.runs.delete(&ada(), &running.id).await,
        Err(RunsError::Pending(_))
    ));
    assert!(matches!(
        b.runs.tables(&ada(), &running.id).await,
        Err(RunsError::Pending(_))
    ));
    for run in [&waiting, &running] {
        b.runs.cancel(&ada(), &run.id).await.unwrap();
        let over = b.runs.wait(&ada(), &run.id).await.unwrap();
        assert_eq!(over.status, RunStatus::Failed);
        assert_eq!(over.reason.as_deref(), Some("cancelled by Ada"));
        assert_eq!(b.steps(&run.id).await, ["create", "update", "expire"]);
    }
    let again = b.runs.cancel(&ada(), &running.id).await.unwrap_err();
    assert!(matches!(
        again,
        RunsError::Over {
            status: RunStatus::Failed,
            ..
        }
    ));
    let refused = b.runs.tables(&ada(), &running.id).await.err().unwrap();
    assert!(
        refused.to_string().contains("cancelled by Ada"),
        "{refused}"
    );
    b.assert_tidy();
}

#[tokio::test]
async fn who_asks_another_server_cancels_a_run_the_same() {
    let b = bench().await;
    let states = states_on(&b.backend, &b.clock, upcasted);
    let other = open(b.folder.path(), &states, &b.clock).await;
    let running = b.runs.start(&ada(), endless()).await.unwrap();
    let waiting = b.runs.start(&ada(), endless()).await.unwrap();
    let words = Amendment {
        name: "Too long".into(),
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
    };
    for run in [&waiting, &running] {
        other.cancel(&ada(), &run.id).await.unwrap();
        // Whatever else is said of it at the same moment.
        let now = other.get(&ada(), &run.id).await.unwrap();
        let said = other.amend(&ada(), &run.id, now.version, &words).await;
        let over = b.runs.wait(&ada(), &run.id).await.unwrap();
        assert_eq!(over.status, RunStatus::Failed);
        assert_eq!(over.reason.as_deref(), Some("cancelled by Ada"));
        assert_eq!(said.is_ok(), over.name == "Too long");
        let steps = b.steps(&run.id).await;
        let ends = steps.iter().filter(|step| *step == "expire").count();
        assert_eq!(ends, 1, "{steps:?}");
        let again = other.cancel(&ada(), &run.id).await.unwrap_err();
        assert!(matches!(again, RunsError::Over { .. }), "{again:?}");
    }
    b.assert_tidy();
}

#[tokio::test]
async fn a_server_that_is_stopped_fails_its_runs_with_the_reason() {
    let b = bench().await;
    let run = b.runs.start(&ada(), endless()).await.unwrap();
    b.runs.stop().await;
    let over = b.runs.get(&ada(), &run.id).await.unwrap();
    assert_eq!(over.reason.as_deref(), Some("the server was stopped"));
    b.assert_tidy();
}

#[tokio::test]
async fn a_run_whose_server_died_is_failed_at_the_next_start_and_one_of_another_server_is_not() {
    let b = bench().await;
    let theirs = b.runs.start(&ada(), endless()).await.unwrap();

    // A server that died: a pending state, and a marker that nobody holds.
    let dead = "sim_20260311_140000_05-00_calm-otter";
    let state = b
        .states
        .get(&ada().scope, &StateId::new(&*theirs.id))
        .await
        .unwrap()
        .unwrap();
    let new = holdfast::New {
        metadata: state.metadata.clone(),
        ..holdfast::New::of(state.kind.clone(), "dead", ada().scope, state.data.clone())
    };
    b.states
        .register(new.with_id(StateId::new(dead)), &ada().actor)
        .await
        .unwrap();
    let home = b.folder.path();
    let scope = serde_json::to_string(&ada().scope).unwrap();
    let marker = format!("{{\"id\": \"{dead}\", \"scope\": {scope}}}");
    fs::write(home.join(".pending").join(format!("{dead}.json")), marker).unwrap();
    fs::create_dir(home.join(".unfinished").join(dead)).unwrap();
    fs::write(
        home.join(".unfinished").join(dead).join("visits.parquet"),
        "half",
    )
    .unwrap();
    // And one that died before it wrote anything into its marker.
    fs::write(
        home.join(".pending")
            .join("sim_20260311_140001_05-00_keen-wren.json"),
        "",
    )
    .unwrap();

    let other = open(home, &b.states, &b.clock).await;
    let failed = other.get(&ada(), dead).await.unwrap();
    assert_eq!(failed.status, RunStatus::Failed);
    assert!(failed.reason.unwrap().contains("the server stopped"));
    assert_eq!(b.steps(dead).await, ["create", "update", "expire"]);
    let pending = other.get(&ada(), &theirs.id).await.unwrap();
    assert_eq!(pending.status, RunStatus::Pending);
    assert_eq!(
        names(&home.join(".pending")),
        [format!("{}.json", theirs.id)]
    );
    assert_eq!(names(&home.join(".unfinished")), [theirs.id.as_str()]);
    b.runs.stop().await;
    b.assert_tidy();
}
