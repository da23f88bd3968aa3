//! Every store, declared once: key, type, tier, default, how long it is kept.
//!
//! A component names a store by its constant; nothing else knows a key. Which tier holds a store
//! can be overridden in `holdfast.toml`, under `[stores]`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use workbench::{
    compare::Request,
    data::MergeKeys,
    plot::{PlotSpec, Region},
    query::{CohortFilters, ColumnFilter, SavedQuery, Selection, Shape, SortKey},
};

use crate::analysis::Place;
use crate::simulations::SavedSearch;

/// Who holds a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The browser's session storage, mirrored in a small cookie: preferences.
    Browser,
    /// The server's state engine, under the browser's session: critical data.
    Server,
}

/// How long a store is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// As long as the session it belongs to: what a person did.
    Session,
    /// The engine's default for stores, `state.ttl_default`: what can be done without.
    Default,
}

/// One store's declaration.
#[derive(Debug, Clone, Copy)]
pub struct Store<T> {
    /// Its entry in the table.
    pub entry: Entry,
    /// Its value before anybody set it.
    pub default: fn() -> T,
}

/// What is known of a store without its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its name: `page.thing`.
    pub key: &'static str,
    /// Who holds it, unless the settings say otherwise.
    pub tier: Tier,
    /// How long.
    pub keep: Keep,
}

impl Entry {
    /// Who holds it under these overrides.
    pub fn tier_in(&self, overrides: &BTreeMap<String, Tier>) -> Tier {
        overrides.get(self.key).copied().unwrap_or(self.tier)
    }
}

const fn server<T>(key: &'static str, default: fn() -> T) -> Store<T> {
    Store {
        entry: Entry {
            key,
            tier: Tier::Server,
            keep: Keep::Session,
        },
        default,
    }
}

const fn browser<T>(key: &'static str, default: fn() -> T) -> Store<T> {
    Store {
        entry: Entry {
            key,
            tier: Tier::Browser,
            keep: Keep::Session,
        },
        default,
    }
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The parts of the Query page a person folded away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueryPanels {
    /// The column chooser is folded to a button.
    pub is_chooser_folded: bool,
    /// Tables folded in the chooser.
    pub folded_tables: Vec<String>,
}

/// How the merged result is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultView {
    /// Order.
    pub sort: Vec<SortKey>,
    /// Column filters.
    pub filters: Vec<ColumnFilter>,
}

/// Who is in the cohort.
pub const FILTERS: Store<CohortFilters> = server("query.filters", CohortFilters::default);
/// Tables and columns to take; `None` takes the default selection of the present tables.
pub const SELECTION: Store<Option<Selection>> = server("query.selection", || None);
/// Long or wide.
pub const SHAPE: Store<Shape> = server("query.shape", Shape::default);
/// Whether baseline visits become one.
pub const CONSOLIDATE: Store<bool> = server("query.consolidate_baseline", || false);
/// Sort and filters of the result.
pub const RESULT_VIEW: Store<ResultView> = server("query.view", ResultView::default);
/// Queries kept under a name.
pub const SAVED_QUERIES: Store<Vec<SavedQuery>> = server("query.saved", Vec::new);
/// Searches for runs kept under a name.
pub const SAVED_SEARCHES: Store<Vec<SavedSearch>> = server("simulations.saved", Vec::new);
/// The merge keys a person chose; `None` uses the found ones.
pub const KEYS: Store<Option<MergeKeys>> = server("data.keys", || None);
/// The study's name.
pub const STUDY_NAME: Store<String> = server("study.name", || "PBC trial".into());
/// What to draw.
pub const PLOT: Store<PlotSpec> = server("plot.spec", PlotSpec::default);
/// The chosen part of the plot.
pub const PLOT_REGION: Store<Option<Region>> = server("plot.region", || None);
/// What was compared last.
pub const COMPARED: Store<Request> = server("compare.request", Request::default);
/// Light or dark.
pub const THEME: Store<Theme> = browser("ui.theme", Theme::default);
/// Folded parts of the Query page.
pub const QUERY_PANELS: Store<QueryPanels> = browser("ui.query_panels", QueryPanels::default);
/// The tool in hand on the plot: `pan`, `box`, `lasso`.
pub const PLOT_TOOL: Store<String> = browser("ui.plot_tool", || "lasso".into());
/// Widths of the result's columns in pixels, by name.
pub const COLUMN_WIDTHS: Store<BTreeMap<String, u32>> = browser("ui.column_widths", BTreeMap::new);
/// How the last run was looked at: another opens so.
pub const RUN_VIEW: Store<Place> = browser("ui.run_view", Place::default);

/// The table.
pub const TABLE: &[Entry] = &[
    FILTERS.entry,
    SELECTION.entry,
    SHAPE.entry,
    CONSOLIDATE.entry,
    RESULT_VIEW.entry,
    SAVED_QUERIES.entry,
    SAVED_SEARCHES.entry,
    KEYS.entry,
    STUDY_NAME.entry,
    PLOT.entry,
    PLOT_REGION.entry,
    COMPARED.entry,
    THEME.entry,
    QUERY_PANELS.entry,
    PLOT_TOOL.entry,
    COLUMN_WIDTHS.entry,
    RUN_VIEW.entry,
];
