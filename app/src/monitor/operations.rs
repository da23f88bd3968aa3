//! How often and how quickly each operation was done, what was refused, who waits to be told, and what took long.

use leptos::prelude::*;

use super::server::{Operation, Overview, Queue, SlowRow};

/// Operations, refusals and queues.
#[component]
pub(super) fn Operations(shown: Memo<Overview>) -> impl IntoView {
    let operations = Memo::new(move |_| shown.with(|it| it.operations.clone()));
    let refusals = Memo::new(move |_| shown.with(|it| it.refusals.clone()));
    let waiting = Memo::new(move |_| shown.with(|it| it.waiting.clone()));
    let queues = Memo::new(move |_| shown.with(|it| it.queues.clone()));
    let operation = |it: Operation| {
        view! {
            <tr>
                <td class="pl-4! font-medium">{it.name}</td><td class="num">{it.count}</td><td class="num">{it.rate}</td>
                <td class="num">{it.p50}</td><td class="num pr-4!">{it.p99}</td>
            </tr>
        }
    };
    let counted = |(what, count): (String, String)| {
        view! { <tr><td class="pl-4!">{what}</td><td class="num pr-4!">{count}</td></tr> }
    };
    let queue = |it: Queue| {
        view! {
            <tr>
                <td class="pl-4! max-w-64 truncate font-mono text-2xs" title=it.name.clone()>{it.name.clone()}</td>
                <td class="num">{it.behind}</td><td class="num">{it.waiting}</td><td class="num pr-4!">{it.failed}</td>
            </tr>
        }
    };
    view! {
        <section class="hf-card min-w-0" aria-label="Operations since the start">
            <div class="flex items-baseline gap-2 px-4 pt-3 pb-2">
                <h2 class="font-semibold">"Operations"</h2>
                <span class="text-xs text-muted">"since the start, on this server"</span>
            </div>
            <div class="overflow-x-auto">
                <table class="hf-grid tight" aria-label="Operations">
                    <thead>
                        <tr>
                            <th scope="col" class="pl-4!">"Operation"</th><th scope="col" class="num">"Count"</th><th scope="col" class="num">"per second"</th>
                            <th scope="col" class="num">"p50, ms"</th><th scope="col" class="num pr-4!">"p99, ms"</th>
                        </tr>
                    </thead>
                    <tbody>{move || operations.get().into_iter().map(operation).collect_view()}</tbody>
                </table>
            </div>
            <h3 class="px-4 pt-3 pb-1 text-xs font-medium text-muted">"Refused, and gone wrong"</h3>
            <table class="hf-grid tight" aria-label="Refusals">
                <thead class="sr-only"><tr><th scope="col">"What"</th><th scope="col">"Count"</th></tr></thead>
                <tbody>{move || refusals.get().into_iter().map(counted).collect_view()}</tbody>
            </table>
            <Show when=move || !waiting.with(Vec::is_empty)>
                <h3 class="px-4 pt-3 pb-1 text-xs font-medium text-muted">"Waiting at this moment"</h3>
                <table class="hf-grid tight" aria-label="Waiting">
                    <thead class="sr-only"><tr><th scope="col">"What"</th><th scope="col">"Count"</th></tr></thead>
                    <tbody>{move || waiting.get().into_iter().map(counted).collect_view()}</tbody>
                </table>
            </Show>
            <h3 class="px-4 pt-3 pb-1 text-xs font-medium text-muted">"Webhooks and other subscribers"</h3>
            <Show when=move || queues.with(Vec::is_empty)>
                <p class="px-4 pb-4 text-xs text-muted">"Nobody is told of changes yet. A webhook made on States, Webhooks shows up here with what it waits for."</p>
            </Show>
            <Show when=move || !queues.with(Vec::is_empty)>
                <div class="overflow-x-auto">
                    <table class="hf-grid tight" aria-label="Queues">
                        <thead>
                            <tr>
                                <th scope="col" class="pl-4!">"Subscriber"</th><th scope="col" class="num">"Changes behind"</th>
                                <th scope="col" class="num">"Waiting"</th><th scope="col" class="num pr-4!">"Given up"</th>
                            </tr>
                        </thead>
                        <tbody>{move || queues.get().into_iter().map(queue).collect_view()}</tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

/// What took long.
#[component]
pub(super) fn Slowest(shown: Memo<Overview>) -> impl IntoView {
    let slow = Memo::new(move |_| shown.with(|it| it.slow.clone()));
    let above =
        move || shown.with(|it| format!("that took {} or more (`monitor.slow_ms`)", it.slow_above));
    let row = |it: SlowRow| {
        let ended = if it.is_done { "ended well" } else { "failed" };
        view! {
            <tr>
                <td class="pl-4! font-mono text-2xs text-faint">{it.at}</td><td class="max-w-96 truncate" title=it.what.clone()>{it.what.clone()}</td>
                <td class="num">{it.took}</td><td class="pr-4! text-muted">{ended}</td>
            </tr>
        }
    };
    view! {
        <section class="hf-card min-w-0" aria-label="Slow operations">
            <div class="flex flex-wrap items-baseline gap-2 px-4 pt-3 pb-2">
                <h2 class="font-semibold">"Slow operations and requests"</h2>
                <span class="text-xs text-muted">{above}</span>
            </div>
            <Show when=move || slow.with(Vec::is_empty)>
                <p class="px-4 pb-4 text-xs text-muted">"None since the start."</p>
            </Show>
            <Show when=move || !slow.with(Vec::is_empty)>
                <div class="overflow-x-auto">
                    <table class="hf-grid tight" aria-label="Slow operations">
                        <thead>
                            <tr><th scope="col" class="pl-4!">"When, UTC"</th><th scope="col">"What"</th><th scope="col" class="num">"Took"</th><th scope="col" class="pr-4!">"Ended"</th></tr>
                        </thead>
                        <tbody>{move || slow.get().into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
    .into_any()
}
