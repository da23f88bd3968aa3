//! The column chooser: tables, their columns, which of them are taken. A sheet on a phone.

use leptos::prelude::*;
use workbench::data::{ColumnInfo, ColumnType, StudyView, TableInfo};

use super::{
    sheet::{SheetClose, close_on_escape, is_open},
    state::{Query, Sheet},
};
use crate::components::{format::count, icon::Icon};

/// Columns listed of one table at a time; more are found by typing.
const LISTED: usize = 200;

/// The icon of a column's type.
pub(super) fn type_icon(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Integer | ColumnType::Number => "hash",
        ColumnType::Category => "tag",
        ColumnType::YesNo => "toggle-left",
        ColumnType::Date => "calendar-range",
        ColumnType::Text => "file-text",
    }
}

/// The icon of a result's column.
pub(super) fn result_icon(is_key: bool, column_type: ColumnType) -> &'static str {
    if is_key {
        "key-round"
    } else {
        type_icon(column_type)
    }
}

/// What a table's column is to the join.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It can be taken or left.
    Free,
    /// A key: it always comes along, and is listed where it first appears.
    Key,
    /// A key that is listed already.
    Repeated,
}

fn part(view: &StudyView, table: &str, column: &str) -> Part {
    let Some(keys) = &view.keys else {
        return Part::Free;
    };
    if column != keys.primary_id && keys.session_id.as_deref() != Some(column) {
        return Part::Free;
    }
    let first = if column == keys.primary_id {
        Some(keys.cohort_table.as_str())
    } else {
        let holder = view
            .tables
            .iter()
            .find(|table| table.column(column).is_some());
        holder.map(|table| table.name.as_str())
    };
    if first == Some(table) {
        Part::Key
    } else {
        Part::Repeated
    }
}

/// Columns taken, and columns there are: a key counts once.
pub(super) fn taken(query: Query) -> (usize, usize) {
    let selection = query.selection_in_force();
    query.study.view.with(|view| {
        let columns = view
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        columns.fold((0, 0), |(taken, all), (table, column)| {
            match part(view, &table.name, &column.name) {
                Part::Free => (
                    taken + usize::from(selection.has(&table.name, &column.name)),
                    all + 1,
                ),
                Part::Key => (taken + 1, all + 1),
                Part::Repeated => (taken, all),
            }
        })
    })
}

