//! Rows at hand: a few pages around what is on screen, fetched one at a time.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use workbench::query::{Page, PageRequest};

use crate::components::window::Window;
use crate::{
    AppError,
    query::{server::get_page, state::Query},
    stores::table::ResultView,
};

/// Rows of one request: several screens, and still some ten milliseconds.
pub(in crate::query) const PAGE: u32 = 200;
/// Rows that a page shows before it is alive, and all that it shows at a time without WASM.
pub(in crate::query) const PLAIN_ROWS: u64 = 50;
/// Pages kept: what is on screen, and some way back and forth.
const KEPT: usize = 8;

/// Some rows, with a number of their own that tells them from the same rows of another result.
#[derive(Debug, Clone)]
struct Held {
    serial: u64,
    page: Arc<Page>,
}

/// The rows at hand and what they are of.
#[derive(Debug, Clone, Default)]
pub(in crate::query) struct Pages {
    /// The result and the way it is looked at; no id for a preview.
    of: Option<(Option<String>, ResultView)>,
    /// Rows in all.
    pub(in crate::query) total: u64,
    held: Vec<Held>,
    serial: u64,
}

impl Pages {
    /// The first rows.
    pub(in crate::query) fn start(result: Option<String>, view: ResultView, page: Page) -> Self {
        Self::default().replaced(result, view, page)
    }

    /// Rows of something else take the place of all that is held.
    pub(in crate::query) fn replaced(
        &self,
        result: Option<String>,
        view: ResultView,
        page: Page,
    ) -> Self {
        let serial = self.serial + 1;
        Self {
            of: Some((result, view)),
            total: page.total,
            held: vec![Held {
                serial,
                page: Arc::new(page),
            }],
            serial,
        }
    }

    /// Whether the rows are of this result in this view.
    pub(in crate::query) fn are_of(&self, result: &str, view: &ResultView) -> bool {
        self.of
            .as_ref()
            .is_some_and(|(id, of)| id.as_deref() == Some(result) && of == view)
    }

    /// Where the held rows begin.
    pub(super) fn first(&self) -> u64 {
        self.held.first().map_or(0, |held| held.page.offset)
    }

    /// A row: the number of its page, the page, and its place in it.
    pub(super) fn row(&self, row: u64) -> Option<(u64, Arc<Page>, usize)> {
        self.held.iter().find_map(|held| {
            let at = usize::try_from(row.checked_sub(held.page.offset)?).ok()?;
            (at < held.page.rows.len()).then(|| (held.serial, held.page.clone(), at))
        })
    }

    /// The number of the page that holds a row; 0 if it is not here.
    pub(super) fn serial_of(&self, row: u64) -> u64 {
        self.row(row).map_or(0, |(serial, _, _)| serial)
    }

    fn keep(&mut self, page: Page) {
        self.serial += 1;
        self.total = page.total;
        self.held.push(Held {
            serial: self.serial,
            page: Arc::new(page),
        });
        let surplus = self.held.len().saturating_sub(KEPT);
        self.held.drain(..surplus);
    }

    /// The first page of the window that is not here.
    fn missing(&self, window: Window) -> Option<u64> {
        let end = (window.first + window.len).min(self.total);
        let row = (window.first..end).find(|row| self.row(*row).is_none())?;
        Some(row / u64::from(PAGE) * u64::from(PAGE))
    }
}

/// Fetches what the window needs and is not here.
pub(super) fn keep_filled(query: Query, window: Memo<Window>) {
    let is_busy = StoredValue::new(false);
    Effect::new(move |_| {
        query.again.track();
        window.track();
        query.view.with(|_| ());
        query.result_id.track();
        if is_busy.try_get_value() == Some(false) {
            is_busy.set_value(true);
            spawn_local(async move {
                fill(query, window).await;
                is_busy.try_set_value(false);
            });
        }
    });
}

async fn fill(query: Query, window: Memo<Window>) {
    while let Some((id, request)) = window
        .try_get_untracked()
        .and_then(|window| wanted(query, window))
    {
        let view = ResultView {
            sort: request.sort.clone(),
            filters: request.filters.clone(),
        };
        let answer = get_page(id.clone(), request).await;
        let is_current = untrack(|| {
            query.result_id.get().as_ref() == Some(&id) && query.view_in_force() == view
        });
        match answer {
            _ if !is_current => {}
            Ok(Some(page)) => {
                take(query, id, view, page);
                query.went_well();
            }
            // Another tab merged anew: ask which result it is now, and merge again if it is none.
            Ok(None) | Err(AppError::NotFound(_)) => {
                query.merged.set(None);
                query.study.reload();
                return;
            }
            Err(error) => {
                query.fail(error);
                return;
            }
        }
    }
}

fn take(query: Query, id: String, view: ResultView, page: Page) {
    if query.pages.with_untracked(|pages| pages.are_of(&id, &view)) {
        query.pages.update(|pages| pages.keep(page));
        return;
    }
    if let Some(columns) = query.next_columns.try_update_value(Option::take).flatten() {
        query.columns.set(columns);
    }
    query
        .pages
        .update(|pages| *pages = pages.replaced(Some(id), view, page));
}

/// What to ask for next.
fn wanted(query: Query, window: Window) -> Option<(String, PageRequest)> {
    let id = query.result_id.get_untracked()?;
    let view = untrack(|| query.view_in_force());
    let offset = query.pages.with_untracked(|pages| {
        if pages.are_of(&id, &view) {
            pages.missing(window)
        } else {
            Some(window.first / u64::from(PAGE) * u64::from(PAGE))
        }
    })?;
    let request = PageRequest {
        offset,
        limit: PAGE,
        sort: view.sort,
        filters: view.filters,
    };
    Some((id, request))
}

#[cfg(test)]
mod tests {
    use workbench::query::Page;

    use super::{KEPT, PAGE, Pages};
    use crate::{components::window::Window, stores::table::ResultView};

    fn page(offset: u64, rows: usize) -> Page {
        Page {
            offset,
            total: 10_000,
            rows: vec![vec![Some(offset.to_string())]; rows],
        }
    }

    #[test]
    fn the_first_gap_in_the_window_is_asked_for_by_whole_pages() {
        let mut pages = Pages::start(Some("a".into()), ResultView::default(), page(0, 200));
        assert_eq!(
            pages.missing(Window {
                first: 100,
                len: 60
            }),
            None
        );
        assert_eq!(
            pages.missing(Window {
                first: 180,
                len: 60
            }),
            Some(200)
        );
        pages.keep(page(200, 200));
        assert_eq!(
            pages.missing(Window {
                first: 180,
                len: 60
            }),
            None
        );
        assert_eq!(
            pages.missing(Window {
                first: 9_990,
                len: 60
            }),
            Some(9_800)
        );
    }

    #[test]
    fn a_few_pages_are_kept_and_the_oldest_leaves() {
        let mut pages = Pages::start(Some("a".into()), ResultView::default(), page(0, 200));
        for at in 1..=KEPT as u64 {
            pages.keep(page(at * u64::from(PAGE), 200));
        }
        assert_eq!(pages.serial_of(0), 0);
        assert_ne!(pages.serial_of(200), 0);
    }

    #[test]
    fn rows_of_another_order_are_not_taken_for_these() {
        let view = ResultView::default();
        let pages = Pages::start(Some("a".into()), view.clone(), page(0, 10));
        assert!(pages.are_of("a", &view));
        assert!(!pages.are_of("b", &view));
        let again = pages.replaced(Some("b".into()), view, page(0, 10));
        assert_ne!(again.serial_of(0), pages.serial_of(0));
    }
}
