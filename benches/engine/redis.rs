//! Redis beside its own `redis-benchmark`.

use std::{process::Command, sync::Arc, time::Duration};

use holdfast::{
    State,
    backend::{Backend, Redis},
};
use serde_json::json;

use super::{
    load::{WRITERS, filled, id, reads, scope, writes},
    redis_server::RedisServer,
    table::{Row, Table},
};

/// The share of what Redis can do by itself that has to reach the engine.
const SHARE: f64 = 0.7;

/// What Redis itself does: `redis-benchmark` calls the function that the engine calls, with one write
/// of the same size in each call. It cannot count versions, so it writes the first version of ever
/// new states.
fn redis_benchmark(server: &RedisServer, connections: usize, calls: usize, state: &State) -> f64 {
    const KEYS: [&str; 7] = [
        "peer/log",
        "peer/due",
        "peer/revision",
        "peer/scopes",
        "peer/states",
        "peer/ids/user:u0",
        "peer/history/7:user:u0:__rand_int__",
    ];
    let due = state.expires_at.unwrap().0;
    let state = serde_json::to_string(state).unwrap();
    let numbers = format!("6 7 0 1 1 {} {due} 100000000 100000000000", state.len());
    let deed = json!(["update", {"name": "system"}, due]).to_string();
    let output = Command::new("redis-benchmark")
        .args(["--csv", "-r", "1000000000"])
        .args(["-p", &server.port().to_string()])
        .args(["-c", &connections.to_string(), "-n", &calls.to_string()])
        .args(["FCALL", "holdfast_2_apply", "7"])
        .args(KEYS)
        .args(["1", "1 0", &numbers, "user:u0", "7:user:u0:__rand_int__"])
        .args(["__rand_int__", "store", &deed, &state])
        .output()
        .unwrap();
    // A row of names, then the numbers: the test, how many a second, latencies.
    let table = String::from_utf8(output.stdout).unwrap();
    let numbers = table.lines().last().unwrap();
    let rate = numbers.rsplit("\",\"").nth(6).unwrap();
    rate.parse().unwrap()
}

pub async fn rows(table: &mut Table) {
    let server = RedisServer::start();
    let connect = async |prefix| Redis::connect(&server.url(), prefix).await.unwrap();
    let states = filled(Arc::new(connect("engine").await)).await;
    let peer = connect("peer").await;
    let like = states.get(&scope(0), &id(0)).await.unwrap().unwrap();
    for (what, beside, writers) in [
        (
            "Redis: durable update, 256 writers",
            "redis-benchmark, 256 connections",
            WRITERS,
        ),
        (
            "Redis: durable update, 1 writer",
            "redis-benchmark, 1 connection",
            1,
        ),
    ] {
        let ours = writes(what, &states, writers).await;
        let calls = ours.operations;
        let before = peer.revision().await.unwrap().0;
        let theirs = redis_benchmark(&server, writers, calls, &like);
        let written = peer.revision().await.unwrap().0 - before;
        assert!(written * 100 > calls as u64 * 99, "{written} of {calls}");
        let theirs = Row {
            what: beside,
            operations: calls,
            elapsed: Duration::from_secs_f64(calls as f64 / theirs),
            latencies: Vec::new(),
            processor: None,
        };
        table.rate(&ours, None);
        table.rate(&theirs, None);
        table.ratio("engine : redis-benchmark", &ours, &theirs, SHARE);
    }
    table.rate(&reads("Redis: get", &states).await, None);
}
