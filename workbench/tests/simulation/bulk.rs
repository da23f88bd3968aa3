//! Several runs changed, deleted and brought back together: all of them, or none; and what a server left halfway.

use std::{
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use holdfast::{
    Actor, Authority, Clock as _, Error as StateError, Expected, Powers, Scope, StateId,
    StateManager, Update,
};
use serde_json::json;
use workbench::simulation::{
    Order, RunInfo,
    runs::{By, MAX_TOGETHER, RunsError, upcasted},
};

use super::{
    packages::completed,
    runs::{Bench, ada, bench, bench_of, endless, names, small},
};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const VIEWER: &str = "user:vera";

/// Refuses viewers, and lets somebody else write a run while a transaction of Ada's is being made.
#[derive(Debug, Default)]
struct Door {
    /// The run, which of the writes of the transaction it happens beside, and what its engine is from then on.
    meddled: Mutex<Option<(StateId, usize, &'static str)>>,
}

impl Door {
    fn meddle(&self, id: &str, at: usize, engine: &'static str) {
        *self.meddled.lock().unwrap() = Some((StateId::new(id), at, engine));
    }

    fn due(&self) -> Option<(StateId, &'static str)> {
        let mut meddled = self.meddled.lock().unwrap();
        let (_, at, _) = meddled.as_mut()?;
        *at -= 1;
        let is_due = *at == 0;
        let due = is_due.then(|| meddled.take()).flatten()?;
        Some((due.0, due.2))
    }
}

#[async_trait]
impl Authority for Door {
    async fn powers(
        &self,
        states: &StateManager,
        scope: &Scope,
        actor: &Actor,
    ) -> Result<Powers, StateError> {
        if actor.name == VIEWER {
            return Ok(Powers::none("viewers read only"));
        }
        let due = (*actor == ada().actor).then(|| self.due()).flatten();
        if let Some((id, engine)) = due {
            let update = Update::Merge(json!({"engine": engine}));
            let somebody = Actor::system();
            states
                .update(scope, &id, update, Expected::Any, &somebody)
                .await?;
        }
        Ok(Powers::all())
    }
}

async fn guarded() -> (Bench, Arc<Door>) {
    let door = Arc::new(Door::default());
    let authority = Arc::clone(&door);
    let b = bench_of(|builder| upcasted(builder).authority(authority)).await;
    (b, door)
}

async fn three(b: &Bench) -> Vec<String> {
    let mut ids = Vec::new();
    for name in ["Azure", "Cobalt", "Umber"] {
        let order = Order {
            name: Some(name.into()),
            ..small()
        };
        ids.push(completed(b, order).await.id);
    }
    ids
}

async fn all(b: &Bench, ids: &[String]) -> Vec<RunInfo> {
    let mut all = Vec::new();
    for id in ids {
        all.push(b.runs.get(&ada(), id).await.unwrap());
    }
    all
}

/// Nothing is put aside, and everything is whole.
async fn assert_whole(b: &Bench, ids: &[String]) {
    assert_eq!(deleted(b), Vec::<String>::new());
    for id in ids {
        assert!(b.runs.verify(&ada(), id).await.unwrap(), "{id}");
    }
}

fn deleted(b: &Bench) -> Vec<String> {
    names(&b.folder.path().join(".deleted"))
}

#[tokio::test]
async fn runs_are_tagged_and_pinned_together_and_what_is_so_already_is_not_written_again() {
    let b = bench().await;
    let ids = three(&b).await;
    b.runs.tag(&ada(), &ids[..2], " nhs ", true).await.unwrap();
    b.runs.tag(&ada(), &ids, "nhs", true).await.unwrap();
    b.runs.pin(&ada(), &ids, true).await.unwrap();
    let now = all(&b, &ids).await;
    assert!(now.iter().all(|run| run.tags == ["nhs"] && run.is_pinned));
    let steps = now[0].version;
    assert_eq!(
        now[2].version, steps,
        "the first two were tagged once, not twice"
    );
    let twice = [ids[0].clone(), ids[0].clone()];
    b.runs.tag(&ada(), &twice, "nhs", false).await.unwrap();
    let now = all(&b, &ids).await;
    assert_eq!((now[0].tags.len(), now[1].tags.len()), (0, 1));
    assert_eq!(now[0].version, steps + 1);
}

#[tokio::test]
async fn whoever_writes_one_of_the_runs_meanwhile_is_named_and_nothing_is_changed() {
    let (b, door) = guarded().await;
    let ids = three(&b).await;
    // It was read and drafted already when the third one is.
    door.meddle(&ids[1], 3, "another");
    let refused = b.runs.tag(&ada(), &ids, "nhs", true).await.unwrap_err();
    let named = format!("Cobalt ({})", ids[1]);
    assert!(
        matches!(&refused, RunsError::Changed(runs) if *runs == [named.clone()]),
        "{refused}"
    );
    let now = all(&b, &ids).await;
    assert!(now.iter().all(|run| run.tags.is_empty()));
    assert_eq!(now[1].engine, "another");

    door.meddle(&ids[1], 3, "a third one");
    let refused = b.runs.delete_all(&ada(), &ids).await.unwrap_err();
    assert!(refused.to_string().contains(&named), "{refused}");
    assert_whole(&b, &ids).await;
    // Asked again, with nobody in the way.
    b.runs.tag(&ada(), &ids, "nhs", true).await.unwrap();
    b.runs.delete_all(&ada(), &ids).await.unwrap();
    assert_eq!(deleted(&b).len(), 6, "tables and a note of each");
}

#[tokio::test]
async fn one_run_that_is_missing_pending_or_badly_tagged_keeps_all_as_they_are() {
    let b = bench().await;
    let mut ids = three(&b).await;
    let refused = b.runs.tag(&ada(), &ids, &"x".repeat(61), true).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, RunsError::Order(error) if error.field == "tags" && error.problem.contains("Azure")),
        "{refused}"
    );
    ids.insert(1, "sim_nothing".into());
    let (tagged, gone) = (
        b.runs.tag(&ada(), &ids, "nhs", true).await,
        b.runs.delete_all(&ada(), &ids).await,
    );
    for refused in [tagged, gone] {
        assert!(matches!(refused, Err(RunsError::Missing(id)) if id == "sim_nothing"));
    }
    let going = b.runs.start(&ada(), endless()).await.unwrap();
    ids[1] = going.id.clone();
    let refused = b.runs.delete_all(&ada(), &ids).await;
    assert!(matches!(refused, Err(RunsError::Pending(id)) if id == going.id));
    b.runs.stop().await;
    ids.remove(1);
    assert!(all(&b, &ids).await.iter().all(|run| run.tags.is_empty()));
    assert_whole(&b, &ids).await;
    let many: Vec<String> = (0..=MAX_TOGETHER).map(|at| format!("sim_{at}")).collect();
    let refused = b.runs.pin(&ada(), &many, true).await.unwrap_err();
    assert!(matches!(refused, RunsError::Order(error) if error.field == "ids"));
}

