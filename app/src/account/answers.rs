//! What the server answers the Account page. Only on the server.
//!
//! Each begins with the account of who asks; what is somebody else's needs an administrator (`administration`), and looks
//! like nothing to others. Writes go through the engine's door, which decides by the same table once more.

mod administration;

use std::net::{IpAddr, Ipv4Addr};

use holdfast::Timestamp;

pub(super) use self::administration::remove_factor;
pub use self::administration::{
    change_role, change_tenant, end_logins_of, invite, make_tenant, suspend, tenants, users,
};
use super::{
    server::{AccountView, LoginRow, TokenRow, UserRow},
    told,
};
use crate::{
    AppError,
    components::format,
    context::{Caller, now_ms},
    people::{Account, Login, NewToken, Role, Takeover, Token},
    states::answers::moment,
};

const DAY_MS: i64 = 24 * 60 * 60_000;
/// A token that ends within so many days says so.
const SOON_DAYS: i64 = 14;

pub(super) async fn account(caller: &Caller) -> Result<AccountView, AppError> {
    let codes = told::fresh();
    let (me, people) = (caller.account()?, &caller.state.people);
    let logins = people.logins().of(&me.id).await?;
    let here = caller
        .visitor
        .login
        .as_ref()
        .map(|login| login.handle.as_str());
    let users = match me.role {
        Role::Admin => Some(users(caller).await?),
        _ => None,
    };
    let tenants = match tenants(caller).await {
        Ok(tenants) => Some(tenants),
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(AccountView {
        name: me.name.clone(),
        email: me.email.clone(),
        role: me.role,
        factor: told::factor(caller, me).await?,
        codes,
        logins: logins.into_iter().map(|it| login(it, here)).collect(),
        tokens: people.tokens(me).await?.into_iter().map(token).collect(),
        questions: questions(caller, me).await?,
        users: users.map(|all| all.into_iter().map(|it| user(it, me)).collect()),
        tenant: me.tenant.clone(),
        tenants,
    })
}

async fn questions(caller: &Caller, me: &Account) -> Result<Vec<String>, AppError> {
    let former = caller
        .visitor
        .login
        .as_ref()
        .and_then(|login| login.former.as_ref());
    let Some(former) = former else {
        return Ok(Vec::new());
    };
    let state = &caller.state;
    let takeover = Takeover::new(&state.manager, &state.workbench, former, me).await?;
    let mut names: Vec<String> = takeover.questions().await?;
    names.sort_unstable();
    Ok(names.iter().map(|name| in_words(name)).collect())
}

/// What a store is called on its page; other states have names of their own.
fn in_words(name: &str) -> String {
    let words = match name {
        "query.filters" => "Filters",
        "query.selection" => "Chosen tables and columns",
        "query.shape" => "Long or wide form",
        "query.consolidate_baseline" => "Baseline visits as one",
        "query.view" => "Order and column filters of the result",
        "query.saved" => "Saved queries",
        "simulations.saved" => "Saved searches for runs",
        "data.keys" => "Merge keys",
        "study.name" => "The study's name",
        "plot.spec" => "The plot",
        "plot.region" => "The chosen part of the plot",
        "compare.request" => "The comparison",
        other => other,
    };
    words.to_owned()
}

fn login(login: Login, here: Option<&str>) -> LoginRow {
    let is_this = here == Some(login.handle.as_str());
    let is_phone = ["iPhone", "Android"]
        .iter()
        .any(|name| login.browser.contains(name));
    LoginRow {
        seen: if is_this {
            "Now".into()
        } else {
            format::ago(now_ms(), login.seen)
        },
        since: moment(Timestamp(login.since)),
        handle: login.handle,
        browser: login.browser,
        address: login.address,
        is_this,
        is_phone,
    }
}

fn token((token, used): (Token, Option<i64>)) -> TokenRow {
    let left = token.ends.map_or(i64::MAX, |end| end - now_ms()) / DAY_MS;
    let ends_soon = left < SOON_DAYS;
    TokenRow {
        id: token.id,
        name: token.name,
        starts: format!("{}…", token.starts),
        may_write: token.may_write,
        used: used.map_or_else(|| "never used".into(), |at| format::ago(now_ms(), at)),
        ends: match token.ends {
            Some(_) if ends_soon && left < 1 => "within a day".into(),
            Some(_) if ends_soon => format!("in {left} d"),
            Some(end) => moment(Timestamp(end)).chars().take(10).collect(),
            None => "never".into(),
        },
        ends_soon,
    }
}

fn user(account: Account, me: &Account) -> UserRow {
    UserRow {
        is_me: account.id == me.id,
        id: account.id,
        name: account.name,
        email: account.email,
        role: account.role,
        tenant: account.tenant,
        is_active: account.is_active,
        has_factor: account.factor.is_some(),
        version: account.version,
    }
}

/// Who asks, if it is a person: a token ends no logins and makes no tokens.
fn person(caller: &Caller) -> Result<&Account, AppError> {
    let me = caller.account()?;
    caller.visitor.token.is_none().then_some(me).ok_or_else(|| {
        AppError::Forbidden("A token cannot do this. Log in on the Account page.".into())
    })
}

/// Who asks, if it is a person who shows their password again.
async fn person_again(caller: &Caller, password: String) -> Result<&Account, AppError> {
    let me = person(caller)?;
    let address = caller.visitor.address;
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let people = &caller.state.people;
    people.ask_again(me, password, address).await?;
    Ok(me)
}

pub(super) async fn end_login(
    caller: &Caller,
    handle: &str,
    password: String,
) -> Result<(), AppError> {
    let me = person_again(caller, password).await?;
    match caller.state.people.logins().end(&me.id, handle).await? {
        true => Ok(()),
        false => Err(AppError::NotFound("This login is over already.".into())),
    }
}

pub(super) async fn end_others(caller: &Caller, password: String) -> Result<u64, AppError> {
    let me = person_again(caller, password).await?;
    let here = caller
        .visitor
        .login
        .as_ref()
        .map(|login| login.handle.as_str());
    caller.state.people.logins().end_all(&me.id, here).await
}

/// Makes a token of the caller's; its text, which is told this once.
///
/// # Errors
/// [`AppError::Forbidden`] for a token; [`AppError::Invalid`] with the field.
pub async fn make_token(
    caller: &Caller,
    name: String,
    may_write: bool,
    days: u32,
) -> Result<String, AppError> {
    let me = person(caller)?;
    let wanted = NewToken {
        name,
        may_write,
        days,
    };
    caller
        .state
        .people
        .make_token(me, &wanted, &caller.actor()?)
        .await
}

/// Ends a token of the caller's at once.
///
/// # Errors
/// [`AppError::Forbidden`] for a token; [`AppError::NotFound`].
pub async fn revoke_token(caller: &Caller, id: &str) -> Result<(), AppError> {
    let me = person(caller)?;
    caller
        .state
        .people
        .revoke_token(me, id, &caller.actor()?)
        .await
}
