//! The open file: what stands around the text.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    bridge,
    conflict::Conflict,
    editor::Editor,
    form::Forms,
    history::History,
    keep::{self, Kept},
    leave::AskBeforeLeaving,
    present::be_present,
    rail::{Rail, Room},
    work::Work,
};
use crate::components::{format, icon::Icon};

/// The file on the page.
#[component]
pub(super) fn Desk(work: Work) -> impl IntoView {
    be_present(work);
    let shows_history = RwSignal::new(false);
    let shows_form = RwSignal::new(false);
    let keys = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if (event.ctrl_key() || event.meta_key()) && event.key() == "s" {
            event.prevent_default();
            work.save(false);
        }
    });
    on_cleanup(move || {
        keys.remove();
        keep::leave(work);
    });
    let is_open = move || work.conflicts.with(Option::is_some);
    view! {
        <AskBeforeLeaving work/>
        <Rail work/>
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100" aria-label="File">
            <Show when=is_open fallback=move || view! { <Text work shows_history shows_form/> }>
                <Conflict work/>
            </Show>
            // Hidden and not gone while two versions meet: what is written in it stays, and so does the way back.
            <div class="flex-1 min-h-0 min-w-0 flex flex-col" class:hidden=is_open>
                <Show when=move || shows_form.get()><Forms work/></Show>
                // Hidden and not gone: what is written in the fields is written in it.
                <div class="flex-1 min-h-0 min-w-0 flex flex-col" class:hidden=move || shows_form.get()><Editor work/></div>
                <Problems work/>
                <Foot work/>
            </div>
        </section>
        <Show when=move || shows_history.get()><History work close=Callback::new(move |()| shows_history.set(false))/></Show>
    }
    .into_any()
}

/// The bar above the text.
#[component]
fn Text(work: Work, shows_history: RwSignal<bool>, shows_form: RwSignal<bool>) -> impl IntoView {
    let problems = move || work.checked.with(|checked| checked.problems.len() as u64);
    let lines = Memo::new(move |_| work.changed_lines());
    let can_save = move || {
        (work.has_changes() || work.is_behind())
            && problems() == 0
            && work.others_lock().is_none()
            && !work.is_saving.get()
    };
    let next = move || work.room.with(|room| room.version.max(work.base.get())) + 1;
    let edit = move |what: fn(u32)| move |_| work.editor.get_untracked().into_iter().for_each(what);
    view! {
        <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
            <h1 class="font-semibold truncate">{work.name.get_value()}</h1>
            <Show when=move || { problems() > 0 }>
                <span class="hf-chip hf-chip-err"><Icon name="circle-alert" small=true/>{move || format::plural(problems(), "error", "errors")}</span>
            </Show>
            <Show when=move || { lines.get() > 0 }>
                <span class="hf-chip hf-chip-warn">{move || format!("{} not saved", format::plural(lines.get() as u64, "line", "lines"))}</span>
            </Show>
            <span class="flex-1"></span>
            <button class="btn btn-sm btn-ghost btn-square" aria-label="Undo" on:click=edit(bridge::undo)><Icon name="undo-2" small=true/></button>
            <button class="btn btn-sm btn-ghost btn-square" aria-label="Find in the file" on:click=edit(bridge::find)><Icon name="search" small=true/></button>
            <a class="btn btn-sm btn-ghost btn-square" aria-label="Download" href=format!("/download/configuration?name={}", escaped(&work.name.get_value())) download=work.name.get_value() rel="external"><Icon name="download" small=true/></a>
            <button class="btn btn-sm" aria-pressed=move || shows_form.get().to_string() on:click=move |_| shows_form.update(|it| *it = !*it)><Icon name="sliders-horizontal" small=true/><span class="sr-only sm:not-sr-only">"Form"</span></button>
            <button class="btn btn-sm" aria-expanded=move || shows_history.get().to_string() on:click=move |_| shows_history.update(|it| *it = !*it)><Icon name="clock" small=true/><span class="sr-only sm:not-sr-only">"History"</span></button>
            <button class="btn btn-sm btn-primary" disabled=move || !can_save() on:click=move |_| work.save(false)>{move || format!("Save v{}", next())}</button>
        </div>
        <Notices work/>
    }
    .into_any()
}

