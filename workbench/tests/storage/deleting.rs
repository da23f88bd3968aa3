//! Deleted runs: brought back by whichever server, swept for all of them.

use std::{fs, time::Duration};

use holdfast::{Clock as _, Expected, StateId};
use serde_json::json;
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

#[tokio::test(flavor = "multi_thread")]
async fn runs_deleted_together_come_back_together_on_another_server_or_not_at_all() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let mut ids = Vec::new();
    for patients in [100, 120, 140] {
        ids.push(a.simulate(order(patients)).await.unwrap().id);
    }
    a.runs.delete_all(&ada(), &ids).await.unwrap();
    assert_eq!(team.s3.names("simulations/deleted").len(), 3);
    b.runs.restore_all(&ada(), &ids[1..]).await.unwrap();
    let marks = team.s3.names("simulations/deleted");
    assert!(
        marks.len() == 1 && marks[0].contains(&ids[0]),
        "of the one that is still deleted: {marks:?}"
    );
    assert_eq!(b.files("simulations/.deleted"), Vec::<String>::new());
    for id in &ids[1..] {
        assert!(b.runs.verify(&ada(), id).await.unwrap(), "{id}");
    }

    later(&team, &b).await;
    a.runs.delete_all(&ada(), &ids[1..]).await.unwrap();
    let refused = b.runs.restore_all(&ada(), &ids).await.unwrap_err();
    assert!(
        matches!(&refused, RunsError::Swept(id) if *id == ids[0]),
        "{refused:?}"
    );
    assert_eq!(team.s3.names("simulations/deleted").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_lies_aside_is_no_hindrance_when_the_run_was_brought_back_elsewhere() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(100)).await.unwrap();
    a.runs.delete(&ada(), &run.id).await.unwrap();
    b.runs.restore(&ada(), &run.id).await.unwrap();
    // Fetched, beside the copy that it put aside when it deleted the run.
    assert!(a.runs.verify(&ada(), &run.id).await.unwrap());
    later(&team, &a).await;
    assert_eq!(a.files("simulations/.deleted"), Vec::<String>::new());
    assert!(a.files("simulations").contains(&run.id));
    a.runs.delete(&ada(), &run.id).await.unwrap();
    a.runs.restore(&ada(), &run.id).await.unwrap();
    assert!(a.runs.verify(&ada(), &run.id).await.unwrap());
    assert_eq!(team.s3.names("simulations/deleted"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_died_before_it_told_the_store_tells_it_when_it_sweeps() {
    let team = Team::new().await;
    let (a, b) = (team.server().await, team.server().await);
    let run = a.simulate(order(100)).await.unwrap();
    // As this one would have done it, which has nothing of the run: a note, then the state, and no more.
    let note = json!({ "at": team.clock.now(), "scope": ada().scope });
    let path = format!("simulations/.deleted/{}.json", run.id);
    fs::write(b.folder.path().join(path), note.to_string()).unwrap();
    let (scope, actor, id) = (ada().scope, ada().actor, StateId::new(&*run.id));
    let deleting = b.states.delete(&scope, &id, Expected::Any, &actor);
    deleting.await.unwrap();
    let told_at = team.clock.now();
    team.clock.advance(DAY);
    b.runs.sweep(KEPT).await.unwrap();
    let mark = format!("simulations/deleted/{}/{}", run.id, told_at.0);
    assert_eq!(team.s3.names("simulations/deleted"), [mark]);
    assert_eq!(b.files("simulations/.deleted"), Vec::<String>::new());
    later(&team, &a).await;
    assert_eq!(team.s3.names("simulations"), Vec::<String>::new());
}
