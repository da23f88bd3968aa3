//! Editing together over a real folder and a real engine: versions, sessions, merges, locks, drafts, disk edits.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use holdfast::{Actor, Clock, ManualClock, Scope, StateManager, Timestamp, backend::Memory};
use workbench::{
    Person,
    configurations::{
        Action, Place, SaveOutcome, Stored,
        desk::{Desk, DeskError, IDLE, Who, Work, kinds},
        files::FileError,
        merge::Answer,
    },
};

const FILE: &str = "protocol.yaml";
const TEXT: &str =
    "# when to come\nintervals:\n  min: 28\n  max: 112 # days\nstop:\n  poor_vision: 0.10\n";

struct Bench {
    desk: Desk,
    states: StateManager,
    clock: Arc<ManualClock>,
    folder: PathBuf,
    _guard: tempfile::TempDir,
}

fn bench() -> Bench {
    let guard = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
    let mut builder = StateManager::builder(Arc::new(Memory::new())).clock(clock.clone());
    for (kind, lifecycle) in kinds() {
        builder = builder.lifecycle(kind, lifecycle);
    }
    let states = builder.build();
    let folder = guard.path().join("protocols");
    let desk = Desk::open(&folder, states.clone(), clock.clone()).unwrap();
    fs::write(folder.join(FILE), TEXT).unwrap();
    Bench {
        desk,
        states,
        clock,
        folder,
        _guard: guard,
    }
}

fn who(name: &str) -> Who {
    let scope = Scope::Session(name.to_owned());
    Who {
        actor: Actor {
            name: scope.to_string(),
            client: None,
        },
        person: Person {
            key: name.to_owned(),
            name: name.to_owned(),
        },
        scope,
        may_override: false,
    }
}

fn work(base: u64, text: &str) -> Work {
    Work {
        text: text.to_owned(),
        base,
        token: None,
        is_overwriting: false,
    }
}

fn saved(outcome: SaveOutcome) -> Stored {
    match outcome {
        SaveOutcome::Saved(stored) => stored,
        SaveOutcome::Conflicts(conflicts) => panic!("{:?}", conflicts.conflicts),
    }
}

impl Bench {
    fn on_disk(&self) -> String {
        fs::read_to_string(self.folder.join(FILE)).unwrap()
    }
}

#[tokio::test]
async fn a_save_is_a_version_a_backup_and_a_line_of_history() {
    let b = bench();
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    assert_eq!((opened.version, opened.text.as_str()), (1, TEXT));
    let text = TEXT.replace("112", "126");
    let outcome = b
        .desk
        .save(&ada, &opened.session, work(1, &text))
        .await
        .unwrap();
    let stored = saved(outcome);
    assert_eq!((stored.version, b.on_disk()), (2, text.clone()));
    let backup = stored.backup.unwrap();
    assert_eq!(b.desk.preview(FILE, &backup).await.unwrap(), TEXT);
    let versions = b.desk.versions(FILE).await.unwrap();
    let told: Vec<_> = versions
        .iter()
        .map(|it| (it.version, it.by.as_str(), it.action, it.summary.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "ada", Action::Save, "intervals.max 112 → 126"),
            (1, "Found in the folder", Action::Create, "New file"),
        ]
    );
    // The same text again is no version.
    let again = saved(
        b.desk
            .save(&ada, &opened.session, work(2, &text))
            .await
            .unwrap(),
    );
    assert_eq!((again.version, again.backup), (2, None));
}

