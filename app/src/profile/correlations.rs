//! How each two numeric columns go together: the number, and as much colour as it is far from 0.

use leptos::prelude::*;
use workbench::profile::Profile;

use crate::components::format;

/// The matrix.
#[component]
pub(super) fn Correlations(profile: Memo<Profile>) -> impl IntoView {
    let has_some = Memo::new(move |_| profile.with(|it| it.correlations.columns.len() > 1));
    let note = move || {
        profile.with(|it| match it.correlations.left_out {
            0 => "Pearson's r over the rows that have both".to_owned(),
            some => format!(
                "Pearson's r over the rows that have both; {} not compared",
                format::plural(
                    some,
                    "further numeric column was",
                    "further numeric columns were"
                )
            ),
        })
    };
    view! {
        <section class="hf-card overflow-hidden" aria-label="Correlations">
            <div class="flex flex-wrap items-baseline gap-2 px-4 py-2.5">
                <h2 class="font-semibold">"Correlations"</h2>
                <span class="text-xs text-muted">{note}</span>
            </div>
            <Show
                when=move || has_some.get()
                fallback=|| view! { <p class="px-4 pb-4 text-xs text-muted">"There are not two numeric columns to compare."</p> }
            >
                <div class="overflow-x-auto">{move || profile.with(matrix)}</div>
            </Show>
        </section>
    }
    .into_any()
}

fn matrix(profile: &Profile) -> AnyView {
    let all = &profile.correlations;
    let head = |name: &String| view! { <th scope="col" class="num">{name.clone()}</th> };
    let row = |(at, name): (usize, &String)| {
        let (values, counts) = (
            all.r.get(at).cloned().unwrap_or_default(),
            all.n.get(at).cloned().unwrap_or_default(),
        );
        let cells = values.into_iter().zip(counts).map(cell).collect_view();
        view! { <tr><th scope="row" class="pl-4! text-left!">{name.clone()}</th>{cells}</tr> }
    };
    view! {
        <table class="hf-grid tight" aria-label="Correlations">
            <thead><tr><th scope="col" class="pl-4!">"Column"</th>{all.columns.iter().map(head).collect_view()}</tr></thead>
            <tbody>{all.columns.iter().enumerate().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn cell((r, n): (Option<f64>, u64)) -> AnyView {
    let title = ["n ", &format::count(n)].concat();
    let Some(r) = r else {
        return view! { <td class="num text-faint" title=title>"–"</td> }.into_any();
    };
    // At most a third of the colour, so that the number stays readable on it.
    let colour = if r < 0.0 { "--hf-c2" } else { "--hf-c1" };
    let share = format::number(r.abs() * 33.0, 0);
    let style = format!("background:color-mix(in oklab, var({colour}) {share}%, transparent)");
    view! { <td class="num" style=style title=title>{format::number(r, 2)}</td> }.into_any()
}
