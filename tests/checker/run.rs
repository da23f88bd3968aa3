//! One run: clients on each server and watchers beside them, until all are done.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, future::join_all};
use holdfast::{Change, Revision, StateId, StateManager, backend::Backend};

use crate::{
    clients::{ACCOUNTS, Client, EACH, Pace, Tell, actor, new},
    history::{History, Line, Record, Watched},
};

const CLIENTS: usize = 8;

/// What a client does in a run that nothing disturbs.
const STEPS: usize = 60;

/// The last change; watchers go home after it.
const END: &str = "end";

/// How often the end is said at most.
const ENDINGS: usize = 5;

/// Whoever has not heard of the end by then will not: an answer that is right takes a moment of this.
const LOST: Duration = Duration::from_secs(30);

/// How many changes each watcher of a server stays for, before it leaves and comes back.
pub const STAYS: [usize; 3] = [usize::MAX, usize::MAX, 13];

/// Clients and watchers on each server, until all clients are done.
pub async fn run(servers: &[Arc<dyn Backend>], is_cached: bool, seed: u64) -> History {
    let pace = Pace::new(STEPS);
    disturbed(servers, is_cached, seed, &pace, async {}).await
}

/// The same while `disturb` does something, at this pace.
pub async fn disturbed(
    servers: &[Arc<dyn Backend>],
    is_cached: bool,
    seed: u64,
    pace: &Arc<Pace>,
    disturb: impl Future<Output = ()>,
) -> History {
    let engines: Vec<StateManager> = servers
        .iter()
        .map(|backend| StateManager::builder(Arc::clone(backend)).build())
        .collect();
    let record = Arc::new(Mutex::new(Record {
        watched: watching(begin(&engines[0]).await, engines.len()),
        ..Record::default()
    }));
    let tell: Tell = {
        let record = Arc::clone(&record);
        Arc::new(move |line| record.lock().unwrap().add(line))
    };
    let watched = record.lock().unwrap().watched.clone();
    let at_last = end(&engines[0]);
    let living = live(&engines, "client", seed, watched, pace, &tell, at_last);
    futures::join!(living, disturb);
    // Looking back: whatever a backend keeps from watchers it may tell now.
    engines[0].revision().await.unwrap();
    let log = log_of(&engines[0]).await;
    drop(tell);
    // A watcher that is lost may hold it still.
    let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
    History {
        record: std::mem::take(&mut record),
        log,
        is_cached,
    }
}

/// The accounts. The revision behind which everything happens.
pub async fn begin(states: &StateManager) -> u64 {
    for account in ACCOUNTS {
        let new = new(account, EACH);
        states.register(new, &actor("begin".into())).await.unwrap();
    }
    states.revision().await.unwrap().0
}

/// Where the watchers of so many servers begin.
pub fn watching(begin: u64, servers: usize) -> Vec<Watched> {
    let watchers = [0, begin, 0].repeat(servers);
    watchers.into_iter().map(Watched::from).collect()
}

/// Clients whose names begin so, and watchers who go on behind what was `watched`. When the clients are done comes what is
/// done `at_last`, and the watchers stay until they have seen the end.
pub async fn live(
    engines: &[StateManager],
    name: &str,
    seed: u64,
    watched: Vec<Watched>,
    pace: &Arc<Pace>,
    tell: &Tell,
    at_last: impl Future<Output = ()>,
) {
    let watchers = watched.iter().enumerate().map(|(n, watched)| {
        let states = engines[n / STAYS.len()].clone();
        let stay = STAYS[n % STAYS.len()];
        tokio::spawn(watch(states, n, watched.seen(), stay, Arc::clone(tell)))
    });
    let watchers: Vec<_> = watchers.collect();
    let clients = (0..CLIENTS).map(|n| {
        let server = n % engines.len();
        let on = (server, engines[server].clone());
        let seed = seed * 1000 + n as u64;
        let client = Client::new(on, format!("{name} {n}"), seed, pace, tell);
        tokio::spawn(client.run())
    });
    for client in join_all(clients.collect::<Vec<_>>()).await {
        client.unwrap();
    }
    at_last.await;
    // Whoever never hears of the end has missed it, and that is what the checker will find.
    let _ = tokio::time::timeout(LOST, join_all(watchers)).await;
}

/// The last change: nobody does anything any more.
pub async fn end(states: &StateManager) {
    // One that forgets what it acknowledged may forget the end, and then it is said again.
    for _ in 0..ENDINGS {
        let _ = states.register(new(END, 0), &actor(END.into())).await;
        let end = new(END, 0);
        let said = states.get(&end.scope, &StateId::new(END)).await;
        if !matches!(said, Ok(None)) {
            break;
        }
    }
}

/// Watches to the end, or comes back after every `stay` changes, and after every fault.
async fn watch(states: StateManager, n: usize, mut seen: u64, stay: usize, tell: Tell) {
    loop {
        let mut stream = states.watch(None, Revision(seen)).take(stay);
        while let Some(Ok(change)) = stream.next().await {
            seen = change.revision.0;
            let is_end = change.after.id.as_str() == END;
            tell(Line::Saw(n, Change::clone(&change)));
            if is_end {
                return;
            }
        }
        tokio::task::yield_now().await;
    }
}

pub async fn log_of(states: &StateManager) -> Vec<Change> {
    let mut log: Vec<Change> = Vec::new();
    loop {
        let last = log.last().map_or(Revision(0), |change| change.revision);
        let page = states.log(last, 1000).await.unwrap();
        if page.is_empty() {
            return log;
        }
        log.extend(page);
    }
}