#[tokio::test]
async fn what_does_not_overlap_merges_and_what_does_is_a_choice() {
    let b = bench();
    let (ada, bea) = (who("ada"), who("bea"));
    let one = b.desk.open_file(&ada, FILE).await.unwrap();
    let two = b.desk.open_file(&bea, FILE).await.unwrap();
    let text = TEXT.replace("0.10", "0.08");
    saved(
        b.desk
            .save(&ada, &one.session, work(1, &text))
            .await
            .unwrap(),
    );
    let mine = TEXT.replace("min: 28", "min: 56");
    let merged = saved(
        b.desk
            .save(&bea, &two.session, work(1, &mine))
            .await
            .unwrap(),
    );
    assert_eq!(merged.merged.len(), 1);
    assert_eq!(merged.text, text.replace("min: 28", "min: 56"));
    assert_eq!((merged.version, b.on_disk()), (3, merged.text));

    // Ada goes on from version 2 and changes what Bea changed.
    let clash = text.replace("min: 28", "min: 42").replace("112", "98");
    let outcome = b
        .desk
        .save(&ada, &one.session, work(2, &clash))
        .await
        .unwrap();
    let SaveOutcome::Conflicts(conflicts) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        (conflicts.theirs.version, conflicts.theirs.by.as_str()),
        (3, "bea")
    );
    let [conflict] = conflicts.conflicts.as_slice() else {
        panic!("{conflicts:?}");
    };
    assert_eq!(conflict.path.to_string(), "intervals.min");
    let answers = vec![(conflict.id, Answer::Theirs)];
    let text = b.desk.resolved(FILE, 2, 3, clash, answers).await.unwrap();
    let stored = saved(
        b.desk
            .save(&ada, &one.session, work(3, &text))
            .await
            .unwrap(),
    );
    assert!(stored.text.contains("min: 56") && stored.text.contains("max: 98 # days"));
}

#[tokio::test]
async fn a_change_on_disk_is_somebody_elses_edit() {
    let b = bench();
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    b.desk.look_around().await.unwrap();
    fs::write(b.folder.join(FILE), TEXT.replace("0.10", "0.2")).unwrap();
    b.desk.look_around().await.unwrap();
    let room = b.desk.room(FILE).await.unwrap();
    assert_eq!(
        (room.version, room.saved_by.as_str()),
        (2, "Another program")
    );
    let mine = TEXT.replace("112", "98");
    let stored = saved(
        b.desk
            .save(&ada, &opened.session, work(1, &mine))
            .await
            .unwrap(),
    );
    assert!(stored.text.contains("0.2") && stored.text.contains("98"));

    fs::remove_file(b.folder.join(FILE)).unwrap();
    b.desk.look_around().await.unwrap();
    assert_eq!(b.desk.room(FILE).await.unwrap().version, 0);
    assert!(b.desk.list().await.unwrap().is_empty());
    let stored = b.desk.restore(&ada, FILE, 3, 0).await.unwrap();
    assert_eq!(stored.text, b.on_disk());
}

#[tokio::test]
async fn a_lock_fences_saves_passes_on_and_ends_by_itself() {
    let b = bench();
    let (ada, bea) = (who("ada"), who("bea"));
    let one = b.desk.open_file(&ada, FILE).await.unwrap();
    let two = b.desk.open_file(&bea, FILE).await.unwrap();
    let lock = b.desk.lock(&ada, &one.session).await.unwrap();
    let text = TEXT.replace("112", "98");
    let refused = b.desk.save(&bea, &two.session, work(1, &text)).await;
    assert!(
        matches!(refused, Err(DeskError::Locked { .. })),
        "{refused:?}"
    );
    assert!(matches!(
        b.desk.lock(&bea, &two.session).await,
        Err(DeskError::Locked { .. })
    ));
    assert!(matches!(
        b.desk.remove(&bea, FILE, 1).await,
        Err(DeskError::Locked { .. })
    ));

    // Asked for, and handed over: the old holder's save under it arrives too late.
    b.desk.ask_for_lock(&bea, &two.session).await.unwrap();
    let asked = b.desk.lock_on(FILE).await.unwrap().unwrap().asked.unwrap();
    assert_eq!(asked.0.name, "bea");
    b.desk.unlock(&ada, &one.session).await.unwrap();
    let passed = b.desk.lock_on(FILE).await.unwrap().unwrap();
    assert_eq!(passed.person.name, "bea");
    assert!(passed.token > lock.token);
    let late = Work {
        token: Some(lock.token),
        ..work(1, &text)
    };
    let refused = b.desk.save(&ada, &one.session, late).await;
    assert!(matches!(refused, Err(DeskError::LockLost)), "{refused:?}");
    assert_eq!(b.on_disk(), TEXT);

    // Idle for too long: session and lock are over, and the next one has a higher token.
    b.clock.advance(IDLE + Duration::from_secs(1));
    b.states.sweep().await.unwrap();
    assert_eq!(b.desk.lock_on(FILE).await.unwrap(), None);
    let refused = b.desk.save(&bea, &two.session, work(1, &text)).await;
    assert!(matches!(refused, Err(DeskError::Ended)), "{refused:?}");
    let again = b.desk.open_file(&ada, FILE).await.unwrap();
    let next = b.desk.lock(&ada, &again.session).await.unwrap();
    assert!(next.token > passed.token);

    // Broken by who may.
    assert!(matches!(
        b.desk.break_lock(&bea, FILE).await,
        Err(DeskError::NotHolder)
    ));
    let admin = Who {
        may_override: true,
        ..bea
    };
    b.desk.break_lock(&admin, FILE).await.unwrap();
    assert_eq!(b.desk.lock_on(FILE).await.unwrap(), None);
}

