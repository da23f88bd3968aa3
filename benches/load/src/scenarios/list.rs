//! `GET /api/v1/states` with a filter on a field: the newest 20 of the 1,000 that fit, among 100,000.

use crate::{
    bench::Bench,
    error::{Error, Result},
    fill::GROUPS,
    random::Random,
    request::{Access, encoded},
};

const STATES: usize = 100_000;
const BAR: f64 = 3_000.0;
/// Groups are of one size; this one is looked at beforehand.
const GROUP: usize = 17;
/// States of one answer.
pub const LIMIT: usize = 20;

pub async fn run(bench: &mut Bench) -> Result<()> {
    let (ready, states) = bench.filled(STATES).await?;
    let load = bench.load(&[&ready.server]);
    let fits = (0..states).filter(|n| n % GROUPS == GROUP).count();
    found(&ready.server, &request(&ready.access, GROUP), fits).await?;
    let client = |client| lister(&ready.access, client);
    let measured = load.run(&[ready.server.process()], client).await?;
    let what = format!("{LIMIT} of {states} states with a filter ({fits} fit)");
    bench.table.load(&what, &measured);
    bench.table.rate_above(&measured, BAR);
    Ok(())
}

/// The notes of one group.
pub fn request(access: &Access, group: usize) -> Vec<u8> {
    let filter = encoded(&format!(r#"data.group = "g{}""#, group % GROUPS));
    access.get(&format!(
        "/api/v1/states?kind=note&q={filter}&limit={LIMIT}"
    ))
}

/// A client that asks for any group.
fn lister(access: &Access, client: usize) -> impl FnMut(&mut Vec<u8>) + Send + use<> {
    let (access, mut random) = (access.clone(), Random::of(client));
    let requests: Vec<Vec<u8>> = (0..GROUPS).map(|group| request(&access, group)).collect();
    move |out| {
        out.clear();
        if let Some(one) = requests.get(random.below(GROUPS)) {
            out.extend_from_slice(one);
        }
    }
}

/// Makes sure that the answer is what is to be measured: a full page, of so many that fit.
pub async fn found(server: &crate::program::Server, request: &[u8], fits: usize) -> Result<()> {
    let what = "GET /api/v1/states?q=...";
    let body = server.connect().await?.good(what, request).await?;
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    let rows = answer["states"].as_array().map_or(0, Vec::len);
    if rows == LIMIT.min(fits) && answer["total"].as_u64() >= Some(rows as u64) {
        return Ok(());
    }
    Err(Error::Unexpected {
        what: what.into(),
        body: body.chars().take(300).collect(),
    })
}
