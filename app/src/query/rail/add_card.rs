//! Chooses the column of a new filter card, out of all tables.

use leptos::prelude::*;
use workbench::{
    data::ColumnInfo,
    query::{CardRule, FilterCard},
};

use crate::{
    components::{
        icon::Icon,
        popup::{self, Popup, opens},
    },
    query::{chooser::type_icon, dom, state::Query},
};

const PANEL: &str = "hf-add-card";
/// Columns listed at a time: more are found by typing.
const LISTED: usize = 100;

/// The button and its panel.
#[component]
pub(super) fn AddCard(query: Query) -> impl IntoView {
    let find = RwSignal::new(String::new());
    // A study has hundreds of columns: they are listed once somebody wants to see them.
    let is_wanted = RwSignal::new(false);
    let found = move || {
        if !is_wanted.get() {
            return Vec::new();
        }
        let wanted = find.get().to_lowercase();
        query.study.view.with(|view| {
            let columns = view.tables.iter().flat_map(|table| {
                table
                    .columns
                    .iter()
                    .map(|column| (table.name.clone(), column.clone()))
            });
            let matches = |(table, column): &(String, ColumnInfo)| {
                let is_named = [table, ".", &column.name]
                    .concat()
                    .to_lowercase()
                    .contains(&wanted);
                is_named && column.is_filterable()
            };
            columns.filter(matches).take(LISTED).collect::<Vec<_>>()
        })
    };
    let place = opens(PANEL);
    let open = move |event| {
        is_wanted.set(true);
        place(event);
    };
    view! {
        <button type="button" class="btn btn-xs" popovertarget=PANEL on:click=open>
            <Icon name="plus" small=true/>
            "Add card"
        </button>
        <Popup id=PANEL label="Column of the new card" class="w-60">
            <div class="p-2 border-b border-line">
                <label class="input input-sm w-full">
                    <Icon name="search" small=true class="text-faint"/>
                    <input
                        type="search" placeholder="Table or name" aria-label="Column of the card"
                        prop:value=move || find.get() on:input=move |event| find.set(event_target_value(&event))
                    />
                </label>
            </div>
            <ul class="p-1 max-h-72 overflow-auto">
                {move || found().into_iter().map(|(table, column)| entry(query, table, column)).collect_view()}
            </ul>
        </Popup>
    }
    .into_any()
}

fn entry(query: Query, table: String, column: ColumnInfo) -> impl IntoView {
    let icon = type_icon(column.column_type);
    let name = [&*table, ".", &column.name].concat();
    let add = move |_| {
        popup::hide(PANEL);
        let card = new_card(query, table.clone(), &column);
        query.change(|filters| filters.cards.push(card));
    };
    view! {
        <li>
            <button type="button" class="w-full h-7 px-2 rounded-selector flex items-center gap-2 hover:bg-hover" on:click=add>
                <span class="font-mono truncate">{name}</span>
                <Icon name=icon small=true class="text-faint ml-auto"/>
            </button>
        </li>
    }
}

/// A card that takes everything yet.
fn new_card(query: Query, table: String, column: &ColumnInfo) -> FilterCard {
    let number = query.filters.get_untracked().cards.len();
    FilterCard {
        id: ["c", &dom::now_ms().to_string(), "n", &number.to_string()].concat(),
        table,
        column: column.name.clone(),
        rule: CardRule::for_column(column),
        enabled: true,
    }
}
