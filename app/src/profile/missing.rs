//! Which columns are missing together.

use leptos::prelude::*;
use workbench::profile::{Pattern, Profile};

use crate::components::format;

/// The patterns, the most frequent first.
#[component]
pub(super) fn MissingTogether(profile: Memo<Profile>) -> impl IntoView {
    let told = move || {
        profile.with(|it| {
            let complete = format::count(it.missing.complete);
            let of = format::count(it.looked_at);
            match it.missing.others {
                0 => format!("{complete} of {of} rows miss nothing"),
                some => format!(
                    "{complete} of {of} rows miss nothing; {} not listed",
                    format::plural(some, "rarer pattern is", "rarer patterns are")
                ),
            }
        })
    };
    let rows = move || {
        profile.with(|it| {
            let looked_at = it.looked_at.max(1);
            let row = |pattern: &Pattern| line(pattern, looked_at);
            it.missing.patterns.iter().map(row).collect_view()
        })
    };
    let is_whole = Memo::new(move |_| profile.with(|it| it.missing.patterns.is_empty()));
    view! {
        <section class="hf-card overflow-hidden" aria-label="Missing values">
            <div class="flex flex-wrap items-baseline gap-2 px-4 py-2.5">
                <h2 class="font-semibold">"Missing values"</h2>
                <span class="text-xs text-muted num">{told}</span>
            </div>
            <Show when=move || !is_whole.get()>
                <div class="overflow-x-auto">
                    <table class="hf-grid tight" aria-label="Missing values">
                        <thead><tr><th scope="col" class="pl-4!">"Missing together"</th><th scope="col" class="num">"Rows"</th><th scope="col" class="num pr-4!">"Share"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

fn line(pattern: &Pattern, looked_at: u64) -> AnyView {
    let share = pattern.rows as f64 / looked_at as f64 * 100.0;
    view! {
        <tr>
            <td class="pl-4!">{pattern.columns.join(", ")}</td>
            <td class="num">{format::count(pattern.rows)}</td>
            <td class="num pr-4!">{format!("{} %", format::number(share, 1))}</td>
        </tr>
    }
    .into_any()
}
