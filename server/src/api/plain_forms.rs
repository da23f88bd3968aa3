//! Plain forms, for browsers without WASM: which address does what, and how it is answered.

use std::future::Future;

use app::AppError;
use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};

use super::{Asker, Shared, with_cookie};
use crate::{
    sessions::is_plain_form,
    web::{Problems, Refusal},
};

/// What was filled in.
pub(super) type Fields = [(String, String)];

/// What was sent, or why it cannot be read.
type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What a form asks for.
pub(super) trait Deed: Copy + Send + Sync + 'static {
    /// The page that its form is on.
    const PAGE: &'static str;

    /// Does it, for somebody who has a session by then; a cookie to send along, where it makes one.
    fn done(
        self,
        shared: &Shared,
        asker: &Asker,
        fields: &Fields,
    ) -> impl Future<Output = Result<Option<HeaderValue>, AppError>> + Send;
}

/// Forms by their addresses. Each leads back to its page.
pub(super) fn routes<D: Deed>(
    deeds: impl IntoIterator<Item = (&'static str, D)>,
) -> Router<Shared> {
    deeds
        .into_iter()
        .fold(Router::new(), |router, (path, deed)| {
            let handler = move |State(shared): State<Shared>, asker: Asker, form: Sent| {
                run(shared, asker, form, deed)
            };
            router.route(path, post(handler))
        })
}

async fn run<D: Deed>(
    shared: Shared,
    mut asker: Asker,
    form: Sent,
    deed: D,
) -> Result<Response, Refusal> {
    let cookie = asker.ensure(&shared).await?;
    let done = match form {
        Ok(Form(fields)) => deed.done(&shared, &asker, &fields).await,
        Err(problem) => Err(AppError::BadRequest(problem.body_text())),
    };
    let (made, done) = match done {
        Ok(made) => (made, Ok(())),
        Err(error) => (None, Err(error)),
    };
    let back = Redirect::to(D::PAGE);
    let mut answer = match is_plain_form(&asker.headers) {
        true => answer_form(&shared, cookie, done, D::PAGE, back),
        false => with_cookie(cookie, done.map(|()| back).map_err(Refusal)),
    };
    if let Some(made) = made {
        answer.headers_mut().append(header::SET_COOKIE, made);
    }
    Ok(answer)
}

/// Back to the page, or a page that says what was wrong.
pub(super) fn answer_form(
    shared: &Shared,
    cookie: Option<HeaderValue>,
    done: Result<(), AppError>,
    back: &'static str,
    well: impl IntoResponse,
) -> Response {
    match done {
        Ok(()) => with_cookie(cookie, well),
        Err(error) => {
            let problems = Problems {
                status: error.status(),
                sentences: vec![error.to_string()],
                back,
                stylesheet: shared.app.assets.stylesheet.clone(),
            };
            with_cookie(cookie, problems)
        }
    }
}
