//! PostgreSQL beside its own `pgbench`: how much of what the server can do reaches the engine.
//!
//! `pgbench` does what a guarded write needs at the least, in one statement on tables of the same
//! shape: update the state if the guard holds, append to the log. It gathers nothing, and takes revisions
//! from a sequence, so it promises less: no order, no quota, no history.

use std::{fs, process::Stdio, sync::Arc};

use holdfast::backend::Postgres;

use super::{
    load::{RUN, WRITERS, filled, reads, writes},
    postgres_server::{Disk, PostgresServer},
    table::{Row, Table},
};

/// The share of what PostgreSQL can do by itself that has to reach the engine.
const SHARE: f64 = 0.7;

/// As many as the engine reads with at once.
const CONNECTIONS: &str = "8";

const TABLES: &str = "
    CREATE TABLE bench_states (LIKE states INCLUDING ALL);
    ALTER TABLE bench_states SET (fillfactor = 60);
    INSERT INTO bench_states SELECT * FROM states;
    CREATE TABLE bench_log (LIKE log INCLUDING ALL);
    CREATE SEQUENCE bench_revision;
    ANALYZE bench_states;";

/// The colon of the scope is spelled out: `pgbench` would take `:u` for a variable, quoted or not.
const SCRIPT: &str = r"
\set n random(0, 9999)
\set u :n % 16
WITH written AS (
    UPDATE bench_states SET version = version + 1, revision = nextval('bench_revision')
    WHERE scope = 'user' || chr(58) || 'u' || :u::text AND id = 'query.filters.' || :n::text AND version > 0
    RETURNING *)
INSERT INTO bench_log (revision, previous, scope, id, version, transition, actor, client, at, state)
SELECT revision, 0, scope, id, version, 'update', 'system', NULL, 0, repeat('x', 480) FROM written;
";

/// The engine's rows, and `pgbench` beside them.
pub async fn rows(table: &mut Table) {
    let server = PostgresServer::start(Disk::Synced);
    let url = server.database();
    let states = filled(Arc::new(Postgres::connect(&url).await.unwrap())).await;
    let database = url.rsplit('/').find_map(|part| part.split_once('?'));
    let beside = PgBench::new(server, database.unwrap().0);

    let many = "PostgreSQL: durable update, 256 writers";
    let many = writes(many, &states, WRITERS).await;
    let many_beside = beside.run("pgbench, 8 connections", CONNECTIONS);
    let one = writes("PostgreSQL: durable update, 1 writer", &states, 1).await;
    let one_beside = beside.run("pgbench, 1 connection", "1");
    for (ours, theirs) in [(many, many_beside), (one, one_beside)] {
        table.rate(&ours, None);
        table.rate(&theirs, None);
        table.ratio("engine : pgbench", &ours, &theirs, SHARE);
    }
    table.rate(&reads("PostgreSQL: get", &states).await, None);
}

struct PgBench {
    server: PostgresServer,
    database: String,
    folder: tempfile::TempDir,
}

impl PgBench {
    fn new(server: PostgresServer, database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("write.sql"), SCRIPT).unwrap();
        let made = server.psql(database).args(["-c", TABLES]).status();
        assert!(made.unwrap().success());
        Self {
            server,
            database: database.into(),
            folder,
        }
    }

    fn run(&self, what: &'static str, connections: &str) -> Row {
        let mut program = self.server.client("pgbench");
        program.args(["-n", "-M", "prepared", "-j", "2", "-c", connections, "-T"]);
        program.arg(RUN.as_secs().to_string()).arg("-f");
        program.arg(self.folder.path().join("write.sql"));
        let output = program
            .arg(&self.database)
            .stderr(Stdio::inherit())
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "pgbench failed");
        let said = String::from_utf8(output.stdout).unwrap();
        let count = said
            .lines()
            .find_map(|line| line.strip_prefix("number of transactions actually processed: "));
        Row {
            what,
            operations: count.unwrap().parse().unwrap(),
            elapsed: RUN,
            latencies: Vec::new(),
            processor: None,
        }
    }
}
