#![expect(clippy::unwrap_used, reason = "a test may panic")]

use holdfast::{ManualClock, SystemClock};

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn sessions_at(start: Timestamp) -> (Sessions, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(start));
    let sessions = Sessions::open(None, &SessionSettings::default(), clock.clone())
        .await
        .unwrap();
    (sessions, clock)
}

async fn writes(sessions: &Sessions) -> i64 {
    sqlx::query_scalar("select total_changes()")
        .fetch_one(&sessions.pool)
        .await
        .unwrap()
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
    let Timestamp(now) = clock.now();
    sessions.end(id).await.unwrap();
    // The visit had read the record before it went.
    sessions.touch(id, now, now + 1).await.unwrap();
    assert!(sessions.visit(id, HERE).await.unwrap().is_none());
}

#[tokio::test]
async fn the_sweep_removes_what_is_over_and_nothing_else() {
    let Timestamp(now) = SystemClock.now();
    let (sessions, clock) = sessions_at(Timestamp(now - 60 * DAY_MS)).await;
    let (old, new) = (SessionId::random(), SessionId::random());
    sessions.start(old).await.unwrap();
    clock.advance(60 * DAY);
    sessions.start(new).await.unwrap();
    sessions.sweep().await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from tower_sessions")
        .fetch_one(&sessions.pool)
        .await
        .unwrap();
    assert_eq!(left, 1);
    assert!(sessions.visit(new, HERE).await.unwrap().is_some());
}

#[tokio::test]
async fn the_files_hold_neither_id_nor_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sessions.db");
    let sessions = Sessions::open(
        Some(&file),
        &SessionSettings::default(),
        Arc::new(SystemClock),
    )
    .await
    .unwrap();
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    sessions.pool.close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend(std::fs::read(folder.path().join("sessions.db-wal")).unwrap_or_default());
    let has = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(has(&id.at_rest().to_string()));
    assert!(!has(&id.to_cookie()));
    assert!(!has(&id.key(true).0));
}

#[tokio::test]
async fn requests_that_go_away_take_no_session_in_memory_along() {
    let (sessions, _) = sessions_at(SystemClock.now()).await;
    let id = SessionId::random();
    sessions.start(id).await.unwrap();
    for polls in 0..200 {
        let mut visit = Box::pin(sessions.visit(id, HERE));
        for _ in 0..polls % 8 {
            if futures::poll!(&mut visit).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(visit);
        assert!(sessions.visit(id, HERE).await.unwrap().is_some(), "{polls}");
    }
}
