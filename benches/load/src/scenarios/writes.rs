//! `PUT` and `PATCH /api/v1/states/{id}` over whatever is there: 10,000 states, each written by one connection only. An
//! answer comes when the change is on the disk.

use std::time::Duration;

use crate::{
    bench::Bench,
    error::Result,
    fill,
    random::Random,
    request::{Access, JSON_OVER_ANY},
};

const STATES: usize = 10_000;
const BAR: f64 = 5_000.0;
/// A fifth above the bar.
const PACE: f64 = 6_000.0;
const SLOWEST: Duration = Duration::from_millis(50);

pub async fn run(bench: &mut Bench) -> Result<()> {
    let (ready, states) = bench.filled(STATES).await?;
    let mut load = bench.load(&[&ready.server]);
    for method in ["PUT", "PATCH"] {
        let writers = load.connections;
        let client = |client| writer(&ready.access, method, states, client, writers);
        let measured = load.run(&[ready.server.process()], client).await?;
        let what = format!("{method} of one of {states} states, {writers} connections");
        bench.table.load(&what, &measured);
        bench.table.rate_above(&measured, BAR);
    }
    // Who waits behind a server that is never idle waits for the others' turns; at a pace, for its own write.
    let writers = load.connections;
    load.pause = Some(Duration::from_secs_f64(writers as f64 / PACE));
    let client = |client| writer(&ready.access, "PUT", states, client, writers);
    let measured = load.run(&[ready.server.process()], client).await?;
    let what = format!("PUT at a pace of {PACE} a second, {writers} connections");
    bench.table.load(&what, &measured);
    bench.table.rate_above(&measured, BAR);
    bench.table.p99_below(measured.took.quantile(0.99), SLOWEST);
    Ok(())
}

/// A client that writes those states whose number leaves its own when divided by the number of writers: `PUT` all of the
/// data, `PATCH` two of its fields.
pub fn writer(
    access: &Access,
    method: &'static str,
    states: usize,
    client: usize,
    writers: usize,
) -> impl FnMut(&mut Vec<u8>) + Send + use<> {
    let (access, mut random, mut count) = (access.clone(), Random::of(client), 0);
    let own = states / writers.max(1);
    move |request| {
        count += 1;
        let n = (client + writers * random.below(own)) % states.max(1);
        let body = match method {
            "PUT" => format!(r#"{{"data":{}}}"#, fill::data(count)),
            _ => format!(
                r#"{{"data":{{"n":{count},"age":{{"min":{}}}}}}}"#,
                count % 90
            ),
        };
        let line = format!("{method} {}", fill::path(n));
        access.send(request, &line, JSON_OVER_ANY, body.as_bytes());
    }
}
