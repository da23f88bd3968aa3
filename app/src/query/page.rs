//! The Query page: its parts, and which of them there are.

use std::time::Duration;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

use super::{
    bar::Bar,
    chips::Chips,
    chooser::Chooser,
    count,
    empty::{NoKeys, NoMatch, NoTables, Skeleton},
    grid::Grid,
    join::Join,
    load::load,
    merge,
    rail::Rail,
    sheet::Shade,
    state::{Query, use_query},
};
use crate::{
    AppError,
    components::{alive::mark_alive, icon::Icon},
    json::Plain,
};

/// Time between two tries while the server cannot be reached.
const RETRY: Duration = Duration::from_secs(3);

/// The route.
pub(crate) struct QueryPage;

#[lazy_route]
impl LazyRoute for QueryPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <Title text="Query"/>
            <Loader/>
        }
        .into_any()
    }
}

/// The page, as soon as its first answers are in. Who comes back has them.
#[component]
fn Loader() -> impl IntoView {
    let query = use_query();
    if query.is_loaded.get_value() {
        return view! { <Whole query/> }.into_any();
    }
    let page = use_query_map().with_untracked(|map| {
        map.get("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1)
    });
    let first = Resource::<_, Plain>::new_with_options(|| (), move |()| load(query, page), true);
    view! {
        <Suspense fallback=Skeleton>
            {move || Suspend::new(async move {
                query.adopt(first.await);
                view! { <Whole query/> }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Whole(query: Query) -> impl IntoView {
    count::keep_options(query);
    count::keep_counted(query);
    merge::keep_merged(query);
    Effect::new(move |_| query.is_alive.set(true));
    mark_alive();
    keep_trying(query);
    on_cleanup(move || super::sheet::close(query));
    let has_tables = Memo::new(move |_| query.study.view.with(|view| !view.tables.is_empty()));
    let has_keys = Memo::new(move |_| query.study.view.with(|view| view.keys.is_some()));
    move || match (has_tables.get(), has_keys.get()) {
        (false, _) => view! { <h1 class="sr-only">"Query"</h1> <NoTables/> }.into_any(),
        (true, false) => {
            let problem = query
                .study
                .view
                .with_untracked(|view| view.keys_problem.clone());
            view! { <h1 class="sr-only">"Query"</h1> <NoKeys problem/> }.into_any()
        }
        (true, true) => view! { <Parts query/> }.into_any(),
    }
}

/// Asks again while the server cannot be reached, and at once when the network is back.
fn keep_trying(query: Query) {
    let ask_again = move || query.again.update(|again| *again += 1);
    let is_off = move || {
        query
            .problem
            .with_untracked(|problem| *problem == Some(AppError::Offline))
    };
    Effect::new(move |_| {
        query.problem.track();
        if is_off() {
            set_timeout(
                move || {
                    if is_off() {
                        ask_again()
                    }
                },
                RETRY,
            );
        }
    });
    let online = window_event_listener(leptos::ev::online, move |_| {
        if is_off() {
            ask_again()
        }
    });
    on_cleanup(move || online.remove());
}

#[component]
fn Parts(query: Query) -> impl IntoView {
    view! {
        <div class="hf-query">
            <h1 class="sr-only">"Query"</h1>
            <form class="contents" method="post" action="/query/apply" on:submit=|event| event.prevent_default()>
                <Rail query/>
                <Chooser query/>
            </form>
            <section class="hf-result" aria-label="Result">
                <Bar query/>
                <Chips query/>
                <Join query/>
                <Problem query/>
                <Result query/>
            </section>
            <Shade query/>
        </div>
    }
    .into_any()
}

/// What the server could not do, and how to go on.
#[component]
fn Problem(query: Query) -> impl IntoView {
    move || {
        query.problem.get().map(|problem| {
            view! {
                <div role="alert" class="hf-problem flex items-center gap-2 px-4 min-h-9 py-1 shrink-0 bg-del text-xs border-b border-line">
                    <Icon name="circle-alert" small=true class="text-err-text"/>
                    <span class="flex-1 min-w-0">{problem.to_string()}</span>
                    <button type="button" class="btn btn-xs" on:click=move |_| query.again.update(|again| *again += 1)>
                        "Try again"
                    </button>
                </div>
            }
        })
    }
}

/// The rows, or what stands for them.
#[component]
fn Result(query: Query) -> impl IntoView {
    let is_nobody = Memo::new(move |_| {
        query
            .count
            .with(|report| report.as_ref().is_some_and(|report| report.left.rows == 0))
    });
    let has_rows = Memo::new(move |_| query.columns.with(|columns| !columns.is_empty()));
    move || match (is_nobody.get(), has_rows.get()) {
        (true, _) => Either::Left(view! { <NoMatch query/> }),
        (false, true) => Either::Right(view! { <Grid query/> }.into_any()),
        (false, false) => Either::Right(view! { <Skeleton/> }.into_any()),
    }
}
