//! What was found, the newest first; live while nothing older was asked for.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::{
    place::Place,
    server::{Found, Question, Row, find_changes},
};
use crate::{
    components::{format, live::Live, toasts::use_toasts},
    stores::use_revision,
};

/// The newest that fit: asked for again when something changed.
pub(super) fn newest(question: Memo<Question>) -> Live<Found> {
    let revision = use_revision();
    let key = Memo::new(move |_| (question.get(), revision.get()));
    Live::new(key, |(question, _)| find_changes(question, None))
}

/// The list.
#[component]
pub(super) fn List(
    found: Live<Found>,
    question: Memo<Question>,
    place: Memo<Place>,
) -> impl IntoView {
    view! {
        <div class="flex-1 min-h-0 flex flex-col">
            {found.show(move || view! { <Whole found question place/> }.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn Whole(found: Live<Found>, question: Memo<Question>, place: Memo<Place>) -> impl IntoView {
    let toasts = use_toasts();
    // What was asked for behind the first answer, and to which of them it belongs.
    let older = RwSignal::new(None::<Found>);
    let is_asking = RwSignal::new(false);
    Effect::new(move |before: Option<Question>| {
        let question = question.get();
        if before.is_some_and(|before| before != question) {
            older.set(None);
        }
        question
    });
    let first = move || found.good.get().unwrap_or_default();
    let last = move || older.get().unwrap_or_else(first);
    let rows = Memo::new(move |_| {
        let mut rows = first().rows;
        let newest_known = rows.last().map(|row| row.revision);
        let behind = older.get().unwrap_or_default().rows;
        rows.extend(
            behind
                .into_iter()
                .filter(|row| newest_known.is_none_or(|known| row.revision < known)),
        );
        rows
    });
    let more = move |_| {
        let Some(next) = last().next else { return };
        is_asking.set(true);
        spawn_local(async move {
            let asked = question.get_untracked();
            let answer = find_changes(asked.clone(), Some(next)).await;
            if is_asking.try_set(false).is_some() || question.get_untracked() != asked {
                return;
            }
            match answer {
                Ok(mut page) => older.update(|older| {
                    let mut rows = older.take().unwrap_or_else(first).rows;
                    rows.append(&mut page.rows);
                    *older = Some(Found { rows, ..page });
                }),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let summary = move || {
        let count = format::plural(rows.with(Vec::len) as u64, "change", "changes");
        match (last().next, last().reached) {
            (Some(_), Some(reached)) => format!("{count} since {reached} UTC"),
            _ => format!("{count}, all that fit"),
        }
    };
    view! {
        <div class="flex items-center h-8 shrink-0 px-3 border-y border-line bg-base-200 text-2xs text-muted">
            <span class="num" role="status" data-testid="changes-found">{summary}</span>
        </div>
        <div class="flex-1 min-h-0 overflow-auto">
            <table class="hf-grid tall" aria-label="Changes">
                <thead>
                    <tr>
                        <th scope="col">"When, UTC"</th><th scope="col">"Who"</th><th scope="col">"From"</th>
                        <th scope="col">"Did"</th><th scope="col">"Kind"</th><th scope="col">"State"</th><th scope="col" class="num">"Version"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| row.revision let:row><Line row place/></For>
                </tbody>
            </table>
            <Show when=move || rows.with(Vec::is_empty)>
                <p class="p-8 text-center text-muted">"No change fits. Take words away, or widen the days."</p>
            </Show>
            <Show when=move || last().next.is_some()>
                <p class="p-4 text-center"><button class="btn btn-sm" disabled=move || is_asking.get() on:click=more>"Look further back"</button></p>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Line(row: Row, place: Memo<Place>) -> impl IntoView {
    let revision = row.revision;
    let href = move || place.with(|place| place.with_open(Some(revision)).address());
    let is_open = move || {
        place
            .with(|place| place.open == Some(revision))
            .then_some("true")
    };
    let from = match row.address.is_empty() {
        true => {
            view! { <span class="text-faint" title="Not over the network">"–"</span> }.into_any()
        }
        false => row.address.into_any(),
    };
    view! {
        <tr class="relative" aria-selected=is_open>
            <td class="font-mono text-2xs"><A href=href attr:class="after:absolute after:inset-0">{row.at}</A></td>
            <td class="max-w-48 truncate" title=row.actor>{row.who}</td>
            <td class="font-mono text-2xs">{from}</td>
            <td>{row.did}</td>
            <td class="text-muted">{row.kind}</td>
            <td class="max-w-72 truncate font-medium" title=row.name.clone()>{row.name.clone()}</td>
            <td class="num font-mono text-2xs text-muted">{format!("v{}", row.version)}</td>
        </tr>
    }
    .into_any()
}
