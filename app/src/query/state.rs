//! What the Query page knows: its stores, and the server's latest answers. It belongs to the
//! application, not to the page, so that a person who comes back finds it as it was, at once.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use workbench::query::{
    CohortFilters, CountReport, MergeSpec, ResultColumn, SavedQuery, Selection, Shape,
};

use super::{
    grid::pages::Pages,
    load::Loaded,
    server::QueryOptions,
    spec::{self, Data, Question},
};
use crate::{
    AppError,
    stores::{
        StoreHandle,
        table::{
            COLUMN_WIDTHS, CONSOLIDATE, FILTERS, QUERY_PANELS, QueryPanels, RESULT_VIEW,
            ResultView, SAVED_QUERIES, SELECTION, SHAPE,
        },
        use_browser_store, use_server_store,
    },
    study::{StudyContext, in_application, use_study},
};

/// On a phone, the part of the page that lies over the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sheet {
    /// None.
    #[default]
    Closed,
    /// The filters.
    Filters,
    /// The columns.
    Columns,
}

/// The page's state. Copies share one.
#[derive(Clone, Copy)]
pub(super) struct Query {
    pub(super) filters: StoreHandle<CohortFilters>,
    pub(super) selection: StoreHandle<Option<Selection>>,
    pub(super) shape: StoreHandle<Shape>,
    pub(super) consolidate: StoreHandle<bool>,
    pub(super) view: StoreHandle<ResultView>,
    pub(super) saved: StoreHandle<Vec<SavedQuery>>,
    pub(super) panels: StoreHandle<QueryPanels>,
    pub(super) widths: StoreHandle<BTreeMap<String, u32>>,
    pub(super) study: StudyContext,
    /// The columns in force: those chosen, else the first ones of every table.
    in_force: Memo<Selection>,
    /// What the filters offer; `None` before the first answer.
    pub(super) options: RwSignal<Option<QueryOptions>>,
    /// The data `options` is of.
    pub(super) options_of: StoredValue<Option<Data>>,
    /// The latest count.
    pub(super) count: RwSignal<Option<CountReport>>,
    /// What `count` answers.
    pub(super) counted: StoredValue<Option<Question>>,
    /// Columns of the rows on screen.
    pub(super) columns: RwSignal<Arc<Vec<ResultColumn>>>,
    /// Columns of the result whose rows are on their way, where they are others.
    pub(super) next_columns: StoredValue<Option<Arc<Vec<ResultColumn>>>>,
    /// Rows at hand.
    pub(super) pages: RwSignal<Pages>,
    /// How large the grid is on screen; unknown until it was there once.
    pub(super) grid_size: RwSignal<Option<GridSize>>,
    /// The result whose rows can be asked for; `None` while only a preview is there.
    pub(super) result_id: RwSignal<Option<String>>,
    /// What the rows on screen answer.
    pub(super) merged: RwSignal<Option<Question>>,
    /// What the preview on screen answers.
    pub(super) previewed: StoredValue<Option<Question>>,
    /// Whether a merge is under way.
    pub(super) is_merging: RwSignal<bool>,
    /// What the server could not do.
    pub(super) problem: RwSignal<Option<AppError>>,
    /// Bumped to ask again after a problem.
    pub(super) again: RwSignal<u32>,
    /// What lies over the page on a phone.
    pub(super) sheet: RwSignal<Sheet>,
    /// Whether the page is alive: what only the browser knows (its clock) may be shown.
    pub(super) is_alive: RwSignal<bool>,
    /// Whether the first answers are in.
    pub(super) is_loaded: StoredValue<bool>,
}

