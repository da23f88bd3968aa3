//! Live connections: 10,000 of 1,000 sessions with ten each, their memory on the server, and then 1,000 changes a second
//! in the sessions' own states in turn, each of which ten of them hear. Measured is the time from where a change is sent
//! to where it is heard.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

use crate::{
    account,
    bench::{Bench, seconds},
    error::Result,
    histogram::Histogram,
    process::ensure_files,
    program::{Server, Settings},
    request::{Access, JSON_OVER_ANY},
    socket::Socket,
    table,
};

/// Listeners of one session.
const EARS: usize = 10;
/// Sessions and sockets that are opened at once.
const OPENERS: usize = 32;
/// Connections that write.
const WRITERS: usize = 100;
/// Descriptors that are not sockets of listeners.
const OTHERS: u64 = 600;
/// Bytes.
const MEMORY: u64 = 2_000_000_000;
const P99: Duration = Duration::from_millis(200);
/// What is heard later than this after the last change was sent is lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// Changes of one session that may be on their way at once.
const UNDER_WAY: u64 = 64;
const NAME: &str = "live";

/// When each change was sent, and how long those took that were heard.
#[derive(Debug)]
struct Heard {
    epoch: Instant,
    /// By session, in a ring by version.
    sent: Vec<Vec<AtomicU64>>,
    took: Mutex<Histogram>,
    ended: AtomicUsize,
}

pub async fn run(bench: &mut Bench, sockets: usize, events: usize) -> Result<()> {
    ensure_files(sockets as u64 + OTHERS)?;
    let home = bench.home(Settings::new())?;
    let server = home.serve().await?;
    let people = people(&server, sockets.div_ceil(EARS)).await?;
    let before = server.process().resident();
    let heard = Arc::new(Heard::of(people.len()));
    listen(&server, &people, sockets, &heard).await?;
    sleep(seconds(bench.options.warm)).await;
    let resident = server.process().resident();
    let each = resident.saturating_sub(before) as f64 / sockets as f64 / 1e3;
    let what = format!(
        "{sockets} live connections: {} ({each:.1} kB each)",
        table::bytes(resident)
    );
    bench.table.judge(&what, "< 2 GB", resident < MEMORY);

    let writers = WRITERS.min(people.len());
    let mut load = bench.load(&[&server]);
    load.connections = writers;
    load.warm = Duration::ZERO;
    load.pause = Some(Duration::from_secs_f64(writers as f64 / events as f64));
    let client = |client| writer(&people, &heard, client, writers);
    let measured = load.run(&[server.process()], client).await?;
    bench
        .table
        .load(&format!("{events} changes a second"), &measured);
    let sent = measured.took.count() as usize;
    let until = Instant::now() + PATIENCE;
    while heard.count() < sent * EARS && Instant::now() < until {
        sleep(Duration::from_millis(20)).await;
    }
    let took = heard.took.lock().unwrap_or_else(PoisonError::into_inner);
    let (count, p50, p99) = (took.count(), took.quantile(0.50), took.quantile(0.99));
    drop(took);
    bench.table.note(&format!(
        "heard {count} times of {sent} changes by {EARS} each, p50 {}",
        table::time(p50)
    ));
    bench.table.p99_below(p99, P99);
    let ended = heard.ended.load(Ordering::Relaxed);
    let is_whole = ended == 0 && count as usize >= sent * EARS;
    bench.table.judge(
        &format!("{ended} connections ended; all was heard"),
        "0",
        is_whole,
    );
    Ok(())
}

/// Browsers, each with a state of its own.
async fn people(server: &Server, count: usize) -> Result<Vec<Access>> {
    let mut people = Vec::with_capacity(count);
    let mut openers = JoinSet::new();
    for opener in 0..OPENERS.min(count) {
        let (mut connection, at) = (server.connect().await?, server.address);
        openers.spawn(async move {
            let mut own = Vec::new();
            for _ in (opener..count).step_by(OPENERS) {
                let access = account::browser(&mut connection, at).await?;
                let order = json!({"id": NAME, "kind": "note", "name": NAME, "data": {"n": 0}});
                let request = access.json("POST /api/v1/states", &order.to_string());
                connection.good("POST /api/v1/states", &request).await?;
                own.push(access);
            }
            Ok(own)
        });
    }
    while let Some(own) = openers.join_next().await {
        // A panic in one of them is passed on by itself.
        people.extend(own.unwrap_or_else(|_| Ok(Vec::new()))?);
    }
    Ok(people)
}

