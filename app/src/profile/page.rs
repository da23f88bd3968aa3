//! The route, and the choice of table and extent. Both are in the address, so that a profile can be sent to somebody.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute, NavigateOptions,
    hooks::{use_location, use_navigate},
    lazy_route,
};
use workbench::profile::{Extent, Profile};

use super::{
    columns::Columns, correlations::Correlations, missing::MissingTogether, server::get_profile,
};
use crate::{
    components::{alive::mark_alive, format, icon::Icon, live::Live},
    study::use_study,
};

/// The route: `/profile?table=labs&extent=full`.
pub(crate) struct ProfilePage;

#[lazy_route]
impl LazyRoute for ProfilePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Page/> }.into_any()
    }
}

/// What the address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Wanted {
    table: Option<String>,
    extent: Extent,
}

impl Wanted {
    fn address(&self, page: &str, last: &str) -> String {
        let table = self.table.as_deref().unwrap_or_default();
        let extent = match self.extent {
            Extent::Sampled => "sampled",
            Extent::Full => "full",
        };
        // Names of tables are sanitised: letters, digits, `_`, `-` and `.`.
        [page, "?table=", table, "&extent=", extent, last].concat()
    }
}

#[component]
fn Page() -> impl IntoView {
    mark_alive();
    let map = use_location().query;
    let view = use_study().view;
    let wanted = Memo::new(move |_| {
        map.with(|map| Wanted {
            table: map.get("table").filter(|name| !name.is_empty()),
            extent: match map.get("extent").as_deref() {
                Some("full") => Extent::Full,
                _ => Extent::Sampled,
            },
        })
    });
    let ids = Memo::new(move |_| {
        view.with(|view| {
            let ids = view.tables.iter().map(|table| table.id.clone());
            ids.collect::<Vec<_>>()
        })
    });
    let key = Memo::new(move |_| (wanted.get(), ids.get()));
    let profile = Live::new(key, |(wanted, _)| get_profile(wanted.table, wanted.extent));
    view! {
        <Title text="Profile"/>
        <div class="flex-1 min-w-0 min-h-0 overflow-auto">
            {profile.show(move || {
                let shown = Memo::new(move |_| profile.good.get().flatten());
                let is_there = Memo::new(move |_| shown.with(Option::is_some));
                let known = Memo::new(move |_| shown.get().unwrap_or_default());
                view! {
                    <Show when=move || is_there.get() fallback=Empty><Whole profile=known wanted/></Show>
                }
                .into_any()
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Whole(profile: Memo<Profile>, wanted: Memo<Wanted>) -> impl IntoView {
    let facts = move || {
        profile.with(|it| {
            let rows = format::plural(it.rows, "row", "rows");
            let columns = format::plural(it.columns.len() as u64, "column", "columns");
            match it.looked_at < it.rows {
                true => format!(
                    "{rows}, {columns}; described from {} of them, evenly chosen",
                    format::count(it.looked_at)
                ),
                false => format!("{rows}, {columns}; all rows were looked at"),
            }
        })
    };
    // The table on screen, also where the address names none.
    let here = move || Wanted {
        table: Some(profile.with(|it| it.table.clone())),
        ..wanted.get()
    };
    let download = move |format: &'static str| {
        move || here().address("/profile/download", &["&format=", format].concat())
    };
    view! {
        <div class="p-4 flex flex-col gap-4">
            <div class="flex flex-wrap items-center gap-2">
                <h1 class="hf-title">"Profile"</h1>
                <Choice profile wanted/>
                <span class="text-xs text-muted num" role="status" data-testid="profile-facts">{facts}</span>
                <span class="flex-1"></span>
                <a class="btn btn-sm" rel="external" download="" href=download("html")><Icon name="download" small=true/>"HTML"</a>
                <a class="btn btn-sm" rel="external" download="" href=download("json")><Icon name="download" small=true/>"JSON"</a>
            </div>
            <Columns profile/>
            <Correlations profile/>
            <MissingTogether profile/>
        </div>
    }
    .into_any()
}

/// Which table, and how much of it.
#[component]
fn Choice(profile: Memo<Profile>, wanted: Memo<Wanted>) -> impl IntoView {
    let view = use_study().view;
    let go = use_navigate();
    let go = move |wanted: Wanted| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        go(&wanted.address("/profile", ""), options);
    };
    let to_table = go.clone();
    let choose = move |event| {
        to_table(Wanted {
            table: Some(event_target_value(&event)),
            ..wanted.get_untracked()
        });
    };
    let current = Memo::new(move |_| profile.with(|it| it.table.clone()));
    let names = move || {
        view.with(|view| {
            let option = |name: &String| {
                let (name, is_chosen) = (name.clone(), current.get() == *name);
                view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
            };
            let names: Vec<String> = view.tables.iter().map(|table| table.name.clone()).collect();
            names.iter().map(option).collect_view()
        })
    };
    let extents = [(Extent::Sampled, "Sample"), (Extent::Full, "All rows")];
    let extent = extents.map(|(extent, name)| {
        let go = go.clone();
        let is_chosen = move || (wanted.with(|it| it.extent) == extent).to_string();
        let choose = move |_| {
            go(Wanted {
                table: Some(current.get_untracked()),
                extent,
            });
        };
        view! { <button aria-pressed=is_chosen on:click=choose>{name}</button> }
    });
    view! {
        <select class="select select-sm w-40" aria-label="Table" prop:value=move || current.get() on:change=choose>{names}</select>
        <span class="hf-seg" role="group" aria-label="Rows that are looked at">{extent}</span>
    }
    .into_any()
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <section class="max-w-sm mx-auto p-6 text-center">
            <h1 class="hf-title">"No table to describe"</h1>
            <p class="mt-2 text-muted">"Drop a CSV or Parquet file on the Data page. Its columns are described here: distribution, missing values, how numbers go together."</p>
            <a class="btn btn-sm btn-primary mt-4" href="/data">"Go to Data"</a>
        </section>
    }
    .into_any()
}
