//! What administrators may do to other people's accounts, and to tenants: those of their own tenant, or of the whole server.

use holdfast::{Expected, Version};

use crate::{
    AppError,
    context::Caller,
    people::{Account, Role, Tenant},
};

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

pub(in crate::account) async fn remove_factor(
    caller: &Caller,
    id: &str,
    version: u64,
) -> Result<(), AppError> {
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
