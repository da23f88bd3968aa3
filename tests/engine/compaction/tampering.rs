//! What is left of a version is as hard to change as what is whole.

use std::{path::Path, sync::Arc};

use holdfast::{
    ManualClock, StateManager, Timestamp,
    backend::{Backend, MasterKey, Sealed, Sensitive, Sqlite},
    compaction::SETTLED,
    schema::Mode,
    verify::{Problem, Verified},
};
use sqlx::Connection;

use super::{newest, versions};
use crate::support::master;

async fn engine(file: &Path, clock: &Arc<ManualClock>, key: Option<MasterKey>) -> StateManager {
    let mut backend: Arc<dyn Backend> = Arc::new(Sqlite::open(file).await.unwrap());
    if let Some(key) = key {
        let sensitive = Sensitive::everything();
        let sealed = Sealed::open(backend, vec![key], sensitive, clock.clone()).await;
        backend = Arc::new(sealed.unwrap());
    }
    StateManager::builder(backend).clock(clock.clone()).build()
}

/// What `verify` says of a thinned log in which `sql` was done by hand; sealed or not, by who can open it or not.
async fn after(sql: &str, is_sealed: bool) -> Vec<Verified> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("holdfast.db");
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let key = || is_sealed.then(|| master(1));
    {
        let states = engine(&file, &clock, key()).await;
        versions(&states, "s", 10).await;
        clock.advance(SETTLED);
        states.compact(&newest(2), Mode::Apply).await.unwrap();
        let verified = states.verify().await.unwrap();
        assert_eq!((verified.findings, verified.removed), (vec![], 7));
    }
    let mut by_hand = sqlx::SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    let changed = sqlx::query(sql).execute(&mut by_hand).await.unwrap();
    assert_eq!(changed.rows_affected(), 1, "{sql}");
    by_hand.close().await.unwrap();
    let mut told = vec![engine(&file, &clock, None).await.verify().await.unwrap()];
    if is_sealed {
        told.push(engine(&file, &clock, key()).await.verify().await.unwrap());
    }
    told
}

fn problems(verified: &Verified) -> Vec<(u64, Problem)> {
    let findings = verified.findings.iter();
    findings.map(|it| (it.revision.0, it.problem)).collect()
}

/// Version 4 is at revision 4, the account at revision 11.
#[tokio::test]
async fn a_changed_remainder_is_found_by_those_who_can_open_it_and_those_who_cannot() {
    for is_sealed in [false, true] {
        for by_hand in [
            "actor = 'user:eve'",
            "client = 'elsewhere'",
            "transition = 'rollback'",
            "state = json_set(state, '$.status', 'expired')",
            "state = json_set(state, '$.name', 'another')",
            "state = json_set(state, '$.created_at', 1)",
        ] {
            let sql = format!("UPDATE log SET {by_hand} WHERE revision = 4");
            for told in after(&sql, is_sealed).await {
                let found = problems(&told);
                assert!(
                    found.contains(&(11, Problem::Remains)),
                    "{by_hand}: {found:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_changed_time_or_digest_of_a_remainder_is_found_where_it_is() {
    for (by_hand, revision) in [
        ("at = at - 1", 4),
        ("state = json_set(state, '$.updated_at', 5)", 4),
        ("state = json_set(state, '$.digest', printf('%064d', 1))", 5),
    ] {
        // Behind version 8 is the first whole version: there the chain goes on.
        let at = if revision == 5 { 8 } else { 4 };
        let sql = format!("UPDATE log SET {by_hand} WHERE revision = {at}");
        let told = after(&sql, false).await.remove(0);
        let expected = if revision == 5 { 9 } else { 4 };
        assert!(
            problems(&told).contains(&(expected, Problem::Changed)),
            "{by_hand}"
        );
    }
}

#[tokio::test]
async fn who_removes_content_by_hand_has_no_account_of_it() {
    let removed = "'$.removed', json('{\"at\":1,\"policy\":\"none\",\"by\":3}')";
    let gone = format!("json_set(state, '$.data', null, '$.metadata', null, {removed})");
    let sql = format!("UPDATE log SET state = {gone} WHERE revision = 9");
    let told = after(&sql, false).await.remove(0);
    assert_eq!(problems(&told), [(9, Problem::Unaccounted)]);
    // Nor can it be added to the account of others.
    let sql = format!(
        "UPDATE log SET state = {} WHERE revision = 9",
        gone.replace(":3}", ":11}")
    );
    let told = after(&sql, false).await.remove(0);
    assert_eq!(problems(&told), [(11, Problem::Remains)]);
    // Without a word about it, it is simply changed.
    let sql = "UPDATE log SET state = json_set(state, '$.data', null) WHERE revision = 9";
    assert_eq!(
        problems(&after(sql, false).await[0]),
        [(9, Problem::Changed)]
    );
}
