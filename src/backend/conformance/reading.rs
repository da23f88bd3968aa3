//! What is read is what was written, and only one's own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Shared, Write, ada, applied, bob, stored, tombstone, write};
use crate::{Kind, Revision, Scope, State, StateId, Timestamp, Transition, Version};

/// The beginning of everything.
pub async fn a_new_backend_is_empty(backend: Shared) {
    let nowhere = StateId::new("a");
    assert_eq!(backend.get(&ada(), &nowhere).await.unwrap(), None);
    assert_eq!(backend.scan(&ada(), None, None, 10).await.unwrap(), []);
    assert_eq!(
        backend.history(&ada(), &nowhere, None, 10).await.unwrap(),
        []
    );
    assert_eq!(backend.log(Revision(0), 10).await.unwrap(), []);
    assert!(
        backend
            .due(Timestamp(i64::MAX), 0, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(backend.revision().await.unwrap(), Revision(0));
}

/// Every kind of JSON, every field, every scope.
pub async fn what_was_written_is_read_back_whole(backend: Shared) {
    let data = json!({
        "text": "Grüße, 世界 🦀 \u{0} \u{1f} \" \\ / ' ; --",
        "numbers": [0, -1, 1.5, 1e-300, 0.1, u64::MAX, i64::MIN, 3.0],
        "nested": {"": null, "a b": [true, false, [], {}]},
    });
    let scopes = [
        Scope::Shared,
        Scope::Tenant("t:1".into()),
        ada(),
        Scope::Session("ü".into()),
    ];
    for scope in scopes {
        let mut new = write(&scope, "an id, with: everything@☃", None, data.clone());
        new.after = Arc::new(State {
            kind: Kind::new("own"),
            schema_version: 7,
            expires_at: Some(Timestamp(-5)),
            ..(*new.after).clone()
        });
        let state = stored(&backend, new.clone()).await;
        assert_eq!(state, new.after);
        let read = backend.get(&scope, &state.id).await.unwrap();
        assert_eq!(read.as_ref(), Some(&state));
        let history = backend.history(&scope, &state.id, None, 10).await.unwrap();
        let change = history.first().unwrap();
        assert_eq!(change.after, state);
        assert_eq!((&change.actor, change.at), (&new.actor, state.updated_at));
        assert_eq!(
            (&change.transition, &change.before),
            (&new.transition, &None)
        );
    }
}

/// The largest that limits can be set to.
pub async fn a_large_state_is_read_back_whole(backend: Shared) {
    let data = Value::from("é".repeat(5 * 1024 * 1024));
    let state = stored(&backend, write(&ada(), &"i".repeat(256), None, data)).await;
    assert_eq!(backend.get(&ada(), &state.id).await.unwrap(), Some(state));
}

/// Nothing done in one scope shows in another.
pub async fn the_same_id_in_two_scopes_is_two_states(backend: Shared) {
    let hers = stored(&backend, write(&ada(), "a", None, json!("hers"))).await;
    let his = stored(&backend, write(&bob(), "a", None, json!("his"))).await;
    stored(&backend, tombstone(&hers)).await;
    assert_eq!(
        backend.get(&bob(), &his.id).await.unwrap(),
        Some(his.clone())
    );
    assert_eq!(
        backend.scan(&bob(), None, None, 10).await.unwrap(),
        std::slice::from_ref(&his)
    );
    assert_eq!(
        backend
            .history(&bob(), &his.id, None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

/// By id, in the order of bytes; what is deleted or of another kind is left out.
pub async fn a_scan_reads_one_scope_by_id_page_by_page(backend: Shared) {
    let ids = ["b", "a", "é", "c", "B", "ab"];
    for id in ids {
        stored(&backend, write(&ada(), id, None, json!(id))).await;
    }
    stored(&backend, write(&bob(), "a", None, json!(0))).await;
    let gone = backend
        .get(&ada(), &StateId::new("ab"))
        .await
        .unwrap()
        .unwrap();
    stored(&backend, tombstone(&gone)).await;
    let mut table: Write = write(&ada(), "t", None, json!(0));
    table.after = Arc::new(State {
        kind: Kind::DATASET,
        ..(*table.after).clone()
    });
    stored(&backend, table).await;

    let mut found: Vec<String> = Vec::new();
    let mut after: Option<StateId> = None;
    loop {
        let page = backend
            .scan(&ada(), Some(&Kind::STORE), after.as_ref(), 2)
            .await
            .unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        found.extend(page.iter().map(|state| state.id.to_string()));
    }
    assert_eq!(found, ["B", "a", "b", "c", "é"]);
    assert_eq!(
        backend.scan(&ada(), None, None, 100).await.unwrap().len(),
        6
    );
}

/// Full content before and after, page by page.
pub async fn history_is_newest_first_and_survives_delete(backend: Shared) {
    let mut state = stored(&backend, write(&ada(), "a", None, json!(1))).await;
    for n in 2..=4 {
        // Another state's changes in between.
        stored(&backend, write(&ada(), &format!("b{n}"), None, json!(0))).await;
        state = stored(&backend, write(&ada(), "a", Some(&state), json!(n))).await;
    }
    stored(&backend, tombstone(&state)).await;
    let all = backend.history(&ada(), &state.id, None, 10).await.unwrap();
    let steps: Vec<(u64, Option<&Value>)> = all
        .iter()
        .map(|change| {
            (
                change.after.version.0,
                change.before.as_ref().map(|state| &state.data),
            )
        })
        .collect();
    let (one, two, three, four) = (json!(1), json!(2), json!(3), json!(4));
    assert_eq!(
        steps,
        [
            (5, Some(&four)),
            (4, Some(&three)),
            (3, Some(&two)),
            (2, Some(&one)),
            (1, None)
        ]
    );
    assert_eq!(all.first().unwrap().transition, Transition::DELETE);
    let page = backend
        .history(&ada(), &state.id, Some(Version(4)), 2)
        .await
        .unwrap();
    assert_eq!(page.as_slice(), all.get(2..4).unwrap());
}

/// From the newest to the first version, page behind page, with what the page before a version would be.
pub async fn a_long_history_goes_on_where_its_last_page_ended(backend: Shared) {
    let mut newest = stored(&backend, write(&ada(), "a", None, json!(0))).await;
    for batch in 0..6 {
        let mut writes = Vec::new();
        for n in 0..50 {
            // Another state's changes in between.
            writes.push(write(&ada(), &format!("b{batch}-{n}"), None, json!(0)));
            let next = write(&ada(), "a", Some(&newest), json!(n));
            newest = Arc::clone(&next.after);
            writes.push(next);
        }
        applied(&backend, writes).await;
    }
    let mut page = backend.history(&ada(), &newest.id, None, 40).await.unwrap();
    let mut versions = Vec::new();
    while let Some(last) = page.last().cloned() {
        versions.extend(page.iter().map(|change| change.after.version.0));
        let before = Some(last.after.version);
        let asked = backend.history(&ada(), &newest.id, before, 40).await;
        page = backend.history_behind(&last, 40).await.unwrap();
        assert_eq!(page, asked.unwrap());
    }
    assert_eq!(versions, (1..=301).rev().collect::<Vec<u64>>());
}

/// What the sweeper asks for.
pub async fn what_is_due_comes_longest_overdue_first_until_it_changes(backend: Shared) {
    let due_at = |at: i64, write: Write| Write {
        due: Some(Timestamp(at)),
        ..write
    };
    let late = stored(&backend, due_at(30, write(&ada(), "late", None, json!(0)))).await;
    let early = stored(&backend, due_at(10, write(&bob(), "early", None, json!(0)))).await;
    stored(&backend, write(&ada(), "never", None, json!(0))).await;
    let due_behind = async |now: i64, passed, limit| {
        let due = backend.due(Timestamp(now), passed, limit).await.unwrap();
        due.into_iter().map(Result::unwrap).collect::<Vec<_>>()
    };
    let due = async |now, limit| due_behind(now, 0, limit).await;
    assert_eq!(due(9, 10).await, []);
    assert_eq!(due(10, 10).await, std::slice::from_ref(&early));
    assert_eq!(due(30, 10).await, [early.clone(), late.clone()]);
    assert_eq!(due(30, 1).await, std::slice::from_ref(&early));
    assert_eq!(due_behind(30, 1, 10).await, std::slice::from_ref(&late));
    assert_eq!(due_behind(30, 2, 10).await, []);
    let early = stored(
        &backend,
        due_at(40, write(&bob(), "early", Some(&early), json!(1))),
    )
    .await;
    stored(&backend, tombstone(&late)).await;
    assert_eq!(due(39, 10).await, []);
    assert_eq!(due(40, 10).await, std::slice::from_ref(&early));
    // A time may be put off as often as one likes, and come nearer again.
    let mut early = early;
    for (at, asked) in [(60, 59), (50, 49), (70, 69), (35, 34)] {
        let next = write(&bob(), "early", Some(&early), json!(at));
        early = stored(&backend, due_at(at, next)).await;
        assert_eq!(due(asked, 10).await, []);
    }
    assert_eq!(due(35, 10).await, std::slice::from_ref(&early));
    let next = write(&bob(), "early", Some(&early), json!("put off"));
    let early = stored(&backend, due_at(80, next)).await;
    let other = stored(&backend, due_at(50, write(&ada(), "other", None, json!(0)))).await;
    assert_eq!(due(60, 1).await, std::slice::from_ref(&other));
    assert_eq!(due(80, 10).await, [other, early]);
}
