//! Rows of the result inside a part of the plot, page by page, in an order.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::{
    plot::{PlotKind, PlotSpec, Region, SelectedRows},
    query::{PageRequest, ResultInfo, SortKey},
};

use super::{
    model::{Asked, Plot},
    server::select_rows,
};
use crate::{AppError, json::Plain};

/// Rows of a page.
pub(super) const PAGE: u32 = 100;
/// Columns of a table of rows: the keys and those of the plot come first; the CSV has all.
const MAX_COLUMNS: usize = 40;

/// What is asked of the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) asked: Asked,
    pub(super) region: Region,
    pub(super) page: PageRequest,
}

/// What it answered, and to what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) wanted: Wanted,
    pub(super) outcome: Result<SelectedRows, AppError>,
}

/// Rows on screen. Copies share them.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) sort: RwSignal<Option<SortKey>>,
    pub(super) offset: RwSignal<u64>,
    pub(super) wanted: Memo<Option<Wanted>>,
    pub(super) found: Resource<Option<Found>, Plain>,
}

/// The rows inside a region; none without one.
pub(super) fn rows_in(plot: Plot, region: Signal<Option<Region>>) -> Rows {
    let sort = RwSignal::new(None::<SortKey>);
    let offset = RwSignal::new(0_u64);
    let place = Memo::new(move |_| {
        let asked = plot.asked.get()?;
        // A lasso has no meaning on a histogram, nor a column that is not drawn.
        let region = region.get().filter(|region| {
            asked.spec.kind != PlotKind::Histogram || matches!(region, Region::Box { .. })
        })?;
        let PlotSpec {
            fit,
            fit_by_colour,
            kde,
            bins,
            bandwidth,
            ..
        } = PlotSpec::default();
        let spec = PlotSpec {
            fit,
            fit_by_colour,
            kde,
            bins,
            bandwidth,
            ..asked.spec
        };
        Some((Asked { spec, ..asked }, region))
    });
    // Another part of the plot starts at its first row.
    Effect::watch(move || place.get(), move |_, _, _| offset.set(0), false);
    let wanted = Memo::new(move |_| {
        let (asked, region) = place.get()?;
        let is_there = |key: &SortKey| {
            plot.study.result.with(|r| {
                r.as_ref()
                    .is_some_and(|r| r.columns.iter().any(|c| c.name == key.column))
            })
        };
        let page = PageRequest {
            offset: offset.get(),
            limit: PAGE,
            sort: sort.get().filter(is_there).into_iter().collect(),
            filters: Vec::new(),
        };
        Some(Wanted {
            asked,
            region,
            page,
        })
    });
    let found = Resource::<_, Plain>::new_with_options(
        move || wanted.get(),
        |wanted| async move {
            let wanted = wanted?;
            let Asked { result_id, spec } = wanted.asked.clone();
            let outcome =
                select_rows(result_id, spec, wanted.region.clone(), wanted.page.clone()).await;
            Some(Found { wanted, outcome })
        },
        true,
    );
    Rows {
        sort,
        offset,
        wanted,
        found,
    }
}

impl Rows {
    /// Whether the rows on screen are not the wanted ones yet.
    pub(super) fn is_stale(&self) -> bool {
        let wanted = self.wanted.get();
        self.found.with(|found| {
            found
                .as_ref()
                .and_then(|found| found.as_ref())
                .map(|found| &found.wanted)
                != wanted.as_ref()
        })
    }

    /// Looks at the rows on screen; `None` while nothing is selected or known.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Found) -> T) -> Option<T> {
        let is_wanted = self.wanted.with(Option::is_some);
        self.found.with(|found| {
            found
                .as_ref()
                .and_then(|found| found.as_ref())
                .filter(|_| is_wanted)
                .map(look)
        })
    }

    /// Largest first, smallest first, the result's own order.
    pub(super) fn sort_by(&self, column: &str) {
        self.offset.set(0);
        self.sort.update(|sort| {
            let descending = sort
                .as_ref()
                .filter(|key| key.column == column)
                .map(|key| key.descending);
            let key = |descending| SortKey {
                column: column.to_owned(),
                descending,
            };
            *sort = match descending {
                None => Some(key(true)),
                Some(true) => Some(key(false)),
                Some(false) => None,
            };
        });
    }
}

/// Places of the columns to show, keys first, then those of the plot, then the others.
pub(super) fn shown_columns(result: &ResultInfo, spec: &PlotSpec) -> Vec<usize> {
    let of_plot = [&spec.x, &spec.y, &spec.size, &spec.colour, &spec.facet];
    let mut places: Vec<usize> = (0..result.columns.len()).collect();
    places.sort_by_key(|&place| {
        let column = &result.columns[place];
        let in_plot = of_plot
            .iter()
            .position(|name| name.as_ref() == Some(&column.name));
        (!column.is_key, in_plot.unwrap_or(of_plot.len()))
    });
    places.truncate(MAX_COLUMNS);
    places
}