#[tokio::test]
async fn who_is_there_is_known_and_looking_keeps_nobody() {
    let b = bench();
    let (ada, bea) = (who("ada"), who("bea"));
    let one = b.desk.open_file(&ada, FILE).await.unwrap();
    let two = b.desk.open_file(&bea, FILE).await.unwrap();
    let place = Place {
        line: 6,
        entity: Some("stop".into()),
    };
    b.desk
        .touch(&ada, &one.session, place.clone(), true)
        .await
        .unwrap();
    let room = b.desk.room(FILE).await.unwrap();
    assert_eq!(room.editors.len(), 2);
    let seen = room
        .editors
        .iter()
        .find(|editor| editor.session == one.session)
        .unwrap();
    assert_eq!((&seen.place, seen.has_changes), (&place, true));
    // Another's session is not mine to move.
    let refused = b.desk.touch(&bea, &one.session, place.clone(), false).await;
    assert!(matches!(refused, Err(DeskError::Ended)));

    b.clock.advance(IDLE / 2);
    b.desk
        .touch(&bea, &two.session, place, false)
        .await
        .unwrap();
    b.clock.advance(IDLE / 2);
    for _ in 0..3 {
        b.desk.room(FILE).await.unwrap();
    }
    b.states.sweep().await.unwrap();
    let left: Vec<_> = b
        .desk
        .room(FILE)
        .await
        .unwrap()
        .editors
        .into_iter()
        .map(|it| it.person.name)
        .collect();
    assert_eq!(left, ["bea"]);
    b.desk.close(&bea, &two.session).await.unwrap();
    assert_eq!(b.desk.room(FILE).await.unwrap().editors, []);
}

#[tokio::test]
async fn a_draft_is_kept_and_never_written_over_unseen() {
    let b = bench();
    let ada = who("ada");
    let first = b
        .desk
        .keep_draft(&ada, FILE, "a: 1\n".into(), 1, 0)
        .await
        .unwrap();
    let next = b
        .desk
        .keep_draft(&ada, FILE, "a: 2\n".into(), 1, first.version)
        .await
        .unwrap();
    let other_tab = b
        .desk
        .keep_draft(&ada, FILE, "a: 3\n".into(), 1, first.version)
        .await;
    assert!(matches!(
        other_tab,
        Err(DeskError::State(holdfast::Error::Conflict { .. }))
    ));
    assert_eq!(b.desk.draft(&ada, FILE).await.unwrap().unwrap(), next);
    assert_eq!(b.desk.draft(&who("bea"), FILE).await.unwrap(), None);
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    assert_eq!(opened.draft.unwrap().text, "a: 2\n");
    saved(
        b.desk
            .save(&ada, &opened.session, work(1, "a: 2\n"))
            .await
            .unwrap(),
    );
    assert_eq!(b.desk.draft(&ada, FILE).await.unwrap(), None);
}

