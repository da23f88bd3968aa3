//! Two servers on one PostgreSQL beside one: the same reads, the connections shared out between them.
//!
//! Two servers that have a core each would do `2 x cost of one / cost of two` of what one does. Where the machine has too
//! few cores for both of them, the database and this program, that is what is judged: the processor time of a request
//! must not rise by more than a quarter.

use std::thread::available_parallelism;

use crate::{
    account,
    bench::Bench,
    drive::Measured,
    error::Result,
    fill::fill,
    peers::postgres_server::{Disk, PostgresServer},
    program::Server,
    request::Access,
    scenarios::reads::{STATES, prepared, reader},
};

const BAR: f64 = 1.6;
/// Two servers, a database, and who asks.
const CORES: usize = 4;

pub async fn run(bench: &mut Bench) -> Result<()> {
    let states = bench.options.states.unwrap_or(STATES);
    let postgres = PostgresServer::start(Disk::Synced);
    let home = bench.home(vec![("HOLDFAST_STATE__DATABASE_URL", postgres.database())])?;
    let token = account::token(&home)?;
    let servers = [home.serve().await?, home.serve().await?];
    let [first, second] = &servers;
    let access = Access::token(first.address, &token);
    fill(first, &access, states).await?;
    let one = measure(bench, "one server on PostgreSQL", &[first], &access, states).await?;
    let two = measure(
        bench,
        "two servers on it",
        &[first, second],
        &access,
        states,
    )
    .await?;
    let rates = two.per_second() / one.per_second();
    let costs = one.cost_each().as_secs_f64() / two.cost_each().as_secs_f64().max(1e-9);
    bench.table.note(&format!(
        "reads: two servers give {rates:.2} x one here; by the cost of a request, {:.2} x with a core each",
        2.0 * costs
    ));
    let cores = available_parallelism().map_or(1, usize::from);
    let (what, ratio) = match cores < CORES {
        true => ("by the cost of a request", 2.0 * costs),
        false => ("by what they did", rates),
    };
    let what = format!("two servers, {what}, {cores} cores: {ratio:.2} x one");
    bench.table.judge(&what, "> 1.6 x", ratio > BAR);
    Ok(())
}

async fn measure(
    bench: &mut Bench,
    what: &str,
    servers: &[&Server],
    access: &Access,
    states: usize,
) -> Result<Measured> {
    let load = bench.load(servers);
    let requests = servers
        .iter()
        .map(|server| prepared(&access.at(server.address), states));
    let requests: Vec<_> = requests.collect();
    let processes: Vec<_> = servers.iter().map(|server| server.process()).collect();
    // Dealt out in turn, as the connections are.
    let client = |client: usize| reader(&requests[client % requests.len()], client);
    let measured = load.run(&processes, client).await?;
    bench
        .table
        .load(&format!("{what}, one of {states} states"), &measured);
    Ok(measured)
}
