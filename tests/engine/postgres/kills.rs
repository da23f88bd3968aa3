//! `kill -9` of the database server amid writes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use holdfast::{
    Error, Expected, HistoryQuery, New, Revision, Scope, StateManager, Update,
    backend::{Backend, PostgresFault},
};
use serde_json::json;
use tokio::sync::{Notify, watch};

use super::{connected, engine};
use crate::support::{
    ada, id,
    postgres_server::{Disk, PostgresServer},
    store,
};

/// What the writers have in common.
struct Busy {
    states: StateManager,
    acknowledged: AtomicU64,
    news: Notify,
    is_over: AtomicBool,
}

impl Busy {
    /// The only writer of its state: each version is its own, so a conflict would mean that a
    /// write was done which it was told had failed, or done twice.
    async fn write(self: Arc<Self>, name: String) {
        let scope = Scope::User(name.clone());
        let new = New {
            scope: scope.clone(),
            data: json!({"n": 1}),
            ..store(&name)
        };
        let mut version = self.states.register(new, &ada()).await.unwrap().version;
        while !self.is_over.load(Ordering::Relaxed) {
            let patch = Update::Merge(json!({"n": version.0 + 1}));
            let expected = Expected::Version(version);
            let written = self
                .states
                .update(&scope, &id(&name), patch, expected, &ada())
                .await;
            match written {
                Ok(state) => {
                    version = state.version;
                    self.acknowledged.fetch_add(1, Ordering::Relaxed);
                    self.news.notify_one();
                }
                Err(Error::Failed { source, .. }) => {
                    let fault = source.downcast::<PostgresFault>().unwrap();
                    assert!(
                        matches!(
                            *fault,
                            PostgresFault::Unreachable(_) | PostgresFault::InDoubt(_)
                        ),
                        "{fault}"
                    );
                    // Until the server is back, however long that takes: a write in doubt may have been
                    // done, and who went on without looking would run into it.
                    let now = loop {
                        match self.states.get(&scope, &id(&name)).await {
                            Ok(now) => break now.unwrap(),
                            Err(Error::Failed { .. }) => {}
                            Err(error) => panic!("{name} at {version}: {error}"),
                        }
                    };
                    let is_in_doubt = matches!(*fault, PostgresFault::InDoubt(_));
                    assert!(
                        now.version.0 - version.0 <= u64::from(is_in_doubt),
                        "{fault}"
                    );
                    version = now.version;
                }
                Err(error) => panic!("{name} at {version}: {error}"),
            }
        }
        let state = self.states.get(&scope, &id(&name)).await.unwrap().unwrap();
        assert_eq!(
            (state.version, &state.data),
            (version, &json!({"n": version.0}))
        );
        let newest = HistoryQuery::last(1);
        let history = self
            .states
            .history(&scope, &id(&name), newest)
            .await
            .unwrap();
        assert_eq!(history.first().unwrap().after, state);
    }

    async fn acknowledges_more(&self, more: u64) {
        let enough = self.acknowledged.load(Ordering::Relaxed) + more;
        while self.acknowledged.load(Ordering::Relaxed) < enough {
            self.news.notified().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_is_there_after_kill_9_and_the_same_engine_goes_on() {
    const WRITERS: u64 = 64;
    let server = PostgresServer::start(Disk::Synced);
    let backend = connected(&server.database()).await;
    let mut news = backend.announcements();
    let busy = Arc::new(Busy {
        states: engine(&backend),
        acknowledged: AtomicU64::new(0),
        news: Notify::new(),
        is_over: AtomicBool::new(false),
    });
    let writers = (0..WRITERS).map(|n| tokio::spawn(Arc::clone(&busy).write(format!("w{n}"))));
    let writers: Vec<_> = writers.collect();
    // Hears of everything, whatever happens to the connection.
    let (told, mut heard) = watch::channel(Revision(0));
    let hearing = tokio::spawn(async move {
        while let Ok(changes) = news.recv().await {
            for change in changes.iter() {
                assert_eq!(change.revision.0, told.borrow().0 + 1);
                told.send_replace(change.revision);
            }
        }
    });
    for _ in 0..3 {
        busy.acknowledges_more(1000).await;
        tokio::task::block_in_place(|| {
            server.kill();
            server.start_again();
        });
    }
    busy.acknowledges_more(1000).await;
    busy.is_over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let mut seen = Revision(0);
    loop {
        let page = backend.log(seen, 1000).await.unwrap();
        for change in &page {
            seen.0 += 1;
            assert_eq!(change.revision, seen);
        }
        if page.is_empty() {
            break;
        }
    }
    assert!(seen.0 >= busy.acknowledged.load(Ordering::Relaxed) + WRITERS);
    heard.wait_for(|revision| *revision == seen).await.unwrap();
    drop((busy, backend));
    hearing.await.unwrap();
}
