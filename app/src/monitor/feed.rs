//! What everybody does, as the log tells it, the newest first.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    page::Watch,
    server::{Event, Overview, Tone},
};
use crate::components::icon::Icon;

/// The feed, and the switch that holds the page still.
#[component]
pub(super) fn Feed(shown: Memo<Overview>, watch: Watch) -> impl IntoView {
    let events = Memo::new(move |_| shown.with(|it| it.events.clone()));
    let is_paused = watch.is_paused;
    view! {
        <section class="hf-card min-w-0" aria-label="Events">
            <div class="flex items-baseline gap-2 px-4 pt-3 pb-1">
                <h2 class="font-semibold">"Events"</h2>
                <span class="text-xs text-muted" role="status">{move || if is_paused.get() { "paused" } else { "live" }}</span>
                <span class="flex-1"></span>
                <button class="btn btn-xs btn-ghost" aria-pressed=move || is_paused.get().to_string() on:click=move |_| is_paused.update(|is| *is = !*is)>
                    <Icon name="pause" small=true/>"Pause"
                </button>
            </div>
            <div class="overflow-x-auto">
                <table class="hf-grid tight" aria-label="Events">
                    <thead class="sr-only">
                        <tr><th scope="col">"When, UTC"</th><th scope="col">"State"</th><th scope="col">"Did"</th><th scope="col">"Change"</th></tr>
                    </thead>
                    <tbody><For each=move || events.get() key=|event| event.revision let:event><Line event/></For></tbody>
                </table>
            </div>
            <Show when=move || events.with(Vec::is_empty)>
                <p class="p-4 text-xs text-muted">"Nothing has happened yet. What anybody changes shows up here within seconds."</p>
            </Show>
            <p class="px-4 py-2 text-xs"><A href="/states/audit" attr:class="text-primary underline">"All of it, in the audit"</A></p>
        </section>
    }
    .into_any()
}

#[component]
fn Line(event: Event) -> impl IntoView {
    let tone = match event.tone {
        Tone::Plain => "text-muted",
        Tone::Good => "text-ok-text",
        Tone::Bad => "text-err-text",
    };
    view! {
        <tr>
            <td class="pl-4! num font-mono text-2xs text-faint h-10!">{event.at}</td>
            <td class="max-w-40"><div class="font-medium truncate" title=event.name.clone()>{event.name.clone()}</div><div class="text-2xs text-faint">{event.kind}</div></td>
            <td class="max-w-32"><div>{event.did}</div><div class="text-2xs text-faint truncate" title=event.who.clone()>{event.who.clone()}</div></td>
            <td class=format!("pr-4! text-right! num {tone}")>{event.change}</td>
        </tr>
    }
    .into_any()
}
