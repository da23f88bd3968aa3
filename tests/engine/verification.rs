//! A history that was changed by hand is found out.

use std::{path::Path, sync::Arc};

use futures::future::join_all;
use holdfast::{
    Digest, Expected, Kind, Revision, State, StateManager, Transition, Update, Version,
    backend::{Backend, Memory, Outcome, Quota, Sqlite, Text, Write},
    verify::{Problem, Verified},
};
use serde_json::json;
use sha2::Digest as _;
use sqlx::Connection;

use crate::support::{ada, adas, id, new, store, worlds};

async fn some_history(states: &StateManager) {
    for name in ["a", "b", "c"] {
        states.register(store(name), &ada()).await.unwrap();
    }
    let writers = (0..20).map(|n| async move {
        let name = id(["a", "b", "c"][n % 3]);
        let update = Update::Merge(json!({"n": n, "x": 0.1 + 0.2 * n as f64}));
        states
            .update(&adas(), &name, update, Expected::Any, &ada())
            .await
    });
    for written in join_all(writers).await {
        written.unwrap();
    }
    let payment = new(Kind::TRANSACTION, "payment", json!({"amount": 1e-7}));
    states.register(payment, &ada()).await.unwrap();
    let mut transaction = states.transaction(&ada());
    for name in ["a", "payment"] {
        let update = Update::Merge(json!({"of": "a transaction"}));
        let (name, expected) = (id(name), Expected::Any);
        transaction
            .update(&adas(), &name, update.clone(), expected)
            .await
            .unwrap();
        transaction
            .update(&adas(), &name, update, expected)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    let (payment, activate) = (id("payment"), Transition::ACTIVATE);
    states
        .transition(&adas(), &payment, activate, Expected::Any, &ada())
        .await
        .unwrap();
    states
        .delete(&adas(), &id("b"), Expected::Any, &ada())
        .await
        .unwrap();
    states.register(store("b"), &ada()).await.unwrap();
}

#[tokio::test]
async fn what_the_engine_wrote_is_found_whole_on_every_backend() {
    for world in worlds().await {
        some_history(&world.states).await;
        let verified = world.states.verify().await.unwrap();
        assert_eq!(verified.findings, [], "{}", world.name);
        assert_eq!(verified.revision, world.states.revision().await.unwrap());
        assert_eq!(verified.changes, verified.revision.0);
    }
}

/// What `verify` says of a database in which `sql` was done by hand.
async fn after(sql: &str) -> (Verified, Verified) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("holdfast.db");
    let before = {
        let states = opened(&file).await;
        some_history(&states).await;
        states.verify().await.unwrap()
    };
    let mut by_hand = sqlx::SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    let changed = sqlx::query(sql).execute(&mut by_hand).await.unwrap();
    assert_eq!(changed.rows_affected(), 1, "{sql}");
    by_hand.close().await.unwrap();
    (before, opened(&file).await.verify().await.unwrap())
}

async fn opened(file: &Path) -> StateManager {
    let backend = Sqlite::open(file).await.unwrap();
    StateManager::builder(Arc::new(backend)).build()
}

fn problems(verified: &Verified) -> Vec<(u64, Problem)> {
    let findings = verified.findings.iter();
    findings.map(|it| (it.revision.0, it.problem)).collect()
}

#[tokio::test]
async fn a_changed_record_is_named() {
    for by_hand in [
        "state = json_set(state, '$.data.n', 99)",
        "state = json_set(state, '$.status', 'deleted')",
        "state = json_set(state, '$.updated_at', 5)",
        "actor = 'user:eve'",
        "client = 'elsewhere'",
        "transition = 'rollback'",
        "at = at - 1",
    ] {
        let sql = format!("UPDATE log SET {by_hand} WHERE revision = 9");
        let (before, after) = after(&sql).await;
        assert_eq!(before.findings, [], "{by_hand}");
        assert_eq!(problems(&after), [(9, Problem::Changed)], "{by_hand}");
    }
}

