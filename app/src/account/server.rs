//! What the Account page asks of the server. Who is not logged in is told nothing.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    AppError,
    json::Json,
    people::{Role, Tenant},
};

/// A session in which the person is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct LoginRow {
    /// Names it among the account's.
    pub(super) handle: String,
    /// In words.
    pub(super) browser: String,
    pub(super) address: String,
    /// For people, UTC.
    pub(super) seen: String,
    pub(super) since: String,
    pub(super) is_this: bool,
    /// Whether it is a phone, for the picture beside it.
    pub(super) is_phone: bool,
}

/// A token for programs, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct TokenRow {
    pub(super) id: String,
    pub(super) name: String,
    /// The first characters.
    pub(super) starts: String,
    pub(super) may_write: bool,
    /// For people, UTC.
    pub(super) used: String,
    pub(super) ends: String,
    /// Whether it ends within two weeks.
    pub(super) ends_soon: bool,
}

/// The person's second factor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FactorView {
    /// There is none.
    #[default]
    Off,
    /// It is being set up in this login.
    Begun {
        /// The key as text, in groups.
        key: String,
        /// The key as a picture: a path of squares, each one long.
        picture: String,
        /// How many squares it is wide and high.
        side: i32,
    },
    /// It is asked for at each log-in.
    On {
        /// For people, UTC.
        since: String,
        /// Recovery codes that are left.
        left: u64,
    },
}

/// An account, as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct UserRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: Role,
    pub(super) tenant: Tenant,
    pub(super) is_active: bool,
    pub(super) has_factor: bool,
    pub(super) version: u64,
    pub(super) is_me: bool,
}

/// Everything on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AccountView {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: Role,
    pub(super) factor: FactorView,
    /// Recovery codes that were just made. They are in the answer to the form that made them, and in no other.
    pub(super) codes: Vec<String>,
    pub(super) logins: Vec<LoginRow>,
    pub(super) tokens: Vec<TokenRow>,
    /// What of the browser's earlier work the account has, too, and not the same.
    pub(super) questions: Vec<String>,
    /// For administrators: everybody of their tenant; for those of the whole server everybody.
    pub(super) users: Option<Vec<UserRow>>,
    pub(super) tenant: Tenant,
    /// For administrators of the whole server: all tenants.
    pub(super) tenants: Option<Vec<Tenant>>,
}

/// The account that is logged in.
#[server(prefix = "/api", endpoint = "get_account", input = Json, output = Json)]
pub(super) async fn get_account() -> Result<AccountView, AppError> {
    crate::error::answer(async { super::answers::account(&crate::context::caller()?).await }).await
}

/// Ends one of the person's logins, for who knows the password.
#[server(prefix = "/api", endpoint = "end_login", input = Json, output = Json)]
pub(super) async fn end_login(handle: String, password: String) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::end_login(&crate::context::caller()?, &handle, password).await
    })
    .await
}

/// Ends all of the person's logins but this one, for who knows the password; how many.
#[server(prefix = "/api", endpoint = "end_other_logins", input = Json, output = Json)]
pub(super) async fn end_other_logins(password: String) -> Result<u64, AppError> {
    crate::error::answer(async {
        super::answers::end_others(&crate::context::caller()?, password).await
    })
    .await
}

/// Makes a token; its text, which is told this once.
#[server(prefix = "/api", endpoint = "make_token", input = Json, output = Json)]
pub(super) async fn make_token(
    name: String,
    may_write: bool,
    days: u32,
) -> Result<String, AppError> {
    crate::error::answer(async {
        super::answers::make_token(&crate::context::caller()?, name, may_write, days).await
    })
    .await
}

/// Ends a token of the person's at once.
#[server(prefix = "/api", endpoint = "revoke_token", input = Json, output = Json)]
pub(super) async fn revoke_token(id: String) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::revoke_token(&crate::context::caller()?, &id).await
    })
    .await
}

/// Gives somebody another role.
#[server(prefix = "/api", endpoint = "change_role", input = Json, output = Json)]
pub(super) async fn change_role(id: String, role: Role, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::change_role(&crate::context::caller()?, &id, role, version).await
    })
    .await
}

/// Takes somebody's account out of use, or into use again.
#[server(prefix = "/api", endpoint = "suspend_user", input = Json, output = Json)]
pub(super) async fn suspend_user(
    id: String,
    is_suspended: bool,
    version: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::suspend(&crate::context::caller()?, &id, is_suspended, version).await
    })
    .await
}

/// Ends every login of somebody's.
#[server(prefix = "/api", endpoint = "end_logins_of", input = Json, output = Json)]
pub(super) async fn end_logins_of(id: String) -> Result<u64, AppError> {
    crate::error::answer(async {
        super::answers::end_logins_of(&crate::context::caller()?, &id).await
    })
    .await
}

/// Takes somebody's second factor away.
#[server(prefix = "/api", endpoint = "remove_factor", input = Json, output = Json)]
pub(super) async fn remove_factor(id: String, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::remove_factor(&crate::context::caller()?, &id, version).await
    })
    .await
}

/// Puts somebody into another tenant.
#[server(prefix = "/api", endpoint = "change_tenant", input = Json, output = Json)]
pub(super) async fn change_tenant(
    id: String,
    tenant: String,
    version: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::change_tenant(&crate::context::caller()?, &id, &tenant, version).await
    })
    .await
}

/// Makes a tenant.
#[server(prefix = "/api", endpoint = "make_tenant", input = Json, output = Json)]
pub(super) async fn make_tenant(name: String) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::make_tenant(&crate::context::caller()?, &name).await?;
        Ok(())
    })
    .await
}

/// Makes an invitation, into the caller's tenant if none is named; the path of its link, which is told this once.
#[server(prefix = "/api", endpoint = "invite", input = Json, output = Json)]
pub(super) async fn invite(role: Role, tenant: Option<String>) -> Result<String, AppError> {
    crate::error::answer(async {
        super::answers::invite(&crate::context::caller()?, role, tenant).await
    })
    .await
}
