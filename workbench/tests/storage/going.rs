//! Runs that are going at servers that share no folder: cancelled from another one, and failed once when their server went away.

use std::time::Duration;

use futures::future::join;
use holdfast::{Clock as _, HistoryQuery, StateId};
use serde_json::{Value, json};
use tokio::runtime::Builder;
use workbench::simulation::{Order, RunInfo, RunStatus};

use super::team::{Server, Team, ada, order};

const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// For how long a server is believed to live, and a second.
const LEASE: Duration = Duration::from_secs(121);

/// Orders a run, and is gone before it is simulated.
async fn dies(server: Server) -> RunInfo {
    let last = move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let run = runtime.block_on(server.runs.start(&ada(), order(100)));
        run.unwrap()
    };
    tokio::task::spawn_blocking(last).await.unwrap()
}

/// Runs that are noted to be going.
async fn noted(server: &Server) -> Value {
    let note = server.states.note("simulations-going").await.unwrap();
    note.map_or(json!({}), |note| note.value)
}

async fn status(server: &Server, run: &RunInfo) -> RunStatus {
    server.runs.get(&ada(), &run.id).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_server_went_away_with_its_folder_fails_once() {
    let team = Team::new().await;
    let (b, c) = (team.server().await, team.server().await);
    let run = dies(team.server().await).await;
    b.runs.sweep(KEPT).await.unwrap();
    assert_eq!(status(&b, &run).await, RunStatus::Pending);
    team.clock.advance(LEASE);
    b.runs.sweep(KEPT).await.unwrap();
    assert_eq!(status(&b, &run).await, RunStatus::Pending, "it is doubted");

    team.clock.advance(LEASE);
    let (here, there) = join(b.runs.sweep(KEPT), c.runs.sweep(KEPT)).await;
    here.unwrap();
    there.unwrap();
    let failed = c.runs.get(&ada(), &run.id).await.unwrap();
    assert_eq!(failed.status, RunStatus::Failed);
    assert!(failed.reason.unwrap().contains("its server went away"));
    let (scope, id) = (ada().scope, StateId::new(&*run.id));
    let history = b.states.history(&scope, &id, HistoryQuery::default());
    let history = history.await.unwrap();
    let steps: Vec<String> = history.iter().map(|it| it.transition.to_string()).collect();
    assert_eq!(steps, ["expire", "update", "create"]);
    assert_eq!(noted(&c).await, json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_is_left_to_its_server_and_cancelled_from_another() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    // Far longer than the test.
    let long = Order {
        duration_years: 10.0,
        ..order(500_000)
    };
    let run = a.runs.start(&ada(), long).await.unwrap();
    // Five minutes of both servers, as slow as they may be.
    for _ in 0..30 {
        team.clock.advance(Duration::from_secs(10));
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let until = noted(&b).await[&run.id]["until"].as_i64().unwrap();
            if until > team.clock.now().0 {
                break;
            }
        }
        b.runs.sweep(KEPT).await.unwrap();
    }
    assert_eq!(status(&b, &run).await, RunStatus::Pending);
    assert!(noted(&b).await.get(&run.id).is_some());

    b.runs.cancel(&ada(), &run.id).await.unwrap();
    let over = a.runs.wait(&ada(), &run.id).await.unwrap();
    assert_eq!(over.reason.as_deref(), Some("cancelled by Ada"));
    assert_eq!(noted(&b).await, json!({}));
    assert_eq!(a.files("simulations/.pending"), Vec::<String>::new());
}
