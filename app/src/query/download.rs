//! The result as a file: links that the server answers with a stream, sorted and filtered as on
//! screen. And the files about it: its summary, and the query itself.

use leptos::prelude::*;
use serde::Serialize;
use workbench::query::ResultInfo;

use super::state::Query;
use crate::{
    components::{
        format::{bytes, count, plural},
        icon::Icon,
        popup::{Popup, opens},
    },
    features::{PARQUET_DOWNLOAD, use_feature},
};

const PANEL: &str = "hf-download";

/// The button and its panel.
#[component]
pub(super) fn Download(query: Query) -> impl IntoView {
    // Only what is on screen can be taken home: not an older result while a new one is made.
    let result = Memo::new(move |_| {
        let id = query.result_id.get()?;
        query
            .study
            .result
            .get()
            .filter(|result| result.id == id && !query.is_merging.get())
    });
    let csv =
        Signal::derive(move || result.with(|result| Some(link(query, result.as_ref()?, "csv"))));
    let parquet = Signal::derive(move || {
        result.with(|result| Some(link(query, result.as_ref()?, "parquet")))
    });
    let size = move || {
        result.with(|result| {
            let result = result.as_ref()?;
            let columns = plural(result.columns.len() as u64, "column", "columns");
            Some(
                [
                    "This result, ",
                    &plural(query.pages.with(|pages| pages.total), "row", "rows"),
                    " × ",
                    &columns,
                ]
                .concat(),
            )
        })
    };
    let parquet_size = move || {
        let is_whole = query.view.with(|view| view.filters.is_empty());
        result.with(|result| {
            result
                .as_ref()
                .filter(|_| is_whole)
                .map(|result| ["about ", &bytes(result.bytes)].concat())
        })
    };
    let rows = move || {
        result.with(|result| {
            result
                .as_ref()
                .map(|result| [&*count(result.row_count), " rows merged"].concat())
        })
    };
    let has_parquet = use_feature(PARQUET_DOWNLOAD);
    let disabled = move || csv.with(Option::is_none).then_some("true");
    view! {
        <div class="join">
            <a
                class="btn btn-sm btn-primary join-item max-md:btn-square max-md:size-10" aria-label="Download CSV" title=rows
                href=move || csv.get() download="" rel="external" role="link" aria-disabled=disabled
            >
                <Icon name="download" small=true/>
                <span class="max-md:hidden">"Download"</span>
            </a>
            <button
                type="button" class="btn btn-sm btn-primary btn-square join-item border-l-white/25! w-7 max-md:h-10"
                aria-label="Download format" popovertarget=PANEL on:click=opens(PANEL)
            >
                <Icon name="chevron-down" small=true/>
            </button>
        </div>
        <Popup id=PANEL label="Download" class="w-68 p-1">
            <p class="px-2 pt-1.5 pb-1 text-2xs font-medium text-muted">{size}</p>
            <ul>
                <li>{entry("sheet", "CSV", csv, || None)}</li>
                <li class:hidden=move || !has_parquet.get()>{entry("database", "Parquet", parquet, parquet_size)}</li>
            </ul>
            <About query/>
        </Popup>
    }
    .into_any()
}

/// Files about the query as it is on screen, merged or not. They are answers to a form: it works without WASM too, and a
/// query may be longer than an address.
#[component]
fn About(query: Query) -> impl IntoView {
    let told = move || serde_json::to_string(&query.spec()).unwrap_or_default();
    let button = |icon: &'static str, name: &'static str, hint: &'static str, to: &'static str| {
        view! {
            <button class="w-full h-7 px-2 rounded-selector flex items-center gap-2 hover:bg-hover" formaction=to>
                <Icon name=icon small=true class="text-faint"/>
                <span>{name}</span>
                <span class="ml-auto text-2xs text-faint">{hint}</span>
            </button>
        }
    };
    view! {
        <form method="post" class="border-t border-line mt-1 pt-1">
            <p class="px-2 pt-1.5 pb-1 text-2xs font-medium text-muted">"About it"</p>
            <input type="hidden" name="query" value=told/>
            {button("file-text", "Summary (ZIP)", "steps, columns", "/query/summary.zip")}
            {button("filter", "Query (TOML)", "to share or rerun", "/query/parameters.toml")}
        </form>
    }
    .into_any()
}

fn entry(
    icon: &'static str,
    name: &'static str,
    href: Signal<Option<String>>,
    hint: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <a
            class="h-7 px-2 rounded-selector flex items-center gap-2 hover:bg-hover" role="link" rel="external" download=""
            href=move || href.get() aria-disabled=move || href.with(Option::is_none).then_some("true")
        >
            <Icon name=icon small=true class="text-faint"/>
            <span>{name}</span>
            <span class="ml-auto text-2xs text-faint num">{hint}</span>
        </a>
    }
}

fn link(query: Query, result: &ResultInfo, format: &str) -> String {
    let mut link = ["/query/result.", format, "?id=", &encoded(&result.id)].concat();
    let view = query.view_in_force();
    add(&mut link, "sort", &view.sort);
    add(&mut link, "filters", &view.filters);
    link
}

fn add<T: Serialize>(link: &mut String, name: &str, values: &[T]) {
    if let (false, Ok(json)) = (values.is_empty(), serde_json::to_string(values)) {
        link.push_str(&["&", name, "=", &encoded(&json)].concat());
    }
}

/// As a query's parameter.
fn encoded(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn what_means_something_in_an_address_is_encoded() {
        assert_eq!(
            encoded(r#"[{"column":"ü 1&"}]"#),
            "%5B%7B%22column%22%3A%22%C3%BC%201%26%22%7D%5D"
        );
    }
}
