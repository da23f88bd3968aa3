//! Where the flags stand: one card each, live.

use leptos::prelude::*;

use super::{
    editor::Editor,
    server::{AllFlags, list_flags},
};
use crate::{components::live::Live, features::use_switches, states::parts::Parts};

/// The part.
#[component]
pub(in crate::states) fn Flags() -> impl IntoView {
    let switches = use_switches();
    let asked = RwSignal::new(0_u32);
    let key = Memo::new(move |_| (switches.get(), asked.get()));
    let flags = Live::new(key, |_| list_flags());
    let reload = Callback::new(move |()| asked.update(|asked| *asked += 1));
    view! {
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 overflow-auto" aria-label="Flags">
            <div class="p-3 flex border-b border-line"><Parts/></div>
            <div class="px-5 py-4 max-w-3xl flex flex-col gap-4">
                <div>
                    <h1 class="hf-title">"Feature flags"</h1>
                    <p class="mt-1 text-muted">"What everybody on this server sees. A change reaches open pages within a second, and each flag has its history like any state."</p>
                </div>
                {flags.show(move || view! { <Cards flags reload/> }.into_any())}
            </div>
        </section>
    }
    .into_any()
}

/// A card is made anew when its flag changed, and only then: what is typed into another one stays.
#[component]
fn Cards(flags: Live<AllFlags>, reload: Callback<()>) -> impl IntoView {
    let all = move || flags.good.get().unwrap_or_default();
    let may_change = Memo::new(move |_| all().may_change);
    view! {
        <Show when=move || !may_change.get()>
            <p class="text-xs text-muted" role="note">"Only who administers this server may change them."</p>
        </Show>
        <ul class="flex flex-col gap-3" aria-label="Feature flags">
            <For each=move || all().flags key=|flag| (flag.id.clone(), flag.version, flag.is_mine) let:flag>
                <Editor flag may_change=may_change.get_untracked() me=all().me reload/>
            </For>
        </ul>
    }
    .into_any()
}
