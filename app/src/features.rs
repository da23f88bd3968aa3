//! Features of the workbench that can be switched while it runs: each is a `feature` state that everybody
//! shares, edited on States, Flags. A page asks [`use_feature`]; the server refuses what is off.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{AppError, boot::use_boot, json::Json};

/// A feature that can be switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// The id of its state.
    pub key: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// What goes away when it is off.
    pub about: &'static str,
}

/// Downloads as Parquet.
pub const PARQUET_DOWNLOAD: Feature = Feature {
    key: "feature.parquet-download",
    title: "Parquet download",
    about: "The merged result can be taken home as Parquet, beside CSV.",
};

/// Queries kept under a name.
pub const SAVED_QUERIES: Feature = Feature {
    key: "feature.saved-queries",
    title: "Saved queries",
    about: "A query can be kept under a name on the Query page. What was kept stays while this is off.",
};

/// All of them.
#[cfg(feature = "ssr")]
pub const FEATURES: [Feature; 2] = [PARQUET_DOWNLOAD, SAVED_QUERIES];

/// Which features the visitor has, by key.
pub type Switches = BTreeMap<String, bool>;

/// The visitor's features on this page; live.
#[derive(Clone, Copy)]
pub(crate) struct Features(RwSignal<Switches>);

/// Provides the features, as they were when the page was rendered.
pub(crate) fn provide_features() -> Features {
    let features = Features(RwSignal::new(
        use_boot().with_value(|boot| boot.features.clone()),
    ));
    provide_context(features);
    features
}

/// Whether the visitor has a feature.
pub(crate) fn use_feature(feature: Feature) -> Signal<bool> {
    let switches = use_switches();
    Signal::derive(move || {
        switches.with(|switches| switches.get(feature.key).is_some_and(|is| *is))
    })
}

/// All that the visitor has; whoever reads it is told when a flag changes.
pub(crate) fn use_switches() -> RwSignal<Switches> {
    let Features(switches) = use_context::<Features>().unwrap_or_else(provide_features);
    switches
}

#[cfg(feature = "hydrate")]
impl Features {
    /// Asks the server again.
    pub(crate) fn reload(self) {
        leptos::task::spawn_local(async move {
            if let Ok(switches) = get_features().await {
                self.0.try_update(|held| *held = switches);
            }
        });
    }
}

/// The caller's features.
#[server(prefix = "/api", endpoint = "get_features", input = Json, output = Json)]
pub(crate) async fn get_features() -> Result<Switches, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        switches(&caller.state.manager, &caller.visitor).await
    })
    .await
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::ensure_features_in;
#[cfg(feature = "ssr")]
pub use ssr::{ensure_features, has_feature, switches};

#[cfg(feature = "ssr")]
mod ssr {
    use holdfast::{Actor, Expected, Kind, New, Scope, StateId, StateManager, Transition, Ttl};
    use serde_json::json;

    use super::{FEATURES, Feature, Switches};
    use crate::{AppError, Visitor};

    /// Makes the flag of each feature that has none yet, switched on.
    ///
    /// # Errors
    /// As from the state engine. That another server was faster is none.
    pub async fn ensure_features(manager: &StateManager) -> Result<(), holdfast::Error> {
        ensure_features_in(manager, &Scope::Shared).await
    }

    /// The same for what a tenant shares.
    pub(crate) async fn ensure_features_in(
        manager: &StateManager,
        scope: &Scope,
    ) -> Result<(), holdfast::Error> {
        let actor = Actor::system();
        for feature in FEATURES {
            let id = StateId::new(feature.key);
            let new = New::of(Kind::FEATURE, feature.title, scope.clone(), json!(null))
                .with_id(id.clone())
                .with_ttl(Ttl::Never);
            let made = match manager.put(new, Expected::Absent, &actor).await {
                Ok(made) => made,
                Err(holdfast::Error::Conflict { .. }) => continue,
                Err(error) => return Err(error),
            };
            let expected = Expected::Version(made.version);
            let switched = manager
                .transition(scope, &id, Transition::ACTIVATE, expected, &actor)
                .await;
            match switched {
                Ok(_) | Err(holdfast::Error::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether a visitor has a feature. One whose flag cannot be understood is off, and the log says so.
    ///
    /// # Errors
    /// When the states cannot be read.
    pub async fn has_feature(
        manager: &StateManager,
        visitor: &Visitor,
        feature: Feature,
    ) -> Result<bool, AppError> {
        let subject = visitor
            .scope()
            .map_or_else(|| "anonymous".to_owned(), |scope| scope.to_string());
        let id = StateId::new(feature.key);
        match manager.is_on(&visitor.common(), &id, &subject).await {
            Err(error @ holdfast::Error::Invalid { .. }) => {
                tracing::warn!(%error, feature = feature.key, "a feature flag makes no sense");
                Ok(false)
            }
            found => Ok(found?),
        }
    }

    /// Which features a visitor has.
    ///
    /// # Errors
    /// When the states cannot be read.
    pub async fn switches(manager: &StateManager, visitor: &Visitor) -> Result<Switches, AppError> {
        let mut switches = Switches::new();
        for feature in FEATURES {
            let is_on = has_feature(manager, visitor, feature).await?;
            switches.insert(feature.key.to_owned(), is_on);
        }
        Ok(switches)
    }
}
