//! The line at the foot of the grid: which rows, of what, since when.

use leptos::prelude::*;

use super::pages::PLAIN_ROWS;
use crate::{
    components::{
        format::{count, plural},
        icon::Icon,
        window::{Port, Window},
    },
    query::{dom, plain_html, state::Query},
    stores::use_save_summary,
};

/// The line.
#[component]
pub(super) fn Status(
    query: Query,
    port: Memo<Option<Port>>,
    window: Memo<Window>,
) -> impl IntoView {
    let total = move || query.pages.with(|pages| pages.total);
    let rows = move || {
        let total = total();
        let seen = port.get().map_or_else(|| window.get(), |port| port.seen());
        if total == 0 {
            return "No rows".to_owned();
        }
        let last = (seen.first + seen.len.max(1)).min(total);
        [
            "Rows ",
            &count(seen.first + 1),
            "–",
            &count(last),
            " of ",
            &count(total),
        ]
        .concat()
    };
    let columns = move || {
        plural(
            query.columns.with(|columns| columns.len()) as u64,
            "column",
            "columns",
        )
    };
    let shown = Memo::new(move |_| {
        let id = query.result_id.get();
        query.study.result.with(|result| {
            let result = result
                .as_ref()
                .filter(|result| Some(&result.id) == id.as_ref())?;
            let cluster = result.cluster.as_ref();
            let by = cluster.map_or("", |note| match note.problem {
                None => " on the cluster",
                Some(_) => " on this server",
            });
            Some((result.elapsed_ms, result.created_at, by))
        })
    });
    let merged = move || match (query.is_merging.get(), shown.get()) {
        (true, _) => Some("Merging…".to_owned()),
        (false, Some((elapsed, _, by))) => Some(
            [
                "Merged in ",
                &count(elapsed),
                " ms",
                by,
                ", kept with this study",
            ]
            .concat(),
        ),
        (false, None) => None,
    };
    let summary = use_save_summary();
    // The result is that of the study as it stands: so it is of the study's present version.
    let made = move || {
        let (_, created, _) = shown.get().filter(|_| !query.is_merging.get())?;
        let version = summary.get().version.to_string();
        let clock = if query.is_alive.get() {
            [", ", &dom::clock(created)].concat()
        } else {
            String::new()
        };
        Some(["Result of v", &version, &clock].concat())
    };
    // A preview has no further pages: they come with the result.
    let has_pages = query.result_id.with_untracked(Option::is_some);
    let links = query.pages.with_untracked(|pages| {
        let last = if has_pages {
            pages.total.div_ceil(PLAIN_ROWS)
        } else {
            1
        };
        plain_html::page_links(pages.first() / PLAIN_ROWS + 1, last)
    });
    view! {
        <div class="hf-status h-8 shrink-0 flex items-center gap-3 px-4 border-t border-line bg-base-200 text-2xs text-muted num whitespace-nowrap overflow-hidden">
            <span data-testid="rows-shown">{rows}</span>
            <noscript inner_html=links></noscript>
            <span class="hf-sep max-md:hidden"></span>
            <span class="max-md:hidden" data-testid="result-columns">{columns}</span>
            <span class="hf-sep max-md:hidden"></span>
            <span class="max-md:hidden" role="status" data-testid="merge-status">{merged}</span>
            <span class="flex-1"></span>
            <span class="flex items-center gap-1.5 max-md:hidden">
                <Icon name="git-commit-horizontal" small=true/>
                {made}
            </span>
        </div>
    }
    .into_any()
}
