//! How long a server takes from the start of its process to its first answer, on a new folder and on one with states, and
//! how much memory it has when nobody asks.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    account,
    bench::{Bench, seconds},
    error::Result,
    fill::fill,
    program::Settings,
    request::Access,
    table,
};

const STARTS: usize = 5;
const STATES: usize = 10_000;
const BAR: Duration = Duration::from_millis(500);
/// Bytes.
const MEMORY: u64 = 100 << 20;

pub async fn run(bench: &mut Bench) -> Result<()> {
    let mut new = Vec::new();
    for _ in 0..STARTS {
        new.push(bench.home(Settings::new())?.serve().await?.started_in);
    }
    judge(bench, "start on a new folder, slowest of 5", new);

    let states = bench.options.states.unwrap_or(STATES);
    let home = bench.home(Settings::new())?;
    let token = account::token(&home)?;
    let server = home.serve().await?;
    fill(&server, &Access::token(server.address, &token), states).await?;
    drop(server);
    let mut again = Vec::new();
    for _ in 0..STARTS {
        again.push(home.serve().await?.started_in);
    }
    let what = format!("start with {states} states, slowest of 5");
    judge(bench, &what, again);

    let server = home.serve().await?;
    sleep(seconds(bench.options.seconds)).await;
    let resident = server.process().resident();
    let what = format!("resident when nobody asks: {}", table::bytes(resident));
    bench.table.judge(&what, "< 100 MiB", resident < MEMORY);
    Ok(())
}

fn judge(bench: &mut Bench, what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let (middle, slowest) = (took.get(took.len() / 2).copied(), took.last().copied());
    let what = format!(
        "{what}: {} (middle {})",
        table::time(slowest),
        table::time(middle)
    );
    let is_met = slowest.is_some_and(|slowest| slowest < BAR);
    bench.table.judge(&what, "< 500 ms", is_met);
}
