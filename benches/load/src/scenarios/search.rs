//! `GET /api/v1/states` with a word: the newest 20 of some 200 that have it, among 10,000 with eight words each.

use crate::{
    bench::Bench,
    error::Result,
    fill::{self, WORDS},
    random::Random,
    request::Access,
    scenarios::list::{LIMIT, found},
};

const STATES: usize = 10_000;
const BAR: f64 = 2_000.0;

pub async fn run(bench: &mut Bench) -> Result<()> {
    let (ready, states) = bench.filled(STATES).await?;
    let load = bench.load(&[&ready.server]);
    let fits = (0..states).filter(|n| has_word(*n, 7)).count();
    found(&ready.server, &request(&ready.access, 7), fits).await?;
    let client = |client| searcher(&ready.access, client);
    let measured = load.run(&[ready.server.process()], client).await?;
    let what = format!("{LIMIT} of {states} states with a word (some {fits} have it)");
    bench.table.load(&what, &measured);
    bench.table.rate_above(&measured, BAR);
    Ok(())
}

fn has_word(n: usize, word: usize) -> bool {
    let (data, word) = (fill::data(n), fill::word(word));
    let text = data["text"].as_str().unwrap_or_default();
    text.split(' ').any(|own| own == word)
}

/// The notes with one word.
pub fn request(access: &Access, word: usize) -> Vec<u8> {
    let word = fill::word(word % WORDS);
    access.get(&format!("/api/v1/states?kind=note&q={word}&limit={LIMIT}"))
}

/// A client that looks for any word.
fn searcher(access: &Access, client: usize) -> impl FnMut(&mut Vec<u8>) + Send + use<> {
    let (access, mut random) = (access.clone(), Random::of(client));
    move |out| *out = request(&access, random.below(WORDS))
}
