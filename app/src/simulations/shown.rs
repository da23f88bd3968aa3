//! The runs that were found, as far as they are looked at: the first page comes with the answer, the others when they
//! come into view.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use workbench::simulation::registry::Browse;

use super::{
    pages::{Held, Pages},
    server::{PAGE, Page, Row, find_runs},
};
use crate::{
    components::{live::Live, window::Window},
    stores::use_revision,
};

/// Time between two tries while pages cannot be had.
const RETRY: Duration = Duration::from_secs(3);

/// What was found. Copies share one.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// The first page, with what is counted over all.
    pub(super) page: Live<Page>,
    /// What is looked for, and up to which change of the log.
    key: Memo<(Browse, u64)>,
    pages: RwSignal<Pages>,
    /// Bumped to ask again after a problem.
    again: RwSignal<u32>,
}

impl Shown {
    pub(super) fn of(sought: Memo<Browse>) -> Self {
        let revision = use_revision();
        let key = Memo::new(move |_| (sought.get(), revision.get()));
        Self {
            page: Live::new(key, |(sought, _)| find_runs(sought, 0)),
            key,
            pages: RwSignal::default(),
            again: RwSignal::new(0),
        }
    }

    /// Something of the first answer; the default before it is there.
    pub(super) fn with<T: Default>(self, part: impl FnOnce(&Page) -> T) -> T {
        let page = self.page.good;
        page.with(|page| page.as_ref().map(part).unwrap_or_default())
    }

    /// How many were found.
    pub(super) fn total(self) -> u64 {
        self.with(|page| page.found.total)
    }

    /// How many came with the answer.
    pub(super) fn first(self) -> u64 {
        self.with(|page| page.found.rows.len() as u64)
    }

    /// The run at a place, where it is at hand.
    pub(super) fn row(self, at: u64) -> Option<Row> {
        let place = usize::try_from(at).unwrap_or(usize::MAX);
        self.with(|page| match page.found.rows.get(place) {
            Some(row) => Some(row.clone()),
            None => self
                .pages
                .with(|pages| pages.row(&page.sought, at).cloned()),
        })
    }

    /// Where a run is, of those at hand.
    pub(super) fn place_of(self, id: &str) -> Option<u64> {
        let first = self.with(|page| page.found.rows.iter().position(|row| row.id == id));
        let behind = || self.pages.with(|pages| pages.place_of(id));
        first.map(|at| at as u64).or_else(behind)
    }

    /// Fetches what the window needs and is not at hand, or not as it is now.
    pub(super) fn keep_filled(self, window: Memo<Window>) {
        let is_asking = StoredValue::new(false);
        Effect::new(move |_| {
            self.again.track();
            self.key.track();
            self.page.good.track();
            window.track();
            if is_asking.try_get_value() == Some(false) {
                is_asking.set_value(true);
                spawn_local(async move {
                    self.fill(window).await;
                    is_asking.try_set_value(false);
                });
            }
        });
    }

    async fn fill(self, window: Memo<Window>) {
        while let Some((sought, revision, offset)) = self.wanted(window) {
            let asked = u32::try_from(offset).unwrap_or(u32::MAX / PAGE * PAGE);
            match find_runs(sought.clone(), asked).await {
                Ok(page) => {
                    let rows = page.found.rows;
                    let held = Held {
                        offset,
                        revision,
                        rows,
                    };
                    self.pages.try_update(|pages| pages.keep(sought, held));
                    if self.page.problem.try_with_untracked(Option::is_some) == Some(true) {
                        self.page.problem.set(None);
                    }
                }
                Err(error) => {
                    self.page.problem.try_set(Some(error));
                    let again = move || {
                        self.again.try_update(|again| *again += 1);
                    };
                    set_timeout(again, RETRY);
                    return;
                }
            }
        }
    }

    /// What to ask for next.
    fn wanted(self, window: Memo<Window>) -> Option<(Browse, u64, u64)> {
        let window = window.try_get_untracked()?;
        let (_, revision) = self.key.try_get_untracked()?;
        self.page.good.try_with_untracked(|page| {
            let page = page.as_ref()?;
            let (of, total) = (&page.sought, page.found.total);
            let missing = |pages: &Pages| pages.missing(of, window, total, revision);
            let offset = self.pages.try_with_untracked(missing)??;
            Some((of.clone(), revision, offset))
        })?
    }
}
