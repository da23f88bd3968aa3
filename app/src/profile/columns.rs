//! Each column in a row: what is missing, how its values are spread.

use leptos::prelude::*;
use workbench::profile::{ColumnProfile, Profile};

use crate::components::{format, icon::Icon, sketch::Sketch, type_icon::type_icon};

/// Values of a category that are named.
const NAMED: usize = 6;

/// The table.
#[component]
pub(super) fn Columns(profile: Memo<Profile>) -> impl IntoView {
    let rows = move || {
        profile.with(|it| {
            let rows = it.rows;
            let row = |column: &ColumnProfile| line(column, rows);
            it.columns.iter().map(row).collect_view()
        })
    };
    view! {
        <section class="hf-card overflow-hidden" aria-label="Columns">
            <h2 class="px-4 py-2.5 font-semibold">"Columns"</h2>
            <div class="overflow-x-auto">
                <table class="hf-grid tall" aria-label="Columns">
                    <thead>
                        <tr>
                            <th scope="col" class="pl-4!">"Column"</th><th scope="col">"Distribution"</th>
                            <th scope="col" class="num">"Missing"</th><th scope="col" class="num">"Distinct"</th>
                            <th scope="col" class="num">"Min"</th><th scope="col" class="num">"Q1"</th><th scope="col" class="num">"Median"</th>
                            <th scope="col" class="num">"Q3"</th><th scope="col" class="num">"Max"</th><th scope="col" class="num">"Mean"</th>
                            <th scope="col" class="num">"SD"</th><th scope="col" class="num">"Skewness"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn line(column: &ColumnProfile, rows: u64) -> AnyView {
    let share = column.missing as f64 / rows.max(1) as f64 * 100.0;
    let missing = match column.missing {
        0 => "0".to_owned(),
        some => format!("{} ({} %)", format::count(some), format::number(share, 1)),
    };
    let figures = match &column.numbers {
        Some(it) => {
            let places = column.decimals.saturating_add(1);
            let figures = [it.min, it.q25, it.median, it.q75, it.max, it.mean, it.sd];
            let cell = |value: f64| view! { <td class="num">{format::number(value, places)}</td> };
            view! { {figures.map(cell)} <td class="num">{format::number(it.skewness, 2)}</td> }
                .into_any()
        }
        None => {
            let named = column.categories.iter().take(NAMED);
            let named: Vec<String> = named
                .map(|it| [it.value.as_str(), " ", &format::count(it.count)].concat())
                .collect();
            let more = column.categories.len().saturating_sub(NAMED);
            let text = match (named.is_empty(), more) {
                (true, _) => "–".to_owned(),
                (false, 0) => named.join(", "),
                (false, more) => [named.join(", "), format!(", {more} more")].concat(),
            };
            view! { <td colspan="8" class="text-muted">{text}</td> }.into_any()
        }
    };
    view! {
        <tr>
            <td class="pl-4!"><span class="flex items-center gap-2"><Icon name=type_icon(column.column_type) small=true class="text-muted"/><span class="font-medium">{column.name.clone()}</span></span></td>
            <td><div class="w-20"><Sketch counts=column.sketch.clone()/></div></td>
            <td class="num">{missing}</td>
            <td class="num">{format::count(column.distinct)}</td>
            {figures}
        </tr>
    }
    .into_any()
}
