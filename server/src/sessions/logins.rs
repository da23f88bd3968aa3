//! Who is logged in where: a row beside the session's record, which goes with it.
//!
//! In a table of its own, because tower-sessions writes whole records and the last writer wins: what is listed and ended
//! by account has to be found by account, and must not come back.

use app::{
    AppError,
    people::{Login, Logins},
};
use async_trait::async_trait;
use sqlx::SqlitePool;

use super::{Ended, Error, SessionId, Sessions};

/// Logins of one account that are shown.
const SHOWN: i64 = 200;

const TABLE: &str = "create table if not exists logins (\
    id text primary key not null references tower_sessions (id) on delete cascade, \
    account text not null, browser text not null, address text not null, \
    since integer not null, seen integer not null, former text)";
const INDEX: &str = "create index if not exists logins_by_account on logins (account)";

/// Makes the table where there is none.
pub(super) async fn prepare(pool: &SqlitePool) -> Result<(), Error> {
    sqlx::query(TABLE).execute(pool).await?;
    sqlx::query(INDEX).execute(pool).await?;
    Ok(())
}

/// Who logs in, and with what.
pub(crate) struct LogIn<'a> {
    pub(crate) account: &'a str,
    /// The browser, in words.
    pub(crate) browser: String,
    pub(crate) address: std::net::IpAddr,
    /// The workspace the browser had, while it is not decided what becomes of it.
    pub(crate) former: Option<&'a str>,
}

impl Sessions {
    /// Keeps a new session in which somebody is logged in.
    pub(crate) async fn start_for(&self, id: SessionId, who: &LogIn<'_>) -> Result<(), Error> {
        self.start(id).await?;
        sqlx::query("insert into logins (id, account, browser, address, since, seen, former) values (?, ?, ?, ?, ?, ?, ?)")
            .bind(id.at_rest().to_string())
            .bind(who.account)
            .bind(&who.browser)
            .bind(who.address.to_string())
            .bind(self.now())
            .bind(self.now())
            .bind(who.former)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// What became of the browser's former workspace is decided.
    pub(crate) async fn forget_former(&self, handle: &str) -> Result<(), Error> {
        sqlx::query("update logins set former = null where id = ?")
            .bind(handle)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// An update, not an upsert: a session that was ended stays ended.
    pub(super) async fn seen(
        &self,
        id: SessionId,
        now: i64,
        address: std::net::IpAddr,
    ) -> Result<(), Error> {
        sqlx::query("update logins set seen = ?, address = ? where id = ?")
            .bind(now)
            .bind(address.to_string())
            .bind(id.at_rest().to_string())
            .execute(self.pool())
            .await?;
        Ok(())
    }

    async fn logins_of(&self, account: &str) -> Result<Vec<Login>, Error> {
        let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
            "select l.id, l.browser, l.address, l.seen, l.since from logins l \
             join tower_sessions s on s.id = l.id \
             where l.account = ? and cast(strftime('%s', s.expiry_date) as integer) * 1000 > ? \
             order by l.seen desc, l.id limit ?",
        )
        .bind(account)
        .bind(self.now())
        .bind(SHOWN)
        .fetch_all(self.pool())
        .await?;
        let logins = rows
            .into_iter()
            .map(|(handle, browser, address, seen, since)| Login {
                handle,
                browser,
                address,
                seen,
                since,
            });
        Ok(logins.collect())
    }

    /// Ends those of an account that this is true of: only this one, or all but this one.
    async fn end_of(
        &self,
        account: &str,
        handle: Option<&str>,
        but: Option<&str>,
    ) -> Result<u64, Error> {
        let done = sqlx::query(
            "delete from tower_sessions where id in \
             (select id from logins where account = ?1 and (?2 is null or id = ?2) and (?3 is null or id <> ?3))",
        )
        .bind(account)
        .bind(handle)
        .bind(but)
        .execute(self.pool())
        .await?;
        self.tell(Ended::Account(account.into()));
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl Logins for Sessions {
    async fn of(&self, account: &str) -> Result<Vec<Login>, AppError> {
        self.logins_of(account).await.map_err(AppError::internal)
    }

    async fn end(&self, account: &str, handle: &str) -> Result<bool, AppError> {
        let ended = self.end_of(account, Some(handle), None).await;
        Ok(ended.map_err(AppError::internal)? > 0)
    }

    async fn end_all(&self, account: &str, but: Option<&str>) -> Result<u64, AppError> {
        let ended = self.end_of(account, None, but).await;
        ended.map_err(AppError::internal)
    }
}
