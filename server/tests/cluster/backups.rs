//! The backup that is due, where server programs share a database and each has a folder of its own: one of them makes it.
//!
//! The shortest time between two is an hour, so time passes in the note that says whose turn it is.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::{Clock, StateManager, SystemClock, backend::Postgres};
use reqwest::{Client, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Browser, PostgresServer, RECOVERY, Server, at, on_postgres};

const NOTE: &str = "backup-begun";
/// In milliseconds.
const HOUR: i64 = 3_600_000;

/// Two server programs, who looks at them, and their database.
struct Team {
    servers: [Server; 2],
    folders: [TempDir; 2],
    browser: Browser,
    states: StateManager,
}

impl Team {
    async fn start(postgres: &PostgresServer) -> Self {
        let [database] = on_postgres(postgres);
        let states = Postgres::connect(&database.1).await.unwrap();
        let settings = [
            database,
            ("HOLDFAST_BACKUPS__EVERY_HOURS", "1".to_owned()),
            ("HOLDFAST_MONITOR__SAMPLE_SECONDS", "1".to_owned()),
        ];
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let servers = [
            Server::start(folders[0].path(), &settings).await,
            Server::start(folders[1].path(), &settings).await,
        ];
        Self {
            browser: Browser::open(at(&servers[0])).await,
            states: StateManager::builder(Arc::new(states)).build(),
            servers,
            folders,
        }
    }

    /// The backups in both folders.
    fn made(&self) -> usize {
        let folders = self.folders.iter().map(|it| it.path().join("backups"));
        let files = folders.filter_map(|folder| fs::read_dir(folder).ok());
        let names = files
            .flatten()
            .map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".backup")).count()
    }

    /// Waits for a turn that is over and for which this is true.
    async fn over(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + RECOVERY;
        loop {
            let note = self.states.note(NOTE).await.unwrap();
            let turn = note.map_or(Value::Null, |note| note.value);
            if turn.is_object() && turn["until"].is_null() && is_it(&turn) {
                return turn;
            }
            assert!(Instant::now() < until, "{turn}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Has this be the newest turn. Nobody else writes it: none is due.
    async fn note(&self, turn: &Value) {
        let version = self.states.note(NOTE).await.unwrap().unwrap().version;
        let written = self.states.write_note(NOTE, version, Some(turn)).await;
        assert!(written.unwrap());
    }

    /// Waits until both servers have looked whether a backup is due: they do with every sample that they take.
    async fn have_looked(&self) {
        let (since, until) = (SystemClock.now().0, Instant::now() + RECOVERY);
        for server in &self.servers {
            // With the second the look of the first is over.
            while self.samples(server, since).await < 2 {
                assert!(Instant::now() < until, "{} takes none", server.url);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// How many a server has taken since.
    async fn samples(&self, server: &Server, since: i64) -> usize {
        let client = Client::builder().timeout(RECOVERY).build().unwrap();
        let request = client
            .get(format!("{}/api/v1/monitor?minutes=5", server.url))
            .header(header::COOKIE, self.browser.cookie());
        let told = request.send().await.unwrap().text().await.unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        let samples = told["samples"].as_array().unwrap().iter();
        samples.filter(|it| it["at"].as_i64() > Some(since)).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_server_programs_one_makes_each_backup_that_is_due() {
    let postgres = PostgresServer::shared();
    let team = Team::start(&postgres).await;
    let first = team.over(|_| true).await;
    team.have_looked().await;
    assert_eq!(team.made(), 1);

    // An hour later the next one is due.
    let begun = json!(first["begun"].as_i64().unwrap() - HOUR);
    let an_hour_ago = json!({"begun": begun, "until": null, "holder": first["holder"]});
    team.note(&an_hour_ago).await;
    team.over(|turn| turn["begun"] != begun).await;
    team.have_looked().await;
    assert_eq!(team.made(), 2);

    // A third one is at it ...
    let begun = json!(SystemClock.now().0);
    let until = SystemClock.now().0 + HOUR / 60;
    team.note(&json!({"begun": begun, "until": until, "holder": "third"}))
        .await;
    team.have_looked().await;
    assert_eq!(team.made(), 2);
    // ... and gone: one of the two takes the turn over.
    let until = SystemClock.now().0 - 1;
    team.note(&json!({"begun": begun, "until": until, "holder": "third"}))
        .await;
    let taken = team.over(|turn| turn["holder"] != "third").await;
    assert_eq!(taken["begun"], begun);
    team.have_looked().await;
    assert_eq!(team.made(), 3);
}
