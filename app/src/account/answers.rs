//! What the server answers the Account page. Only on the server.
//!
//! Each begins with the account of who asks; what is somebody else's needs an administrator, and looks like nothing to
//! others. Writes go through the engine's door, which decides by the same table once more.

use std::net::{IpAddr, Ipv4Addr};

use holdfast::{Expected, Timestamp, Version};

use super::{
    server::{AccountView, LoginRow, TokenRow, UserRow},
    told,
};
use crate::{
    AppError,
    components::format,
    context::{Caller, now_ms},
    people::{Account, Login, NewToken, Role, Takeover, Tenant, Token},
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

/// The accounts that the caller administers, by name: those of their tenant, or of the whole server.
///
/// # Errors
/// [`AppError::Forbidden`] for who administers nobody.
pub async fn users(caller: &Caller) -> Result<Vec<Account>, AppError> {
    let (me, people) = (caller.account()?, &caller.state.people);
    match (me.role, me.tenant.is_first()) {
        (Role::Admin, true) => people.all().await,
        (Role::Admin, false) => people.of_tenant(&me.tenant).await,
        _ => Err(AppError::Forbidden(
            "Only an administrator may see who has an account.".into(),
        )),
    }
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

/// Who asks, if they may do what only administrators may.
fn administrator(caller: &Caller) -> Result<&Account, AppError> {
    let me = caller.account()?;
    let is_person = caller.visitor.token.is_none();
    (me.role == Role::Admin && is_person)
        .then_some(me)
        .ok_or_else(|| AppError::Forbidden("Only an administrator may do this.".into()))
}

/// The account that an administrator is about to do something to. Somebody of another tenant is not there for them,
/// unless they administer the whole server.
async fn other(caller: &Caller, id: &str) -> Result<Account, AppError> {
    let me = administrator(caller)?;
    let found = caller.state.people.account(id).await?;
    let known = found.filter(|it| me.tenant.is_first() || it.tenant == me.tenant);
    known.ok_or_else(|| AppError::NotFound("There is no such account here.".into()))
}

/// Who asks, if it is a person who administers the whole server.
fn head(caller: &Caller) -> Result<&Account, AppError> {
    let me = administrator(caller)?;
    me.tenant.is_first().then_some(me).ok_or_else(not_head)
}

fn not_head() -> AppError {
    AppError::Forbidden("Only an administrator of the whole server may do this.".into())
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

/// Gives somebody another role.
///
/// # Errors
/// [`AppError::Forbidden`] for who administers nobody; [`AppError::NotFound`]; [`AppError::Conflict`].
pub async fn change_role(
    caller: &Caller,
    id: &str,
    role: Role,
    version: u64,
) -> Result<(), AppError> {
    other(caller, id).await?;
    let expected = Expected::Version(Version(version));
    caller
        .state
        .people
        .set_role(id, role, expected, &caller.actor()?)
        .await
}

/// Takes somebody's account out of use, or into use again.
///
/// # Errors
/// [`AppError::Forbidden`] for who administers nobody; [`AppError::NotFound`]; [`AppError::Conflict`].
pub async fn suspend(
    caller: &Caller,
    id: &str,
    is_suspended: bool,
    version: u64,
) -> Result<(), AppError> {
    other(caller, id).await?;
    let (people, actor) = (&caller.state.people, caller.actor()?);
    match is_suspended {
        true => people.suspend(id, Some(version), &actor).await,
        false => people.resume(id, Some(version), &actor).await,
    }
}

/// Ends every login of somebody's; how many.
///
/// # Errors
/// [`AppError::Forbidden`] for who administers nobody; [`AppError::NotFound`].
pub async fn end_logins_of(caller: &Caller, id: &str) -> Result<u64, AppError> {
    other(caller, id).await?;
    caller.state.people.logins().end_all(id, None).await
}

pub(super) async fn remove_factor(caller: &Caller, id: &str, version: u64) -> Result<(), AppError> {
    let (account, people) = (other(caller, id).await?, &caller.state.people);
    let actor = caller.actor()?;
    people.remove_factor(&account, Some(version), &actor).await
}

/// The tenants of this server, the first one first.
///
/// # Errors
/// [`AppError::Forbidden`] for who does not administer the whole server.
pub async fn tenants(caller: &Caller) -> Result<Vec<Tenant>, AppError> {
    let me = caller.account()?;
    match me.role == Role::Admin && me.tenant.is_first() {
        true => caller.state.people.tenants().await,
        false => Err(not_head()),
    }
}

/// Puts somebody into another tenant. Their workspace goes along; what they share ends.
///
/// # Errors
/// [`AppError::Forbidden`] for who does not administer the whole server, and for a token; [`AppError::NotFound`];
/// [`AppError::Conflict`]; [`AppError::BadRequest`] for the server's last administrator.
pub async fn change_tenant(
    caller: &Caller,
    id: &str,
    tenant: &str,
    version: u64,
) -> Result<(), AppError> {
    head(caller)?;
    let (people, actor) = (&caller.state.people, caller.actor()?);
    let (account, tenant) = (other(caller, id).await?, people.tenant(tenant).await?);
    people
        .set_tenant(&account, &tenant, Some(version), &actor)
        .await
}

/// Makes a tenant. That it is there already is no problem.
///
/// # Errors
/// [`AppError::Forbidden`] for who does not administer the whole server, and for a token; [`AppError::Invalid`] with what is
/// wrong with the name; [`AppError::BadRequest`] where there are too many.
pub async fn make_tenant(caller: &Caller, name: &str) -> Result<Tenant, AppError> {
    head(caller)?;
    let tenant = Tenant::try_from(name.trim().to_owned()).map_err(|problem| AppError::Invalid {
        path: "name".into(),
        problem: problem.into(),
    })?;
    let (people, actor) = (&caller.state.people, caller.actor()?);
    people.make_tenant(&tenant, &actor).await?;
    Ok(tenant)
}

/// Makes an invitation; the path of its link, which is told this once.
///
/// # Errors
/// [`AppError::Forbidden`] for who administers nobody; [`AppError::NotFound`] for a tenant that is none.
pub async fn invite(
    caller: &Caller,
    role: Role,
    tenant: Option<String>,
) -> Result<String, AppError> {
    let me = administrator(caller)?;
    let people = &caller.state.people;
    // Whoever administers a tenant invites into that one.
    let tenant = match tenant.filter(|name| name != me.tenant.as_str()) {
        None => me.tenant.clone(),
        Some(name) => {
            head(caller)?;
            people.tenant(&name).await?
        }
    };
    let link = people.invite(me, role, tenant).await?;
    Ok(format!("/account/invited?token={}", link.reveal()))
}