/// Opens the sockets and has each of them listen until the end.
async fn listen(
    server: &Server,
    people: &[Access],
    sockets: usize,
    heard: &Arc<Heard>,
) -> Result<()> {
    for first in (0..sockets).step_by(OPENERS) {
        let numbers = first..sockets.min(first + OPENERS);
        let opened = numbers.map(|number| async move {
            let whose = number % people.len();
            let socket = Socket::open(server.address, &people[whose], number).await?;
            Ok((whose, socket))
        });
        for (whose, mut socket) in futures::future::try_join_all(opened).await? {
            let heard = Arc::clone(heard);
            tokio::spawn(async move {
                while let Some(text) = socket.hear().await {
                    heard.take(whose, &text);
                }
                heard.ended.fetch_add(1, Ordering::Relaxed);
            });
        }
    }
    Ok(())
}

/// Changes the states of its own share of the sessions in turn.
fn writer(
    people: &[Access],
    heard: &Arc<Heard>,
    client: usize,
    writers: usize,
) -> impl FnMut(&mut Vec<u8>) + Send + use<> {
    let own: Vec<_> = people
        .iter()
        .cloned()
        .enumerate()
        .skip(client)
        .step_by(writers)
        .collect();
    let (heard, mut count) = (Arc::clone(heard), 0);
    move |request| {
        let round = count / own.len();
        if let Some((whose, access)) = own.get(count % own.len()) {
            let body = format!(r#"{{"data":{{"n":{count}}}}}"#);
            let line = format!("PUT /api/v1/states/{NAME}");
            access.send(request, &line, JSON_OVER_ANY, body.as_bytes());
            // The first version was written when the session was opened.
            heard.send(*whose, round as u64 + 2);
        }
        count += 1;
    }
}

impl Heard {
    fn of(sessions: usize) -> Self {
        let ring = || (0..UNDER_WAY).map(|_| AtomicU64::new(0)).collect();
        Self {
            epoch: Instant::now(),
            sent: (0..sessions).map(|_| ring()).collect(),
            took: Mutex::new(Histogram::new()),
            ended: AtomicUsize::new(0),
        }
    }

    fn send(&self, whose: usize, version: u64) {
        if let Some(at) = self.place(whose, version) {
            at.store(self.now(), Ordering::Relaxed);
        }
    }

    fn take(&self, whose: usize, text: &str) {
        let version = version(text);
        if let Some(sent) = version.and_then(|version| self.place(whose, version)) {
            let took = self.now().saturating_sub(sent.load(Ordering::Relaxed));
            let mut all = self.took.lock().unwrap_or_else(PoisonError::into_inner);
            all.record(Duration::from_micros(took));
        }
    }

    fn place(&self, whose: usize, version: u64) -> Option<&AtomicU64> {
        self.sent.get(whose)?.get((version % UNDER_WAY) as usize)
    }

    fn count(&self) -> usize {
        self.took
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count() as usize
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Of which version of the state it tells; `None` if it tells of something else.
fn version(text: &str) -> Option<u64> {
    let is_ours = text.contains(r#""event":"change""#) && text.contains(r#""name":"live""#);
    let (_, rest) = text.split_once(r#""version":"#).filter(|_| is_ours)?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_of_our_state_is_found_in_what_is_told() {
        let told = r#"{"event":"change","revision":42,"data":{"kind":"note","name":"live","version":17,"client":null}}"#;
        assert_eq!(version(told), Some(17));
        assert_eq!(version(&told.replace("live", "study.name")), None);
        assert_eq!(version(r#"{"event":"open","revision":41}"#), None);
    }
}
