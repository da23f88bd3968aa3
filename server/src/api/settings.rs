//! The Settings page's plain forms, for browsers without WASM. What they choose for this browser goes into its cookie.

use app::{AppError, Caller, Tier, settings_forms};
use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    http::{HeaderValue, header},
    response::{Redirect, Response},
    routing::post,
};

use super::{Asker, Shared, data::answer_form, with_cookie};
use crate::{
    sessions::{CookieStyle, is_plain_form},
    web::{Refusal, mirrored, preferences},
};

const PAGE: &str = "/settings";

/// What was sent, or why it cannot be read.
type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What a form asks for.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Theme,
    Defaults,
    Reset,
}

pub(super) fn routes() -> Router<Shared> {
    let deeds = [
        ("/settings/theme", Deed::Theme),
        ("/settings/defaults", Deed::Defaults),
        ("/settings/reset", Deed::Reset),
    ];
    deeds
        .into_iter()
        .fold(Router::new(), |router, (path, deed)| {
            let handler = move |State(shared): State<Shared>, asker: Asker, form: Sent| {
                run(shared, asker, form, deed)
            };
            router.route(path, post(handler))
        })
}

async fn run(
    shared: Shared,
    mut asker: Asker,
    form: Sent,
    deed: Deed,
) -> Result<Response, Refusal> {
    let cookie = asker.ensure(&shared).await?;
    let done = match form {
        Ok(Form(fields)) => chosen(&shared, &asker, &fields, deed).await,
        Err(problem) => Err(AppError::BadRequest(problem.body_text())),
    };
    let (mirror, done) = match done {
        Ok(mirror) => (Some(mirror), Ok(())),
        Err(error) => (None, Err(error)),
    };
    let mut answer = match is_plain_form(&asker.headers) {
        true => answer_form(&shared, cookie, done, PAGE, Redirect::to(PAGE)),
        false => with_cookie(cookie, done.map(|()| Redirect::to(PAGE)).map_err(Refusal)),
    };
    if let Some(mirror) = mirror {
        answer.headers_mut().append(header::SET_COOKIE, mirror);
    }
    Ok(answer)
}

/// Does it, and what the browser's cookie has to be after it. Nothing is written for a cookie that has no room.
async fn chosen(
    shared: &Shared,
    asker: &Asker,
    fields: &[(String, String)],
    deed: Deed,
) -> Result<HeaderValue, AppError> {
    let caller = asker.caller(shared);
    let mut kept = preferences(&asker.headers);
    deed.done(&caller, fields, &mut kept, Tier::Browser).await?;
    let mirror = mirrored(&kept, shared.door.cookie == CookieStyle::Https)?;
    deed.done(&caller, fields, &mut kept, Tier::Server).await?;
    Ok(mirror)
}

impl Deed {
    /// Its part in the stores of a tier.
    async fn done(
        self,
        caller: &Caller,
        fields: &[(String, String)],
        kept: &mut settings_forms::Preferences,
        tier: Tier,
    ) -> Result<(), AppError> {
        match self {
            Self::Theme => settings_forms::theme(caller, fields, kept, tier).await,
            Self::Defaults => settings_forms::defaults(caller, fields, kept, tier).await,
            Self::Reset => settings_forms::reset(caller, kept, tier).await,
        }
    }
}
