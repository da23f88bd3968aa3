//! What a cache promises beyond being a backend: never older than what was acknowledged or heard,
//! within its bytes, and of use while the backend is gone.

mod outages;
mod together;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use futures::{StreamExt, future::join_all};
use holdfast::{
    Error, Expected, Revision, StateManager, Update, Version,
    backend::{Backend, Cache, CacheSettings},
};
use serde_json::json;

use crate::support::{ada, adas, id, puppet::Puppet, sqlite, store};

const ROOMY: CacheSettings = CacheSettings {
    bytes: 64 * 1024 * 1024,
    stale: Duration::from_secs(3600),
};

async fn before(inner: Arc<dyn Backend>, settings: CacheSettings) -> (Arc<Cache>, StateManager) {
    let cache = Arc::new(Cache::before(inner, settings).await.unwrap());
    let states = StateManager::builder(cache.clone()).build();
    (cache, states)
}

async fn version(backend: &impl Backend, name: &str) -> u64 {
    let found = backend.get(&adas(), &id(name)).await.unwrap();
    found.map_or(0, |state| state.version.0)
}

/// The other server's write: not announced to this one.
async fn written_elsewhere(puppet: &Puppet, name: &str) {
    let states = StateManager::builder(puppet.inner()).build();
    states
        .put(store(name), Expected::Any, &ada())
        .await
        .unwrap();
}

/// Waits until the cache gives the state at this version.
async fn until_it_says(cache: &Cache, name: &str, expected: u64) {
    while version(cache, name).await != expected {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_read_again_is_not_asked_for_again_be_it_absent() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "there").await;
    let (cache, states) = before(puppet.clone(), ROOMY).await;
    for _ in 0..10 {
        assert!(states.get(&adas(), &id("there")).await.unwrap().is_some());
        assert!(states.get(&adas(), &id("not")).await.unwrap().is_none());
    }
    assert_eq!(puppet.reads.load(SeqCst), 2);
    let counts = cache.counts();
    assert_eq!((counts.hits, counts.misses, counts.entries), (18, 2, 2));
    // What was just written need not be read at all.
    states.register(store("not"), &ada()).await.unwrap();
    let asked = puppet.reads.load(SeqCst);
    assert_eq!(version(&*cache, "not").await, 1);
    assert_eq!(puppet.reads.load(SeqCst), asked);
}

#[tokio::test]
async fn who_saw_something_newer_elsewhere_is_told_nothing_older_here() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "a").await;
    let (here, _) = before(puppet.clone(), ROOMY).await;
    let (there, _) = before(puppet.inner(), ROOMY).await;
    assert_eq!(version(&*here, "a").await, 1);
    written_elsewhere(&puppet, "a").await;
    assert_eq!(version(&*there, "a").await, 2);
    let seen = there.horizon().await.unwrap();
    assert_eq!(version(&*here, "a").await, 1, "nobody announced it here");
    here.reach(seen).await.unwrap();
    assert_eq!(version(&*here, "a").await, 2);
    // A log that does not go so far is read to its end.
    here.reach(Revision(u64::MAX)).await.unwrap();
}

/// A server that is cut from the database while others are not: what it remembers is of use to who knows no better.
#[tokio::test]
async fn while_the_backend_is_away_who_saw_something_newer_elsewhere_is_refused_and_who_did_not_reads_on()
 {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "a").await;
    let (here, _) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*here, "a").await, 1);
    let told = here.horizon().await.unwrap();
    let (there, _) = before(puppet.inner(), ROOMY).await;
    puppet.set_down(true);
    written_elsewhere(&puppet, "a").await;
    assert_eq!(version(&*there, "a").await, 2);
    let seen = there.horizon().await.unwrap();
    here.reach(told).await.unwrap();
    assert!(here.reach(seen).await.is_err());
    assert_eq!(version(&*here, "a").await, 1);
    puppet.set_down(false);
    here.reach(seen).await.unwrap();
    assert_eq!(version(&*here, "a").await, 2);
}

