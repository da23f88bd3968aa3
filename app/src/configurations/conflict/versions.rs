//! Base, theirs and mine, each with its open places marked.

use leptos::prelude::*;
use workbench::configurations::{
    Conflicts,
    merge::{Conflict as Place, Lines},
};

use super::line_id;

/// Base, theirs, mine.
#[component]
pub(super) fn Three(met: StoredValue<Conflicts>) -> impl IntoView {
    let (base, theirs, mine) =
        met.with_value(|met| (met.base.clone(), met.theirs.clone(), met.mine.clone()));
    let marked = |of: fn(&Place) -> Option<Lines>| {
        met.with_value(|met| met.conflicts.iter().filter_map(of).collect::<Vec<_>>())
    };
    view! {
        <div class="h-2/5 min-h-40 grid grid-cols-3 divide-x divide-line max-md:grid-cols-1 max-md:overflow-auto">
            <Pane title="Base" about=format!("v{}, as you opened it", base.version) text=base.text marked=marked(|it| it.base.lines) tone=""/>
            <Pane title="Theirs" about=format!("v{}, {}", theirs.version, theirs.by) text=theirs.text marked=marked(|it| it.theirs.lines) tone="bg-chg"/>
            <Pane title="Mine" about="not saved".to_owned() text=mine.text marked=marked(|it| it.mine.lines) tone="bg-chg"/>
        </div>
    }
    .into_any()
}

/// One version, with its open places marked.
#[component]
fn Pane(
    title: &'static str,
    about: String,
    text: String,
    marked: Vec<Lines>,
    tone: &'static str,
) -> impl IntoView {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = move |(at, text): (usize, String)| {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let is_marked = marked
            .iter()
            .any(|lines| (lines.first..=lines.last).contains(&number));
        let tone = if is_marked { tone } else { "" };
        let mark = if is_marked && !tone.is_empty() {
            "!"
        } else {
            ""
        };
        view! {
            <div id=is_marked.then(|| line_id(title, number)) class=format!("flex scroll-mt-6 {tone}") data-marked=is_marked.then_some("")>
                <span class="ln shrink-0">{number}</span>
                <span class="w-4 text-center text-warn-text shrink-0">{mark}</span>
                <span class="whitespace-pre">{text}</span>
            </div>
        }
    };
    view! {
        <section class="min-w-0 min-h-0 max-md:min-h-32 flex flex-col" aria-label=title>
            <div class="h-9 shrink-0 flex items-center gap-2 px-4 bg-base-200 border-b border-line text-xs"><b class="font-semibold">{title}</b><span class="text-muted truncate">{about}</span></div>
            <div class="hf-code flex-1 overflow-auto py-1.5" tabindex="0" role="region" aria-label=format!("{title}, text")>
                <div class="w-max min-w-full">{lines.into_iter().enumerate().map(line).collect_view()}</div>
            </div>
        </section>
    }
    .into_any()
}
