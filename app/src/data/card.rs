//! One table: its columns with type, sketch, range and what is missing.

use leptos::prelude::*;
use workbench::data::{ColumnInfo, MergeKeys, TableInfo};

use super::server::{remove_table, restore_table};
use crate::{
    components::{
        format,
        icon::Icon,
        sketch::Sketch,
        toasts::{Toasts, use_toasts},
        type_icon::{is_key, type_icon, type_word},
    },
    sharing::{Share, Thing},
    study::{StudyContext, use_study},
};

/// Columns shown before "Show all": a table of a thousand columns stays readable.
const FIRST_COLUMNS: usize = 60;

/// The card.
#[component]
pub(super) fn TableCard(table: TableInfo, keys: Option<MergeKeys>) -> impl IntoView {
    let facts = format!(
        "{}, {}",
        format::plural(table.rows, "row", "rows"),
        format::plural(table.columns.len() as u64, "column", "columns")
    );
    view! {
        <section class="hf-card overflow-hidden" aria-label=format!("Table {}", table.name)>
            <div class="flex items-center gap-2.5 px-4 h-11 border-b border-line">
                <Icon name="table-2" class="text-muted"/>
                <h2 class="font-semibold truncate" title=table.file_name.clone()>{table.name.clone()}</h2>
                <span class="text-xs text-muted num whitespace-nowrap">{facts}</span>
                <span class="flex-1"></span>
                <span class="text-xs text-faint num whitespace-nowrap">{format::bytes(table.bytes)}</span>
                <Share thing=Thing::Table(table.name.clone()) title=table.name.clone()/>
                <RemoveButton name=table.name.clone()/>
            </div>
            {table
                .notes
                .into_iter()
                .map(|note| {
                    view! {
                        <p class="flex gap-2 px-4 py-1.5 border-b border-line text-xs text-muted">
                            <Icon name="info" small=true class="mt-0.5"/>
                            {note}
                        </p>
                    }
                })
                .collect_view()}
            <Columns rows=table.rows columns=table.columns keys/>
        </section>
    }
}

/// The columns of a table with `rows` rows.
#[component]
pub(crate) fn Columns(
    rows: u64,
    columns: Vec<ColumnInfo>,
    #[prop(default = None)] keys: Option<MergeKeys>,
) -> impl IntoView {
    let shows_all = RwSignal::new(columns.len() <= FIRST_COLUMNS);
    let more = format!("Show all {} columns", format::count(columns.len() as u64));
    let shown = move || {
        let count = if shows_all.get() {
            columns.len()
        } else {
            FIRST_COLUMNS
        };
        columns
            .iter()
            .take(count)
            .map(|column| view! { <ColumnRow column=column.clone() rows keys=keys.clone()/> })
            .collect_view()
    };
    view! {
        <div class="overflow-x-auto" tabindex="0" role="region" aria-label="Columns">
            <table class="hf-grid tight">
                <thead>
                    <tr>
                        <th scope="col" class="pl-4!">"Column"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"Distribution"</th>
                        <th scope="col" class="num">"Range"</th>
                        <th scope="col">"Missing"</th>
                    </tr>
                </thead>
                <tbody>{shown}</tbody>
            </table>
        </div>
        <Show when=move || !shows_all.get()>
            <button class="btn btn-xs btn-ghost m-2" on:click=move |_| shows_all.set(true)>{more.clone()}</button>
        </Show>
    }
    .into_any()
}

/// Takes the table out, with the way back.
#[component]
fn RemoveButton(name: String) -> impl IntoView {
    let (study, toasts) = (use_study(), use_toasts());
    let table = name.clone();
    let remove = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        // The notice outlives this card, which goes with its table: so it owns the name.
        let name = table.clone();
        leptos::task::spawn_local(async move {
            match remove_table(name.clone()).await {
                Ok(()) => {
                    let text = format!("{name} is out of the study. Its source file is untouched.");
                    toasts.offer(text, "Undo", move || {
                        bring_back(name.clone(), study, toasts)
                    });
                    study.reload();
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <form method="post" action="/data/remove" class="contents">
            <input r#type="hidden" name="name" value=name.clone()/>
            <button class="btn btn-xs btn-ghost btn-square" aria-label=format!("Remove {name}") title="Remove from the study" on:click=remove>
                <Icon name="trash-2" small=true/>
            </button>
        </form>
    }
}

fn bring_back(name: String, study: StudyContext, toasts: Toasts) {
    leptos::task::spawn_local(async move {
        match restore_table(name).await {
            Ok(()) => study.reload(),
            Err(error) => toasts.error(error.to_string()),
        }
    });
}

#[component]
fn ColumnRow(column: ColumnInfo, rows: u64, keys: Option<MergeKeys>) -> impl IntoView {
    let (icon, tone) = if is_key(&column.name, keys.as_ref()) {
        ("key-round", "text-primary")
    } else {
        (type_icon(column.column_type), "text-faint")
    };
    let word = type_word(&column, keys.as_ref());
    let range = range_of(&column);
    // Two days are wider than most ranges, and read as well below each other.
    let room = match column.dates {
        Some(_) => "num text-muted min-w-28 whitespace-normal",
        None => "num text-muted max-w-48 truncate",
    };
    let missing = Missing::of(column.missing, rows);
    view! {
        <tr>
            <th scope="row" class="h-7 px-2 pl-4! border-b border-line text-left font-normal max-w-40">
                <span class="inline-flex items-center gap-2 max-w-full">
                    <Icon name=icon small=true class=tone/>
                    <span class="font-medium truncate" title=column.name.clone()>{column.name.clone()}</span>
                </span>
            </th>
            <td class="text-muted">{word}</td>
            <td class="w-24"><div class="w-20"><Sketch counts=column.sketch/></div></td>
            <td class=room title=range.clone()>{range.clone()}</td>
            <td class="w-24 pr-3!">
                <span class="flex items-center gap-2">
                    <span class="hf-meter w-9 shrink-0">
                        <i style=format!("width:{:.1}%;background:var(--color-warning)", missing.width)></i>
                    </span>
                    <span class="num" class=("text-faint", missing.is_none)>{missing.text}</span>
                </span>
            </td>
        </tr>
    }
}

/// Numbers and dates by their ends, categories by their values, text by how many there are.
fn range_of(column: &ColumnInfo) -> String {
    if let Some([min, max]) = column.range {
        let (min, max) = (
            format::number(min, column.decimals),
            format::number(max, column.decimals),
        );
        return format!("{min} to {max}");
    }
    if let Some([first, last]) = column.dates {
        return format!("{first} to {last}");
    }
    if column.categories.is_empty() {
        return format::plural(column.distinct, "value", "values");
    }
    let named = column.categories.iter().take(3);
    let mut text: Vec<String> = named
        .map(|c| format!("{} {}", c.value, format::count(c.count)))
        .collect();
    if column.categories.len() > 3 {
        text.push(format!("and {} more", column.categories.len() - 3));
    }
    text.join(", ")
}

struct Missing {
    text: String,
    width: f64,
    is_none: bool,
}

impl Missing {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    fn of(missing: u64, rows: u64) -> Self {
        let percent = missing as f64 * 100.0 / rows.max(1) as f64;
        let (text, width) = match missing {
            0 => ("none".to_owned(), 0.0),
            _ if percent < 0.1 => ("< 0.1 %".to_owned(), 4.0),
            _ => (format!("{percent:.1} %"), percent.max(4.0)),
        };
        Self {
            text,
            width,
            is_none: missing == 0,
        }
    }
}
