//! Live connections: 10,000 of 1,000 sessions with ten each, their memory on the server, and then 1,000 changes a second
//! in the sessions' own states in turn, each of which ten of them hear. Measured is the time from where a change is sent
//! to where it is heard.

mod heard;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

use self::heard::Heard;
use crate::{
    account,
    bench::{Bench, seconds},
    error::Result,
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
const NAME: &str = "live";

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
    let (count, p50, p99) = (heard.count(), heard.quantile(0.50), heard.quantile(0.99));
    bench.table.note(&format!(
        "heard {count} times of {sent} changes by {EARS} each, p50 {}",
        table::time(p50)
    ));
    bench.table.p99_below(p99, P99);
    let ended = heard.ended();
    let is_whole = ended == 0 && count >= sent * EARS;
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
                heard.end();
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
