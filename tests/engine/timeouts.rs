//! What takes too long is given up whole: afterwards all of it is written or nothing, and the engine
//! works on.

mod slow;

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use holdfast::{
    Error, Expected, Limits, Revision, Scope, State, StateManager, Update,
    backend::{Backend, Cache, CacheSettings, Memory, Sealed, Sensitive, Sqlite},
};
use serde_json::json;
use tokio::time::timeout;

use self::slow::{Gate, Slow};
use crate::support::{ada, adas, bobs, id, master, store, worlds};

/// Long enough that nothing which is ready misses it, short enough for tests that wait for it.
const SOON: Duration = Duration::from_millis(20);

fn impatient(backend: Arc<dyn Backend>, timeout: Duration) -> StateManager {
    let limits = Limits {
        timeout,
        ..Limits::default()
    };
    StateManager::builder(backend).limits(limits).build()
}

fn is_late<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::Timeout { .. })), "{result:?}");
}

/// An engine whose backend is held up where `gate` says, with something in it already.
async fn held_up(gate: Gate) -> (Arc<Slow>, StateManager) {
    let slow = Arc::new(Slow::in_front_of(Arc::new(Memory::new())));
    let states = impatient(slow.clone(), SOON);
    states.register(store("old"), &ada()).await.unwrap();
    slow.close(gate);
    (slow, states)
}

async fn at(states: &StateManager, scope: &Scope, name: &str) -> Option<Arc<State>> {
    states.get(scope, &id(name)).await.unwrap()
}

#[tokio::test]
async fn a_write_that_was_given_up_on_its_way_is_not_done() {
    let (slow, states) = held_up(Gate::BeforeWriting).await;
    is_late(states.register(store("new"), &ada()).await);
    let merge = Update::Merge(json!({"n": 1}));
    let (scope, any) = (adas(), Expected::Any);
    is_late(
        states
            .update(&scope, &id("old"), merge.clone(), any, &ada())
            .await,
    );
    is_late(states.delete(&scope, &id("old"), any, &ada()).await);
    assert_eq!(states.counts().timeouts, 3);
    slow.open();
    assert_eq!(states.revision().await.unwrap(), Revision(1));
    assert_eq!(at(&states, &scope, "new").await, None);
    states
        .update(&scope, &id("old"), merge, any, &ada())
        .await
        .unwrap();
    states.register(store("new"), &ada()).await.unwrap();
}

