//! Files that nothing refers to any more go, after a while, from the folder and from the store.
#![expect(
    clippy::disallowed_methods,
    reason = "files carry the computer's own time"
)]

use std::{
    fs,
    time::{Duration, SystemTime},
};

use workbench::{
    Error, Limits, Workbench,
    data::{Answer, Outcome, TableInfo},
    query::MergeSpec,
    simulation::runs::RunsError,
    workspace::Workspace,
};

use super::team::{Server, Team, ada, order};

const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// A clean-up to which every file is an old one.
async fn collect(team: &Team, server: &Server) -> u64 {
    use holdfast::Clock as _;
    let soon = SystemTime::now() + Duration::from_secs(3600);
    let (states, now) = (&server.states, team.clock.now());
    let removed = server.workbench.collect(states, now, KEPT, soon).await;
    removed.unwrap()
}

/// One that has been looking for long enough.
async fn begun() -> (Team, Server) {
    let team = Team::new().await;
    let server = team.server().await;
    assert_eq!(collect(&team, &server).await, 0);
    team.clock.advance(KEPT + Duration::from_secs(1));
    (team, server)
}

async fn mine(server: &Server, text: &str) -> String {
    let path = server.folder.path().join("mine.csv");
    fs::write(&path, text).unwrap();
    server.import(&path).await.unwrap().id
}