/// That this server wrote or heard of something newer says nothing about what others wrote before.
#[tokio::test]
async fn what_was_written_here_since_is_no_leave_to_tell_what_another_server_has_replaced() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "a").await;
    let (here, states) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*here, "a").await, 1);
    let (there, _) = before(puppet.inner(), ROOMY).await;
    written_elsewhere(&puppet, "a").await;
    assert_eq!(version(&*there, "a").await, 2);
    let seen = there.horizon().await.unwrap();
    states.register(store("b"), &ada()).await.unwrap();
    assert!(here.horizon().await.unwrap() > seen);
    puppet.set_down(true);
    // The look of that very second may have found it.
    let is_refused = here.reach(seen).await.is_err();
    assert!(is_refused || version(&*here, "a").await == 2);
}

#[tokio::test]
async fn who_wrote_here_reads_on_while_the_backend_is_away_before_anybody_announced_it() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "a").await;
    let (here, states) = before(puppet.clone(), ROOMY).await;
    states.put(store("a"), Expected::Any, &ada()).await.unwrap();
    let seen = here.horizon().await.unwrap();
    puppet.set_down(true);
    here.reach(seen).await.unwrap();
    assert_eq!(version(&*here, "a").await, 2);
}

/// Under load every look at the log meets changes whose announcement is still on its way.
#[tokio::test]
async fn what_is_announced_after_it_was_read_from_the_log_is_no_reason_to_read_the_log_again() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "s").await;
    let (cache, _) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*cache, "s").await, 1);
    for _ in 0..2 {
        written_elsewhere(&puppet, "s").await;
    }
    // The next look finds them.
    until_it_says(&cache, "s", 3).await;
    for _ in 0..2 {
        written_elsewhere(&puppet, "s").await;
    }
    let changes = puppet.log(Revision(1), 10).await.unwrap();
    assert_eq!(changes.len(), 4);
    // Nobody can read it now, and the next look is most of a second away.
    puppet.set_down(true);
    puppet.announce(changes);
    until_it_says(&cache, "s", 5).await;
}

/// Under load something is new in the log whenever it has been read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_missed_something_is_of_use_again_however_busy_others_are() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "s").await;
    let (cache, _) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*cache, "s").await, 1);
    puppet.write_when_log_is_read();
    for _ in 0..2 {
        written_elsewhere(&puppet, "s").await;
    }
    // The first of the two was not announced.
    let changes = puppet.inner().log(Revision(2), 10).await.unwrap();
    puppet.announce(changes);
    until_it_says(&cache, "s", 3).await;
    let is_asked_no_more = async {
        loop {
            let before = puppet.reads.load(SeqCst);
            assert_eq!(version(&*cache, "s").await, 3);
            if puppet.reads.load(SeqCst) == before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), is_asked_no_more);
    in_time.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledged_write_is_never_read_back_older_however_small_the_cache() {
    const NAMES: usize = 8;
    const WRITES: u64 = 200;
    // Room for everything, and for two or three: readers and evictions then race all the time.
    for bytes in [ROOMY.bytes, 2_000] {
        let (_folder, inner) = sqlite().await;
        let (_cache, states) = before(inner, CacheSettings { bytes, ..ROOMY }).await;
        let acknowledged: Arc<Vec<AtomicU64>> = Arc::new((0..NAMES).map(|_| 0.into()).collect());
        let writers = (0..NAMES).map(|n| {
            let (states, acknowledged) = (states.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                for _ in 0..WRITES {
                    let new = store(&format!("s{n}"));
                    let written = states.put(new, Expected::Any, &ada()).await.unwrap();
                    acknowledged[n].store(written.version.0, SeqCst);
                }
            })
        });
        let readers = (0..NAMES).map(|n| {
            let (states, acknowledged) = (states.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let mut last = 0;
                while last < WRITES {
                    let at_least = acknowledged[n].load(SeqCst).max(last);
                    let found = states.get(&adas(), &id(&format!("s{n}"))).await.unwrap();
                    last = found.map_or(0, |state| state.version.0);
                    assert!(last >= at_least, "{last} after {at_least}");
                    tokio::task::yield_now().await;
                }
            })
        });
        for task in join_all(writers.chain(readers).collect::<Vec<_>>()).await {
            task.unwrap();
        }
    }
}

