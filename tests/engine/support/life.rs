//! A log in which everything has happened once, for what carries logs elsewhere.

use std::{sync::Arc, time::Duration};

use holdfast::{
    Actor, Change, Expected, Kind, ManualClock, New, Revision, StateManager, Transition, Ttl,
    Update, Version,
};
use serde_json::json;

use super::{ada, adas, bobs, id, new, store};

/// Writes it: two scopes, all kinds of content, deleted, born again, rolled back, expired, about to
/// expire, together in one transaction; and notes.
pub async fn lived(states: &StateManager, clock: &ManualClock) {
    let (scope, any) = (adas(), Expected::Any);
    states.register(store("s"), &ada()).await.unwrap();
    let odd = json!({
        "text": "é \u{0} \" \\ \u{1F600}", "floats": [0.1, 1e-300, 5e-324, 2.5e15, -0.0, 1.0],
        "ints": [u64::MAX, i64::MIN], "nested": {"a": [[], {}, null, true]},
    });
    let replaced = Update::Replace(odd);
    states
        .update(&scope, &id("s"), replaced, any, &ada())
        .await
        .unwrap();
    let user = New {
        metadata: json!({"tags": ["a"], "created_by": "ada"}),
        ..new(Kind::USER, "u", json!({"n": 1}))
    };
    states.register(user, &Actor::system()).await.unwrap();
    let step = Transition::ACTIVATE;
    states
        .transition(&scope, &id("u"), step, any, &ada())
        .await
        .unwrap();
    let of_bob = New {
        scope: bobs(),
        ..store("s").with_ttl(Ttl::Never)
    };
    states.register(of_bob, &ada()).await.unwrap();
    states.delete(&bobs(), &id("s"), any, &ada()).await.unwrap();
    states
        .rollback(&bobs(), &id("s"), Version(1), any, &ada())
        .await
        .unwrap();
    states.register(store("gone"), &ada()).await.unwrap();
    states
        .delete(&scope, &id("gone"), any, &ada())
        .await
        .unwrap();
    let brief = store("brief").with_ttl(Ttl::For(Duration::from_secs(1)));
    states.register(brief, &ada()).await.unwrap();
    clock.advance(Duration::from_secs(2));
    states.sweep().await.unwrap();
    let mut both = states.transaction(&ada());
    for name in ["x", "y"] {
        let due = store(name).with_ttl(Ttl::For(Duration::from_secs(60)));
        both.register(due).await.unwrap();
    }
    both.update(&scope, &id("x"), Update::Merge(json!({"n": 2})), any)
        .await
        .unwrap();
    both.commit().await.unwrap();
}

/// Goes on writing, as a server does, until `until` says so.
pub async fn goes_on(states: StateManager, until: impl Fn(u64) -> bool) {
    let mut n = 0;
    while !until(n) {
        let new = New {
            data: json!({"n": n}),
            ..store(&format!("busy {}", n % 7))
        };
        states.put(new, Expected::Any, &ada()).await.unwrap();
        n += 1;
        tokio::task::yield_now().await;
    }
}

/// All of the log up to a revision.
pub async fn log_of(states: &StateManager, until: Revision) -> Vec<Change> {
    let mut log: Vec<Change> = Vec::new();
    while (log.len() as u64) < until.0 {
        log.extend(states.log(Revision(log.len() as u64), 1000).await.unwrap());
    }
    log.truncate(until.0 as usize);
    log
}

/// That everything which can be asked of one engine is answered alike by the other.
pub async fn same(one: &StateManager, other: &StateManager) {
    let until = one.revision().await.unwrap();
    assert_eq!(other.revision().await.unwrap(), until);
    let log = log_of(one, until).await;
    assert!(log_of(other, until).await == log);
    let (verified, copied) = (one.verify().await.unwrap(), other.verify().await.unwrap());
    assert_eq!((&verified, verified.findings.len()), (&copied, 0));
    let births = log.iter().filter(|change| change.before.is_none());
    for state in births.map(|change| Arc::clone(&change.after)) {
        let (scope, id) = (&state.scope, &state.id);
        let read = async |states: &StateManager| format!("{:?}", states.get(scope, id).await);
        assert_eq!(read(one).await, read(other).await);
        let history = async |states: &StateManager| {
            states
                .history(scope, id, holdfast::HistoryQuery::default())
                .await
                .unwrap()
        };
        assert_eq!(history(one).await, history(other).await);
    }
    for scope in [adas(), bobs()] {
        let list =
            async |states: &StateManager| states.list(&scope, None, None, 1000).await.unwrap();
        assert_eq!(list(one).await, list(other).await);
    }
}