/// What the person should know before going on.
#[component]
fn Notices(work: Work) -> impl IntoView {
    let behind = Memo::new(move |_| {
        let is_behind = work.is_behind() && work.has_changes();
        is_behind.then(|| work.room.with(|room| (room.version, room.saved_by.clone())))
    });
    let is_gone = Memo::new(move |_| work.room.with(|room| room.version == 0));
    let locked = Memo::new(move |_| work.others_lock().map(|lock| lock.person.name));
    let is_elsewhere = move || work.draft.kept.get() == Kept::Elsewhere;
    let strip = "flex flex-wrap items-center gap-2 px-4 py-1.5 border-b border-line bg-chg text-xs";
    view! {
        {move || behind.get().map(|(version, by)| view! {
            <div class=strip role="status" data-testid="behind">
                <Icon name="git-commit-horizontal" small=true/>
                <span class="flex-1">{format!("{by} saved v{version} meanwhile. Go on writing: what does not overlap is merged when you save.")}</span>
                <button class="btn btn-xs" on:click=move |_| work.catch_up()>"Bring it in now"</button>
            </div>
        })}
        {move || locked.get().map(|name| view! {
            <div class=strip role="status"><Icon name="lock" small=true/>{format!("{name} has locked this file: you can read it. What you had written stays as your draft.")}</div>
        })}
        <Show when=move || is_gone.get()>
            <div class=strip role="alert"><Icon name="triangle-alert" small=true/>"The file was deleted or has another name now. Your text is still here: copy it, or bring an older version back from its history."</div>
        </Show>
        <Show when=is_elsewhere>
            <div class=strip role="alert">
                <span class="flex-1">"You write on this file in another tab too, and that text is newer."</span>
                <button class="btn btn-xs" on:click=move |_| keep::settle(work, true)>"Take that text"</button>
                <button class="btn btn-xs" on:click=move |_| keep::settle(work, false)>"Keep this one"</button>
            </div>
        </Show>
    }
    .into_any()
}

/// What is wrong, in words; each leads to its line.
#[component]
fn Problems(work: Work) -> impl IntoView {
    let problems = move || work.checked.with(|checked| checked.problems.clone());
    let go = move |line: u32| {
        move |_| {
            if let Some(editor) = work.editor.get_untracked() {
                bridge::go(editor, line);
            }
        }
    };
    view! {
        <Show when=move || !problems().is_empty()>
            <ul class="border-t border-line max-h-32 overflow-auto text-xs" aria-label="What is wrong" data-testid="problems">
                {move || problems().into_iter().map(|problem| {
                    let place = match problem.path.as_str() {
                        "" => String::new(),
                        path => format!("{path}: "),
                    };
                    view! {
                        <li>
                            <button class="w-full flex gap-2 items-start px-4 py-1.5 text-left hover:bg-hover cursor-pointer" on:click=go(problem.line)>
                                <span class="text-err-text shrink-0"><Icon name="circle-alert" small=true/></span>
                                <span class="num shrink-0">{format!("Line {}", problem.line)}</span>
                                <span><b class="font-medium">{place}</b>{problem.message}</span>
                            </button>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Show>
    }
    .into_any()
}

/// Line, format, and whether the draft is kept.
#[component]
fn Foot(work: Work) -> impl IntoView {
    let kept = move || match work.draft.kept.get() {
        Kept::Nothing => "Nothing to keep",
        Kept::All => "Draft kept",
        Kept::Keeping => "Keeping the draft",
        Kept::Waiting => "Draft waits for the server",
        Kept::Elsewhere | Kept::Refused => "Draft not kept",
    };
    let schema = move || work.checked.with(|checked| checked.schema.clone());
    view! {
        <div class="h-8 shrink-0 flex items-center gap-3 px-4 border-t border-line bg-base-200 text-2xs text-muted">
            <span class="num">{move || format!("Line {}", work.line.get())}</span>
            <span class="num">{move || format!("from v{}", work.base.get())}</span>
            <span class="hidden sm:inline">{work.format.name()}</span>
            <span class="truncate hidden sm:inline">{move || schema().map(|schema| format!("checked against {schema}"))}</span>
            <span class="flex-1"></span>
            <span role="status" data-testid="draft">{kept}</span>
        </div>
        <details class="lg:hidden border-t border-line bg-base-200"><summary class="px-4 py-2 text-xs font-medium">"People and lock"</summary><Room work/></details>
    }
    .into_any()
}

/// A name as part of an address.
pub(super) fn escaped(name: &str) -> String {
    leptos_router::location::Url::escape(name)
}
