#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use holdfast::{
    Kind, ManualClock, SystemClock, Timestamp, Update,
    backend::{Backend, Memory, Sqlite},
};
use serde_json::json;

use super::*;
use crate::sessions::{RECORD, lifecycle_of_records};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// An engine in this process that knows the kind of records.
pub(crate) fn engine(clock: Arc<dyn Clock>) -> StateManager {
    engine_on(Arc::new(Memory::new()), clock)
}

fn engine_on(backend: Arc<dyn Backend>, clock: Arc<dyn Clock>) -> StateManager {
    StateManager::builder(backend)
        .lifecycle(holdfast::Kind::new(RECORD), lifecycle_of_records())
        .clock(clock)
        .build()
}

async fn sessions_at(start: Timestamp) -> (Sessions, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(start));
    let sessions = Sessions::new(
        engine(clock.clone()),
        &SessionSettings::default(),
        clock.clone(),
    );
    (sessions, clock)
}

async fn writes(sessions: &Sessions) -> u64 {
    sessions.states.revision().await.unwrap().0
}

#[tokio::test]
async fn a_session_that_nobody_visits_ends_after_the_idle_time() {
    let (sessions, clock) = sessions_at(SystemClock.now()).await;
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    clock.advance(29 * DAY);
    assert!(sessions.visit(id, HERE).await.unwrap().is_some());
    clock.advance(31 * DAY);
    assert!(sessions.visit(id, HERE).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_after_the_absolute_time_however_often_it_is_visited() {
    let (sessions, clock) = sessions_at(SystemClock.now()).await;
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    for _ in 0..8 {
        clock.advance(11 * DAY);
        assert!(sessions.visit(id, HERE).await.unwrap().is_some());
    }
    clock.advance(3 * DAY);
    assert!(sessions.visit(id, HERE).await.unwrap().is_none());
}

#[tokio::test]
async fn visits_write_at_most_once_an_hour() {
    let (sessions, clock) = sessions_at(SystemClock.now()).await;
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    let before = writes(&sessions).await;
    for _ in 0..59 {
        clock.advance(Duration::from_secs(60));
        assert!(sessions.visit(id, HERE).await.unwrap().is_some());
    }
    assert_eq!(writes(&sessions).await, before);
    clock.advance(Duration::from_secs(120));
    sessions.visit(id, HERE).await.unwrap();
    sessions.visit(id, HERE).await.unwrap();
    assert_eq!(writes(&sessions).await, before + 1);
}

#[tokio::test]
async fn an_ended_session_stays_ended_also_for_a_visit_on_its_way() {
    let (sessions, clock) = sessions_at(SystemClock.now()).await;
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    clock.advance(2 * DAY);
    let (scope, at_rest) = (super::sessions(), id.at_rest());
    let found = sessions.states.look_up(&scope, &at_rest).await;
    let state = found.unwrap().unwrap();
    sessions.end(id).await.unwrap();
    // The visit had read the record before it went.
    let record = Record::of(&state).unwrap();
    let before = writes(&sessions).await;
    sessions.renew(&state, record, HERE).await.unwrap();
    assert_eq!(writes(&sessions).await, before);
    assert!(sessions.visit(id, HERE).await.unwrap().is_none());
}

#[tokio::test]
async fn a_visit_is_let_in_while_the_database_can_only_be_read() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let backend = Arc::new(Memory::new());
    let states = engine_on(backend.clone(), clock.clone());
    let sessions = Sessions::new(states, &SessionSettings::default(), clock.clone());
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    clock.advance(2 * DAY);
    let nothing_more = holdfast::Limits {
        data_bytes: 1,
        ..holdfast::Limits::default()
    };
    let full = StateManager::builder(backend)
        .lifecycle(holdfast::Kind::new(RECORD), lifecycle_of_records())
        .limits(nothing_more)
        .clock(clock.clone())
        .build();
    let sessions = Sessions::new(full, &SessionSettings::default(), clock);
    assert!(sessions.visit(id, HERE).await.unwrap().is_some());
}

#[tokio::test]
async fn the_sweep_ends_what_is_over_and_nothing_else() {
    let Timestamp(now) = SystemClock.now();
    let (sessions, clock) = sessions_at(Timestamp(now - 60 * DAY_MS)).await;
    let (old, new) = (SessionId::random(), SessionId::random());
    sessions.start(old).await.unwrap();
    clock.advance(60 * DAY);
    sessions.start(new).await.unwrap();
    assert_eq!(sessions.states.sweep().await.unwrap(), 1);
    assert!(sessions.visit(old, HERE).await.unwrap().is_none());
    assert!(sessions.visit(new, HERE).await.unwrap().is_some());
}

/// Ada's account in this engine; its version.
async fn account(sessions: &Sessions) -> u64 {
    let data = json!({"email": "ada@lab.org"});
    let new = New::of(Kind::USER, "Ada", people(), data).with_id(StateId::new("ada"));
    let made = sessions.states.register(new, &Actor::system()).await;
    made.unwrap().version.0
}

fn ada(now: Timestamp) -> LogIn {
    LogIn {
        account: "ada".into(),
        browser: "Firefox 145 on Linux".into(),
        address: HERE.to_string(),
        since: now.0,
        seen: now.0,
        former: None,
    }
}

#[tokio::test]
async fn a_login_that_was_proved_before_a_change_of_the_account_begins_no_session() {
    let (sessions, clock) = sessions_at(SystemClock.now()).await;
    let (id, who) = (SessionId::random(), ada(clock.now()));
    let before = account(&sessions).await;
    let (ada, change) = (StateId::new("ada"), json!({"password_changed_at": 1}));
    let changed = sessions
        .states
        .update(
            &people(),
            &ada,
            Update::Merge(change),
            Expected::Any,
            &Actor::system(),
        )
        .await
        .unwrap();
    let late = sessions.start_for(id, who.clone(), before).await;
    assert!(!late.unwrap());
    assert!(sessions.visit(id, HERE).await.unwrap().is_none());
    let now = changed.version.0;
    assert!(sessions.start_for(id, who.clone(), now).await.unwrap());
    let visit = sessions.visit(id, HERE).await.unwrap().unwrap();
    assert_eq!(visit.account.as_deref(), Some("ada"));
    let of_nobody = LogIn {
        account: "bob".into(),
        ..who
    };
    let id = SessionId::random();
    assert!(!sessions.start_for(id, of_nobody, now).await.unwrap());
}

#[tokio::test]
async fn a_login_is_in_the_log_in_its_persons_name() {
    let (sessions, clock) = sessions_at(SystemClock.now()).await;
    let id = SessionId::random();
    let version = account(&sessions).await;
    let begun = sessions.start_for(id, ada(clock.now()), version).await;
    assert!(begun.unwrap());
    let (scope, last) = (super::sessions(), holdfast::HistoryQuery::last(1));
    let log = sessions.states.history(&scope, &id.at_rest(), last).await;
    let begun = log.unwrap().remove(0);
    assert_eq!(begun.actor.name, "user:ada");
    assert_eq!(begun.actor.address, Some(HERE));
}

#[tokio::test]
async fn the_files_hold_neither_id_nor_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("holdfast.db");
    let clock = Arc::new(SystemClock);
    let backend = Arc::new(Sqlite::open(&file).await.unwrap());
    let states = engine_on(backend, clock.clone());
    let sessions = Sessions::new(states, &SessionSettings::default(), clock);
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend(std::fs::read(folder.path().join("holdfast.db-wal")).unwrap_or_default());
    let has = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(has(id.at_rest().as_str()));
    assert!(!has(&id.to_cookie()));
    assert!(!has(&id.key(true).0));
}