impl Query {
    fn new() -> Self {
        let selection = use_server_store(SELECTION);
        let options = RwSignal::new(None::<QueryOptions>);
        let in_force = Memo::new(move |_| {
            selection.get().unwrap_or_else(|| {
                options.with(|options| {
                    options
                        .as_ref()
                        .map(|options| options.default_selection.clone())
                        .unwrap_or_default()
                })
            })
        });
        Self {
            filters: use_server_store(FILTERS),
            selection,
            in_force,
            shape: use_server_store(SHAPE),
            consolidate: use_server_store(CONSOLIDATE),
            view: use_server_store(RESULT_VIEW),
            saved: use_server_store(SAVED_QUERIES),
            panels: use_browser_store(QUERY_PANELS),
            widths: use_browser_store(COLUMN_WIDTHS),
            study: use_study(),
            options,
            options_of: StoredValue::new(None),
            count: RwSignal::new(None),
            counted: StoredValue::new(None),
            columns: RwSignal::default(),
            next_columns: StoredValue::new(None),
            pages: RwSignal::default(),
            grid_size: RwSignal::new(None),
            result_id: RwSignal::new(None),
            merged: RwSignal::new(None),
            previewed: StoredValue::new(None),
            is_merging: RwSignal::new(false),
            problem: RwSignal::new(None),
            again: RwSignal::new(0),
            sheet: RwSignal::default(),
            is_alive: RwSignal::new(false),
            is_loaded: StoredValue::new(false),
        }
    }

    /// Takes the first answers.
    pub(super) fn adopt(&self, loaded: Loaded) {
        if loaded.options.is_some() {
            self.options_of
                .set_value(Some(spec::data(&self.study.view.get_untracked())));
        }
        self.options.set(loaded.options);
        if loaded.count.is_some() {
            self.counted.set_value(self.question_untracked());
        }
        self.count.set(loaded.count);
        self.problem.set(loaded.problem);
        if let Some(rows) = loaded.rows {
            let view = spec::fitting(&self.view.get_untracked(), &rows.columns);
            self.columns.set(Arc::new(rows.columns));
            self.pages
                .set(Pages::start(rows.result_id.clone(), view, rows.page));
            match rows.result_id {
                Some(_) => self.merged.set(self.question_untracked()),
                None => self.previewed.set_value(self.question_untracked()),
            }
            self.result_id.set(rows.result_id);
        }
        self.is_loaded.set_value(true);
    }

    /// The columns in force.
    pub(super) fn selection_in_force(&self) -> Selection {
        self.in_force.get()
    }

    /// Whether this column is taken.
    pub(super) fn takes(&self, table: &str, column: &str) -> bool {
        self.in_force.with(|selection| selection.has(table, column))
    }

    /// What is asked, of which data; `None` while there is nothing to ask it of.
    pub(super) fn question(&self) -> Option<Question> {
        let data = self.study.view.with(spec::data);
        if data.keys.is_none() || self.options.with(Option::is_none) {
            return None;
        }
        let spec = self.spec();
        Some(Question { data, spec })
    }

    /// What is asked, of whatever data.
    pub(super) fn spec(&self) -> MergeSpec {
        MergeSpec {
            filters: self.filters.get(),
            selection: self.selection_in_force(),
            shape: self.shape.get(),
            consolidate_baseline: self.consolidate.get(),
        }
    }

    /// The same, without being told of changes.
    pub(super) fn question_untracked(&self) -> Option<Question> {
        untrack(|| self.question())
    }

    /// Order and column filters, as far as they fit the result whose rows are asked for.
    pub(super) fn view_in_force(&self) -> ResultView {
        self.view.with(|view| {
            self.study.result.with(|result| {
                let id = self.result_id.get();
                match result
                    .as_ref()
                    .filter(|result| Some(&result.id) == id.as_ref())
                {
                    Some(result) => spec::fitting(view, &result.columns),
                    None => self.columns.with(|columns| spec::fitting(view, columns)),
                }
            })
        })
    }

    /// Changes the filters.
    pub(super) fn change(&self, change: impl FnOnce(&mut CohortFilters)) {
        self.filters.update(change);
    }

    /// Something went wrong: it is shown until something goes right.
    pub(super) fn fail(&self, error: AppError) {
        self.problem.set(Some(error));
    }

    /// Something went right.
    pub(super) fn went_well(&self) {
        if self.problem.with_untracked(Option::is_some) {
            self.problem.set(None);
        }
    }
}

/// The page's state, made at the first visit.
pub(super) fn use_query() -> Query {
    use_context::<Query>().unwrap_or_else(|| in_application(provide))
}

fn provide() -> Query {
    let query = Query::new();
    provide_context(query);
    query
}

/// How large the grid is on screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GridSize {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Height of one of its rows.
    pub(super) row: f64,
}
