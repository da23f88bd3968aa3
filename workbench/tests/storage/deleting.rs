//! Deleted runs: brought back by whichever server, swept for all of them.

use std::time::Duration;

use workbench::simulation::runs::RunsError;

use super::team::{Server, Team, ada, order};

const DAY: Duration = Duration::from_secs(24 * 3600);
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

async fn later(team: &Team, server: &Server) {
    team.clock.advance(31 * DAY);
    server.runs.sweep(KEPT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_runs_objects_go_when_they_are_swept_and_not_before() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(100)).await.unwrap();
    assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
    a.runs.delete(&ada(), &run.id).await.unwrap();
    a.runs.sweep(KEPT).await.unwrap();
    let kept = [
        format!("simulations/{}/patients.parquet", run.id),
        format!("simulations/{}/visits.parquet", run.id),
    ];
    assert_eq!(team.s3.names(&format!("simulations/{}", run.id)), kept);
    // The other server hears of it, and puts its copy aside.
    b.runs.sweep(KEPT).await.unwrap();
    assert!(!b.files("simulations").contains(&run.id));

    later(&team, &b).await;
    assert_eq!(team.s3.names("simulations"), Vec::<String>::new());
    assert_eq!(b.files("simulations/.deleted"), Vec::<String>::new());
    let gone = b.runs.restore(&ada(), &run.id).await.unwrap_err();
    assert!(matches!(gone, RunsError::Swept(_)), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_brought_back_elsewhere_is_not_swept() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(100)).await.unwrap();
    a.runs.delete(&ada(), &run.id).await.unwrap();
    // It was never on this one.
    b.runs.restore(&ada(), &run.id).await.unwrap();
    later(&team, &a).await;
    later(&team, &b).await;
    for server in [&a, &b] {
        assert!(server.runs.verify(&ada(), &run.id).await.unwrap());
    }

    b.runs.delete(&ada(), &run.id).await.unwrap();
    later(&team, &a).await;
    assert_eq!(team.s3.names("simulations"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_comes_back_whole_though_another_server_swept_its_objects() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(100)).await.unwrap();
    a.runs.delete(&ada(), &run.id).await.unwrap();
    // This server has not swept yet what the other one has.
    later(&team, &b).await;
    assert_eq!(team.s3.names("simulations"), Vec::<String>::new());
    a.runs.restore(&ada(), &run.id).await.unwrap();
    assert!(b.runs.verify(&ada(), &run.id).await.unwrap());
}
