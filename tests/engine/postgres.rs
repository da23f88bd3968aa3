//! What only several servers on one database can do to each other, and what a network can do to all.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::{
    StreamExt,
    future::{join, join_all},
};
use holdfast::{
    Change, Error, Expected, HistoryQuery, Revision, Scope, State, StateManager, Transition,
    Update, Version,
    backend::{Announcement, Backend, Outcome, Postgres, PostgresFault, Quota, Write},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::{Notify, broadcast},
};

use crate::support::{
    ada, adas, id,
    postgres_server::{Disk, PostgresServer},
    store,
};

async fn connected(url: &str) -> Arc<Postgres> {
    Arc::new(Postgres::connect(url).await.unwrap())
}

fn engine(backend: &Arc<Postgres>) -> StateManager {
    let backend: Arc<dyn Backend> = backend.clone();
    StateManager::builder(backend).build()
}

fn template() -> State {
    State {
        id: id("s"),
        kind: holdfast::Kind::STORE,
        name: "s".into(),
        status: holdfast::Status::ACTIVE,
        data: json!(0),
        metadata: json!({}),
        version: Version(1),
        schema_version: 1,
        scope: adas(),
        created_at: holdfast::Timestamp(1),
        updated_at: holdfast::Timestamp(1),
        expires_at: None,
    }
}

fn write(before: Option<&Arc<State>>, after: State) -> Write {
    Write {
        before: before.cloned(),
        after: Arc::new(after),
        transition: Transition::UPDATE,
        actor: ada(),
        bytes: 10,
        due: None,
        quota: Quota {
            states: 100_000,
            bytes: 1_000_000,
        },
    }
}

