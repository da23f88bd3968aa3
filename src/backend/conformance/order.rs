//! The log is one strict order: no gaps, no doubles, the same for everybody.

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use serde_json::json;

use super::{Change, Shared, State, StateId, ada, bob, stored, write};
use crate::Revision;

/// 16 writers, each with a state of its own, 25 writes each.
async fn busy(backend: &Shared) -> u64 {
    let writers = (0..16).map(|writer| {
        let backend = Arc::clone(backend);
        tokio::spawn(async move {
            let scope = if writer % 2 == 0 { ada() } else { bob() };
            let mut last: Option<Arc<State>> = None;
            for n in 0..25 {
                let next = write(&scope, &format!("w{writer}"), last.as_ref(), json!(n));
                last = Some(stored(&backend, next).await);
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    16 * 25
}

/// What a watcher and an audit rely on.
pub async fn revisions_have_no_gaps_and_each_before_is_the_last_after(backend: Shared) {
    let total = busy(&backend).await;
    assert_eq!(backend.revision().await.unwrap(), Revision(total));
    let log = backend.log(Revision(0), 1000).await.unwrap();
    let revisions: Vec<u64> = log.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions, (1..=total).collect::<Vec<_>>());
    let mut last: HashMap<StateId, Arc<State>> = HashMap::new();
    for change in &log {
        let before = last.insert(change.after.id.clone(), Arc::clone(&change.after));
        assert_eq!(change.before, before, "at {:?}", change.revision);
    }
    for state in last.values() {
        let kept = backend.get(&state.scope, &state.id).await.unwrap();
        assert_eq!(kept.as_ref(), Some(state));
    }
}

/// Page by page, and past the end.
pub async fn the_log_is_read_from_any_place(backend: Shared) {
    let total = busy(&backend).await;
    let all = backend.log(Revision(0), 1000).await.unwrap();
    let mut paged: Vec<Change> = Vec::new();
    loop {
        let after = paged.last().map_or(Revision(0), |change| change.revision);
        let page = backend.log(after, 37).await.unwrap();
        assert!(page.len() <= 37);
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert_eq!(backend.log(Revision(total), 10).await.unwrap(), []);
    assert_eq!(backend.log(Revision(u64::MAX), 10).await.unwrap(), []);
}

/// Each announcement continues where the one before ended, and says what the log says.
pub async fn announcements_come_in_the_order_of_the_log(backend: Shared) {
    let mut announcements = backend.announcements();
    let total = busy(&backend).await;
    let mut announced: Vec<Change> = Vec::new();
    while (announced.len() as u64) < total {
        announced.extend(announcements.recv().await.unwrap().iter().cloned());
    }
    assert_eq!(announced, backend.log(Revision(0), 1000).await.unwrap());
}
