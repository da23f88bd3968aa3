//! The forms of the Account page: sign up, log in and out, another password. Plain forms, with and without scripts: a
//! person who logs in starts on a new page in any case. What was wrong is a word in the address, and the page has the
//! sentences; a program gets a typed answer. `factor` has those of the second factor.

mod factor;

use app::{
    AppError, account_forms,
    people::{Account, Answer, Entered, Refused, Takeover},
};
use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    http::HeaderValue,
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, post},
};

use super::{Asker, Shared, with_cookie};
use crate::{
    sessions::{LoginFrom, is_plain_form},
    web::{Refusal, is_handed_on},
};

const PAGE: &str = "/account";

/// What was sent, or why it cannot be read.
type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What a form asks for.
#[derive(Debug, Clone, Copy)]
enum Deed {
    SignUp,
    LogIn,
    LogOut,
    Password,
    First,
    Join,
    Bring,
    /// The code after the password.
    Code,
    FactorBegin,
    FactorOn,
    FactorCodes,
    FactorOff,
}

/// Logging out takes what the page kept in the browser along: edits that were not sent, and where `state.backend` is
/// `client` every store. Cookies stay: the new session's is among them, and how the page looks is no secret.
const FORGET: HeaderValue = HeaderValue::from_static("\"storage\"");

pub(super) fn routes() -> Router<Shared> {
    let deeds = [
        ("/account/sign-up", Deed::SignUp),
        ("/account/log-in", Deed::LogIn),
        ("/account/log-out", Deed::LogOut),
        ("/account/password", Deed::Password),
        ("/account/make-first", Deed::First),
        ("/account/join", Deed::Join),
        ("/account/bring", Deed::Bring),
        ("/account/prove", Deed::Code),
        ("/account/factor-begin", Deed::FactorBegin),
        ("/account/factor-on", Deed::FactorOn),
        ("/account/factor-codes", Deed::FactorCodes),
        ("/account/factor-off", Deed::FactorOff),
    ];
    deeds
        .into_iter()
        .fold(Router::new(), |router, (path, deed)| {
            let handler = move |State(shared): State<Shared>, asker: Asker, form: Sent| {
                run(shared, asker, form, deed)
            };
            router.route(path, deed.route(post(handler)))
        })
}

async fn run(shared: Shared, asker: Asker, form: Sent, deed: Deed) -> Result<Response, Refusal> {
    let Form(fields) = form.map_err(|problem| AppError::BadRequest(problem.body_text()))?;
    let is_form = is_plain_form(&asker.headers);
    match deed.done(&shared, &asker, &fields).await {
        Ok(answer) => {
            note(&asker, deed, "done");
            Ok(answer)
        }
        Err(refused) if is_form => {
            let at = deed.page(&fields);
            note(&asker, deed, account_forms::word(&refused));
            Ok(Redirect::to(&with(&at, &account_forms::problem(&refused))).into_response())
        }
        Err(refused) => {
            note(&asker, deed, account_forms::word(&refused));
            Err(Refusal(refused.into()))
        }
    }
}

/// A line in the log for each deed, done or not: what was tried, from where, by whom as far as it is known, and how it
/// ended. Nothing that was typed.
fn note(asker: &Asker, deed: Deed, outcome: &str) {
    let account = asker.visitor.account.as_deref();
    tracing::info!(
        target: "security",
        event = ?deed,
        outcome,
        address = %asker.address,
        account = account.map(|account| account.id.as_str()),
    );
}

/// An address with another parameter.
fn with(address: &str, parameter: &str) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{parameter}")
}

impl Deed {
    /// What is answered with a page is asked for again by who reloads it or comes back: then it is the Account page.
    fn route(self, route: MethodRouter<Shared>) -> MethodRouter<Shared> {
        match self {
            Self::FactorOn | Self::FactorCodes => route.get(async || Redirect::to(PAGE)),
            _ => route,
        }
    }

    /// The page with the form.
    fn page(self, fields: &[(String, String)]) -> String {
        let link = account_forms::text(fields, "link");
        // A link is letters, digits, `-` and `_`; anything else is no link, and need not come back.
        let is_plain = link
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let link = if is_plain { link } else { "" };
        match self {
            Self::First => format!("{PAGE}/first?token={link}"),
            Self::Join => format!("{PAGE}/invited?token={link}"),
            Self::Code => format!("{PAGE}/code"),
            _ => PAGE.to_owned(),
        }
    }

