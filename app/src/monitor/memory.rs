//! What is in memory, and how much of it there may be.

use leptos::prelude::*;

use super::server::{Item, Overview};

/// The card. Items come and go; one that is there changes its own line.
#[component]
pub(super) fn MemoryCard(shown: Memo<Overview>) -> impl IntoView {
    let memory = Memo::new(move |_| shown.with(|it| it.memory.clone()));
    view! {
        <section class="hf-card min-w-0" aria-label="Memory">
            <div class="flex items-baseline gap-2 px-4 pt-3">
                <h2 class="font-semibold">"Memory"</h2>
                <span class="text-xs text-muted num">{move || memory.with(|it| format!("{} in the process", it.resident))}</span>
            </div>
            <ul class="px-4 py-2" aria-label="In memory">
                {move || memory.with(|it| it.items.iter().cloned().map(line).collect_view())}
            </ul>
        </section>
    }
    .into_any()
}

fn line(item: Item) -> AnyView {
    let label = format!("{}: {} % of what it may have", item.name, item.share);
    let width = format!("width:{}%", item.share);
    view! {
        <li class="py-1.5 text-xs">
            <div class="flex gap-2">
                <span class="min-w-0 truncate"><span class="font-medium">{item.name}</span>" "<span class="text-faint">{item.kind}</span></span>
                <span class="flex-1"></span>
                <span class="num text-muted whitespace-nowrap">{item.size}</span>
            </div>
            <div class="hf-meter mt-1" role="img" aria-label=label><i class="bg-primary" style=width></i></div>
        </li>
    }
    .into_any()
}
