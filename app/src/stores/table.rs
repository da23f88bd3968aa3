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

use super::Content;
use crate::analysis::Place;
use crate::simulations::SavedSearch;

/// Who holds a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The browser's session storage, mirrored in a small cookie where the server has to know: preferences.
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
    /// Whether the cookie mirrors it while the browser holds it: only what the server has to know to render a page.
    pub is_mirrored: bool,
}

impl Entry {
    /// Who holds it under these overrides.
    pub fn tier_in(&self, overrides: &BTreeMap<String, Tier>) -> Tier {
        overrides.get(self.key).copied().unwrap_or(self.tier)
    }
}

const fn store<T>(
    key: &'static str,
    tier: Tier,
    is_mirrored: bool,
    default: fn() -> T,
) -> Store<T> {
    Store {
        entry: Entry {
            key,
            tier,
            keep: Keep::Session,
            is_mirrored,
        },
        default,
    }
}

const fn server<T>(key: &'static str, default: fn() -> T) -> Store<T> {
    store(key, Tier::Server, true, default)
}

const fn browser<T>(key: &'static str, default: fn() -> T) -> Store<T> {
    store(key, Tier::Browser, true, default)
}

/// A tab's own, which is seen only once the page is alive.
const fn tab<T>(key: &'static str, default: fn() -> T) -> Store<T> {
    store(key, Tier::Browser, false, default)
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

/// Looks at preferences of whatever type.
pub(crate) trait SeePreferences {
    /// Looks at one.
    fn see<T: Content>(&mut self, store: Store<T>);
}

/// Declares the stores, lists them, and shows those that are preferences: so none of them can be forgotten. A preference is
/// what a `browser` holds; what a `tab` holds is where one was.
macro_rules! stores {
    ($($(#[$about:meta])* $name:ident: $of:ty = $held:ident($key:literal, $default:expr);)*) => {
        $(
            $(#[$about])*
            pub const $name: Store<$of> = $held($key, $default);
        )*

        /// The table.
        pub const TABLE: &[Entry] = &[$($name.entry),*];

        /// Shows every preference.
        pub(crate) fn see_preferences(eye: &mut impl SeePreferences) {
            $(see!($held, eye, $name);)*
        }
    };
}

/// Shows a store, if it is a preference.
macro_rules! see {
    (browser, $eye:ident, $name:ident) => {
        $eye.see($name)
    };
    ($other:ident, $eye:ident, $name:ident) => {};
}

stores! {
    /// Who is in the cohort.
    FILTERS: CohortFilters = server("query.filters", CohortFilters::default);
    /// Tables and columns to take; `None` takes the default selection of the present tables.
    SELECTION: Option<Selection> = server("query.selection", || None);
    /// Long or wide.
    SHAPE: Shape = server("query.shape", Shape::default);
    /// Whether baseline visits become one.
    CONSOLIDATE: bool = server("query.consolidate_baseline", || false);
    /// Sort and filters of the result.
    RESULT_VIEW: ResultView = server("query.view", ResultView::default);
    /// Queries kept under a name.
    SAVED_QUERIES: Vec<SavedQuery> = server("query.saved", Vec::new);
    /// Searches for runs kept under a name.
    SAVED_SEARCHES: Vec<SavedSearch> = server("simulations.saved", Vec::new);
    /// The merge keys a person chose; `None` uses the found ones.
    KEYS: Option<MergeKeys> = server("data.keys", || None);
    /// The study's name.
    STUDY_NAME: String = server("study.name", || "PBC trial".into());
    /// What to draw.
    PLOT: PlotSpec = server("plot.spec", PlotSpec::default);
    /// The chosen part of the plot.
    PLOT_REGION: Option<Region> = server("plot.region", || None);
    /// What was compared last.
    COMPARED: Request = server("compare.request", Request::default);
    /// Light or dark.
    THEME: Theme = browser("ui.theme", Theme::default);
    /// Folded parts of the Query page.
    QUERY_PANELS: QueryPanels = browser("ui.query_panels", QueryPanels::default);
    /// The tool in hand on the plot: `pan`, `box`, `lasso`.
    PLOT_TOOL: String = browser("ui.plot_tool", || "lasso".into());
    /// Whether the plot is shown as a table.
    PLOT_TABLE: bool = browser("ui.plot_table", || false);
    /// The part of the plot's scales on screen and the axes it is of, as the chart writes it; `null` for the whole.
    PLOT_ZOOM: String = tab("ui.plot_zoom", || "null".into());
    /// Widths of the result's columns in pixels, by name.
    COLUMN_WIDTHS: BTreeMap<String, u32> = browser("ui.column_widths", BTreeMap::new);
    /// How far the result is scrolled, in pixels: down by what its rows are, to the side by its id; no entry for none.
    RESULT_PLACE: BTreeMap<String, u32> = tab("ui.result_place", BTreeMap::new);
    /// How the last run was looked at: another opens so.
    RUN_VIEW: Place = browser("ui.run_view", Place::default);
}
