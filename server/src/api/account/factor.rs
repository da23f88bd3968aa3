//! The forms of the second factor: its code at the log-in, turning it on and off, recovery codes.
//!
//! Recovery codes are shown in the answer to the form that made them: the Account page, rendered for this request with the codes
//! in it. They are in no address, no cookie and no store.

use std::sync::Arc;

use app::{
    AppError, FreshCodes, Visitor,
    account_forms::{password, text},
    people::{Account, Refused},
};
use axum::{
    body::Body,
    http::{Request, header},
    response::{IntoResponse as _, Redirect, Response},
};
use tower::ServiceExt as _;

use super::{PAGE, account_of, enter};
use crate::{
    api::{Asker, Shared, with_cookie},
    sessions::LoginFrom,
    web,
};

/// What was typed.
type Fields = [(String, String)];

/// The password was right, and is not enough.
pub(super) async fn ask(
    shared: &Shared,
    asker: &Asker,
    account: &Account,
    stays: bool,
) -> Result<Response, Refused> {
    let from = LoginFrom {
        headers: &asker.headers,
        address: asker.address,
        stays,
    };
    let cookie = shared.door.keep_half(&shared.app, account, from).await?;
    Ok(with_cookie(cookie, Redirect::to("/account/code")))
}

/// The code after it.
pub(super) async fn prove(shared: &Shared, asker: &Asker, code: &str) -> Result<Response, Refused> {
    let half = shared.door.half(&asker.headers).await?;
    let half = half.ok_or(Refused::Late)?;
    let people = &shared.app.people;
    let account = people
        .log_in_with_code(&half.account, half.at, code, asker.address)
        .await?;
    enter(shared, asker, &account, half.stays, "/").await
}

/// Begins to set one up in this login.
pub(super) async fn begin(
    shared: &Shared,
    asker: &Asker,
    fields: &Fields,
) -> Result<Response, Refused> {
    let (account, login) = (account_of(asker)?, login_of(asker)?);
    let password = password(fields, "password");
    let people = &shared.app.people;
    people
        .begin_factor(account, login, password, asker.address)
        .await?;
    Ok(Redirect::to("/account?done=begun").into_response())
}

/// Turns it on; the recovery codes.
pub(super) async fn turn_on(
    shared: &Shared,
    asker: &Asker,
    fields: &Fields,
) -> Result<Response, Refused> {
    let (account, login) = (account_of(asker)?, login_of(asker)?);
    let people = &shared.app.people;
    let codes = people
        .turn_factor_on(account, login, text(fields, "code"), asker.address)
        .await?;
    // Who came in without it would not come in now.
    people.logins().end_all(&account.id, Some(login)).await?;
    page_with(shared, asker, codes).await
}

/// Other recovery codes in the place of those there are.
pub(super) async fn renew_codes(
    shared: &Shared,
    asker: &Asker,
    fields: &Fields,
) -> Result<Response, Refused> {
    login_of(asker)?;
    let (account, password) = (account_of(asker)?, password(fields, "password"));
    let people = &shared.app.people;
    let codes = people
        .renew_recovery_codes(account, password, text(fields, "code"), asker.address)
        .await?;
    page_with(shared, asker, codes).await
}

/// Turns it off. The other logins end, as with another password.
pub(super) async fn turn_off(
    shared: &Shared,
    asker: &Asker,
    fields: &Fields,
) -> Result<Response, Refused> {
    let (account, login) = (account_of(asker)?, login_of(asker)?);
    let password = password(fields, "password");
    let people = &shared.app.people;
    people
        .turn_factor_off(account, password, text(fields, "code"), asker.address)
        .await?;
    people.logins().end_all(&account.id, Some(login)).await?;
    Ok(Redirect::to("/account?done=factor-off").into_response())
}

/// Which of the account's logins this is.
fn login_of(asker: &Asker) -> Result<&str, AppError> {
    let login = asker.visitor.login.as_ref();
    let login = login.ok_or(AppError::NoSession)?;
    Ok(&login.handle)
}

/// The Account page as it is now, with codes that are shown this once.
async fn page_with(
    shared: &Shared,
    asker: &Asker,
    codes: Vec<String>,
) -> Result<Response, Refused> {
    let account = account_of(asker)?;
    let now = shared.app.people.account(&account.id).await?;
    let visitor = Visitor {
        account: now.map(Arc::new),
        ..asker.visitor.clone()
    };
    let mut request = Request::get(PAGE)
        .extension(visitor)
        .extension(FreshCodes(codes.into()))
        .body(Body::empty())
        .map_err(AppError::internal)?;
    // Preferences and the colours of the system; the length of the form is not that of what is asked for here.
    for name in [
        header::COOKIE,
        header::HOST,
        header::ACCEPT,
        header::HeaderName::from_static("sec-ch-prefers-color-scheme"),
    ] {
        if let Some(value) = asker.headers.get(&name) {
            request.headers_mut().append(name, value.clone());
        }
    }
    let rendered = web::pages(&shared.app).oneshot(request).await;
    Ok(rendered.into_response())
}