#[tokio::test]
async fn who_mends_the_digest_breaks_the_next_one() {
    let digest = "json_set(state, '$.digest', printf('%064d', 1))";
    let (_, after) = after(&format!(
        "UPDATE log SET state = {digest} WHERE revision = 1"
    ))
    .await;
    let found = problems(&after);
    assert_eq!(found.len(), 2, "it and the one behind it: {found:?}");
    assert!(
        found
            .iter()
            .all(|(_, problem)| *problem == Problem::Changed)
    );
}

#[tokio::test]
async fn a_removed_record_is_missed() {
    let (before, after) = after("DELETE FROM log WHERE revision = 9").await;
    assert_eq!(after.changes, before.changes - 1);
    let found = problems(&after);
    assert_eq!(found.first(), Some(&(10, Problem::Gap)));
    assert!(
        found
            .iter()
            .any(|(_, problem)| *problem == Problem::Misplaced)
    );
}

#[tokio::test]
async fn a_state_that_was_set_back_is_found() {
    let sql = "UPDATE states SET revision = 1, version = 1 WHERE id = 'a'";
    let found = problems(&after(sql).await.1);
    assert!(found.len() > 1);
    assert!(
        found
            .iter()
            .all(|(_, problem)| *problem == Problem::Forgotten)
    );
}

/// Whoever keeps the digest elsewhere finds out even what was done to all of the log.
#[tokio::test]
async fn the_digest_of_the_log_is_the_same_until_it_is_touched() {
    let (before, after) = after(
        "UPDATE log SET state = json_set(state, '$.digest', printf('%064d', 1)) WHERE revision = 1",
    )
    .await;
    assert_eq!(
        (before.revision, before.changes),
        (after.revision, after.changes)
    );
    assert_ne!(before.digest, after.digest);
    assert!(before.revision > Revision(20));
}

/// A change as it was chained before BLAKE3 was chosen: by SHA-256, of the same text.
fn chained_formerly(before: Option<&State>, after: State) -> Write {
    let bare = State {
        digest: Digest::default(),
        ..after
    };
    let previous = before.map_or_else(Digest::default, |state| state.digest);
    let text = format!(
        r#"{{"previous":"{previous}","transition":"update","actor":{},"state":{}}}"#,
        serde_json::to_string(&ada()).unwrap(),
        serde_json::to_string(&bare).unwrap(),
    );
    Write {
        before: before.cloned().map(Arc::new),
        after: Arc::new(State {
            digest: Digest(sha2::Sha256::digest(text).into()),
            ..bare
        }),
        transition: Transition::UPDATE,
        actor: ada(),
        bytes: 10,
        due: None,
        quota: Quota {
            states: 100,
            bytes: 100_000,
        },
        text: Text::default(),
    }
}

#[tokio::test]
async fn what_was_chained_by_sha_256_stays_whole_and_is_built_upon() {
    let template = StateManager::builder(Arc::new(Memory::new())).build();
    let template = template.register(store("a"), &ada()).await.unwrap();
    for is_changed in [false, true] {
        let backend = Arc::new(Memory::new());
        let first = chained_formerly(None, State::clone(&template));
        let mut second = State::clone(&first.after);
        second.version = Version(2);
        second.data = json!({"n": 2});
        let mut second = chained_formerly(Some(&first.after), second);
        if is_changed {
            let mut after = State::clone(&second.after);
            after.data = json!({"n": 3});
            second.after = Arc::new(after);
        }
        for write in [first, second] {
            let outcome = backend.apply(vec![write].into()).await.unwrap();
            assert!(matches!(outcome, Outcome::Applied(_)));
        }
        let states = StateManager::builder(backend).build();
        let merge = Update::Merge(json!({"n": 4}));
        states
            .update(&adas(), &id("a"), merge, Expected::Any, &ada())
            .await
            .unwrap();
        let verified = states.verify().await.unwrap();
        let expected = if is_changed {
            vec![(2, Problem::Changed)]
        } else {
            vec![]
        };
        assert_eq!(problems(&verified), expected);
        assert_eq!(verified.changes, 3);
    }
}
