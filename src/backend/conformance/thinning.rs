//! Old records lose their content, and everything else about them stays.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Shared, ada, bob, stored, write};
use crate::{
    Change, Digest, Removed, Revision, State, StateId, Timestamp, Version, backend::Thinned,
};

/// What is to be left of a change's record.
fn left(change: &Change) -> Thinned {
    let removed = Removed {
        at: Timestamp(5_000),
        policy: "keep_versions = 1".into(),
        by: Revision(77),
    };
    Thinned {
        revision: change.revision,
        state: Arc::new(State {
            removed: Some(Arc::new(removed)),
            ..change.after.without_content()
        }),
    }
}

/// Three states in turns, and the log of them.
async fn some(backend: &Shared, versions: u8) -> Vec<Change> {
    let (mut states, places) = (vec![None; 3], [(ada(), "a"), (ada(), "b"), (bob(), "a")]);
    for n in 0..versions {
        for (state, (scope, id)) in states.iter_mut().zip(&places) {
            let mut next = write(scope, id, state.as_ref(), json!({"n": n, "é": "\u{0}x"}));
            Arc::make_mut(&mut next.after).digest = Digest([n + 1; 32]);
            *state = Some(stored(backend, next).await);
        }
    }
    backend.log(Revision(0), 1000).await.unwrap()
}

/// The log as it must be once `thinned` is.
fn expected(log: &[Change], thinned: &[Thinned]) -> Vec<Change> {
    let is_of = |state: &Arc<State>, it: &&Thinned| {
        (&it.state.scope, &it.state.id, it.state.version)
            == (&state.scope, &state.id, state.version)
    };
    let now = |state: &Arc<State>| {
        let found = thinned.iter().find(|it| is_of(state, it));
        Arc::clone(found.map_or(state, |it| &it.state))
    };
    let changes = log.iter().map(|change| Change {
        before: change.before.as_ref().map(now),
        after: now(&change.after),
        ..change.clone()
    });
    changes.collect()
}

/// Each is replaced as it was given, and what came next knows it so; nobody hears of it again.
pub async fn old_records_lose_their_content_and_nothing_else(backend: Shared) {
    let log = some(&backend, 6).await;
    let mut news = backend.announcements();
    let thinned: Vec<Thinned> = log[3..12].iter().map(left).collect();
    let (one, others) = thinned.split_first().unwrap();
    assert_eq!(backend.thin(std::slice::from_ref(one)).await.unwrap(), 1);
    assert_eq!(backend.thin(others).await.unwrap(), 8);
    let log = expected(&log, &thinned);
    assert_eq!(backend.log(Revision(0), 1000).await.unwrap(), log);
    for change in log.iter().filter(|it| it.after.version == Version(6)) {
        let state = &change.after;
        let found = backend.get(&state.scope, &state.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(state));
        let history = backend.history(&state.scope, &state.id, None, 10).await;
        let of_it = |it: &&Change| it.after.scope == state.scope && it.after.id == state.id;
        let wanted: Vec<Change> = log.iter().rev().filter(of_it).cloned().collect();
        assert_eq!(history.unwrap(), wanted);
    }
    // What is done again is as if it was done once.
    backend.thin(&thinned).await.unwrap();
    assert_eq!(backend.log(Revision(0), 1000).await.unwrap(), log);
    // And all goes on.
    let newest = backend.get(&ada(), &StateId::new("a")).await.unwrap();
    stored(&backend, write(&ada(), "a", newest.as_ref(), json!(7))).await;
    assert_eq!(backend.revision().await.unwrap(), Revision(19));
    // What was written before may be announced late, but each once, and that is all.
    let mut heard: Vec<u64> = Vec::new();
    while heard.last() != Some(&19) {
        let some = news.recv().await.unwrap();
        heard.extend(some.iter().map(|change| change.revision.0));
    }
    assert!(heard.is_sorted_by(|one, next| one < next), "{heard:?}");
}

/// The newest version of a state, another version, another state: whoever asks for it was late or wrong.
pub async fn what_is_not_old_is_never_thinned(backend: Shared) {
    let log = some(&backend, 3).await;
    let newest = left(log.last().unwrap());
    let mut wrong = left(&log[3]);
    Arc::make_mut(&mut wrong.state).version = Version(1);
    let mut anothers = left(&log[3]);
    Arc::make_mut(&mut anothers.state).id = StateId::new("b");
    let mut nowhere = left(&log[3]);
    nowhere.revision = Revision(1000);
    let thinned = [newest, wrong, anothers, nowhere];
    assert_eq!(backend.thin(&thinned).await.unwrap(), 0);
    assert_eq!(backend.log(Revision(0), 1000).await.unwrap(), log);
    assert_eq!(backend.thin(&[]).await.unwrap(), 0);
}

/// Thinned records among whole ones, from every place and in pages of every size.
pub async fn a_thinned_log_is_read_from_any_place(backend: Shared) {
    let log = some(&backend, 40).await;
    let is_chosen = |n: usize| n % 7 == 3 || (30..90).contains(&n);
    let chosen = log.iter().enumerate().filter(|(n, _)| is_chosen(*n));
    let thinned: Vec<Thinned> = chosen.map(|(_, change)| left(change)).collect();
    let count = backend.thin(&thinned).await.unwrap();
    assert_eq!(count, thinned.len() as u64);
    let log = expected(&log, &thinned);
    for limit in [1, 2, 33, 64, 1000] {
        let mut found: Vec<Change> = Vec::new();
        while let page = backend.log(Revision(found.len() as u64), limit).await
            && let page = page.unwrap()
            && !page.is_empty()
        {
            assert!(page.len() <= limit);
            found.extend(page);
        }
        assert_eq!(found, log, "in pages of {limit}");
    }
    for after in [0, 1, 29, 30, 31, 88, 89, 90, 118, 119, 120, 500] {
        let found = backend.log(Revision(after), 10).await.unwrap();
        let wanted = log.iter().skip(after as usize).take(10);
        assert!(found.iter().eq(wanted), "behind {after}");
    }
    let (scope, id) = (ada(), StateId::new("a"));
    let mut pages: Vec<Change> = Vec::new();
    let mut before = None;
    while let page = backend.history(&scope, &id, before, 3).await.unwrap()
        && let Some(last) = page.last()
    {
        before = Some(last.after.version);
        pages.extend(page);
    }
    let of_it = |it: &&Change| it.after.scope == scope && it.after.id == id;
    assert!(pages.iter().eq(log.iter().rev().filter(of_it)));
    let whole = pages.iter().filter(|it| it.after.removed.is_none());
    assert!(whole.clone().count() > 10);
    assert!(whole.into_iter().all(|it| it.after.data != Value::Null));
}