#[tokio::test]
async fn a_write_whose_answer_is_late_is_done_whole_and_is_found_by_reading() {
    let (slow, states) = held_up(Gate::AfterWriting).await;
    let mut transaction = states.transaction(&ada());
    for name in ["a", "b", "c"] {
        transaction.register(store(name)).await.unwrap();
    }
    is_late(transaction.commit().await);
    slow.open();
    for name in ["a", "b", "c"] {
        assert!(at(&states, &adas(), name).await.is_some());
    }
    assert_eq!(states.revision().await.unwrap(), Revision(4));
    // Whoever repeats it without reading is told.
    let again = states.register(store("a"), &ada()).await;
    assert!(matches!(again, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn a_transaction_that_was_given_up_writes_none_of_its_states() {
    let (slow, states) = held_up(Gate::BeforeWriting).await;
    let mut transaction = states.transaction(&ada());
    transaction.register(store("new")).await.unwrap();
    transaction
        .delete(&adas(), &id("old"), Expected::Any)
        .await
        .unwrap();
    is_late(transaction.commit().await);
    slow.open();
    assert!(at(&states, &adas(), "old").await.is_some());
    assert_eq!(at(&states, &adas(), "new").await, None);
}

#[tokio::test]
async fn a_reader_that_waited_too_long_reads_later() {
    let (slow, states) = held_up(Gate::BeforeReading).await;
    is_late(states.get(&adas(), &id("old")).await);
    is_late(states.list(&adas(), None, None, 10).await);
    slow.open();
    assert!(at(&states, &adas(), "old").await.is_some());
}

#[tokio::test]
async fn a_cache_answers_what_it_knows_while_the_backend_is_held_up_and_learns_what_was_late() {
    let slow = Arc::new(Slow::in_front_of(Arc::new(Memory::new())));
    let cache = Cache::before(slow.clone(), CacheSettings::default()).await;
    let states = impatient(Arc::new(cache.unwrap()), SOON);
    states.register(store("old"), &ada()).await.unwrap();
    slow.close(Gate::BeforeReading);
    assert!(at(&states, &adas(), "old").await.is_some());
    is_late(states.get(&adas(), &id("unknown")).await);
    slow.open();
    assert_eq!(at(&states, &adas(), "unknown").await, None);
    // Nobody was told that this was done, but it is in the log.
    slow.close(Gate::AfterWriting);
    let merge = Update::Merge(json!({"n": 1}));
    let (scope, any) = (adas(), Expected::Any);
    is_late(states.update(&scope, &id("old"), merge, any, &ada()).await);
    slow.open();
    while at(&states, &adas(), "old").await.unwrap().data != json!({"n": 1}) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_sealed_write_that_was_given_up_leaves_its_key_usable() {
    for gate in [Gate::BeforeNoting, Gate::BeforeWriting, Gate::AfterWriting] {
        let slow = Arc::new(Slow::in_front_of(Arc::new(Memory::new())));
        let clock = Arc::new(holdfast::SystemClock);
        let (masters, all) = (vec![master(1)], Sensitive::everything());
        let sealed = Sealed::open(slow.clone(), masters, all, clock).await;
        let states = impatient(Arc::new(sealed.unwrap()), SOON);
        slow.close(gate);
        is_late(states.register(store("s"), &ada()).await);
        slow.open();
        let put = states.put(store("s"), Expected::Any, &ada()).await.unwrap();
        assert_eq!(at(&states, &adas(), "s").await, Some(put));
    }
}

/// Many transfers between two scopes, most of them given up somewhere: money is neither made nor lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_every_backend_a_transfer_that_is_given_up_anywhere_moves_all_or_nothing() {
    for world in worlds().await {
        let patient = &world.states;
        for scope in [adas(), bobs()] {
            let mut account = store("account");
            account.scope = scope;
            account.data = json!({"balance": 1000});
            patient.register(account, &ada()).await.unwrap();
        }
        let mut given_up = 0;
        for n in 0..60 {
            let mut transfer = patient.transaction(&ada());
            move_one(&mut transfer).await.unwrap();
            // Dropped like `Limits::timeout` drops it, but for the commit only: at once, or a little later.
            let commit = transfer.commit();
            let is_late = match n % 2 {
                0 => commit.now_or_never().is_none(),
                _ => timeout(Duration::from_micros(n * 50), commit)
                    .await
                    .is_err(),
            };
            given_up += usize::from(is_late);
        }
        assert!(
            given_up > 0 || world.name.ends_with("memory"),
            "{}",
            world.name
        );
        // What was given up may still be on its way; whatever is ahead of this one is settled with it.
        loop {
            let mut last = patient.transaction(&ada());
            move_one(&mut last).await.unwrap();
            match last.commit().await {
                Err(Error::Conflicts { .. }) => {}
                done => break drop(done.unwrap()),
            }
        }
        let mut sum = 0;
        for scope in [adas(), bobs()] {
            let account = at(patient, &scope, "account").await.unwrap();
            sum += account.data["balance"].as_i64().unwrap();
        }
        assert_eq!(sum, 2000, "{}", world.name);
        // Each that was done is in the log twice, one behind the other.
        let log = patient.log(Revision(2), 1000).await.unwrap();
        for pair in log.chunks(2) {
            let scopes: Vec<_> = pair.iter().map(|change| &change.after.scope).collect();
            assert_eq!(scopes, [&adas(), &bobs()], "{}", world.name);
        }
    }
}

async fn move_one(transfer: &mut holdfast::Transaction) -> Result<(), Error> {
    for (scope, amount) in [(adas(), -1), (bobs(), 1)] {
        let account = transfer.get(&scope, &id("account")).await?.unwrap();
        let balance = account.data["balance"].as_i64().unwrap() + amount;
        let merge = Update::Merge(json!({"balance": balance}));
        transfer
            .update(&scope, &id("account"), merge, Expected::Any)
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_held_up_by_another_program_is_used_again_when_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let backend: Arc<dyn Backend> = Arc::new(Sqlite::open(&file).await.unwrap());
    let states = impatient(backend.clone(), SOON);
    let patient = StateManager::builder(backend).build();
    let url = format!("sqlite://{}", file.display());
    let other = sqlx::SqlitePool::connect(&url).await.unwrap();
    let mut held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("UPDATE scopes SET states = states")
        .execute(&mut *held)
        .await
        .unwrap();
    is_late(states.register(store("s"), &ada()).await);
    assert_eq!(
        at(&patient, &adas(), "s").await,
        None,
        "readers are not held up"
    );
    held.rollback().await.unwrap();
    // Its group was on its way already, so it may be done by now: whole, or not at all.
    let put = patient
        .put(store("s"), Expected::Any, &ada())
        .await
        .unwrap();
    let log = patient.log(Revision(0), 10).await.unwrap();
    assert_eq!(log.last().unwrap().after, put);
    assert_eq!(log.len() as u64, put.version.0);
}
