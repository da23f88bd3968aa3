//! Server programs that start at once on the tables of an older one, with what a release left in them.

use std::{fs, path::Path, sync::Arc, time::Instant};

use futures::future::join_all;
use holdfast::{Scope, StateId, StateManager, backend::Postgres};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{Settings, commands::Command};
use sqlx::{Connection, PgConnection};

use super::{Browser, PostgresServer, RECOVERY, Server, at, on_postgres};

/// Takes back what the migrations behind the third made: the tables are as those three leave them.
const BACK_TO_THE_THIRD: &str = "
    DROP TABLE search_head, search_entries, search_scopes;
    DROP FUNCTION holdfast_write_one;
    DELETE FROM _sqlx_migrations WHERE version > 3";

/// When the release's server made its first state, in milliseconds since 1970.
const MADE: i64 = 1_796_025_873_111;

/// The numbers of all migrations that there are.
fn migrations() -> Vec<i64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<i64> = names
        .map(|name| name.split('_').next().unwrap().parse().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Asks until there is an answer.
async fn ask(browser: &mut Browser, path: &str, body: &Value) -> Value {
    let until = Instant::now() + RECOVERY;
    loop {
        match browser.post(path, body.to_string()).await {
            Some((StatusCode::OK, text)) => return serde_json::from_str(&text).unwrap(),
            answer => assert!(Instant::now() < until, "{path}: {answer:?}"),
        }
    }
}

/// Writes until one more is acknowledged.
async fn write(browser: &mut Browser) {
    let (before, until) = (browser.acknowledged.0, Instant::now() + RECOVERY);
    while browser.acknowledged.0 == before {
        assert!(Instant::now() < until, "nothing is acknowledged");
        browser.write().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_servers_that_start_at_once_on_older_tables_one_brings_them_up_to_date_for_all() {
    let postgres = PostgresServer::shared();
    let (data, settings) = (tempfile::tempdir().unwrap(), on_postgres(&postgres));
    let url = settings[0].1.clone();
    let mut here = Settings {
        data_dir: data.path().to_owned(),
        ..Settings::default()
    };
    here.state.database_url = url.clone();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let file = fixtures.join("0.1.0/states.backup");
    let restored = Command::Restore { file }.run(here.clone());
    restored.await.unwrap();
    let first = Server::start(data.path(), &settings).await;
    let mut browser = Browser::open(at(&first)).await;
    write(&mut browser).await;
    drop(first);
    let mut database = PgConnection::connect(&url).await.unwrap();
    let back = sqlx::raw_sql(BACK_TO_THE_THIRD).execute(&mut database);
    back.await.unwrap();

    let servers = join_all((0..3).map(|_| Server::start(data.path(), &settings))).await;
    let applied = "SELECT version, success FROM _sqlx_migrations ORDER BY version";
    let applied: Vec<(i64, bool)> = sqlx::query_as(applied)
        .fetch_all(&mut database)
        .await
        .unwrap();
    let all: Vec<(i64, bool)> = migrations().into_iter().map(|it| (it, true)).collect();
    assert_eq!(applied, all);
    for server in &servers {
        browser.balancer = at(server);
        let key = json!({"key": "study.name"});
        let read = ask(&mut browser, "/api/read_store", &key).await;
        assert_eq!(read["data"], browser.acknowledged.1.as_str());
        let wanted = json!({"wanted": {"text": "study.name"}, "after": null, "limit": 9});
        let found = ask(&mut browser, "/api/find_states", &wanted).await;
        assert_eq!(found["total"], 1, "{found}");
        write(&mut browser).await;
    }
    let states = Postgres::connect(&url).await.unwrap();
    let states = StateManager::builder(Arc::new(states)).build();
    let id = StateId::new("feature.parquet-download");
    let released = states.get(&Scope::Shared, &id).await.unwrap().unwrap();
    assert_eq!(released.created_at.0, MADE);
    Command::Verify.run(here).await.unwrap();
}
