//! Tokens for programs: made by a person, shown once, kept as a hash, with an end.
//!
//! A token is a state of the kind `token` among the accounts, under the hash of its text, so that its making, its end
//! and who revoked it are in the log. What it may do is what its person may do, and less where it only reads.

use std::{sync::Arc, time::Duration};

use holdfast::{Actor, Expected, Kind, Lifecycle, New, State, StateId, Status, Transition, Ttl};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Account, People, account, account::people, links, links::Link, uses};
use crate::AppError;

/// The kind of tokens.
pub const TOKEN: &str = "token";
/// How a token begins, so that people and scanners of leaks know one.
const PREFIX: &str = "hf_pat_";
/// Characters of it that are kept to be shown: enough to tell one from another, too few to help in guessing.
const SHOWN: usize = PREFIX.len() + 3;
/// Tokens of one person.
const MOST: usize = 50;
/// Tokens of everybody, read at a time.
const PAGE: usize = 500;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How a token may change.
pub fn lifecycle_of_tokens() -> Lifecycle {
    Lifecycle::starting(Status::ACTIVE).step(Transition::EXPIRE, [Status::ACTIVE], Status::EXPIRED)
}

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The hash of its text.
    pub id: String,
    /// What its person calls it.
    pub name: String,
    /// Whose it is.
    pub account: String,
    /// Whether it may write.
    pub may_write: bool,
    /// How its text begins.
    pub starts: String,
    /// When it ends, in milliseconds since 1970.
    pub ends: Option<i64>,
}

/// What carries a request: this token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The hash of its text.
    pub id: String,
    /// Whether it may write.
    pub may_write: bool,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// Whether it may write.
    pub may_write: bool,
    /// After how many days it ends: 1 to 366.
    pub days: u32,
}

impl Token {
    /// The token that a state is.
    pub fn of(state: &State) -> Option<Self> {
        if state.kind.as_str() != TOKEN {
            return None;
        }
        let text = |field: &str| {
            state
                .data
                .get(field)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        Some(Self {
            id: state.id.to_string(),
            name: state.name.clone(),
            account: text("account")?,
            may_write: state
                .data
                .get("may_write")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            starts: text("starts").unwrap_or_default(),
            ends: state.expires_at.map(|at| at.0),
        })
    }
}

impl People {
    /// The account that this text speaks for, and as what.
    pub async fn by_token(&self, text: &str) -> Result<Option<(Account, Use)>, AppError> {
        if !text.starts_with(PREFIX) {
            return Ok(None);
        }
        let id = StateId::new(links::digest(text));
        let found = self.manager().look_up(&people(), &id).await?;
        let Some(token) = found.as_deref().and_then(Token::of) else {
            return Ok(None);
        };
        let account = self.account(&token.account).await?;
        let Some(account) = account.filter(|account| account.is_active) else {
            return Ok(None);
        };
        let uses = &self.0.uses;
        uses.note(self.manager(), &token.id, self.now()).await?;
        let used = Use {
            id: token.id,
            may_write: token.may_write,
        };
        Ok(Some((account, used)))
    }

    /// The tokens of an account, each with when it was last used.
    pub async fn tokens(&self, account: &Account) -> Result<Vec<(Token, Option<i64>)>, AppError> {
        let mut own = Vec::new();
        for token in self.own_tokens(account).await? {
            let used = uses::last(self.manager(), &token.id).await?;
            own.push((token, used));
        }
        Ok(own)
    }

    async fn own_tokens(&self, account: &Account) -> Result<Vec<Token>, AppError> {
        let (kind, mut own, mut after) = (Kind::new(TOKEN), Vec::new(), None);
        loop {
            let page = self
                .manager()
                .list(&people(), Some(&kind), after.as_ref(), PAGE)
                .await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|state| state.id.clone());
            let tokens = page
                .iter()
                .filter_map(|state: &Arc<State>| Token::of(state));
            own.extend(tokens.filter(|token| token.account == account.id));
            if is_last {
                own.sort_by(|one, other| one.name.cmp(&other.name));
                return Ok(own);
            }
        }
    }

    /// Makes one, in this actor's name. Its text is known here only.
    pub async fn make_token(
        &self,
        account: &Account,
        wanted: &NewToken,
        actor: &Actor,
    ) -> Result<String, AppError> {
        let name = account::name(&wanted.name)?;
        if !(1..=366).contains(&wanted.days) {
            return Err(AppError::Invalid {
                path: "days".into(),
                problem: "a token ends after 1 to 366 days".into(),
            });
        }
        if self.own_tokens(account).await?.len() >= MOST {
            return Err(AppError::BadRequest(format!(
                "You have {MOST} tokens. Revoke one that is not needed any more first."
            )));
        }
        let text = format!("{PREFIX}{}", Link::random().reveal());
        let starts = text.get(..SHOWN).unwrap_or(PREFIX);
        let data =
            json!({ "account": account.id, "may_write": wanted.may_write, "starts": starts });
        let new = New::of(Kind::new(TOKEN), name, people(), data)
            .with_id(StateId::new(links::digest(&text)))
            .with_ttl(Ttl::For(DAY.saturating_mul(wanted.days)));
        self.manager().register(new, actor).await?;
        Ok(text)
    }

    /// Ends one of the account's tokens at once, in this actor's name.
    pub async fn revoke_token(
        &self,
        account: &Account,
        id: &str,
        actor: &Actor,
    ) -> Result<(), AppError> {
        let id = StateId::new(id);
        let found = self.manager().look_up(&people(), &id).await?;
        let token = found.as_deref().and_then(Token::of);
        if token.is_none_or(|token| token.account != account.id) {
            return Err(AppError::NotFound(
                "This token is not here any more.".into(),
            ));
        }
        self.manager()
            .delete(&people(), &id, Expected::Any, actor)
            .await?;
        self.0.uses.forget(self.manager(), id.as_str()).await
    }
}
