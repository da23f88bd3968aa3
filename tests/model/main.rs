//! Random operations against a simple model: every answer, every history and the whole log agree,
//! on every backend.
//!
//! `model` is the engine as one would explain it: a map, a list, one step after the other.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by panicking"
)]

mod model;
mod operation;

use std::{sync::Arc, time::Duration};

use holdfast::{
    HistoryQuery, ManualClock, Revision, StateManager, Timestamp,
    backend::{Backend, Memory, Sqlite},
};
use proptest::{
    prelude::ProptestConfig,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use self::{
    model::{Answer, Model},
    operation::{Operation, ids, operations, scopes},
};

const START: Timestamp = Timestamp(1_700_000_000_000);

/// How many sequences are tried on each backend, and of how many operations.
const SEQUENCES: u32 = 60;

async fn agree(backend: Arc<dyn Backend>, operations: &[Operation]) {
    let clock = Arc::new(ManualClock::new(START));
    let states = StateManager::builder(backend).clock(clock.clone()).build();
    let mut model = Model::new(START);
    for operation in operations {
        match operation {
            Operation::Advance(millis) => {
                clock.advance(Duration::from_millis(*millis));
                model.now.0 += i64::try_from(*millis).unwrap();
            }
            Operation::Sweep => {
                let before = Revision(model.log.len() as u64);
                let swept = states.sweep().await.unwrap();
                // Which of two states that end together is first is left open; adopt the order.
                let order = states.log(before, 1000).await.unwrap();
                assert_eq!(swept, order.len());
                model.sweep(&order);
            }
            other => {
                let expected = model.answer(other);
                assert_eq!(other.run(&states).await, expected, "{other:?}");
            }
        }
    }
    assert_eq!(states.log(Revision(0), 1000).await.unwrap(), model.log);
    assert_eq!(states.revision().await.unwrap().0, model.log.len() as u64);
    for scope in scopes() {
        let live = states.list(&scope, None, None, 1000).await.unwrap();
        assert_eq!(live, model.list(&scope));
        for id in ids() {
            let history = states
                .history(&scope, &id, HistoryQuery::default())
                .await
                .unwrap();
            assert_eq!(history, model.history(&scope, &id));
            let read = Operation::Get(scope.clone(), id);
            assert_eq!(read.run(&states).await, model.answer(&read));
        }
    }
}

fn for_random_operations(backend: impl AsyncFn() -> (tempfile::TempDir, Arc<dyn Backend>)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: SEQUENCES,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&operations(), |operations| {
        runtime.block_on(async {
            let (_folder, backend) = backend().await;
            agree(backend, &operations).await;
        });
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn memory_answers_as_the_model_does() {
    for_random_operations(async || {
        (
            tempfile::tempdir().unwrap(),
            Arc::new(Memory::new()) as Arc<dyn Backend>,
        )
    });
}

#[test]
fn sqlite_answers_as_the_model_does() {
    for_random_operations(async || {
        let folder = tempfile::tempdir().unwrap();
        let backend = Sqlite::open(folder.path().join("states.db")).await.unwrap();
        (folder, Arc::new(backend) as Arc<dyn Backend>)
    });
}

/// A model that is never asked anything interesting agrees with everything.
#[test]
fn the_random_operations_meet_every_kind_of_answer() {
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..SEQUENCES {
        let operations = operations().new_tree(&mut runner).unwrap().current();
        let mut model = Model::new(START);
        for operation in &operations {
            match operation {
                Operation::Advance(millis) => model.now.0 += i64::try_from(*millis).unwrap(),
                Operation::Sweep => {}
                other => *seen.entry(model.answer(other).name()).or_default() += 1,
            }
        }
    }
    for answer in Answer::NAMES {
        assert!(
            seen.get(answer).is_some_and(|times| *times > 10),
            "{answer}: {seen:?}"
        );
    }
}
