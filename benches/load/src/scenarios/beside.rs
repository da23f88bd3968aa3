//! The same reads and durable writes asked of what people would pick instead, in the same run: etcd or Redis. The same
//! 10,000 keys with the same JSON, the same connections, one request on its way on each, every write on the disk before
//! it is answered.
//!
//! What is not the same: neither of them knows who asks, checks a schema or a lifecycle, refuses a stale version here, keeps
//! who changed what and when, or can search. etcd keeps old revisions until it is compacted; Redis has all of it in memory
//! and nothing of the past. etcd is asked over HTTP and JSON as we are, through its gateway, and quicker over gRPC; Redis in
//! its own protocol, which has less to be read than HTTP.

use std::{net::SocketAddr, sync::Arc};

use clap::ValueEnum;

use crate::{
    answer::Wire,
    bench::Bench,
    connection::Connection,
    drive::{Load, Measured},
    error::{Error, Result},
    fill::data,
    peers::{
        etcd::{self, Etcd},
        installed,
        redis_server::RedisServer,
    },
    process::Process,
    random::Random,
    request::{Access, redis},
    scenarios::{
        reads::{STATES, prepared, reader},
        writes::writer,
    },
};

/// What can be measured beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// Over HTTP and JSON
    Etcd,
    /// With `appendfsync always`, in its own protocol
    Redis,
}

/// Reads and durable writes.
type Pair = [Measured; 2];

pub async fn run(bench: &mut Bench, peer: Option<Peer>) -> Result<()> {
    let peers = match peer {
        Some(peer) => vec![peer],
        None => vec![Peer::Etcd, Peer::Redis],
    };
    let is_there = |peer: &Peer| installed(peer.program()).is_some();
    let (there, missing): (Vec<_>, Vec<_>) = peers.into_iter().partition(is_there);
    if let (true, Some(missing)) = (there.is_empty(), missing.first()) {
        return Err(Error::NoPeer(missing.program(), missing.package()));
    }
    let ours = ours(bench).await?;
    for peer in there {
        let theirs = match peer {
            Peer::Etcd => beside_etcd(bench).await?,
            Peer::Redis => beside_redis(bench).await?,
        };
        for ((what, ours), theirs) in ["reads", "durable writes"].iter().zip(&ours).zip(&theirs) {
            let ratio = ours.per_second() / theirs.per_second();
            bench
                .table
                .note(&format!("{what}: Holdfast {ratio:.2} x {}", peer.program()));
        }
    }
    Ok(())
}

impl Peer {
    fn program(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::Redis => "redis-server",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Etcd => "etcd-server",
            Self::Redis => "redis-server",
        }
    }
}

async fn ours(bench: &mut Bench) -> Result<Pair> {
    let (ready, states) = bench.filled(STATES).await?;
    let load = bench.load(&[&ready.server]);
    let requests = prepared(&ready.access, states);
    let reads = |client| reader(&requests, client);
    let writes = |client| writer(&ready.access, "PUT", states, client, load.connections);
    let servers = [ready.server.process()];
    pair(
        bench,
        "Holdfast",
        load.run(&servers, reads).await?,
        load.run(&servers, writes).await?,
    )
}

async fn beside_etcd(bench: &mut Bench) -> Result<Pair> {
    let etcd = Etcd::start().await?;
    let access = Access::nobody(etcd.address);
    let keys = bench.options.states.unwrap_or(STATES);
    let mut connection = open(etcd.address, Wire::Http).await?;
    for n in 0..keys {
        let request = etcd::put(&access, &key(n), &data(n).to_string());
        connection.good("etcd: put", &request).await?;
    }
    let load = load(bench, etcd.address, Wire::Http);
    let reads: Arc<[Vec<u8>]> = (0..keys).map(|n| etcd::range(&access, &key(n))).collect();
    let (reads, access) = (|client| reader(&reads, client), &access);
    let writes = |client| {
        let (access, mut random, mut count) = (access.clone(), Random::of(client), 0);
        move |out: &mut Vec<u8>| {
            count += 1;
            *out = etcd::put(&access, &key(random.below(keys)), &data(count).to_string());
        }
    };
    let servers = [etcd.process()];
    pair(
        bench,
        "etcd, HTTP and JSON",
        load.run(&servers, reads).await?,
        load.run(&servers, writes).await?,
    )
}

async fn beside_redis(bench: &mut Bench) -> Result<Pair> {
    let server = RedisServer::start();
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let keys = bench.options.states.unwrap_or(STATES);
    let mut connection = open(address, Wire::Redis).await?;
    let mut request = Vec::new();
    for n in 0..keys {
        set(&mut request, n, n);
        connection.good("Redis: SET", &request).await?;
    }
    let servers = [process(&mut connection).await?];
    let load = load(bench, address, Wire::Redis);
    let reads = |client| {
        let mut random = Random::of(client);
        move |out: &mut Vec<u8>| redis(out, &[b"GET", key(random.below(keys)).as_bytes()])
    };
    let writes = |client| {
        let (mut random, mut count) = (Random::of(client), 0);
        move |out: &mut Vec<u8>| {
            count += 1;
            set(out, random.below(keys), count);
        }
    };
    pair(
        bench,
        "Redis, appendfsync always",
        load.run(&servers, reads).await?,
        load.run(&servers, writes).await?,
    )
}

/// Which process answers here.
async fn process(connection: &mut Connection) -> Result<Process> {
    let mut request = Vec::new();
    redis(&mut request, &[b"INFO", b"server"]);
    let info = connection.good("Redis: INFO", &request).await?;
    let number = info
        .lines()
        .find_map(|line| line.strip_prefix("process_id:"));
    let number = number.and_then(|number| number.trim().parse().ok());
    Ok(Process(number.unwrap_or_default()))
}

fn set(out: &mut Vec<u8>, n: usize, content: usize) {
    redis(
        out,
        &[
            b"SET",
            key(n).as_bytes(),
            data(content).to_string().as_bytes(),
        ],
    );
}

fn key(n: usize) -> String {
    format!("note-{n}")
}

async fn open(to: SocketAddr, wire: Wire) -> Result<Connection> {
    let connection = Connection::open(to, wire).await;
    connection.map_err(Error::io(format!("a connection to {to}")))
}

fn load(bench: &Bench, to: SocketAddr, wire: Wire) -> Load {
    Load {
        servers: vec![to],
        wire,
        ..bench.load(&[])
    }
}

fn pair(bench: &mut Bench, whose: &str, reads: Measured, writes: Measured) -> Result<Pair> {
    bench.table.load(&format!("{whose}: reads"), &reads);
    bench
        .table
        .load(&format!("{whose}: durable writes"), &writes);
    Ok([reads, writes])
}

#[cfg(test)]
#[path = "beside_tests.rs"]
mod tests;
