//! All files: search, order, who is in them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use workbench::configurations::Configuration;

use super::{
    heard::use_heard,
    new::{NewFile, Upload},
    rows::{Asked, Row},
    server::{Listing, list_configurations},
};
use crate::components::{format, icon::Icon, live::Live, scroll::Scroll};

/// What the files can be in the order of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    Modified,
    Size,
}

const ORDERS: [(Order, &str, &str); 3] = [
    (Order::Name, "name", "By name"),
    (Order::Modified, "modified", "Last changed first"),
    (Order::Size, "size", "Largest first"),
];

/// Height of a row in pixels, as the class `tall` has it.
const ROW: f64 = 36.0;
/// Rows that are there before the page is alive.
const FIRST: u64 = 50;

/// The page.
#[component]
pub(super) fn List() -> impl IntoView {
    let told = use_heard()
        .count(|news| matches!(news.kind.as_str(), "configuration" | "editing" | "lock"));
    let asked = RwSignal::new(0_u32);
    let key = Memo::new(move |_| (told.get(), asked.get()));
    let listing = Live::new(key, |_| list_configurations());
    let reload = Callback::new(move |()| asked.update(|asked| *asked += 1));
    view! {
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100" aria-label="Configurations">
            {listing.show(move || view! { <Files listing reload/> }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Files(listing: Live<Listing>, reload: Callback<()>) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let order = RwSignal::new(Order::Name);
    // By name: each row finds its own file among as many as there are rows.
    let all = Memo::new(move |_| {
        listing.good.with(|it| {
            let files = it.iter().flat_map(|it| &it.files);
            files
                .map(|file| (file.name.clone(), file.clone()))
                .collect::<BTreeMap<_, _>>()
        })
    });
    let now = Memo::new(move |_| listing.good.with(|it| it.as_ref().map_or(0, |it| it.now)));
    let names = Memo::new(move |_| all.with(|all| found(all, &sought.read(), order.get())));
    let total = Memo::new(move |_| names.with(|names| names.len() as u64));
    // What stands above the rows scrolls with them and is less than the rows that are made beyond the edges.
    let scroll = Scroll::new(ROW, 0.0, total, Memo::new(|_| FIRST));
    let shown = move || {
        let window = scroll.window.get();
        let at = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
        names.with(|names| {
            let (first, end) = (at(window.first), at(window.first + window.len));
            names
                .get(first..end.min(names.len()))
                .unwrap_or_default()
                .to_vec()
        })
    };
    let places = Memo::new(move |_| names.with(|names| names.iter().cloned().zip(0..).collect()));
    let asked = RwSignal::new(None::<Asked>);
    let choose = move |event| {
        let value = event_target_value(&event);
        if let Some((chosen, _, _)) = ORDERS.iter().find(|(_, key, _)| *key == value) {
            order.set(*chosen);
        }
    };
    let options = ORDERS.map(|(_, value, name)| view! { <option value=value>{name}</option> });
    let count = move || format::plural(all.with(BTreeMap::len) as u64, "file", "files");
    view! {
        <div class="flex-1 min-h-0 flex flex-col overflow-auto" node_ref=scroll.element on:scroll=move |_| scroll.measure()>
            <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
                <h1 class="font-semibold">"Configurations"</h1>
                <span class="text-xs text-muted num" data-testid="files-count">{count}</span>
                <span class="flex-1"></span>
                <label class="input input-sm w-48">
                    <Icon name="search" small=true class="text-faint"/>
                    <input type="search" placeholder="Find a file" aria-label="Find a file" on:input=move |event| sought.set(event_target_value(&event))/>
                </label>
                <select class="select select-sm w-40" aria-label="Order" on:change=choose>{options}</select>
                <Upload reload/>
                <NewFile reload/>
            </div>
            <Show when=move || !all.with(BTreeMap::is_empty) fallback=Empty>
                <div class="overflow-x-auto shrink-0">
                    <table class="hf-grid tall w-full" aria-label="Files" aria-rowcount=move || total.get() + 1>
                        <thead><tr aria-rowindex="1">
                            <th>"Name"</th><th class="hidden md:table-cell">"Editing"</th><th>"Version"</th>
                            <th class="hidden md:table-cell">"Saved by"</th><th>"Changed"</th><th class="num hidden md:table-cell">"Size"</th><th><span class="sr-only">"Actions"</span></th>
                        </tr></thead>
                        <tbody>
                            <tr aria-hidden="true" class="hf-gap"><td colspan="7" style=scroll.gap(true)></td></tr>
                            <For each=shown key=String::clone let:name><Row name places files=all now asked reload/></For>
                            <tr aria-hidden="true" class="hf-gap"><td colspan="7" style=scroll.gap(false)></td></tr>
                        </tbody>
                    </table>
                </div>
                <Show when=move || total.get() == 0><p class="p-6 text-muted" role="status">"No file has that in its name."</p></Show>
            </Show>
        </div>
    }
    .into_any()
}

/// The names with these letters in them, in order.
fn found(files: &BTreeMap<String, Configuration>, sought: &str, order: Order) -> Vec<String> {
    let sought = sought.trim().to_lowercase();
    let has_letters = |file: &&Configuration| file.name.to_lowercase().contains(&sought);
    // By name already, and what is equal stays so.
    let mut found: Vec<_> = files.values().filter(has_letters).collect();
    match order {
        Order::Name => {}
        Order::Modified => found.sort_by_key(|file| std::cmp::Reverse(file.modified)),
        Order::Size => found.sort_by_key(|file| std::cmp::Reverse(file.size)),
    }
    found.into_iter().map(|file| file.name.clone()).collect()
}

/// What to do when there is nothing.
#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="m-auto max-w-md p-6 text-center">
            <h2 class="hf-title">"No configurations yet"</h2>
            <p class="mt-2 text-muted">"Make a new file, upload one, or put YAML, TOML or JSON files into the folder that this server was given: they appear here within a second."</p>
        </div>
    }
    .into_any()
}