    async fn done(
        self,
        shared: &Shared,
        asker: &Asker,
        fields: &[(String, String)],
    ) -> Result<Response, Refused> {
        let people = &shared.app.people;
        let text = |name| account_forms::text(fields, name);
        match self {
            Self::SignUp => {
                let joining = account_forms::joining(fields);
                let is_here = asker.address.is_loopback() && !is_handed_on(&asker.headers);
                people.sign_up(joining, asker.address, is_here).await?;
                Ok(Redirect::to("/account?done=made").into_response())
            }
            Self::First => {
                people
                    .make_first(text("link"), account_forms::joining(fields))
                    .await?;
                tracing::info!("the first administrator was made");
                Ok(Redirect::to("/account?done=made").into_response())
            }
            Self::Join => {
                let joining = account_forms::joining(fields);
                people.join(text("link"), joining, asker.address).await?;
                Ok(Redirect::to("/account?done=made").into_response())
            }
            Self::LogIn => {
                let password = account_forms::password(fields, "password");
                let stays = !text("stay").is_empty();
                let begun = shared.door.clock.now().0;
                let entered = people
                    .log_in(text("email"), password, asker.address)
                    .await?;
                let (Entered::Fully(account) | Entered::Half(account)) = &entered;
                // The password was right, and another one took its place before the account was read.
                if !account.knows_login_of(begun) {
                    return Err(Refused::Late);
                }
                match &entered {
                    Entered::Fully(account) => enter(shared, asker, account, stays, "/").await,
                    Entered::Half(account) => factor::ask(shared, asker, account, stays).await,
                }
            }
            Self::Code => factor::prove(shared, asker, text("code")).await,
            Self::FactorBegin => factor::begin(shared, asker, fields).await,
            Self::FactorOn => factor::turn_on(shared, asker, fields).await,
            Self::FactorCodes => factor::renew_codes(shared, asker, fields).await,
            Self::FactorOff => factor::turn_off(shared, asker, fields).await,
            Self::LogOut => {
                let (headers, address) = (&asker.headers, asker.address);
                let cookie = shared.door.log_out(&shared.app, headers, address).await?;
                let mut answer = with_cookie(cookie, Redirect::to("/account?done=out"));
                answer.headers_mut().insert("clear-site-data", FORGET);
                Ok(answer)
            }
            Self::Password => {
                let account = account_of(asker)?;
                let [current, new] =
                    ["current", "password"].map(|name| account_forms::password(fields, name));
                people
                    .change_password(account, current, new, asker.address)
                    .await?;
                let changed = people.account(&account.id).await?;
                let changed = changed.ok_or(AppError::NoSession)?;
                people.logins().end_all(&changed.id, None).await?;
                enter(shared, asker, &changed, true, "/account?done=password").await
            }
            Self::Bring => bring(shared, asker, text("choice")).await,
        }
    }
}

/// The account that is logged in.
fn account_of(asker: &Asker) -> Result<&Account, AppError> {
    let account = asker.visitor.account.as_deref();
    account.ok_or(AppError::NoSession)
}

/// Logs in, and leads to where there is something to be said.
async fn enter(
    shared: &Shared,
    asker: &Asker,
    account: &Account,
    stays: bool,
    to: &str,
) -> Result<Response, Refused> {
    let from = LoginFrom {
        headers: &asker.headers,
        address: asker.address,
        stays,
    };
    let (cookie, asks) = shared.door.log_in(&shared.app, account, from).await?;
    tracing::info!(target: "security", event = "LoggedIn", account = account.id, address = %asker.address);
    let to = if asks { PAGE } else { to };
    Ok(with_cookie(Some(cookie), Redirect::to(to)))
}

/// What becomes of the browser's work that the account has, too.
async fn bring(shared: &Shared, asker: &Asker, choice: &str) -> Result<Response, Refused> {
    let answer = match choice {
        "keep" => Answer::Keep,
        "take" => Answer::Take,
        _ => return Err(AppError::BadRequest("choice: must be keep or take".into()).into()),
    };
    let (Some(account), Some(login)) = (&asker.visitor.account, &asker.visitor.login) else {
        return Err(AppError::NoSession.into());
    };
    if let Some(former) = &login.former {
        let (manager, workbench) = (&shared.app.manager, &shared.app.workbench);
        let takeover = Takeover::new(manager, workbench, former, account).await?;
        takeover.answer(answer).await?;
        let forgotten = shared.door.sessions.forget_former(&login.handle).await;
        forgotten.map_err(AppError::from)?;
    }
    Ok(Redirect::to("/account?done=brought").into_response())
}