#[tokio::test]
async fn a_viewer_changes_deletes_and_brings_back_nothing() {
    let (b, _) = guarded().await;
    let ids = three(&b).await;
    let viewer = By {
        actor: Actor::new(VIEWER),
        ..ada()
    };
    let refusals = [
        b.runs.tag(&viewer, &ids, "mine", true).await,
        b.runs.pin(&viewer, &ids, true).await,
        b.runs.delete_all(&viewer, &ids).await,
    ];
    for refused in refusals {
        let is_forbidden = matches!(refused, Err(RunsError::State(StateError::Forbidden { .. })));
        assert!(is_forbidden);
    }
    let now = all(&b, &ids).await;
    assert!(now.iter().all(|run| run.tags.is_empty() && !run.is_pinned));
    assert_whole(&b, &ids).await;
    b.runs.delete_all(&ada(), &ids).await.unwrap();
    let refused = b.runs.restore_all(&viewer, &ids).await;
    assert!(matches!(
        refused,
        Err(RunsError::State(StateError::Forbidden { .. }))
    ));
    assert_eq!(deleted(&b).len(), 6, "their tables are still aside");
}

#[tokio::test]
async fn runs_that_were_deleted_together_come_back_together() {
    let b = bench().await;
    let ids = three(&b).await;
    let before = all(&b, &ids).await;
    b.runs.delete_all(&ada(), &ids).await.unwrap();
    for id in &ids {
        assert!(matches!(
            b.runs.get(&ada(), id).await,
            Err(RunsError::Missing(_))
        ));
        assert!(!b.folder.path().join(id).exists());
    }
    b.runs.restore_all(&ada(), &ids).await.unwrap();
    let after = all(&b, &ids).await;
    for (was, is) in before.iter().zip(&after) {
        assert_eq!(
            (&was.name, &was.result, was.created_at),
            (&is.name, &is.result, is.created_at)
        );
    }
    assert_whole(&b, &ids).await;
}

#[tokio::test]
async fn where_the_tables_of_one_are_swept_none_comes_back() {
    let b = bench().await;
    let ids = three(&b).await;
    b.runs.delete(&ada(), &ids[0]).await.unwrap();
    b.clock.advance(WEEK + Duration::from_secs(1));
    b.runs.delete_all(&ada(), &ids[1..]).await.unwrap();
    assert_eq!(b.runs.sweep(WEEK).await.unwrap(), 1);
    let refused = b.runs.restore_all(&ada(), &ids).await;
    assert!(matches!(refused, Err(RunsError::Swept(id)) if id == ids[0]));
    for id in &ids {
        assert!(!b.folder.path().join(id).exists(), "{id}");
    }
    b.runs.restore_all(&ada(), &ids[1..]).await.unwrap();
    assert_whole(&b, &ids[1..]).await;
}

#[tokio::test]
async fn what_a_server_left_halfway_that_died_is_brought_to_its_end_by_the_next_sweep() {
    let b = bench().await;
    let ids = three(&b).await;
    let root = b.folder.path();
    let note = |id: &str| {
        let note = json!({"at": b.clock.now(), "scope": ada().scope});
        let path = root.join(".deleted").join(format!("{id}.json"));
        fs::write(path, note.to_string()).unwrap();
    };
    // The first died before the states were written, the second after it, the third while it brought tables back.
    note(&ids[0]);
    note(&ids[1]);
    let state = StateId::new(&*ids[1]);
    let (scope, actor) = (ada().scope, ada().actor);
    b.states
        .delete(&scope, &state, Expected::Any, &actor)
        .await
        .unwrap();
    b.runs.delete(&ada(), &ids[2]).await.unwrap();
    fs::rename(root.join(".deleted").join(&ids[2]), root.join(&ids[2])).unwrap();

    assert_eq!(b.runs.sweep(WEEK).await.unwrap(), 0);
    assert!(
        ids.iter().all(|id| root.join(id).exists()),
        "a server that lives may be at it"
    );
    b.clock.advance(Duration::from_secs(3600));
    assert_eq!(b.runs.sweep(WEEK).await.unwrap(), 0);
    assert!(root.join(&ids[0]).exists());
    let aside = [&ids[1], &ids[2]];
    for id in aside {
        assert!(!root.join(id).exists());
    }
    assert_eq!(deleted(&b).len(), 4);
    b.runs.restore_all(&ada(), &ids[1..]).await.unwrap();
    assert_whole(&b, &ids).await;
}
