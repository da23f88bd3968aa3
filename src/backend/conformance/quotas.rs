//! A scope holds so much and no more, counted exactly.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::json;

use super::{Held, Outcome, Quota, Shared, Write, ada, bob, stored, tombstone, write};
use crate::{Bound, Scope};

fn within(states: u64, bytes: u64, write: Write) -> Write {
    Write {
        quota: Quota { states, bytes },
        ..write
    }
}

async fn refused(backend: &Shared, write: Write) -> (Bound, u64, u64) {
    match backend.apply(vec![write].into()).await.unwrap() {
        Outcome::OverQuota { what, size, limit } => (what, size, limit),
        other => panic!("should have been too much, but {other:?}"),
    }
}

/// Only what is not deleted counts.
pub async fn a_full_scope_takes_no_more_states_until_one_is_deleted(backend: Shared) {
    let new = |scope: &Scope, id: &str| within(2, 1000, write(scope, id, None, json!(1)));
    let first = stored(&backend, new(&ada(), "a")).await;
    stored(&backend, new(&ada(), "b")).await;
    assert_eq!(
        refused(&backend, new(&ada(), "c")).await,
        (Bound::ScopeStates, 3, 2)
    );
    stored(&backend, new(&bob(), "c")).await;
    // A state that is there may still change.
    let first = stored(
        &backend,
        within(2, 1000, write(&ada(), "a", Some(&first), json!(2))),
    )
    .await;
    stored(&backend, within(2, 1000, tombstone(&first))).await;
    stored(&backend, new(&ada(), "c")).await;
    assert_eq!(
        refused(&backend, new(&ada(), "d")).await,
        (Bound::ScopeStates, 3, 2)
    );
}

/// Bytes are those of the newest versions.
pub async fn a_full_scope_takes_smaller_content_but_not_larger(backend: Shared) {
    let first = stored(
        &backend,
        within(10, 12, write(&ada(), "a", None, json!("12345678"))),
    )
    .await;
    let small = within(10, 12, write(&ada(), "b", None, json!("1")));
    assert_eq!(
        refused(&backend, small.clone()).await,
        (Bound::ScopeBytes, 13, 12)
    );
    // Under a quota that was lowered meanwhile, less is still welcome.
    let less = within(10, 5, write(&ada(), "a", Some(&first), json!("123456")));
    let first = stored(&backend, less).await;
    let more = within(10, 5, write(&ada(), "a", Some(&first), json!("1234567")));
    assert_eq!(refused(&backend, more).await, (Bound::ScopeBytes, 9, 5));
    stored(&backend, small).await;
}

/// The count is part of the same step as the write.
pub async fn a_quota_holds_under_concurrent_writers(backend: Shared) {
    let attempts = (0..60).map(|n| {
        let backend = Arc::clone(&backend);
        tokio::spawn(async move {
            let new = write(&ada(), &format!("s{n}"), None, json!(n));
            backend
                .apply(vec![within(10, 10_000, new)].into())
                .await
                .unwrap()
        })
    });
    let outcomes = join_all(attempts).await.into_iter();
    let applied = outcomes.filter(|outcome| matches!(outcome, Ok(Outcome::Applied(_))));
    assert_eq!(applied.count(), 10);
    assert_eq!(
        backend.scan(&ada(), None, None, 100).await.unwrap().len(),
        10
    );
}

/// What is deleted, or written over, does not count.
pub async fn what_is_held_is_counted_over_all_scopes(backend: Shared) {
    assert_eq!(backend.held().await.unwrap(), Held::default());
    let a = stored(&backend, write(&ada(), "a", None, json!("12345"))).await;
    stored(&backend, write(&ada(), "a", Some(&a), json!("1"))).await;
    let b = stored(&backend, write(&ada(), "b", None, json!("gone"))).await;
    stored(&backend, tombstone(&b)).await;
    stored(&backend, write(&bob(), "c", None, json!("123"))).await;
    let held = Held {
        states: 2,
        bytes: 8,
    };
    assert_eq!(backend.held().await.unwrap(), held);
}
