//! Who is there: locks, presence, drafts.

use std::time::Duration;

use workbench::configurations::{
    Place,
    desk::{DeskError, IDLE, Who, Work},
};

use crate::{FILE, TEXT, bench, saved, who, work};

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
async fn a_lock_is_kept_by_its_holder_and_by_nobody_who_asks() {
    let b = bench();
    let (ada, bea) = (who("ada"), who("bea"));
    let one = b.desk.open_file(&ada, FILE).await.unwrap();
    let first = b.desk.lock(&ada, &one.session).await.unwrap();
    let half = i64::try_from((IDLE / 2).as_millis()).unwrap();

    b.clock.advance(IDLE / 2);
    let two = b.desk.open_file(&bea, FILE).await.unwrap();
    b.desk.ask_for_lock(&bea, &two.session).await.unwrap();
    let asked = b.desk.lock_on(FILE).await.unwrap().unwrap();
    assert_eq!((asked.until, asked.token), (first.until, first.token));

    // Locking again keeps it, with its token and with who asked.
    let again = b.desk.lock(&ada, &one.session).await.unwrap();
    assert_eq!(
        (again.until, again.token),
        (first.until + half, first.token)
    );
    assert_eq!(again.asked.unwrap().0.name, "bea");

    b.clock.advance(IDLE / 2);
    let place = Place::default();
    b.desk.touch(&bea, &two.session, place, true).await.unwrap();
    b.states.sweep().await.unwrap();
    // The holder's session went half an hour after it was opened; its lock follows in its own time.
    b.clock.advance(IDLE / 2);
    b.states.sweep().await.unwrap();
    assert_eq!(b.desk.lock_on(FILE).await.unwrap(), None);
}

#[tokio::test]
async fn a_draft_of_what_was_saved_is_none() {
    let b = bench();
    let ada = who("ada");
    let one = b.desk.open_file(&ada, FILE).await.unwrap();
    let text = TEXT.replace("112", "98");
    b.desk
        .save(&ada, &one.session, work(1, &text))
        .await
        .unwrap();
    // A page that was left during the save had kept it last.
    b.desk
        .keep_draft(&ada, FILE, text.clone(), 1, 0)
        .await
        .unwrap();
    let two = b.desk.open_file(&ada, FILE).await.unwrap();
    assert_eq!((two.draft, two.version), (None, 2));
    assert_eq!(b.desk.draft(&ada, FILE).await.unwrap(), None);
    let other = TEXT.replace("112", "84");
    b.desk
        .keep_draft(&ada, FILE, other.clone(), 2, 0)
        .await
        .unwrap();
    let three = b.desk.open_file(&ada, FILE).await.unwrap();
    assert_eq!(three.draft.unwrap().text, other);
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
    let kept_as = |version| Work {
        draft: Some(version),
        ..work(1, "a: 2\n")
    };
    let outcome = b
        .desk
        .save(&ada, &opened.session, kept_as(next.version))
        .await;
    saved(outcome.unwrap());
    assert_eq!(b.desk.draft(&ada, FILE).await.unwrap(), None);

    // What another tab kept is not saved with this one's text, nor given up with it.
    let theirs = b
        .desk
        .keep_draft(&ada, FILE, "a: 4\n".into(), 2, 0)
        .await
        .unwrap();
    for draft in [None, Some(next.version)] {
        let again = Work {
            draft,
            ..work(2, "a: 2\n")
        };
        saved(b.desk.save(&ada, &opened.session, again).await.unwrap());
    }
    let refused = b.desk.drop_draft(&ada, FILE, next.version).await;
    assert!(matches!(
        refused,
        Err(DeskError::State(holdfast::Error::Conflict { .. }))
    ));
    assert_eq!(b.desk.draft(&ada, FILE).await.unwrap(), Some(theirs));
}
