//! Saves: versions, merges, choices, edits on disk, schemas, many at once.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use holdfast::Limits;
use workbench::configurations::{
    Action, SaveOutcome,
    desk::{CONFIGURATION, DeskError},
    files::FileError,
    merge::Answer,
};

use crate::{FILE, TEXT, bench, bench_with, saved, who, work};

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

#[tokio::test]
async fn what_another_program_writes_during_a_save_is_merged_too() {
    // The engine is asked after the file was looked at and before it is replaced: a moment to write it behind our back.
    let behind = Arc::new(Mutex::new(None::<(PathBuf, String)>));
    let moment = behind.clone();
    let b = bench_with(|builder| {
        builder.guard(CONFIGURATION, move |_, _| {
            if let Some((path, text)) = moment.lock().unwrap().take() {
                fs::write(path, text).unwrap();
            }
            Ok(())
        })
    });
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    let theirs = TEXT.replace("0.10", "0.2");
    *behind.lock().unwrap() = Some((b.folder.join(FILE), theirs.clone()));
    let mine = TEXT.replace("112", "98");
    let outcome = b.desk.save(&ada, &opened.session, work(1, &mine)).await;
    let stored = saved(outcome.unwrap());
    assert_eq!(stored.text, theirs.replace("112", "98"));
    assert_eq!((stored.version, b.on_disk()), (3, stored.text));
    assert_eq!(b.desk.version(FILE, 2).await.unwrap().text, theirs);

    // Who saves without a merge is told instead, and so is who deletes.
    let (_, etag) = b.desk.get(FILE).await.unwrap();
    *behind.lock().unwrap() = Some((b.folder.join(FILE), TEXT.to_owned()));
    let refused = b.desk.put(&ada, FILE, mine, &etag).await;
    assert!(
        matches!(&refused, Err(DeskError::File(FileError::Conflict { text, .. })) if text == TEXT),
        "{refused:?}"
    );
    assert_eq!(b.on_disk(), TEXT);
}

#[tokio::test]
async fn what_was_typed_during_a_merging_save_takes_nothing_back() {
    let b = bench();
    let (ada, bea) = (who("ada"), who("bea"));
    let one = b.desk.open_file(&ada, FILE).await.unwrap();
    let two = b.desk.open_file(&bea, FILE).await.unwrap();
    let theirs = TEXT.replace("0.10", "0.08");
    let outcome = b.desk.save(&bea, &two.session, work(1, &theirs)).await;
    saved(outcome.unwrap());
    let sent = TEXT.replace("max: 112", "max: 12");
    let outcome = b.desk.save(&ada, &one.session, work(1, &sent)).await;
    let stored = saved(outcome.unwrap());
    let typed = sent.replace("max: 12", "max: 126");
    let carried = b
        .desk
        .carried(FILE, sent.clone(), stored.version, typed)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(carried, theirs.replace("112", "126"));
    // In the same place as another's change there is nothing to carry.
    let clash = sent.replace("0.10", "0.3");
    let met = b.desk.carried(FILE, sent, stored.version, clash).await;
    assert_eq!(met.unwrap(), None);
}

#[tokio::test]
async fn a_text_that_the_engine_does_not_take_is_refused_before_the_file_is_touched() {
    let b = bench_with(|builder| {
        builder.limits(Limits {
            data_bytes: 1_000,
            ..Limits::default()
        })
    });
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    let long = format!("{TEXT}note: {}\n", "x".repeat(2_000));
    let refused = b.desk.save(&ada, &opened.session, work(1, &long)).await;
    assert!(
        matches!(
            refused,
            Err(DeskError::State(holdfast::Error::TooLarge { .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(b.on_disk(), TEXT);
    assert_eq!(b.desk.room(FILE).await.unwrap().version, 1);
}