#[tokio::test]
async fn a_reader_that_comes_late_does_not_bring_the_past_even_after_an_eviction() {
    // Without room every entry is evicted at once: comparing with what is cached would not help.
    for bytes in [ROOMY.bytes, 0] {
        let puppet = Puppet::new();
        written_elsewhere(&puppet, "s").await;
        let (cache, states) = before(puppet.clone(), CacheSettings { bytes, ..ROOMY }).await;
        puppet.hold(true);
        let late = tokio::spawn({
            let cache = cache.clone();
            async move { version(&*cache, "s").await }
        });
        puppet.has_read().await;
        puppet.hold(false);
        let patch = Update::Merge(json!({"n": 1}));
        states
            .update(&adas(), &id("s"), patch, Expected::Any, &ada())
            .await
            .unwrap();
        cache.counts();
        puppet.let_one_go();
        assert_eq!(late.await.unwrap(), 1, "it began before the write");
        assert_eq!(version(&*cache, "s").await, 2);
    }
}

#[tokio::test]
async fn a_refusal_rests_on_what_is_stored_not_on_what_is_cached() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "s").await;
    let (cache, states) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*cache, "s").await, 1);
    written_elsewhere(&puppet, "s").await;
    // The caller has read version 2 on the other server; this one has not heard of it.
    let patch = || Update::Merge(json!({"n": 1}));
    let (scope, s) = (adas(), id("s"));
    let seen = |version| Expected::Version(Version(version));
    let written = states.update(&scope, &s, patch(), seen(2), &ada()).await;
    assert_eq!(written.unwrap().version, Version(3));
    written_elsewhere(&puppet, "s").await;
    let refused = states.update(&scope, &s, patch(), seen(3), &ada()).await;
    let Err(Error::Conflict { current, .. }) = refused else {
        panic!("version 4 is there: {refused:?}")
    };
    assert_eq!(current.unwrap().version, Version(4));
}

#[tokio::test]
async fn a_change_that_was_not_announced_is_found_in_the_log_and_passed_on() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "s").await;
    let (cache, states) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*cache, "s").await, 1);
    let mut changes = states.watch(None, Revision(1));
    written_elsewhere(&puppet, "s").await;
    written_elsewhere(&puppet, "other").await;
    for revision in [2, 3] {
        let change = changes.next().await.unwrap().unwrap();
        assert_eq!(change.revision, Revision(revision));
    }
    assert_eq!(version(&*cache, "s").await, 2);
    // One announcement was lost, the next one comes.
    written_elsewhere(&puppet, "s").await;
    written_elsewhere(&puppet, "s").await;
    let log = puppet.inner().log(Revision(4), 10).await.unwrap();
    puppet.announce(log);
    assert_eq!(changes.next().await.unwrap().unwrap().revision, Revision(4));
    until_it_says(&cache, "s", 4).await;
}

#[tokio::test]
async fn a_cache_stays_within_its_bytes() {
    let bytes = 100_000;
    let (_folder, inner) = sqlite().await;
    let (cache, states) = before(inner, CacheSettings { bytes, ..ROOMY }).await;
    for n in 0..500 {
        let mut new = store(&format!("s{n}"));
        new.data = json!({"text": "x".repeat(1000)});
        states.register(new, &ada()).await.unwrap();
    }
    let counts = cache.counts();
    assert!(counts.bytes <= bytes, "{counts:?}");
    assert!((10..100).contains(&counts.entries), "{counts:?}");
    assert!(counts.evicted >= 400, "{counts:?}");
}
