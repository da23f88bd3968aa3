//! What the Account page is told of the second factor: how it stands, and what is shown once. Only on the server.

use std::sync::Arc;

use axum::http::request::Parts;
use holdfast::Timestamp;
use leptos::prelude::use_context;

use super::{picture, server::FactorView};
use crate::{AppError, context::Caller, people::Account, states::answers::moment};

/// Letters of a key that are read at a time.
const GROUP: usize = 4;

/// Recovery codes that a form has just made: they travel with the request whose answer shows them, and nowhere else.
#[derive(Clone)]
pub struct Fresh(pub Arc<[String]>);

/// Those that this request is to show.
pub(super) fn fresh() -> Vec<String> {
    let parts = use_context::<Parts>();
    let fresh = parts.and_then(|parts| parts.extensions.get::<Fresh>().cloned());
    fresh.map(|Fresh(codes)| codes.to_vec()).unwrap_or_default()
}

/// How it stands. The key is told to the login that sets it up.
pub(super) async fn factor(caller: &Caller, me: &Account) -> Result<FactorView, AppError> {
    let people = &caller.state.people;
    if let Some(in_use) = people.factor_in_use(me).await? {
        return Ok(FactorView::On {
            since: moment(Timestamp(in_use.since)).chars().take(10).collect(),
            left: in_use.left as u64,
        });
    }
    let Some(login) = &caller.visitor.login else {
        return Ok(FactorView::Off);
    };
    let Some(set_up) = people.set_up(me, &login.handle).await? else {
        return Ok(FactorView::Off);
    };
    let (picture, side) = picture::of(&set_up.address)?;
    let groups = set_up.key.as_bytes().chunks(GROUP);
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    Ok(FactorView::Begun {
        key: groups.join(" "),
        picture,
        side,
    })
}
