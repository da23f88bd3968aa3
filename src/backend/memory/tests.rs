//! What the conformance suite cannot see: that memory is bounded, and that nobody notices.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::Memory;
use crate::{
    Actor, Expected, ManualClock, New, Revision, Scope, State, StateId, StateManager, Timestamp,
    Update, backend::Backend,
};

fn scope() -> Scope {
    Scope::User("ada".into())
}

fn id(n: usize) -> StateId {
    StateId::new(n.to_string())
}

fn engine(memory: &Arc<Memory>, clock: &Arc<ManualClock>) -> StateManager {
    let backend = Arc::clone(memory);
    StateManager::builder(backend)
        .clock(Arc::clone(clock) as _)
        .build()
}

/// Half a megabyte.
fn large(n: usize) -> New {
    let data = json!({"n": n, "x": 0.1 + n as f64, "text": "x".repeat(512 * 1024)});
    New::store("large", scope(), data).with_id(id(n))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_that_gave_way_are_read_as_they_were_written() {
    const STATES: usize = 160;
    let memory = Arc::new(Memory::new());
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    let states = engine(&memory, &clock);
    let mut written: Vec<Arc<State>> = Vec::new();
    for n in 0..STATES {
        written.push(states.register(large(n), &Actor::system()).await.unwrap());
        assert!(memory.warm.is_within_its_bound());
    }
    // Several at once, so that readers and what gives way meet.
    let readers = (0..4).map(|reader| {
        let (states, memory, written) = (states.clone(), Arc::clone(&memory), written.clone());
        tokio::spawn(async move {
            for n in (0..STATES).map(|step| (step * (reader + 1)) % STATES) {
                let read = states.get(&scope(), &id(n)).await.unwrap().unwrap();
                assert_eq!(read, written[n]);
                assert!(memory.warm.is_within_its_bound());
            }
        })
    });
    for reader in futures::future::join_all(readers).await {
        reader.unwrap();
    }
    let merge = Update::Merge(json!({"n": "changed"}));
    let changed = states
        .update(&scope(), &id(0), merge, Expected::Any, &Actor::system())
        .await
        .unwrap();
    let log = memory.log(Revision(0), 2 * STATES).await.unwrap();
    let after: Vec<_> = log.into_iter().map(|change| change.after).collect();
    written.push(changed);
    assert_eq!(after, written);
}

#[tokio::test]
async fn what_was_put_off_is_due_at_its_new_time_and_not_before() {
    let memory = Arc::new(Memory::new());
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    let states = engine(&memory, &clock);
    let minutes = |n: u64| Duration::from_secs(60 * n);
    for n in 0..3 {
        states.register(large(n), &Actor::system()).await.unwrap();
        clock.advance(minutes(1));
    }
    // A store lives an hour from its last update: the second one outlives the third.
    let merge = Update::Merge(json!({"n": "changed"}));
    states
        .update(&scope(), &id(1), merge, Expected::Any, &Actor::system())
        .await
        .unwrap();
    let due = async |minute: i64| {
        let found = memory.due(Timestamp(minute * 60_000), 0, 10).await.unwrap();
        found
            .iter()
            .map(|state| state.as_ref().unwrap().id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(due(59).await, []);
    assert_eq!(due(61).await, [id(0)], "the second was put off");
    assert_eq!(due(62).await, [id(0), id(2)]);
    assert_eq!(due(63).await, [id(0), id(2), id(1)]);
    states
        .delete(&scope(), &id(0), Expected::Any, &Actor::system())
        .await
        .unwrap();
    assert_eq!(due(63).await, [id(2), id(1)]);
}
