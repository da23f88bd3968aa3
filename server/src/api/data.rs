//! The Data page's plain forms, for browsers without WASM. Files themselves: `upload`.

use app::{AppError, AppState, Visitor, data_forms};
use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    http::HeaderValue,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};

use super::{Asker, Shared, with_cookie};
use crate::{
    sessions::is_plain_form,
    web::{Problems, Refusal},
};

/// The page that the forms are on.
pub(super) const PAGE: &str = "/data";

/// What was sent, or why it cannot be read.
type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What a form asks for.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Remove,
    Restore,
    Samples,
    Answer,
    Keys,
}

pub(super) fn routes() -> Router<Shared> {
    let deeds = [
        ("/data/remove", Deed::Remove),
        ("/data/restore", Deed::Restore),
        ("/data/samples", Deed::Samples),
        ("/data/answer", Deed::Answer),
        ("/data/keys", Deed::Keys),
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
        Ok(Form(fields)) => deed.done(&shared.app, &asker.visitor, &fields).await,
        Err(problem) => Err(AppError::BadRequest(problem.body_text())),
    };
    Ok(if is_plain_form(&asker.headers) {
        answer_form(&shared, cookie, done, PAGE, Redirect::to(PAGE))
    } else {
        let answer = done.map(|()| Redirect::to(PAGE)).map_err(Refusal);
        with_cookie(cookie, answer)
    })
}

impl Deed {
    async fn done(
        self,
        state: &AppState,
        visitor: &Visitor,
        fields: &[(String, String)],
    ) -> Result<(), AppError> {
        match self {
            Self::Remove => data_forms::remove(state, visitor, fields).await,
            Self::Restore => data_forms::restore(state, visitor, fields).await,
            Self::Samples => data_forms::samples(state, visitor).await,
            Self::Answer => data_forms::answer(state, visitor, fields).await,
            Self::Keys => data_forms::keys(state, visitor, fields).await,
        }
    }
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
