//! Compare and write are one step.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::json;

use super::{Outcome, Shared, ada, applied, bob, stale, stored, tombstone, write};
use crate::{
    Revision, Scope, StateId, Status, Version,
    backend::{Batch, Guard},
};

/// Somebody was first.
pub async fn a_write_that_saw_nothing_is_refused_when_something_is_there(backend: Shared) {
    let first = stored(&backend, write(&ada(), "a", None, json!(1))).await;
    let current = stale(&backend, vec![write(&ada(), "a", None, json!(2))]).await;
    assert_eq!(current, Some(first));
    assert_eq!(backend.revision().await.unwrap(), Revision(1));
}

/// Somebody was faster.
pub async fn a_write_that_saw_an_old_version_is_refused_with_what_is_there(backend: Shared) {
    let first = stored(&backend, write(&ada(), "a", None, json!(1))).await;
    let second = stored(&backend, write(&ada(), "a", Some(&first), json!(2))).await;
    let current = stale(&backend, vec![write(&ada(), "a", Some(&first), json!(3))]).await;
    assert_eq!(current.as_ref(), Some(&second));
    let kept = backend.get(&ada(), &StateId::new("a")).await.unwrap();
    assert_eq!(kept, Some(second));
}

/// What the writer saw was never here.
pub async fn a_write_that_saw_something_is_refused_when_nothing_is_there(backend: Shared) {
    let elsewhere = stored(&backend, write(&bob(), "a", None, json!(1))).await;
    let mut stray = write(&ada(), "a", None, json!(2));
    stray.before = Some(elsewhere);
    assert_eq!(stale(&backend, vec![stray]).await, None);
}

/// The promise behind every expected version.
pub async fn of_many_writers_that_saw_the_same_version_exactly_one_wins(backend: Shared) {
    let first = stored(&backend, write(&ada(), "a", None, json!(0))).await;
    let attempts = (1..=50).map(|n| {
        let (backend, first) = (Arc::clone(&backend), Arc::clone(&first));
        tokio::spawn(async move {
            let batch = vec![write(&ada(), "a", Some(&first), json!(n))];
            backend.apply(batch.into()).await.unwrap()
        })
    });
    let mut winners = Vec::new();
    let mut seen_by_losers = Vec::new();
    for outcome in join_all(attempts).await {
        match outcome.unwrap() {
            Outcome::Applied(changes) => winners.extend(changes),
            Outcome::Stale(current) => seen_by_losers.push(current.unwrap()),
            Outcome::OverQuota { .. } => panic!("there is room"),
        }
    }
    assert_eq!((winners.len(), seen_by_losers.len()), (1, 49));
    let winner = &winners.first().unwrap().after;
    assert!(seen_by_losers.iter().all(|seen| seen == winner));
    assert_eq!(backend.revision().await.unwrap(), Revision(2));
}

/// All or nothing, whatever the order.
pub async fn a_batch_is_written_whole_or_not_at_all(backend: Shared) {
    let old = stored(&backend, write(&ada(), "b", None, json!(0))).await;
    let batch = vec![
        write(&ada(), "a", None, json!(1)),
        write(&ada(), "b", None, json!("was not there, it thinks")),
        write(&bob(), "c", None, json!(1)),
    ];
    assert_eq!(stale(&backend, batch).await.as_ref(), Some(&old));
    for (scope, id) in [(ada(), "a"), (bob(), "c")] {
        assert_eq!(backend.get(&scope, &StateId::new(id)).await.unwrap(), None);
    }
    assert_eq!(backend.log(Revision(1), 10).await.unwrap(), []);

    let batch = vec![
        write(&ada(), "a", None, json!(1)),
        write(&ada(), "b", Some(&old), json!(1)),
        write(&bob(), "c", None, json!(1)),
    ];
    let changes = applied(&backend, batch).await;
    let revisions: Vec<u64> = changes.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions, [2, 3, 4]);
}

/// The second write of a batch sees the first.
pub async fn a_batch_may_write_one_state_twice(backend: Shared) {
    let first = write(&ada(), "a", None, json!(1));
    let second = write(&ada(), "a", Some(&first.after), json!(2));
    let changes = applied(&backend, vec![first, second.clone()]).await;
    assert_eq!(changes.len(), 2);
    let kept = backend.get(&ada(), &StateId::new("a")).await.unwrap();
    assert_eq!(kept, Some(second.after));
}

/// So that its version goes on.
pub async fn a_deleted_state_stays_as_a_tombstone(backend: Shared) {
    let state = stored(&backend, write(&ada(), "a", None, json!(1))).await;
    let deleted = stored(&backend, tombstone(&state)).await;
    let kept = backend.get(&ada(), &state.id).await.unwrap().unwrap();
    assert_eq!((&kept, &kept.status), (&deleted, &Status::DELETED));
    assert_eq!(
        stale(&backend, vec![write(&ada(), "a", None, json!(2))]).await,
        Some(kept)
    );
    let again = stored(&backend, write(&ada(), "a", Some(&deleted), json!(2))).await;
    assert_eq!(again.version.0, 3);
}

fn guard(scope: &Scope, id: &str, version: Option<u64>) -> Guard {
    Guard {
        scope: scope.clone(),
        id: StateId::new(id),
        version: version.map(Version),
    }
}

/// A transaction relies on what it only read.
pub async fn a_batch_is_written_only_if_what_it_relies_on_is_still_so(backend: Shared) {
    let limit = stored(&backend, write(&bob(), "limit", None, json!(1))).await;
    let attempt = async |id: &str, guards: Vec<Guard>| {
        let writes = vec![write(&ada(), id, None, json!(1))];
        backend.apply(Batch { guards, writes }).await.unwrap()
    };
    let holds = vec![guard(&bob(), "limit", Some(1)), guard(&ada(), "none", None)];
    let applied = attempt("a", holds.clone()).await;
    assert!(matches!(applied, Outcome::Applied(changes) if changes.len() == 1));

    let limit = stored(&backend, write(&bob(), "limit", Some(&limit), json!(2))).await;
    let refused = attempt("b", holds).await;
    assert!(matches!(refused, Outcome::Stale(Some(now)) if now == limit));
    let absent = attempt("b", vec![guard(&bob(), "limit", None)]).await;
    assert!(matches!(absent, Outcome::Stale(Some(_))));
    let missing = attempt("b", vec![guard(&ada(), "limit", Some(2))]).await;
    assert!(matches!(missing, Outcome::Stale(None)), "another scope's");
    let b = backend.get(&ada(), &StateId::new("b")).await.unwrap();
    assert_eq!(b, None);
    assert_eq!(backend.revision().await.unwrap(), Revision(3));
}

/// Each relies on what the other writes: in whatever order and group they come, one finds it changed.
pub async fn of_two_batches_that_rely_on_each_others_states_one_is_refused(backend: Shared) {
    for round in 0..20 {
        let (left, right) = (format!("left {round}"), format!("right {round}"));
        let attempts = [(&left, &right), (&right, &left)].map(|(mine, theirs)| {
            let guards = vec![guard(&bob(), theirs, None)];
            let writes = vec![write(&bob(), mine, None, json!(1))];
            let backend = Arc::clone(&backend);
            tokio::spawn(async move { backend.apply(Batch { guards, writes }).await.unwrap() })
        });
        let outcomes = join_all(attempts).await;
        let applied = outcomes.iter().map(|outcome| outcome.as_ref().unwrap());
        let applied = applied.filter(|outcome| matches!(outcome, Outcome::Applied(_)));
        assert_eq!(applied.count(), 1);
    }
}
