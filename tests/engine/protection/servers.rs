//! A seal in front of a database server: what lies there, and how it goes away and comes back.

use std::{error::Error as Cause, sync::Arc};

use holdfast::{
    Digest, Error, Expected, Kind, Query, Update, Version,
    backend::{Backend, Fault, PostgresFault, RedisFault, Sealed, SealedFault},
};
use serde_json::json;

use super::{SECRET, Vault, lab, labs};
use crate::{
    redis::{say, write},
    support::{
        self, ada, adas, id, new,
        postgres_server::{Disk, PostgresServer},
        redis_server::RedisServer,
        store,
    },
};

/// What is no secret, to see that it would be found.
const OPEN: &str = "plain as day";

/// Writes secrets through a seal, and something else past it. Which digests the secrets have.
async fn written_over(behind: Arc<dyn Backend>) -> Vec<Digest> {
    let vault = Vault::over(behind);
    let bare = vault.states(Arc::clone(&vault.behind));
    let open = new(Kind::STORE, "open", json!({"told": OPEN}));
    bare.register(open, &ada()).await.unwrap();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let secret = new(Kind::STORE, "s", json!({"note": SECRET}));
    let first = states.register(secret, &ada()).await.unwrap();
    let merge = Update::Merge(json!({"deep": [{"list": SECRET}]}));
    let second = states
        .update(&adas(), &id("s"), merge, Expected::Any, &ada())
        .await
        .unwrap();
    // Where there is an index, it is brought up to here.
    states.search(&adas(), Query::default()).await.unwrap();
    vec![first.digest, second.digest]
}

fn no_plain_text_in(kept: &str, digests: &[Digest]) {
    for there in [OPEN, "\"$sealed\""] {
        assert!(kept.contains(there), "this is not what is kept: {there}");
    }
    for part in [SECRET, "battery", "\"deep\"", "\"note\""] {
        assert!(!kept.contains(part), "{part}");
    }
    // A digest tells content that can be guessed.
    for digest in digests {
        assert_ne!(*digest, Digest::default());
        assert!(!kept.contains(&digest.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_plain_text_reaches_the_tables_of_postgresql() {
    let server = PostgresServer::shared();
    let url = server.database();
    let digests = written_over(crate::postgres::connected(&url).await).await;
    let mut dump = server.client("pg_dump");
    let dumped = dump.args(["--data-only", "-d", &url]).output().unwrap();
    assert!(dumped.status.success());
    let tables = String::from_utf8(dumped.stdout).unwrap();
    assert!(tables.contains("COPY public.search_entries"));
    no_plain_text_in(&tables, &digests);
}

/// Everything that Redis keeps, as it keeps it.
fn kept_in(server: &RedisServer) -> String {
    let keys = say(server, "KEYS *");
    let keys = keys.lines().filter(|line| line.starts_with("test/"));
    let read = keys.map(|key| {
        let all = match say(server, &format!("TYPE {key}")).as_str() {
            "+stream" => format!("XRANGE {key} - +"),
            "+hash" => format!("HGETALL {key}"),
            "+zset" => format!("ZRANGE {key} 0 -1"),
            "+string" => format!("GET {key}"),
            other => panic!("{key} is {other}"),
        };
        format!("{key}\n{}\n", say(server, &all))
    });
    read.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_plain_text_reaches_the_keys_of_redis() {
    let (server, behind) = support::redis().await;
    let digests = written_over(behind).await;
    no_plain_text_in(&kept_in(&server), &digests);
}

/// Whether it is the server's fault, passed on by the seal or met with a key in its hands.
fn is_of<F: Cause + 'static>(fault: &Fault) -> bool {
    match fault.downcast_ref() {
        Some(SealedFault::Behind(fault)) => fault.is::<F>(),
        _ => fault.is::<F>(),
    }
}

fn cause(error: Error) -> Fault {
    match error {
        Error::Failed { source, .. } => source,
        other => panic!("not a fault: {other:?}"),
    }
}

/// What fails through the seal while the server is gone is the server's typed fault, and then all goes on with the keys that
/// there were.
async fn outlives_an_outage<S, F: Cause + 'static>(
    mut server: S,
    behind: Arc<dyn Backend>,
    kill: fn(&mut S),
    restart: fn(&mut S),
) {
    let vault = Vault::over(behind);
    let sealed = vault.open(&[1]).await.unwrap();
    let states = vault.states(sealed.clone());
    let written = states.register(labs("s"), &ada()).await.unwrap();
    kill(&mut server);
    let (scope, s) = (lab(), id("s"));
    let update = async || {
        let merge = Update::Merge(json!({"n": 1}));
        states
            .update(&scope, &s, merge, Expected::Any, &ada())
            .await
    };
    let (read, updated, first) = tokio::join!(
        states.get(&scope, &s),
        update(),
        // Its key has yet to be made.
        sealed.apply(vec![write("first", None, 1)].into()),
    );
    for failed in [
        cause(read.unwrap_err()),
        cause(updated.unwrap_err()),
        first.unwrap_err(),
    ] {
        assert!(is_of::<F>(&failed), "{failed}");
    }

    restart(&mut server);
    let found = loop {
        match states.get(&scope, &s).await {
            Ok(found) => break found,
            Err(error) => assert!(is_of::<F>(&cause(error))),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(found, Some(written));
    assert_eq!(states.get(&adas(), &id("first")).await.unwrap(), None);
    // The keys are looked at again.
    vault.clock.advance(Sealed::LAG);
    assert_eq!(update().await.unwrap().version, Version(2));
    states.register(store("first"), &ada()).await.unwrap();
    assert_eq!(vault.key_of(&scope, "s").await, "tenant:lab/1");
    assert_eq!(vault.key_of(&adas(), "first").await, "default/1");
    let verified = states.verify().await.unwrap();
    assert_eq!((verified.changes, verified.findings), (3, vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sealed_in_postgresql_outlives_its_outage() {
    let server = PostgresServer::start(Disk::Unsynced);
    let behind = crate::postgres::connected(&server.database()).await;
    let (kill, restart) = (
        |server: &mut PostgresServer| server.kill(),
        |server: &mut PostgresServer| server.start_again(),
    );
    outlives_an_outage::<_, PostgresFault>(server, behind, kill, restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sealed_in_redis_outlives_its_outage() {
    let (server, behind) = support::redis().await;
    outlives_an_outage::<_, RedisFault>(server, behind, RedisServer::kill, RedisServer::restart)
        .await;
}