async fn announced(mut news: broadcast::Receiver<Announcement>, count: u64) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    while (changes.len() as u64) < count {
        changes.extend(news.recv().await.unwrap().iter().cloned());
    }
    changes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_on_an_empty_database_share_its_tables() {
    let server = PostgresServer::shared();
    let url = server.database();
    let started = join_all((0..4).map(|_| connected(&url))).await;
    for (n, backend) in started.iter().enumerate() {
        let states = engine(backend);
        states
            .register(store(&format!("s{n}")), &ada())
            .await
            .unwrap();
    }
    for backend in &started {
        assert_eq!(backend.revision().await.unwrap(), Revision(4));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_on_two_servers_see_every_change_of_both_once_and_in_order() {
    const WRITERS: u64 = 16;
    const WRITES: u64 = 40;
    const TOTAL: u64 = 2 * WRITERS * WRITES;
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let mut hearing = Vec::new();
    for backend in [&one, &other] {
        hearing.push(tokio::spawn(announced(backend.announcements(), TOTAL)));
        let changes = engine(backend)
            .watch(None, Revision(0))
            .take(TOTAL as usize);
        let watching = changes.map(Result::unwrap).collect::<Vec<Change>>();
        hearing.push(tokio::spawn(watching));
    }
    let writers = [&one, &other]
        .into_iter()
        .enumerate()
        .flat_map(|(n, backend)| {
            (0..WRITERS).map(move |writer| {
                let states = engine(backend);
                // Half of the names are written by both servers.
                let name = format!("{} {writer}", if writer % 2 == 0 { n } else { 9 });
                tokio::spawn(async move {
                    for n in 0..WRITES {
                        let new = holdfast::New {
                            data: json!(n),
                            ..store(&name)
                        };
                        states.put(new, Expected::Any, &ada()).await.unwrap();
                    }
                })
            })
        });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let mut log = one.log(Revision(0), 1000).await.unwrap();
    log.extend(other.log(Revision(1000), 1000).await.unwrap());
    let revisions: Vec<u64> = log.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions, (1..=TOTAL).collect::<Vec<_>>());
    for heard in join_all(hearing).await {
        assert!(heard.unwrap() == log);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_write_the_same_version_exactly_one_wins() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let mut last: Option<Arc<State>> = None;
    let mut wins = HashSet::new();
    for round in 1..=300 {
        let attempt = |who: &str| {
            let after = State {
                version: Version(round),
                data: json!(who),
                ..template()
            };
            vec![write(last.as_ref(), after)]
        };
        let (left, right) = join(one.apply(attempt("one")), other.apply(attempt("other"))).await;
        let (won, lost) = match (left.unwrap(), right.unwrap()) {
            (Outcome::Applied(changes), Outcome::Stale(current))
            | (Outcome::Stale(current), Outcome::Applied(changes)) => (changes, current),
            both => panic!("one should have won: {both:?}"),
        };
        let winner = Arc::clone(&won.first().unwrap().after);
        assert_eq!(lost.as_ref(), Some(&winner));
        assert_eq!(one.revision().await.unwrap(), Revision(round));
        wins.insert(winner.data.to_string());
        last = Some(winner);
    }
    assert_eq!(
        other
            .history(&adas(), &id("s"), None, 1000)
            .await
            .unwrap()
            .len(),
        300
    );
    assert!(!wins.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_holds_for_all_servers_together() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let attempts = (0..60).map(|n| {
        let backend = Arc::clone(if n % 2 == 0 { &one } else { &other });
        let after = State {
            id: id(&format!("s{n}")),
            ..template()
        };
        let mut write = write(None, after);
        write.quota.states = 10;
        tokio::spawn(async move { backend.apply(vec![write]).await.unwrap() })
    });
    let outcomes = join_all(attempts).await.into_iter();
    let applied = outcomes.filter(|outcome| matches!(outcome, Ok(Outcome::Applied(_))));
    assert_eq!(applied.count(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_write_never_fails_its_neighbours() {
    let server = PostgresServer::shared();
    let backend = connected(&server.database()).await;
    let attempts = (0..64).map(|n| {
        // The table refuses version 0, which fails the statement for the whole group.
        let is_bad = n % 16 == 5;
        let after = State {
            id: id(&format!("n{n}")),
            version: Version(u64::from(!is_bad)),
            ..template()
        };
        let backend = Arc::clone(&backend);
        tokio::spawn(async move { (is_bad, backend.apply(vec![write(None, after)]).await) })
    });
    for attempt in join_all(attempts).await {
        let (is_bad, result) = attempt.unwrap();
        let is_applied = matches!(result, Ok(Outcome::Applied(_)));
        assert_eq!(is_applied, !is_bad, "{result:?}");
    }
    assert_eq!(backend.revision().await.unwrap(), Revision(60));
}

/// What the writers of the next test have in common.
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
        let new = holdfast::New {
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
                    let Ok(Some(now)) = self.states.get(&scope, &id(&name)).await else {
                        continue;
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
    let (told, mut heard) = tokio::sync::watch::channel(Revision(0));
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_a_typed_fault_in_time_and_its_return_is_noticed() {
    let server = PostgresServer::start(Disk::Unsynced);
    let backend = connected(&server.database()).await;
    let states = engine(&backend);
    states.register(store("s"), &ada()).await.unwrap();
    let mut changes = states.watch(None, Revision(1));
    server.kill();

    let patch = || Update::Merge(json!({"n": 1}));
    let written = async || {
        states
            .update(&adas(), &id("s"), patch(), Expected::Any, &ada())
            .await
    };
    let scope = adas();
    let s = id("s");
    let (read, written_now) = join(states.get(&scope, &s), written()).await;
    // Not `Error::Timeout`: the backend answered before the engine lost its patience.
    for failed in [read.map(drop), written_now.map(drop)] {
        let Err(Error::Failed { source, .. }) = failed else {
            panic!("there is no server: {failed:?}");
        };
        let fault = source.downcast_ref::<PostgresFault>().unwrap();
        assert!(matches!(
            fault,
            PostgresFault::Unreachable(_) | PostgresFault::InDoubt(_)
        ));
    }

    server.start_again();
    assert_eq!(
        states.get(&scope, &s).await.unwrap().unwrap().version,
        Version(1)
    );
    assert_eq!(written().await.unwrap().version, Version(2));
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.revision, Revision(2));
}

/// Somebody in a `psql` session who holds the end of the log.
struct Blocker(Child, ChildStdin);

impl Blocker {
    fn start(server: &PostgresServer, url: &str) -> Self {
        let database = url
            .rsplit('/')
            .find_map(|part| part.split_once('?'))
            .unwrap();
        let mut child = server
            .psql(database.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut orders = child.stdin.take().unwrap();
        writeln!(orders, "BEGIN; SELECT revision FROM head FOR UPDATE;").unwrap();
        let mut answer = String::new();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "1");
        Self(child, orders)
    }

    fn let_go(self) {
        let Self(mut child, orders) = self;
        drop(orders);
        child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_too_slow_is_a_typed_fault_and_nothing_is_half_done() {
    let server = PostgresServer::shared();
    let url = server.database();
    let backend = connected(&url).await;
    let states = engine(&backend);
    states.register(store("s"), &ada()).await.unwrap();
    let blocker = Blocker::start(&server, &url);
    let patch = || Update::Merge(json!({"n": 1}));
    let written = async || {
        states
            .update(&adas(), &id("s"), patch(), Expected::Any, &ada())
            .await
    };
    let slow = written().await;
    let Err(Error::Failed { source, .. }) = slow else {
        panic!("it should have been too slow: {slow:?}");
    };
    let fault = source.downcast_ref::<PostgresFault>().unwrap();
    assert!(matches!(fault, PostgresFault::Slow(after) if *after > Duration::ZERO));
    // Readers never wait for writers.
    assert_eq!(
        states
            .get(&adas(), &id("s"))
            .await
            .unwrap()
            .unwrap()
            .version,
        Version(1)
    );
    blocker.let_go();
    assert_eq!(written().await.unwrap().version, Version(2));
    assert_eq!(backend.revision().await.unwrap(), Revision(2));
}

/// Between the engine and its server: passes everything on, until it is told to lose an answer.
struct Wire {
    url: String,
    /// Lose the next answer to a prepared statement, and the connection with it.
    is_to_lose: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

impl Wire {
    fn new(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (before, socket) = url.split_once("?host=").unwrap();
        let port = before
            .rsplit(':')
            .next()
            .unwrap()
            .split('/')
            .next()
            .unwrap();
        let name = format!(".s.PGSQL.{port}");
        let door = UnixListener::bind(folder.path().join(&name)).unwrap();
        let server = Path::new(socket).join(&name);
        let is_to_lose = Arc::new(AtomicBool::new(false));
        let losing = Arc::clone(&is_to_lose);
        tokio::spawn(async move {
            while let Ok((client, _)) = door.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&losing)));
            }
        });
        Self {
            url: format!("{before}?host={}", folder.path().display()),
            is_to_lose,
            _folder: folder,
        }
    }
}

async fn pass(client: UnixStream, server: UnixStream, is_to_lose: Arc<AtomicBool>) {
    // An answer to a prepared statement begins with BindComplete; it is sent after the commit.
    const BIND_COMPLETE: u8 = b'2';
    let (mut asked, mut to_client) = client.into_split();
    let (mut answered, mut to_server) = server.into_split();
    let asking = tokio::spawn(async move { tokio::io::copy(&mut asked, &mut to_server).await });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length) = answered.read(&mut buffer).await {
        let answer = buffer.get(..length).unwrap();
        let is_lost =
            answer.first() == Some(&BIND_COMPLETE) && is_to_lose.swap(false, Ordering::Relaxed);
        if length == 0 || is_lost || to_client.write_all(answer).await.is_err() {
            break;
        }
    }
    asking.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_was_lost_is_found_out_about_and_done_once() {
    let server = PostgresServer::shared();
    let wire = Wire::new(&server.database());
    let backend = connected(&wire.url).await;
    let mut last: Option<Arc<State>> = None;
    for round in 1..=40 {
        let write = |data: &str, version| {
            let after = State {
                version: Version(version),
                data: json!(data),
                ..template()
            };
            write(last.as_ref(), after)
        };
        let (good, late) = (write("good", round), write("late", round));
        wire.is_to_lose.store(true, Ordering::Relaxed);
        // In one group or in two: one is written, and the other learns what is there.
        let both = join(backend.apply(vec![good]), backend.apply(vec![late])).await;
        let (Ok(Outcome::Applied(changes)), Ok(Outcome::Stale(current))) = both else {
            panic!("round {round}: {both:?}");
        };
        assert!(!wire.is_to_lose.load(Ordering::Relaxed));
        let change = changes.first().unwrap();
        assert_eq!(change.revision, Revision(round));
        assert_eq!(current.as_ref(), Some(&change.after));
        last = current;
    }
    assert_eq!(backend.revision().await.unwrap(), Revision(40));
}
