//! Where people are logged in: what the server's sessions tell of it, and what they end.

use async_trait::async_trait;

use crate::AppError;

/// One session in which somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Names it among the account's; no cookie can be made of it.
    pub handle: String,
    /// The browser, in words.
    pub browser: String,
    /// The address it was last used from.
    pub address: String,
    /// When it was last used, in milliseconds since 1970.
    pub seen: i64,
    /// Since when it is logged in.
    pub since: i64,
}

/// The sessions of people.
#[async_trait]
pub trait Logins: std::fmt::Debug + Send + Sync + 'static {
    /// Where this account is logged in, the last used first.
    async fn of(&self, account: &str) -> Result<Vec<Login>, AppError>;

    /// Ends one of them. `false` when the account has none of that name.
    async fn end(&self, account: &str, handle: &str) -> Result<bool, AppError>;

    /// Ends all of them but one; how many.
    async fn end_all(&self, account: &str, but: Option<&str>) -> Result<u64, AppError>;
}

/// For a program without sessions: the command line.
#[derive(Debug, Clone, Copy)]
pub struct NoLogins;

#[async_trait]
impl Logins for NoLogins {
    async fn of(&self, _: &str) -> Result<Vec<Login>, AppError> {
        Ok(Vec::new())
    }

    async fn end(&self, _: &str, _: &str) -> Result<bool, AppError> {
        Ok(false)
    }

    async fn end_all(&self, _: &str, _: Option<&str>) -> Result<u64, AppError> {
        Ok(0)
    }
}