fn is_there(team: &Team, server: &Server, folder: &str, id: &str) -> bool {
    let is_it = |name: &String| name.contains(id);
    let is_here = server.files(folder).iter().any(is_it);
    assert_eq!(is_here, team.s3.names(folder).iter().any(is_it), "{id}");
    is_here
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_table_can_come_back_for_a_while_and_its_file_goes_then() {
    let (team, server) = begun().await;
    let id = mine(&server, "id,x\n1,2\n").await;
    assert_eq!(collect(&team, &server).await, 0, "a state refers to it");
    server.workspace.remove_table("mine").await.unwrap();
    team.clock.advance(KEPT);
    assert_eq!(collect(&team, &server).await, 0, "it can come back");
    server.workspace.restore_table("mine").await.unwrap();
    team.clock.advance(KEPT + KEPT);
    assert_eq!(collect(&team, &server).await, 0, "it is back");
    assert!(is_there(&team, &server, "tables", &id));

    server.workspace.remove_table("mine").await.unwrap();
    team.clock.advance(KEPT + Duration::from_secs(1));
    assert_eq!(collect(&team, &server).await, 1);
    assert!(!is_there(&team, &server, "tables", &id));
    let gone = server.workspace.restore_table("mine").await.unwrap_err();
    assert!(matches!(gone, Error::Missing(_)), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_goes_a_while_after_another_took_its_place_and_samples_never_do() {
    let (team, server) = begun().await;
    server.import_samples().await;
    let cancel = Default::default();
    let old = MergeSpec {
        filters: Default::default(),
        ..server.spec().await
    };
    let old = server.workspace.merge(&old, 1, &cancel).await.unwrap();
    let new = server.spec().await;
    let new = server.workspace.merge(&new, 2, &cancel).await.unwrap();
    assert_ne!(old.id, new.id);
    assert_eq!(collect(&team, &server).await, 0);
    team.clock.advance(KEPT + Duration::from_secs(1));
    assert_eq!(collect(&team, &server).await, 1);
    assert!(!is_there(&team, &server, "results", &old.id));
    assert!(is_there(&team, &server, "results", &new.id));
    for table in server.workspace.tables().await.unwrap() {
        server.workspace.remove_table(&table.name).await.unwrap();
    }
    team.clock.advance(KEPT + Duration::from_secs(1));
    assert_eq!(collect(&team, &server).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_ever_referred_to_goes_and_what_an_import_waits_with_stays() {
    let (team, server) = begun().await;
    mine(&server, "id,x\n1,2\n").await;
    let path = server.folder.path().join("mine.csv");
    fs::write(&path, "id,x\n1,3\n").unwrap();
    let cancel = Default::default();
    let asked = server.workspace.import(&path, "mine.csv", None, &cancel);
    let Outcome::Duplicate { import } = asked.await.unwrap() else {
        panic!("the name is taken");
    };
    fs::write(&path, "id,x\n1,4\n").unwrap();
    let other = server.workbench.import(&path, "other.csv", &cancel).await;
    let other = other.unwrap();
    assert_eq!(collect(&team, &server).await, 1);
    assert!(!is_there(&team, &server, "tables", &other.id));
    let answered = server.workspace.answer_import(&import.id, Answer::Replace);
    assert!(matches!(answered.await.unwrap(), Outcome::Imported { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_new_to_its_states_loses_nothing_at_first() {
    let team = Team::new().await;
    let server = team.server().await;
    let path = server.folder.path().join("mine.csv");
    fs::write(&path, "id,x\n1,2\n").unwrap();
    let cancel = Default::default();
    let table = server.workbench.import(&path, "mine.csv", &cancel).await;
    for days in [0, 29] {
        team.clock.advance(Duration::from_secs(days * 24 * 3600));
        assert_eq!(collect(&team, &server).await, 0);
    }
    assert!(is_there(&team, &server, "tables", &table.unwrap().id));
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_same_millisecond_stay_in_the_order_they_came() {
    let team = Team::new().await;
    let server = team.server().await;
    let workspace = &server.workspace;
    let samples = server.workbench.import_samples().await.unwrap();
    for sample in samples.iter().rev() {
        let table = TableInfo {
            imported_at: 7,
            ..sample.clone()
        };
        workspace.put_table(&table).await.unwrap();
    }
    let names = async || {
        let tables = workspace.tables().await.unwrap();
        tables
            .into_iter()
            .map(|table| table.name)
            .collect::<Vec<_>>()
    };
    let came = ["exams", "labs", "demographics"];
    assert_eq!(names().await, came);
    // Taken back in another order than they were removed in; and sent once more.
    workspace.remove_table("exams").await.unwrap();
    workspace.remove_table("labs").await.unwrap();
    workspace.restore_table("labs").await.unwrap();
    workspace.restore_table("exams").await.unwrap();
    assert_eq!(names().await, came);
    let first = workspace.tables().await.unwrap().remove(0);
    workspace.put_table(&first).await.unwrap();
    assert_eq!(names().await, came);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_holds_so_many_bytes_and_no_more() {
    let team = Team::new().await;
    let server = team.server().await;
    let limits = Limits {
        scope_bytes: 20,
        ..Limits::default()
    };
    let folder = server.folder.path();
    let workbench = Workbench::open_on(folder, limits, server.storage.clone()).unwrap();
    let ada = ada();
    let workspace = Workspace::new(server.states.clone(), workbench, ada.scope, ada.actor);
    let import = async |name: &str, text: &str, answer| {
        let path = server.folder.path().join(name);
        fs::write(&path, text).unwrap();
        workspace
            .import(&path, name, answer, &Default::default())
            .await
    };
    import("a.csv", "id,x\n1,22\n", None).await.unwrap();
    import("b.csv", "id,x\n1,33\n", None).await.unwrap();
    let refused = import("c.csv", "id,x\n1,44\n", None).await.unwrap_err();
    let is_told = matches!(
        refused,
        Error::NoRoom {
            held: 20,
            wanted: 10,
            limit: 20
        }
    );
    assert!(is_told, "{refused:?}");
    assert!(
        refused.to_string().contains("data.scope_bytes"),
        "{refused}"
    );
    // What takes the place of another needs no more room.
    let replaced = import("b.csv", "id,x\n1,55\n", Some(Answer::Replace)).await;
    replaced.unwrap();
    workspace.restore_samples().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runs_of_a_workspace_count_beside_its_tables() {
    let team = Team::new().await;
    let server = team.server().await;
    let run = server.runs.start(&ada(), order(100)).await.unwrap();
    let run = server.runs.wait(&ada(), &run.id).await.unwrap();
    let bytes = run.result.unwrap().bytes;
    let limits = Limits {
        scope_bytes: bytes + 15,
        ..Limits::default()
    };
    let folder = server.folder.path();
    let workbench = Workbench::open_on(folder, limits, server.storage.clone()).unwrap();
    workbench.count_runs(&server.runs);
    let ada = ada();
    let (scope, actor) = (ada.scope.clone(), ada.actor.clone());
    let workspace = Workspace::new(server.states.clone(), workbench, scope, actor);
    let import = async |name: &str, text: &str| {
        let path = server.folder.path().join(name);
        fs::write(&path, text).unwrap();
        workspace
            .import(&path, name, None, &Default::default())
            .await
    };
    import("a.csv", "id,x\n1,22\n").await.unwrap();
    let refused = import("b.csv", "id,x\n1,33\n").await.unwrap_err();
    assert!(
        matches!(refused, Error::NoRoom { held, wanted: 10, .. } if held == bytes + 10),
        "{refused:?}"
    );
    let refused = server.runs.start(&ada, order(100)).await.unwrap_err();
    assert!(
        matches!(refused, RunsError::Files(Error::NoRoom { held, .. }) if held == bytes + 10),
        "{refused:?}"
    );
    server.runs.delete(&ada, &run.id).await.unwrap();
    import("b.csv", "id,x\n1,33\n").await.unwrap();
    let refused = server.runs.restore(&ada, &run.id).await.unwrap_err();
    assert!(
        matches!(refused, RunsError::Files(Error::NoRoom { held: 20, .. })),
        "{refused:?}"
    );
}
