//! The Settings page's plain forms, for browsers without WASM. What they choose for this browser goes into its cookie.

use app::{AppError, Caller, Tier, settings_forms};
use axum::{Router, http::HeaderValue};

use super::{
    Asker, Shared,
    plain_forms::{self, Fields},
};
use crate::{
    sessions::CookieStyle,
    web::{mirrored, preferences},
};

/// What a form asks for.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Theme,
    Defaults,
    Reset,
}

pub(super) fn routes() -> Router<Shared> {
    plain_forms::routes([
        ("/settings/theme", Deed::Theme),
        ("/settings/defaults", Deed::Defaults),
        ("/settings/reset", Deed::Reset),
    ])
}

impl plain_forms::Deed for Deed {
    const PAGE: &'static str = "/settings";

    /// Nothing is written for a cookie that has no room.
    async fn done(
        self,
        shared: &Shared,
        asker: &Asker,
        fields: &Fields,
    ) -> Result<Option<HeaderValue>, AppError> {
        let caller = asker.caller(shared);
        let mut kept = preferences(&asker.headers);
        self.done_in(Tier::Browser, &caller, fields, &mut kept)
            .await?;
        let mirror = mirrored(&kept, shared.door.cookie == CookieStyle::Https)?;
        self.done_in(Tier::Server, &caller, fields, &mut kept)
            .await?;
        Ok(Some(mirror))
    }
}

impl Deed {
    /// Its part in the stores of a tier.
    async fn done_in(
        self,
        tier: Tier,
        caller: &Caller,
        fields: &Fields,
        kept: &mut settings_forms::Preferences,
    ) -> Result<(), AppError> {
        match self {
            Self::Theme => settings_forms::theme(caller, fields, kept, tier).await,
            Self::Defaults => settings_forms::defaults(caller, fields, kept, tier).await,
            Self::Reset => settings_forms::reset(caller, kept, tier).await,
        }
    }
}
