//! The states that fit what is looked for: the search, and the rows that were found so far; live.

use std::collections::HashSet;

use leptos::{prelude::*, task::spawn_local};

use super::{
    parts::Parts,
    place::Place,
    rows::Rows,
    search::Search,
    server::{Found, Listed, Wanted, find_states},
};
use crate::{
    components::{format, live::Live},
    stores::use_revision,
};

/// States of one request: several screens.
const PAGE: u32 = 100;
/// States that are asked for again when something changed; what was scrolled to beyond stays as it was found.
const REFRESHED: usize = 1_000;

/// What was found so far. Copies share one.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    wanted: Memo<Wanted>,
    found: Live<Found>,
    /// Pages that were asked for behind the first.
    beyond: RwSignal<Vec<Listed>>,
    /// Where the next one begins; `None` while none was asked for.
    next: RwSignal<Option<Option<String>>>,
    is_asking: StoredValue<bool>,
    /// All of them.
    pub(super) rows: Memo<Vec<Listed>>,
}

impl Shown {
    fn of(wanted: Memo<Wanted>) -> Self {
        let revision = use_revision();
        let key = Memo::new(move |_| (wanted.get(), revision.get()));
        // How many of which search are on screen: as many are asked for again.
        let held = StoredValue::new((wanted.get_untracked(), 0_usize));
        let found = Live::new(key, move |(wanted, _)| {
            let held = held.with_value(|(of, held)| if *of == wanted { *held } else { 0 });
            let limit = u32::try_from(held.min(REFRESHED)).unwrap_or(PAGE);
            find_states(wanted, None, limit.max(PAGE))
        });
        let (beyond, next) = (RwSignal::new(Vec::new()), RwSignal::new(None));
        let rows = Memo::new(move |_| {
            let mut rows = found.good.with(|good| {
                let rows = good.as_ref().map(|found| found.rows.clone());
                rows.unwrap_or_default()
            });
            beyond.with(|beyond| append(&mut rows, beyond));
            rows
        });
        Effect::new(move |before: Option<Wanted>| {
            let wanted = wanted.get();
            // What was scrolled to belongs to one search; below what was asked for again it stays.
            let is_new = before.as_ref() != Some(&wanted);
            let is_whole = found.good.with(|good| {
                good.as_ref()
                    .is_none_or(|found| found.rows.len() < REFRESHED)
            });
            if is_new || is_whole {
                beyond.set(Vec::new());
                next.set(None);
            }
            wanted
        });
        Effect::new(move |_| held.set_value((wanted.get(), rows.with(Vec::len))));
        Self {
            wanted,
            found,
            beyond,
            next,
            is_asking: StoredValue::new(false),
            rows,
        }
    }

    /// What the last answer says beside its rows.
    pub(super) fn with<T: Default>(&self, part: impl FnOnce(&Found) -> T) -> T {
        self.found
            .good
            .with(|good| good.as_ref().map(part).unwrap_or_default())
    }

    fn next(&self) -> Option<String> {
        let of_first = || {
            self.found
                .good
                .with_untracked(|good| good.as_ref()?.next.clone())
        };
        self.next.get_untracked().unwrap_or_else(of_first)
    }

    /// Asks for the next page, if there is one and nobody asks yet.
    pub(super) fn more(&self) {
        let this = *self;
        let Some(after) = this.next().filter(|_| !this.is_asking.get_value()) else {
            return;
        };
        this.is_asking.set_value(true);
        spawn_local(async move {
            let wanted = this.wanted.get_untracked();
            let page = find_states(wanted.clone(), Some(after.clone()), PAGE).await;
            if this.is_asking.try_set_value(false).is_some() {
                return;
            }
            let is_next = this.wanted.with_untracked(|now| *now == wanted)
                && this.next().as_ref() == Some(&after);
            if let (Ok(page), true) = (page, is_next) {
                this.next.set(Some(page.next));
                this.beyond.update(|beyond| beyond.extend(page.rows));
            }
        });
    }
}

/// A state that moved while its pages were read stands where it was found first.
fn append(rows: &mut Vec<Listed>, beyond: &[Listed]) {
    let known: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    let new = beyond.iter().filter(|row| !known.contains(&row.id));
    rows.extend(new.cloned());
}

/// The list; on a phone it makes room for an open state.
#[component]
pub(super) fn List(place: Memo<Place>) -> impl IntoView {
    let wanted = Memo::new(move |_| place.with(|place| place.wanted.clone()));
    let shown = Shown::of(wanted);
    view! {
        <section
            class="w-full md:w-96 xl:w-110 shrink-0 flex flex-col min-h-0 bg-base-100 border-r border-line"
            class=("max-md:hidden", move || place.with(|place| place.open.is_some()))
            aria-label="States"
        >
            <h1 class="sr-only">"States"</h1>
            <div class="px-3 pt-3 flex"><Parts/></div>
            <Search place shown/>
            {shown.found.show(move || view! { <Whole shown place/> }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Whole(shown: Shown, place: Memo<Place>) -> impl IntoView {
    let summary = move || {
        shown.with(|found| match (found.total, found.is_exact) {
            (0, _) => "No state".to_owned(),
            (total, true) => format::plural(total, "state", "states"),
            (total, false) => format!("more than {} states", format::count(total)),
        })
    };
    let is_empty = move || shown.rows.with(Vec::is_empty);
    view! {
        <div class="flex items-center h-8 shrink-0 px-3 border-y border-line bg-base-200 text-2xs text-muted">
            <span class="num" role="status" data-testid="states-found">{summary}</span>
            <span class="flex-1"></span>
            <span class="inline-flex items-center gap-1.5"><i class="hf-dot bg-success"></i>"live"</span>
        </div>
        <Rows shown place/>
        <Show when=is_empty>
            <p class="p-8 text-center text-muted">
                "Nothing is kept here yet, or nothing fits. What you choose on Query, Data and Plot becomes a state; clear the search to see all."
            </p>
        </Show>
    }
    .into_any()
}
