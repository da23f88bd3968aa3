//! The rows of the list that are on screen; the next page is asked for before its end is reached.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{list::Shown, place::Place, server::Listed, words::tone};
use crate::components::{format, scroll::Scroll, window::Window};

/// Height of a row in pixels, as its class `h-11` has it.
const ROW: f64 = 44.0;
/// So many rows before the end of those at hand the next ones are asked for.
const AHEAD: u64 = 40;

/// The scrolling part.
#[component]
pub(super) fn Rows(shown: Shown, place: Memo<Place>) -> impl IntoView {
    let total = Memo::new(move |_| shown.rows.with(|rows| rows.len() as u64));
    // Until the page is alive every row that came is there.
    let scroll = Scroll::new(ROW, 0.0, total, total);
    let Scroll { port, window, .. } = scroll;
    Effect::new(move |_| {
        let window = window.get();
        if port.with(Option::is_some) && window.first + window.len + AHEAD >= total.get() {
            shown.more();
        }
    });
    let visible = move || {
        let Window { first, len } = window.get();
        shown.rows.with(|rows| {
            let at = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
            let (first, end) = (at(first), at(first + len).min(rows.len()));
            let visible = rows.get(first..end).unwrap_or_default();
            visible.iter().cloned().zip(first..).collect::<Vec<_>>()
        })
    };
    view! {
        <div
            class="flex-1 min-h-0 overflow-auto" node_ref=scroll.element
            class=("hidden", move || total.get() == 0)
            on:scroll=move |_| scroll.measure()
        >
            <table class="hf-grid tall tight" aria-label="States found" aria-rowcount=move || total.get()>
                <tbody>
                    <tr aria-hidden="true" class="hf-gap"><td colspan="5" style=scroll.gap(true)></td></tr>
                    <For each=visible key=|(state, _)| (state.id.clone(), state.version, state.updated_at) let((state, at))>
                        <Row state at shown place/>
                    </For>
                    <tr aria-hidden="true" class="hf-gap"><td colspan="5" style=scroll.gap(false)></td></tr>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(state: Listed, at: usize, shown: Shown, place: Memo<Place>) -> impl IntoView {
    let id = state.id.clone();
    let href = {
        let id = id.clone();
        move || place.with(|place| place.with_open(Some(&id)).address())
    };
    let is_open = move || {
        place
            .with(|place| place.open.as_deref() == Some(&*id))
            .then_some("true")
    };
    let age = move || shown.with(|found| format::age(found.now, state.updated_at));
    view! {
        <tr class="relative" aria-selected=is_open aria-rowindex=at + 1>
            <td class="pl-3! h-11! max-w-44 truncate">
                <A href=href attr:class="font-medium text-sm after:absolute after:inset-0" attr:title=state.id.clone()>{state.name}</A>
            </td>
            <td class="text-muted">{state.kind}</td>
            <td>
                <span class="inline-flex items-center gap-1.5"><i class="hf-dot" style=tone(&state.status)></i>{state.status.clone()}</span>
            </td>
            <td class="num font-mono text-2xs text-muted">{format!("v{}", state.version)}</td>
            <td class="num pr-3! text-faint">{age}</td>
        </tr>
    }
    .into_any()
}
