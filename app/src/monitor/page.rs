//! The route, and where the parts stand. What is on screen is asked for again every few seconds, unless it is paused.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

use super::{
    advice::Advice,
    backups::BackupList,
    chart::Charts,
    feed::Feed,
    head::Head,
    memory::MemoryCard,
    operations::{Operations, Slowest},
    server::{Overview, watch_server},
    tiles::Tiles,
};
use crate::components::{alive::mark_alive, live::Live, ticks::use_ticks};

/// How often it is asked for.
const ASK_EVERY: Duration = Duration::from_secs(3);

/// The route: `/monitor`.
pub(crate) struct MonitorPage;

#[lazy_route]
impl LazyRoute for MonitorPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Page/> }.into_any()
    }
}

/// What the parts share.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    /// Minutes that the charts show.
    pub(super) minutes: RwSignal<u32>,
    pub(super) is_paused: RwSignal<bool>,
    /// Counts what was asked for beside the beat, so that it shows at once.
    pub(super) asked: RwSignal<u32>,
}

#[component]
fn Page() -> impl IntoView {
    mark_alive();
    let watch = Watch {
        minutes: RwSignal::new(60),
        is_paused: RwSignal::new(false),
        asked: RwSignal::new(0),
    };
    let ticks = use_ticks(ASK_EVERY);
    let beat = Memo::new(move |before: Option<&u32>| {
        let tick = ticks.get();
        match (watch.is_paused.get(), before) {
            (true, Some(before)) => *before,
            _ => tick,
        }
    });
    let key = Memo::new(move |_| (watch.minutes.get(), watch.asked.get(), beat.get()));
    let overview = Live::new(key, |(minutes, _, _)| watch_server(minutes));
    view! {
        <Title text="Monitor"/>
        <div class="flex-1 min-w-0 min-h-0 overflow-auto">
            {overview.show(move || {
                let is_ours = Memo::new(move |_| overview.good.with(|it| matches!(it, Some(Some(_)))));
                let shown = Memo::new(move |_| overview.good.get().flatten().unwrap_or_default());
                view! {
                    <Show when=move || is_ours.get() fallback=ForAdministrators>
                        <Whole shown watch/>
                    </Show>
                }
                .into_any()
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Whole(shown: Memo<Overview>, watch: Watch) -> impl IntoView {
    view! {
        <div class="p-4 flex flex-col gap-3">
            <Head shown watch/>
            <Tiles shown/>
            <Charts shown/>
            <div class="grid gap-3 lg:grid-cols-2 xl:grid-cols-[1fr_1.25fr_1fr] items-start">
                <MemoryCard shown/>
                <Feed shown watch/>
                <Advice shown watch/>
            </div>
            <div class="grid gap-3 xl:grid-cols-[1.25fr_1fr] items-start">
                <Operations shown/>
                <BackupList shown watch/>
            </div>
            <Slowest shown/>
        </div>
    }
    .into_any()
}

#[component]
fn ForAdministrators() -> impl IntoView {
    view! {
        <section class="max-w-sm mx-auto p-6 text-center">
            <h1 class="hf-title">"The Monitor is for administrators"</h1>
            <p class="mt-2 text-muted">
                "It shows what everybody on this server does. Ask an administrator, or log in to an account with that role."
            </p>
            <a class="btn btn-sm btn-primary mt-4" href="/account">"Go to Account"</a>
        </section>
    }
    .into_any()
}
