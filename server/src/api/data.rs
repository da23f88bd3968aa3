//! The Data page's plain forms, for browsers without WASM. Files themselves: `upload`.

use app::{AppError, data_forms};
use axum::{Router, http::HeaderValue};

use super::{
    Asker, Shared,
    plain_forms::{self, Fields},
};

/// The page that the forms are on.
pub(super) const PAGE: &str = "/data";

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
    plain_forms::routes([
        ("/data/remove", Deed::Remove),
        ("/data/restore", Deed::Restore),
        ("/data/samples", Deed::Samples),
        ("/data/answer", Deed::Answer),
        ("/data/keys", Deed::Keys),
    ])
}

impl plain_forms::Deed for Deed {
    const PAGE: &'static str = PAGE;

    async fn done(
        self,
        shared: &Shared,
        asker: &Asker,
        fields: &Fields,
    ) -> Result<Option<HeaderValue>, AppError> {
        let (state, visitor) = (&shared.app, &asker.visitor);
        match self {
            Self::Remove => data_forms::remove(state, visitor, fields).await,
            Self::Restore => data_forms::restore(state, visitor, fields).await,
            Self::Samples => data_forms::samples(state, visitor).await,
            Self::Answer => data_forms::answer(state, visitor, fields).await,
            Self::Keys => data_forms::keys(state, visitor, fields).await,
        }?;
        Ok(None)
    }
}
