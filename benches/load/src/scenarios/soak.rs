//! Everything at once, for long: reads, writes, lists, searches and pages at half of what the server does of that mix,
//! live listeners, and now and then a file that comes in and a small run. Whether memory and open files stay as they are.

mod mix;
mod now_and_then;
mod samples;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use tokio::{
    task::JoinHandle,
    time::{Instant, interval_at},
};

use self::samples::{Sample, Samples};
use crate::{
    account,
    bench::{Bench, Ready, seconds},
    error::Result,
    fill::fill,
    process::{Process, ensure_files},
    scenarios::page::table,
    socket::Socket,
};

/// Connections that ask; each of them half of its time.
const CONNECTIONS: usize = 64;
const STATES: usize = 10_000;
/// Live connections without news, and of those who hear every write.
const LISTENERS: usize = 200;
const EARS: usize = 5;
const ROWS: usize = 1_000;
/// How long the mix is measured for what half of it is.
const TRIAL: Duration = Duration::from_secs(8);
/// Caches that fill within a few minutes: afterwards whatever still grows is none.
const BYTES: &str = "67108864";

/// How long, and what is kept of it.
#[derive(Debug, Clone, Args)]
pub struct Soak {
    /// How long
    #[arg(long, default_value_t = 20.0)]
    minutes: f64,
    /// Seconds between two samples
    #[arg(long, default_value_t = 10.0)]
    every: f64,
    /// A file for the samples
    #[arg(long)]
    csv: Option<PathBuf>,
}

pub async fn run(bench: &mut Bench, soak: &Soak) -> Result<()> {
    ensure_files((LISTENERS + CONNECTIONS) as u64 + 600)?;
    let states = bench.options.states.unwrap_or(STATES);
    let ready = bench.ready(vec![
        ("HOLDFAST_DATA__CACHE_BYTES", BYTES.into()),
        ("HOLDFAST_SIMULATIONS__MEMORY_BYTES", BYTES.into()),
    ]);
    let ready = ready.await?;
    fill(&ready.server, &ready.access, states).await?;
    let mut connection = ready.server.connect().await?;
    let browser = account::browser(&mut connection, ready.server.address).await?;
    table(&mut connection, &browser, ROWS).await?;
    let _listening = listen(&ready, &browser).await?;

    let server = ready.server.process();
    let mut load = bench.load(&[&ready.server]);
    load.connections = CONNECTIONS;
    load.lasts = TRIAL.min(seconds(soak.minutes * 60.0));
    let mixed = mix::prepared(&ready.access, &browser, states);
    let trial = load
        .run(&[server], |client| mix::client(&mixed, client, CONNECTIONS))
        .await?;
    bench.table.load("the mix, as fast as it goes", &trial);

    load.lasts = seconds(soak.minutes * 60.0);
    let half = (trial.per_second() / 2.0).max(1.0);
    load.pause = Some(Duration::from_secs_f64(CONNECTIONS as f64 / half));
    let sampler = sample(server, soak, load.warm);
    let occasions = tokio::spawn(now_and_then::go_on(connection, browser));
    let measured = load
        .run(&[server], |client| mix::client(&mixed, client, CONNECTIONS))
        .await;
    occasions.abort();
    let done = occasions.await.ok();
    bench.table.load(
        &format!("half of it for {} minutes", soak.minutes),
        &measured?,
    );
    if let Some(done) = done {
        done?;
    }
    let samples = sampler.await.unwrap_or_default();
    if let Some(file) = &soak.csv {
        samples.write(file)?;
    }
    for (what, verdict) in [
        ("memory", samples.memory()),
        ("open files", samples.descriptors()),
    ] {
        bench
            .table
            .judge(&format!("{what}: {verdict}"), "flat", verdict.is_flat);
    }
    Ok(())
}

/// People who listen: most of them hear nothing of it, a few all of it.
async fn listen(ready: &Ready, browser: &crate::request::Access) -> Result<Vec<JoinHandle<()>>> {
    let mut listening = Vec::new();
    for number in 0..LISTENERS + EARS {
        let whose = if number < LISTENERS {
            browser
        } else {
            &ready.access
        };
        let mut socket = Socket::open(ready.server.address, whose, number).await?;
        listening.push(tokio::spawn(async move {
            while socket.hear().await.is_some() {}
        }));
    }
    Ok(listening)
}

/// Looks at the server for as long as it lasts.
fn sample(server: Process, soak: &Soak, warm: Duration) -> JoinHandle<Samples> {
    let (lasts, every) = (seconds(soak.minutes * 60.0), seconds(soak.every.max(0.05)));
    tokio::spawn(async move {
        let (start, mut samples) = (Instant::now() + warm, Samples::default());
        let mut turns = interval_at(start, every);
        loop {
            let at = turns.tick().await.saturating_duration_since(start);
            if at > lasts {
                return samples;
            }
            samples.push(Sample {
                at,
                resident: server.resident(),
                descriptors: server.descriptors(),
                processor: server.processor_time(),
            });
        }
    })
}