#[tokio::test]
async fn what_does_not_fit_its_schema_is_refused_with_its_place() {
    let b = bench();
    let ada = who("ada");
    let schema = r#"{"properties": {"stop": {"properties": {"poor_vision": {"type": "number", "maximum": 1}}}}}"#;
    fs::write(b.folder.join("protocol.schema.json"), schema).unwrap();
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    let text = TEXT.replace("0.10", "7");
    let checked = b.desk.check(FILE, text.clone()).await.unwrap();
    let [problem] = checked.problems.as_slice() else {
        panic!("{checked:?}");
    };
    assert_eq!(
        (problem.line, problem.column, problem.path.as_str()),
        (6, 3, "stop.poor_vision")
    );
    let refused = b.desk.save(&ada, &opened.session, work(1, &text)).await;
    assert!(
        matches!(&refused, Err(DeskError::Unfit(found)) if *found == checked.problems),
        "{refused:?}"
    );
    let broken = b.desk.save(&ada, &opened.session, work(1, "a: [1\n")).await;
    assert!(
        matches!(broken, Err(DeskError::File(FileError::Invalid(_)))),
        "{broken:?}"
    );
    assert_eq!(b.on_disk(), TEXT);
}

#[tokio::test]
async fn files_are_made_copied_named_and_deleted_and_come_back() {
    let b = bench();
    let ada = who("ada");
    b.desk
        .create(&ada, "costs.toml", "visit = 80\n".into())
        .await
        .unwrap();
    let taken = b
        .desk
        .create(&ada, "costs.toml", "visit = 90\n".into())
        .await;
    assert!(matches!(
        taken,
        Err(DeskError::File(FileError::Conflict { .. }))
    ));
    b.desk
        .copy(&ada, "costs.toml", "costs_2026.toml")
        .await
        .unwrap();
    b.desk
        .rename(&ada, "costs.toml", "prices.toml", 1)
        .await
        .unwrap();
    let names = |all: Vec<workbench::configurations::Configuration>| -> Vec<String> {
        all.into_iter().map(|it| it.name).collect()
    };
    assert_eq!(
        names(b.desk.list().await.unwrap()),
        ["costs_2026.toml", "prices.toml", FILE]
    );
    let stale = b.desk.remove(&ada, "prices.toml", 7).await;
    assert!(matches!(
        stale,
        Err(DeskError::File(FileError::Conflict { .. }))
    ));
    b.desk.remove(&ada, "prices.toml", 1).await.unwrap();
    assert_eq!(
        names(b.desk.list().await.unwrap()),
        ["costs_2026.toml", FILE]
    );
    let back = b.desk.restore(&ada, "prices.toml", 1, 0).await.unwrap();
    assert_eq!((back.version, back.text.as_str()), (3, "visit = 80\n"));
    for bad in ["../x.yaml", "a/b.yaml", ".hidden.yaml", "notes.txt"] {
        let refused = b.desk.create(&ada, bad, "a: 1\n".into()).await;
        assert!(
            matches!(refused, Err(DeskError::File(FileError::BadName { .. }))),
            "{bad}"
        );
    }
    let _: Timestamp = b.clock.now();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_save_at_once_no_edit_is_lost() {
    let b = bench();
    let entities: String = (0..20)
        .map(|n| format!("entity_{n}:\n  value: 0\n"))
        .collect();
    fs::write(b.folder.join(FILE), &entities).unwrap();
    let tasks = (0..20).map(|n| {
        let desk = b.desk.clone();
        tokio::spawn(async move {
            let me = who(&format!("person {n}"));
            let opened = desk.open_file(&me, FILE).await.unwrap();
            let (mut base, mut text) = (opened.version, opened.text);
            for round in 1..=3 {
                let lines: Vec<String> = text.lines().map(str::to_owned).collect();
                let at = lines
                    .iter()
                    .position(|line| *line == format!("entity_{n}:"))
                    .unwrap();
                let mut lines = lines;
                lines[at + 1] = format!("  value: {round}");
                text = lines.join("\n") + "\n";
                let stored = saved(
                    desk.save(&me, &opened.session, work(base, &text))
                        .await
                        .unwrap(),
                );
                (base, text) = (stored.version, stored.text);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(b.on_disk(), entities.replace("value: 0", "value: 3"));
    assert_eq!(b.desk.room(FILE).await.unwrap().version, 61);
}