/// The chooser. Folded, it is out of the way; a phone opens it as a sheet either way.
#[component]
pub(super) fn Chooser(query: Query) -> impl IntoView {
    let find = RwSignal::new(String::new());
    let is_open = is_open(query, Sheet::Columns);
    let chip = move || {
        let (taken, all) = taken(query);
        [&*count(taken as u64), " of ", &count(all as u64)].concat()
    };
    // Tables are made anew when the study's tables change, not when a box is ticked.
    let tables = Memo::new(move |_| {
        query.study.view.with(|view| {
            view.tables
                .iter()
                .map(|table| table.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let is_folded = move || query.panels.with(|panels| panels.is_chooser_folded);
    view! {
        <aside
            id="columns"
            class="hf-sheet hf-chooser w-52 shrink-0 bg-base-100 border-r border-line overflow-auto"
            aria-label="Tables and columns"
            data-folded=move || is_folded().then_some("")
            role=move || is_open.get().then_some("dialog")
            aria-modal=move || is_open.get().then_some("true")
            data-open=move || is_open.get().then_some("")
            on:keydown=close_on_escape(query)
        >
            <input type="hidden" name="chooser" value="1"/>
            <div class="h-11 px-3 flex items-center border-b border-line shrink-0">
                <h2 class="font-semibold">"Columns"</h2>
                <span class="hf-chip ml-2 num" data-testid="columns-taken">{chip}</span>
                <span class="flex-1"></span>
                <button
                    type="button" class="btn btn-xs btn-ghost btn-square -mr-1 max-md:hidden" aria-label="Fold the columns away"
                    on:click=move |_| query.panels.update(|panels| panels.is_chooser_folded = true)
                >
                    <Icon name="chevron-left" small=true/>
                </button>
                <SheetClose query sheet=Sheet::Columns/>
            </div>
            <div class="hf-sheet-body">
                <div class="p-2 border-b border-line">
                    <label class="input input-sm w-full">
                        <Icon name="search" small=true class="text-faint"/>
                        <input
                            type="search" placeholder="Find a column" aria-label="Find a column"
                            prop:value=move || find.get() on:input=move |event| find.set(event_target_value(&event))
                        />
                    </label>
                </div>
                <For each=move || tables.get() key=Clone::clone let:id>
                    {
                        let table = query.study.view.with_untracked(|view| view.tables.iter().find(|table| table.id == id).cloned());
                        table.map(|table| view! { <Table query table find/> })
                    }
                </For>
            </div>
        </aside>
    }
    .into_any()
}

#[component]
fn Table(query: Query, table: TableInfo, find: RwSignal<String>) -> impl IntoView {
    let name = StoredValue::new(table.name.clone());
    let is_open = move || {
        let is_folded = query
            .panels
            .with(|panels| name.with_value(|name| panels.folded_tables.contains(name)));
        !is_folded || find.with(|find| !find.is_empty())
    };
    let fold = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        query.panels.update(|panels| {
            name.with_value(|name| {
                match panels
                    .folded_tables
                    .iter()
                    .position(|folded| folded == name)
                {
                    Some(at) => drop(panels.folded_tables.remove(at)),
                    None => panels.folded_tables.push(name.clone()),
                }
            });
        });
    };
    let columns = StoredValue::new(table.columns);
    let listed = Memo::new(move |_| {
        let wanted = find.get().to_lowercase();
        query.study.view.with(|view| {
            columns.with_value(|columns| {
                name.with_value(|name| {
                    let shown = columns.iter().filter(|column| {
                        column.name.to_lowercase().contains(&wanted)
                            && part(view, name, &column.name) != Part::Repeated
                    });
                    shown
                        .take(LISTED)
                        .map(|column| column.name.clone())
                        .collect::<Vec<_>>()
                })
            })
        })
    });
    let more = move || {
        let surplus = columns.with_value(Vec::len).saturating_sub(LISTED);
        (surplus > 0 && find.with(String::is_empty)).then(|| {
            view! { <p class="pl-8 pr-3 text-2xs text-faint">{count(surplus as u64)} " more: find them by name"</p> }
        })
    };
    view! {
        <details class="hf-table py-1.5" open=is_open>
            <summary class="flex items-center gap-2 px-3 h-7 cursor-pointer" on:click=fold>
                <Icon name="chevron-down" small=true class="hf-turn text-faint -ml-1"/>
                <span class="font-medium truncate">{table.name.clone()}</span>
                <span class="ml-auto text-2xs text-faint num">{count(table.rows)}</span>
            </summary>
            <For each=move || listed.get() key=Clone::clone let:column>
                {
                    let info = columns.with_value(|columns| columns.iter().find(|info| info.name == column).cloned());
                    info.map(|info| view! { <Column query table=name info/> })
                }
            </For>
            {more}
        </details>
    }
    .into_any()
}

#[component]
fn Column(query: Query, table: StoredValue<String>, info: ColumnInfo) -> impl IntoView {
    let is_key = query.study.view.with_untracked(|view| {
        table.with_value(|table| part(view, table, &info.name) == Part::Key)
    });
    let name = StoredValue::new(info.name.clone());
    let is_taken = Memo::new(move |_| {
        is_key || table.with_value(|table| name.with_value(|name| query.takes(table, name)))
    });
    let change = move |_| {
        take(
            query,
            &table.get_value(),
            &name.get_value(),
            !is_taken.get_untracked(),
        )
    };
    let icon = if is_key {
        "key-round"
    } else {
        type_icon(info.column_type)
    };
    let tone = if is_key {
        "ml-auto text-primary"
    } else {
        "ml-auto text-faint"
    };
    let value = [&*table.get_value(), ".", &info.name].concat();
    view! {
        <label class="flex items-center gap-2 pl-8 pr-3 h-6 text-xs hover:bg-hover">
            <input
                type="checkbox" class="checkbox checkbox-xs checkbox-primary" name="take" value=value.clone()
                aria-label=value disabled=is_key
                checked=is_taken.get_untracked() prop:checked=move || is_taken.get() on:change=change
            />
            <span class=move || if is_taken.get() { "truncate" } else { "truncate text-muted" }>{info.name}</span>
            <Icon name=icon small=true class=tone/>
        </label>
    }
    .into_any()
}

/// Takes a column or leaves it, in the table's order. A table with nothing taken is not joined.
fn take(query: Query, table: &str, column: &str, is_taken: bool) {
    let mut selection = untrack(|| query.selection_in_force());
    let order = query.study.view.with_untracked(|view| {
        let columns = view.table(table).map(|table| {
            table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect()
        });
        columns.unwrap_or_else(Vec::new)
    });
    let columns = selection.tables.entry(table.to_owned()).or_default();
    columns.retain(|known| known != column);
    if is_taken {
        columns.push(column.to_owned());
        columns.sort_by_key(|known| order.iter().position(|name| name == known));
    }
    if columns.is_empty() {
        selection.tables.remove(table);
    }
    query.selection.set(Some(selection));
}
