//! Plain HTML forms of the Settings page, for browsers without WASM. Only on the server.
//!
//! Stores of the server are written in the caller's name. Those of the browser are read from the cookie that mirrors them,
//! and go back into it: sending it is the business of who called, who asks for each tier by itself, because a cookie can
//! turn out to be full.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use workbench::plot::PlotSpec;

use super::words::{Choosable, KINDS, SHAPES, THEMES, TOOLS, value_of};
use crate::{
    AppError,
    context::{Caller, read_store},
    data::forms::{Fields, invalid, value},
    stores::{
        Content,
        server::{write, write_typed},
        table::{
            CONSOLIDATE, Entry, PLOT, PLOT_TOOL, QUERY_PANELS, QueryPanels, SHAPE, SeePreferences,
            Store, THEME, Tier, see_preferences,
        },
        typed::read_typed,
    },
};

/// Browser stores by key, as the browser's cookie mirrors them.
pub type Preferences = BTreeMap<String, Value>;

/// Chooses the theme: `theme`.
///
/// # Errors
/// [`AppError::Invalid`] with the field; when the states cannot be written.
pub async fn theme(
    caller: &Caller,
    fields: &Fields,
    kept: &mut Preferences,
    tier: Tier,
) -> Result<(), AppError> {
    let theme = chosen(&THEMES, fields, "theme")?;
    keep(caller, &THEME, &theme, kept, tier).await
}

/// Chooses what pages begin with: `shape`, `plot_kind`, `plot_tool`; `consolidate` and `folded` where they are ticked.
///
/// # Errors
/// [`AppError::Invalid`] with the field; when the states cannot be written.
pub async fn defaults(
    caller: &Caller,
    fields: &Fields,
    kept: &mut Preferences,
    tier: Tier,
) -> Result<(), AppError> {
    let shape = chosen(&SHAPES, fields, "shape")?;
    let kind = chosen(&KINDS, fields, "plot_kind")?;
    let tool = chosen(&TOOLS, fields, "plot_tool")?;
    let is_consolidated = value(fields, "consolidate").is_some();
    let plot = PlotSpec {
        kind,
        ..read(caller, &PLOT, kept).await?
    };
    let panels = QueryPanels {
        is_chooser_folded: value(fields, "folded").is_some(),
        ..read(caller, &QUERY_PANELS, kept).await?
    };
    keep(caller, &SHAPE, &shape, kept, tier).await?;
    keep(caller, &CONSOLIDATE, &is_consolidated, kept, tier).await?;
    keep(caller, &PLOT, &plot, kept, tier).await?;
    keep(caller, &PLOT_TOOL, &tool.to_owned(), kept, tier).await?;
    keep(caller, &QUERY_PANELS, &panels, kept, tier).await
}

/// Takes back what the browser prefers.
///
/// # Errors
/// When a store that the settings moved to the server cannot be written.
pub async fn reset(caller: &Caller, kept: &mut Preferences, tier: Tier) -> Result<(), AppError> {
    let mut defaults = Defaults::default();
    see_preferences(&mut defaults);
    for (entry, default) in defaults.0 {
        if entry.tier_in(&caller.state.tiers) != tier {
            continue;
        }
        match tier {
            Tier::Server => put_back(caller, &entry, default).await?,
            Tier::Browser => {
                // What the cookie does not say is as at first.
                if let Some(value) = kept.get_mut(entry.key) {
                    *value = default;
                }
            }
        }
    }
    Ok(())
}

/// The preferences as they are at first.
#[derive(Default)]
struct Defaults(Vec<(Entry, Value)>);

impl SeePreferences for Defaults {
    fn see<T: Content>(&mut self, store: Store<T>) {
        let default = serde_json::to_value((store.default)()).unwrap_or(Value::Null);
        self.0.push((store.entry, default));
    }
}

/// Writes a store's default, if it is another value.
async fn put_back(caller: &Caller, entry: &Entry, default: Value) -> Result<(), AppError> {
    let stored = read_store(&caller.state.manager, &caller.scope()?, entry.key).await?;
    if stored.data.is_some_and(|data| data != default) {
        write(caller, entry, default, stored.version, "form".into()).await?;
    }
    Ok(())
}

fn chosen<T: Copy>(
    all: &[Choosable<T>],
    fields: &Fields,
    name: &'static str,
) -> Result<T, AppError> {
    let word = value(fields, name).ok_or_else(|| invalid(name, "is missing"))?;
    value_of(all, word).ok_or_else(|| invalid(name, "is none of those that can be chosen"))
}

/// A store as it stands.
async fn read<T: DeserializeOwned>(
    caller: &Caller,
    store: &Store<T>,
    kept: &Preferences,
) -> Result<T, AppError> {
    match store.entry.tier_in(&caller.state.tiers) {
        Tier::Server => Ok(read_typed(caller, store).await?.0),
        Tier::Browser => {
            let found = kept.get(store.entry.key);
            let found = found.and_then(|value| T::deserialize(value).ok());
            Ok(found.unwrap_or_else(store.default))
        }
    }
}

/// Writes a store of this tier, if it is another value.
async fn keep<T: Serialize + DeserializeOwned + PartialEq>(
    caller: &Caller,
    store: &Store<T>,
    value: &T,
    kept: &mut Preferences,
    tier: Tier,
) -> Result<(), AppError> {
    let is_here = store.entry.tier_in(&caller.state.tiers) == tier;
    if !is_here || read(caller, store, kept).await? == *value {
        return Ok(());
    }
    match tier {
        Tier::Server => write_typed(caller, store, value).await,
        Tier::Browser => {
            let value = serde_json::to_value(value).map_err(AppError::internal)?;
            kept.insert(store.entry.key.to_owned(), value);
            Ok(())
        }
    }
}
