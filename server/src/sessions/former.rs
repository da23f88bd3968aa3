//! Sessions that an earlier version kept in a file of its own, `sessions.db`: read once, and the file put aside. Whoever
//! had a session goes on with it.

use std::path::Path;

use holdfast::{Actor, Error as Refusal, StateId};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    Error, Sessions,
    record::{LogIn, Record},
};

/// What the file is called once it has been read.
const ASIDE: &str = "db.taken-over";

/// A session's id, its end in seconds, and its login if any: account, browser, address, since, seen, former.
type Row = (
    String,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
);

/// Takes them over, where there is such a file; how many.
pub(crate) async fn take_over(file: &Path, sessions: &Sessions) -> Result<usize, Error> {
    if !file.exists() {
        return Ok(0);
    }
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select s.id, coalesce(cast(strftime('%s', s.expiry_date) as integer), 0), \
         l.account, l.browser, l.address, l.since, l.seen, l.former \
         from tower_sessions s left join logins l on l.id = s.id",
    )
    .fetch_all(&mut connection)
    .await?;
    connection.close().await?;
    let now = sessions.now();
    let mut taken = 0;
    for (id, ends, account, browser, address, since, seen, former) in rows {
        let ends_in = ends.saturating_mul(1000) - now;
        if ends_in <= 0 {
            continue;
        }
        let login = account.map(|account| LogIn {
            account,
            browser: browser.unwrap_or_default(),
            address: address.unwrap_or_default(),
            since: since.unwrap_or_default(),
            seen: seen.unwrap_or_default(),
            former,
        });
        // When it began is in a form of that version's own; its time starts again.
        let record = Record {
            created_at: login.as_ref().map_or(now, |who| who.since),
            login,
            half: None,
        };
        let new = record.state(StateId::new(id), ends_in)?;
        match sessions.states().register(new, &Actor::system()).await {
            Ok(_) => taken += 1,
            // Another server took the same file over, or this one did and was stopped in between.
            Err(Refusal::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    std::fs::rename(file, file.with_extension(ASIDE))?;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::{net::IpAddr, sync::Arc};

    use app::people::Logins;
    use holdfast::SystemClock;

    use super::*;
    use crate::{
        sessions::{SessionId, store::tests::engine},
        settings::SessionSettings,
    };

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// As the version before wrote it.
    async fn former_file(file: &Path, anonymous: SessionId, known: SessionId) {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        for statement in [
            "create table tower_sessions (id text primary key not null, data blob not null, expiry_date integer not null)",
            "create table logins (id text primary key not null references tower_sessions (id) on delete cascade, \
             account text not null, browser text not null, address text not null, since integer not null, \
             seen integer not null, former text)",
        ] {
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        for (id, ends) in [
            (anonymous.at_rest(), "2999-01-01T00:00:00Z"),
            (known.at_rest(), "2999-01-01T00:00:00Z"),
            (SessionId::random().at_rest(), "2001-01-01T00:00:00Z"),
        ] {
            sqlx::query("insert into tower_sessions values (?, x'00', ?)")
                .bind(id.as_str())
                .bind(ends)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        sqlx::query(
            "insert into logins values (?, 'ada', 'Firefox 145 on Linux', '10.0.0.1', 5, 6, null)",
        )
        .bind(known.at_rest().as_str())
        .execute(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn who_had_a_session_goes_on_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sessions.db");
        let (anonymous, known) = (SessionId::random(), SessionId::random());
        former_file(&file, anonymous, known).await;
        let clock = Arc::new(SystemClock);
        let sessions = Sessions::new(engine(clock.clone()), &SessionSettings::default(), clock);
        assert_eq!(take_over(&file, &sessions).await.unwrap(), 2);
        assert!(sessions.visit(anonymous, HERE).await.unwrap().is_some());
        let logins = sessions.of("ada").await.unwrap();
        assert_eq!(logins.len(), 1);
        let visit = sessions.visit(known, HERE).await.unwrap().unwrap();
        assert_eq!(visit.account.as_deref(), Some("ada"));
        assert!(!file.exists());
        assert_eq!(take_over(&file, &sessions).await.unwrap(), 0);
    }
}
