//! `GET /api/v1/states/{id}` of 10,000 states, any of them, by a program with a token.

use std::{sync::Arc, time::Duration};

use crate::{bench::Bench, error::Result, fill, random::Random, request::Access};

pub const STATES: usize = 10_000;
const BAR: f64 = 20_000.0;
const P99: Duration = Duration::from_millis(50);

pub async fn run(bench: &mut Bench) -> Result<()> {
    let (ready, states) = bench.filled(STATES).await?;
    let load = bench.load(&[&ready.server]);
    let requests = prepared(&ready.access, states);
    let client = |client| reader(&requests, client);
    let measured = load.run(&[ready.server.process()], client).await?;
    let what = format!("one of {states} states, {} connections", load.connections);
    bench.table.load(&what, &measured);
    bench.table.rate_above(&measured, BAR);
    bench.table.p99_below(measured.took.quantile(0.99), P99);
    Ok(())
}

/// A request for each note.
pub fn prepared(access: &Access, notes: usize) -> Arc<[Vec<u8>]> {
    (0..notes).map(|n| access.get(&fill::path(n))).collect()
}

/// A client that sends any of these.
pub fn reader(requests: &Arc<[Vec<u8>]>, client: usize) -> impl FnMut(&mut Vec<u8>) + Send + use<> {
    let (requests, mut random) = (Arc::clone(requests), Random::of(client));
    move |request| {
        request.clear();
        if let Some(one) = requests.get(random.below(requests.len())) {
            request.extend_from_slice(one);
        }
    }
}
