//! A backup of many states while others write, restored elsewhere and compared with the moment of the backup.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use holdfast::{
    Actor, Compaction, Expected, Keep, Kind, New, Revision, Scope, StateId, StateManager, Ttl,
    Update, backend::Backend, log::MAX_PAGE, schema::Mode,
};
use serde_json::json;

/// Who writes while the backup is made.
const WRITERS: u64 = 8;

/// States that are registered together.
const BATCH: u64 = 1000;

const SITES: [&str; 3] = ["berlin", "ulm", "kiel"];

/// How long each part took, and what went on meanwhile.
#[derive(Debug)]
pub struct Report {
    pub filling: Duration,
    pub backup: Duration,
    /// Bytes of the file.
    pub bytes: u64,
    /// Changes that others wrote while the backup was made.
    pub written: u64,
    pub restore: Duration,
    pub compare: Duration,
    /// A compaction's look at all of the log, at half speed as always.
    pub look: Duration,
    /// The place in the log of which the backup is, and how many states there were.
    pub revision: Revision,
    pub states: u64,
}

fn scope(n: u64) -> Scope {
    Scope::Tenant(format!("lab {}", n % 16))
}

fn new(n: u64) -> New {
    let data = json!({
        "patient": n, "site": SITES[n as usize % 3], "vision": 70.5 - (n % 13) as f64,
        "note": "stable under treatment, next visit as planned", "tags": ["trial", "2026"],
    });
    let id = StateId::new(format!("patient {n}"));
    New::store("patient", scope(n), data)
        .with_id(id)
        .with_ttl(Ttl::Never)
}

fn actor() -> Actor {
    Actor::new("user:ada")
}

async fn fill(states: &StateManager, count: u64) {
    for first in (0..count).step_by(BATCH as usize) {
        let mut batch = states.transaction(&actor());
        for n in first..count.min(first + BATCH) {
            batch.register(new(n)).await.unwrap();
        }
        batch.commit().await.unwrap();
    }
}

/// Writes on, one state after the other, until it is over.
async fn write(
    states: StateManager,
    count: u64,
    begin: u64,
    is_over: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
) {
    let mut n = begin;
    while !is_over.load(SeqCst) {
        n = (n * 31 + WRITERS) % count;
        let (scope, id) = (scope(n), StateId::new(format!("patient {n}")));
        let update = Update::Merge(json!({"visits": done.load(SeqCst), "by": begin}));
        states
            .update(&scope, &id, update, Expected::Any, &actor())
            .await
            .unwrap();
        done.fetch_add(1, SeqCst);
    }
}

/// All of it: `count` states in `source`, a backup in `folder`, and what becomes of it in `target`.
pub async fn run(
    count: u64,
    source: Arc<dyn Backend>,
    target: Arc<dyn Backend>,
    folder: &Path,
) -> Report {
    let (states, restored) = (engine(source), engine(target));
    let begun = Instant::now();
    fill(&states, count).await;
    let filling = begun.elapsed();

    let (is_over, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let writers = (0..WRITERS).map(|begin| {
        tokio::spawn(write(
            states.clone(),
            count,
            begin,
            is_over.clone(),
            done.clone(),
        ))
    });
    let writers: Vec<_> = writers.collect();
    // In the midst of it.
    while done.load(SeqCst) < WRITERS {
        tokio::task::yield_now().await;
    }
    let before = done.load(SeqCst);
    let file = folder.join("states.backup");
    let begun = Instant::now();
    let backup = states.backup(&file, |_| {}).await.unwrap();
    let (took, written) = (begun.elapsed(), done.load(SeqCst) - before);
    is_over.store(true, SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }

    let begun = Instant::now();
    assert_eq!(restored.restore(&file, |_| {}).await.unwrap(), backup);
    let restore = begun.elapsed();
    let begun = Instant::now();
    compare(&states, &restored, backup.revision).await;
    let compared = begun.elapsed();
    let begun = Instant::now();
    let policy = Compaction::default().kind(Kind::STORE, Keep::versions(1));
    let looked = states
        .compact(&policy.unwrap(), Mode::DryRun)
        .await
        .unwrap();
    assert!(looked.examined >= backup.revision.0);
    Report {
        filling,
        backup: took,
        bytes: std::fs::metadata(&file).unwrap().len(),
        written,
        restore,
        compare: compared,
        look: begun.elapsed(),
        revision: backup.revision,
        states: backup.states,
    }
}

fn engine(backend: Arc<dyn Backend>) -> StateManager {
    let limits = holdfast::Limits {
        scope_states: u64::from(u32::MAX),
        timeout: Duration::from_secs(60),
        ..holdfast::Limits::default()
    };
    StateManager::builder(backend).limits(limits).build()
}

/// The same log, change for change, and nothing behind it; every chain holds.
async fn compare(states: &StateManager, restored: &StateManager, until: Revision) {
    assert_eq!(restored.revision().await.unwrap(), until);
    let mut seen = Revision(0);
    while seen < until {
        let found = restored.log(seen, MAX_PAGE).await.unwrap();
        let given = states.log(seen, found.len()).await.unwrap();
        assert!(found == given, "they differ behind revision {}", seen.0);
        seen = found.last().unwrap().revision;
    }
    let verified = restored.verify().await.unwrap();
    assert_eq!((verified.changes, verified.findings.len()), (until.0, 0));
}
